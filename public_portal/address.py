"""How an address names a street: surely, or in a way that may be another's; and the house's number in it.

The number of a district or an estate before the street is no house's (`3区人民路44号`), a longer name may be
another street (山东路 in `金山东路7号`), and so may what hangs on its end (`人民路一巷5号`).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from core.model.text import Text
from public_portal.characters import simplified

_PARTS = re.compile(r"\s*[,。、;]\s*")
_BLANKS = re.compile(r"[\s.·_]+")
_SEPARATORS = re.compile(r"[ ,]+")
_PLACE = re.compile(r"(?:\d|[^\d ,]{2})(?:省|市|社区|小区|区|县|旗|镇|乡|街道)$")
"""A place ends here: `3区`, `城东2社区`, `邯郸市`. One character before it may begin a name: `新市东路`."""
_GENERIC = re.compile(r"(?:.|[东西南北中前后上下](?:大|小|环|外|内|二|三))[路街道巷]")
"""Names that end many others: 南大街 in `城关镇南大街`."""
_BEFORE = re.compile(r"(?:^|[ ,])(?:no ?|号)?(\d{1,5}) ?$")
_AFTER = re.compile(
    r" ?号?(\d{1,5})(?!\d)[a-z]?(?: ?[-–/之附] ?(\d{1,5})(?!\d))? ?"
    r"(?:号(?! ?[楼路街巷胡里门库区站口线])|弄|(?=,|$| \d))"
)
_BUILDING = re.compile(r" ?\d{1,5} ?(?:号? ?楼|栋|幢|座|单元|室)")
_ENDED = re.compile(r" ?(?:,|$)")


@dataclass(frozen=True, slots=True)
class Mention:
    """begin, end: where in the address. sure: it is this street and no longer-named one. here: nothing after
    the name may lead off the street. numbers: the house's, or the first and last it was written with."""

    begin: int
    end: int
    sure: bool
    here: bool
    numbers: tuple[int, int] | None = None


def tidy(address: str) -> str:
    """NFKC, small letters, simplified characters (OpenCC's t2s); one comma or one blank between parts."""
    plain = simplified(unicodedata.normalize("NFKC", address)).casefold().replace("#", "号")
    return _BLANKS.sub(" ", _PARTS.sub(",", plain)).strip(" ,")


def squeezed(tidied: str) -> str:
    """Without what parts words."""
    return _SEPARATORS.sub("", tidied)


@lru_cache(maxsize=20_000)
def spellings(name: Text) -> tuple[str, ...]:
    """Of published names only: what people ask is remembered nowhere."""
    return tuple(own for own in dict.fromkeys((squeezed(tidy(name.zh)), squeezed(tidy(name.en)))) if own)


def mentions(name: Text, asked: str, bare: str) -> list[Mention]:
    """asked: tidy; bare: the same, squeezed. An address that is the beginning of a name may mean it."""
    found = [one for own in spellings(name) if own in bare for one in _mentions(own, asked)]
    if not found and any(own.startswith(bare) for own in spellings(name)):
        return [Mention(0, len(asked), sure=True, here=False)]
    return found


def _mentions(own: str, asked: str) -> list[Mention]:
    pattern = "[ ,]?".join(map(re.escape, own))
    return [_read(own, asked, at.start(), at.end()) for at in re.finditer(pattern, asked)]


def _read(own: str, asked: str, begin: int, end: int) -> Mention:
    before, after = asked[:begin], asked[end:]
    number = _BEFORE.search(before) if own.isascii() else None
    sure = not before or before.endswith(",") or number is not None
    if not own.isascii() and not _GENERIC.fullmatch(own):
        sure = sure or _PLACE.search(before) is not None
    house = _AFTER.match(after)
    if house:
        first = int(house[1])
        return Mention(begin, end, sure, True, (first, max(first, int(house[2] or first))))
    here = bool(_ENDED.match(after) or _BUILDING.match(after))
    numbers = (int(number[1]), int(number[1])) if number and here else None
    return Mention(begin, end, sure, here, numbers)
