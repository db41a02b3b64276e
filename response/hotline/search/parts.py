"""An address as people say or type it, taken apart: 人民路12号3栋2单元301室, rml 12-3-301, 12 Renmin Rd."""

import re

from core.model.address import Part, Parts

_AFTER = {
    "号楼": Part.BLOCK,
    "号院": Part.HOUSE,
    "支弄": Part.BLOCK,
    "单元": Part.UNIT,
    "danyuan": Part.UNIT,
    "haolou": Part.BLOCK,
    "栋": Part.BLOCK,
    "幢": Part.BLOCK,
    "座": Part.BLOCK,
    "dong": Part.BLOCK,
    "门": Part.UNIT,
    "室": Part.ROOM,
    "房": Part.ROOM,
    "户": Part.ROOM,
    "shi": Part.ROOM,
    "弄": Part.HOUSE,
    "nong": Part.HOUSE,
    "号": Part.HOUSE,
    "hao": Part.HOUSE,
    "h": Part.HOUSE,
    "d": Part.BLOCK,
    "dy": Part.UNIT,
    "s": Part.ROOM,
}
_STOREY = ("层", "楼", "lou", "/f")
_BEFORE = {
    "room": Part.ROOM,
    "rm": Part.ROOM,
    "flat": Part.ROOM,
    "apt": Part.ROOM,
    "apartment": Part.ROOM,
    "unit": Part.UNIT,
    "building": Part.BLOCK,
    "bldg": Part.BLOCK,
    "block": Part.BLOCK,
    "tower": Part.BLOCK,
    "lane": Part.HOUSE,
    "no": Part.HOUSE,
    "number": Part.HOUSE,
}
_WORD_BEFORE = "|".join(sorted(_BEFORE, key=len, reverse=True))
_WORD_AFTER = "|".join(re.escape(w) for w in sorted((*_AFTER, *_STOREY), key=len, reverse=True))
_TOKEN = re.compile(
    rf"(?:\b(?P<before>{_WORD_BEFORE})\b[.:]?\s*(?:#\s*)?)?"
    rf"(?<![0-9第])(?P<number>\d{{1,5}}(?:[a-c](?![a-z]))?|(?<![a-z])[a-z](?=[栋座幢]))"
    rf"\s*(?P<after>(?:{_WORD_AFTER})(?![a-z]))?"
)
_PREFIXED = re.compile(r"(?<!\d)#\s*(?=\d)")
_BETWEEN = re.compile(r"[\s,，。.、·\-/()（）:：;；\"'\[\]]+")
_FILLER = re.compile(r"(?:的|附近|旁边|旁|对面|隔壁|那边|这边|这里|我家|我们家|家里|住在|地址是|地址)+")
_WORDS = re.compile(r"\b(?:the|of|at|near|house|floor|level)\b")
_ROAD = (
    (re.compile(r"\brd\b"), "road"),
    (re.compile(r"\bst\b"), "street"),
    (re.compile(r"\bave?\b"), "avenue"),
)
REGION = re.compile(
    r"^(?:[一-鿿]{2,7}(?:省|自治区))?(?:[一-鿿]{2,6}市)?"
    r"(?:(?![一-鿿]{1,5}(?:小区|社区|园区|校区|厂区|新区|片区|生活区))[一-鿿]{1,5}[区县])?"
    r"(?:[一-鿿]{2,6}(?:街道办?|镇|乡)(?=[一-鿿]))?(?=[一-鿿]{2})"
)
"""Province, city, district and township before a street's name."""


def parts(plain: str) -> Parts:
    """Of a text in one spelling (`Spelling.plain`)."""
    text = _PREFIXED.sub(" no ", plain).replace("#", "号")
    for short, whole in _ROAD:
        text = short.sub(whole, text)
    text = _WORDS.sub(" ", text)
    names: list[str] = []
    numbers: dict[Part, str] = {}
    loose: list[str] = []
    storey: str | None = None
    at, lane = 0, False
    for found in _TOKEN.finditer(text):
        _name(names, text[at : found.start()])
        at = found.end()
        number, after = found["number"].lstrip("0") or "0", found["after"]
        if after in _STOREY:
            storey = number
            continue
        part = _AFTER.get(after or "") or _BEFORE.get(found["before"] or "")
        if part is Part.HOUSE and Part.HOUSE in numbers and (lane or after in ("号", "hao")):
            part = Part.BLOCK
        lane = lane or after in ("弄", "nong")
        if part is None or part in numbers:
            loose.append(number)
        else:
            numbers[part] = number
    _name(names, text[at:])
    return Parts(names=tuple(names), numbers=tuple(numbers.items()), loose=tuple(loose), storey=storey)


def _name(names: list[str], text: str) -> None:
    """Adjoining Latin words are one name; Chinese ones are split where people put a space."""
    text = _FILLER.sub(" ", text)
    latin: list[str] = []
    for word in _BETWEEN.split(text):
        if not word:
            continue
        if word.isascii():
            latin.append(word)
        else:
            names.append(word)
    if latin:
        names.append("".join(latin))


def without_region(name: str) -> str:
    """人民路 of 桂林市象山区人民路."""
    return REGION.sub("", name, count=1) or name
