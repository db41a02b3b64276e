"""Text that went through the wrong code page once, told by what it would have been: 浜烘皯璺 was 人民路.

A cell is refused only when undoing the mistake gives Chinese; a rare character alone is no proof.
"""

import re
import unicodedata
from collections.abc import Callable

_SCARS = ("\ufffd", "锟斤拷", "烫烫烫", "屯屯屯")
"""What a decoder leaves behind that could not read, and what was read of that."""
_SEGMENT = re.compile(r"[^\x00-\x7f]+")
_CHINESE = re.compile(r"[\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e]+")
LEAST_HANZI, LEAST_LATIN = 3, 4
"""Characters in a row, from which it can be told: 联通 in GBK is UTF-8 of something too."""


def mojibake(text: str) -> str | None:
    """Why a cell is not what was written, in words; None when nothing speaks against it."""
    if text.isascii():
        return None
    if any(scar in text for scar in _SCARS):
        return "characters were lost before this file was written"
    segments = _SEGMENT.findall(text)
    for was, read_as, undo in _UNDOINGS:
        for segment in segments:
            if meant := undo(segment):
                return f"it was written in {was} and read as {read_as} once; there was {meant[:20]!r}"
    if any(unicodedata.category(c) in ("Cc", "Co", "Cn") and c not in "\n\t" for c in text):
        return "it has characters that stand for nothing"
    return None


def _utf8_as_gbk(segment: str) -> str | None:
    """Three bytes of UTF-8 make one and a half of GBK: what is odd at the end is lost."""
    raw = _encoded(segment, "gb18030") if len(segment) >= LEAST_HANZI else b""
    for cut in range(3) if raw else ():
        meant = _decoded(raw[: len(raw) - cut], "utf-8")
        if len(meant) >= 2 and _CHINESE.fullmatch(meant):
            return meant
    return None


def _utf8_as_latin(segment: str) -> str | None:
    for page in ("latin-1", "cp1252"):
        raw = _encoded(segment, page) if len(segment) >= LEAST_LATIN - 1 else b""
        if found := _CHINESE.search(raw.decode("utf-8", "ignore")):
            return found[0]
    return None


def _gbk_as_latin(segment: str) -> str | None:
    """Of Latin letters with accents four in a row at least: no name has those."""
    raw = _encoded(segment, "latin-1") if len(segment) >= LEAST_LATIN else b""
    meant = _decoded(raw, "gb18030")
    return meant if _CHINESE.fullmatch(meant) else None


_Undo = Callable[[str], str | None]
_UNDOINGS: tuple[tuple[str, str, _Undo], ...] = (
    ("UTF-8", "GBK", _utf8_as_gbk),
    ("UTF-8", "Latin", _utf8_as_latin),
    ("GBK", "Latin", _gbk_as_latin),
)


def _encoded(text: str, page: str) -> bytes:
    """Empty where it cannot be."""
    try:
        return text.encode(page)
    except UnicodeEncodeError:
        return b""


def _decoded(raw: bytes, page: str) -> str:
    try:
        return raw.decode(page)
    except UnicodeDecodeError:
        return ""
