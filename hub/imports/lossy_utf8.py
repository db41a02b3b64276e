"""UTF-8 read as GBK by a program that dropped the bytes GBK has no character for: 涓滈庤矾 was 东风路.

Chinese in UTF-8 is of bytes E4-E9 and 80-BF alone, and begins with the former. Read as GBK a run begins with
a character of GB 2312's second level at least, so that no text of common characters is ever taken for one.
"""

import re
from collections.abc import Sequence

from hub.imports.pages import common, encoded

_WHOLE = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
_OURS = re.compile(rb"[\xe4-\xe9][\x80-\xbf][\x80-\xbf\xe4-\xe9]*")
LEAST = 2
"""Characters that came through whole."""


def utf8_as_gbk_with_losses(segments: Sequence[str]) -> str | None:
    """What is left of what was meant; None where a byte of any run says that it is something else."""
    meant = ""
    for segment in segments:
        raw = encoded(segment, "gb18030")
        if not _OURS.fullmatch(raw):
            return None
        meant += "".join(found.decode() for found in _WHOLE.findall(raw))
    return meant[:20] if len(meant) >= LEAST and all(map(common, meant)) else None
