"""An address in its parts: names, and numbers with what each of them counts."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """In the order of a Chinese address, from large to small."""

    HOUSE = "house"
    """号, 弄, 号院: the number on the street."""
    BLOCK = "block"
    """栋, 幢, 座, 号楼."""
    UNIT = "unit"
    """单元, 门."""
    ROOM = "room"
    """室, 房, 户."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """names: of streets, communities and landmarks, as they stand, in one spelling. numbers: what each
    stated number counts. loose: numbers that do not say it, in their order. storey: a hint only."""

    names: tuple[str, ...] = ()
    numbers: tuple[tuple[Part, str], ...] = ()
    loose: tuple[str, ...] = ()
    storey: str | None = None

    def get(self, part: Part) -> str | None:
        return dict(self.numbers).get(part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An account in the directory: where it is found. name: of its street or community, by number; extra:
    further names, of a landmark. house to room: empty where its address has none."""

    account: str
    address: str
    meter: str
    name: int
    house: str = ""
    block: str = ""
    unit: str = ""
    room: str = ""
    extra: tuple[int, ...] = ()

    def get(self, part: Part) -> str:
        own: str = getattr(self, part.value)
        return own


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """A name that addresses have, with how it is typed: pinyin without tones, the initials of its
    characters, and what else it is called (its English name)."""

    id: int
    text: str
    pinyin: str
    initials: str
    aliases: tuple[str, ...] = ()
