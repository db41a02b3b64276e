"""Text that went through the wrong code page once, told by what it would have been: 浜烘皯璺 was 人民路.

A cell is refused only when undoing the mistake gives Chinese, and never one of common characters (GB 2312,
level 1); a rare character alone is no proof.
"""

import re
import unicodedata
from collections.abc import Callable

from hub.imports.lossy_utf8 import utf8_as_gbk_with_losses
from hub.imports.pages import by_address_words, decoded, encoded

_SCARS = ("\ufffd", "锟斤拷", "烫烫烫", "屯屯屯")
"""What a decoder leaves behind that could not read, and what was read of that."""
_ASKED = re.compile(r"^\?.|\?[^\s\"')\]）」』”]")
"""What a code page without Chinese writes in its place. A question has one mark, at its end."""
_KANA = re.compile(r"[\uff61-\uff9f]")
"""Half-width Katakana: two bytes of three are some of them in Shift-JIS."""
_SEGMENT = re.compile(r"[^\x00-\x7f]+")
_CHINESE = re.compile(r"[\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e]+")
LEAST_HANZI, LEAST_LATIN = 3, 4
"""Characters in a row, from which it can be told: 联通 in GBK is UTF-8 of something too."""
_ACCENTS = re.compile(rf"[\xa1-\xff]{{{LEAST_LATIN},}}")
_JOINED = re.compile(r"[\u0600-\u06ff\u1800-\u18af]")
"""Scripts that need characters that are not seen: Uyghur and Mongolian."""


def mojibake(text: str) -> str | None:
    """Why a cell is not what was written, in words; None when nothing speaks against it."""
    if any(scar in text for scar in _SCARS) or _ASKED.search(text):
        return "characters were lost before this file was written"
    if text.isascii():
        return None
    if _KANA.search(text):
        return "it was read as Shift-JIS once"
    segments = _SEGMENT.findall(text)
    for was, read_as, undo in _UNDOINGS:
        for segment in segments:
            if meant := undo(segment):
                return f"it was written in {was} and read as {read_as} once; there was {meant[:20]!r}"
    if meant := utf8_as_gbk_with_losses(segments):
        return (
            f"it was written in UTF-8 and read as GBK once, and what GBK has not is lost; there was {meant!r}"
        )
    for read_as, page in (("Big5", "big5hkscs"), ("EUC-KR", "cp949"), ("EUC-JP", "euc_jp")):
        if meant := by_address_words(segments, page):
            return f"it was written in GBK and read as {read_as} once; there was {meant!r}"
    if any(unicodedata.category(c) in ("Co", "Cn") for c in text):
        return "it has characters that stand for nothing"
    return None


def unseen(text: str) -> str | None:
    """The first character that nobody sees, by its number: controls, and what turns the direction of writing
    about."""
    kinds = ("Cc",) if _JOINED.search(text) else ("Cc", "Cf")
    for c in text:
        turns = c in "\u061c\u200e\u200f" or "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"
        if turns or (unicodedata.category(c) in kinds and c not in "\n\r\t"):
            return f"U+{ord(c):04X}"
    return None


def _utf8_as_gbk(segment: str) -> str | None:
    """Three bytes of UTF-8 make one and a half of GBK: what is odd at the end is lost."""
    raw = encoded(segment, "gb18030") if len(segment) >= LEAST_HANZI else b""
    for cut in range(3) if raw else ():
        meant = decoded(raw[: len(raw) - cut], "utf-8")
        if len(meant) >= 2 and _CHINESE.fullmatch(meant):
            return meant
    return None


def _utf8_as_latin(segment: str) -> str | None:
    for page in ("latin-1", "cp1252"):
        raw = encoded(segment, page) if len(segment) >= LEAST_LATIN - 1 else b""
        if found := _CHINESE.search(raw.decode("utf-8", "ignore")):
            return found[0]
    return None


def _gbk_as_latin(segment: str) -> str | None:
    """Of Latin letters with accents four in a row at least: no name has those."""
    for run in _ACCENTS.findall(segment):
        meant = decoded(encoded(run, "latin-1"), "gb18030")
        if _CHINESE.fullmatch(meant):
            return meant
    return None


_Undo = Callable[[str], str | None]
_UNDOINGS: tuple[tuple[str, str, _Undo], ...] = (
    ("UTF-8", "GBK", _utf8_as_gbk),
    ("UTF-8", "Latin", _utf8_as_latin),
    ("GBK", "Latin", _gbk_as_latin),
)
