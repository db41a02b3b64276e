"""Undoing a wrong code page of East Asia. Whatever bytes such a page has, GBK has characters for: so it
counts only where what was meant is an address in common characters, and what stands there is none."""

from collections.abc import Sequence

ADDRESS_WORDS = frozenset("路街巷弄道号栋幢座楼层室单元村镇乡区县市园苑里坊")
"""What a part of an address ends with, in simplified Chinese."""
_THERE_TOO = ADDRESS_WORDS | frozenset("號棟樓層單鎮鄉區縣園")
LEAST_WORDS = 2


def encoded(text: str, page: str) -> bytes:
    """Empty where it cannot be."""
    try:
        return text.encode(page)
    except UnicodeEncodeError:
        return b""


def decoded(raw: bytes, page: str) -> str:
    try:
        return raw.decode(page)
    except UnicodeDecodeError:
        return ""


def common(character: str) -> bool:
    """GB 2312, level 1: the 3,755 characters most used."""
    raw = encoded(character, "gb2312")
    return len(raw) == 2 and 0xB0 <= raw[0] <= 0xD7


def by_address_words(segments: Sequence[str], page: str) -> str | None:
    """What was meant, where GBK was read as `page`: a rare character stands there, and what was meant is of
    common ones, each run of which ends as an address does."""
    if any(_THERE_TOO.intersection(segment) for segment in segments) or all(map(common, "".join(segments))):
        return None
    parts = [decoded(encoded(segment, page), "gb18030") for segment in segments]
    for part in parts:
        if not part or part[-1] not in ADDRESS_WORDS or not all(map(common, part)):
            return None
    meant = "".join(parts)
    return meant[:20] if sum(c in ADDRESS_WORDS for c in meant) >= LEAST_WORDS else None
