"""One line for one street of a notice: the house numbers where water is off, then those where it is weak."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.model.text import Lang, Text

_REST = Text("其余门牌", "the rest")
_SOME = Text("部分门牌", "some numbers")
_LOW = Text("水压偏低", "low pressure")


class Extent(Protocol):
    """As a notice and a snapshot have it. numbers: `40–58`, `1`; None: the whole street, of weak water beside
    numbers without any: what is left of it. Whole of both: some of its houses are off and some weak."""

    @property
    def name(self) -> Text: ...
    @property
    def numbers(self) -> str | None: ...
    @property
    def weak(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class StreetLine:
    """numbers: none where the whole street is meant. weak: all of it is of weak water. low: where water is
    weak beside `numbers`."""

    name: Text
    numbers: tuple[str, ...] = ()
    weak: bool = False
    low: Text | None = None

    def in_(self, lang: Lang) -> str:
        """`人民路40–58号（2–20号水压偏低）`."""
        house = "号" if lang == "zh" else ""
        shown = [f"{numbers}{house}" for numbers in self.numbers]
        text = ("、" if lang == "zh" else " and ").join(shown)
        street = f"{self.name.in_(lang)}{' ' if text and lang == 'en' else ''}{text}"
        low = self.low_in(lang)
        return street if not low else f"{street}（{low}）" if lang == "zh" else f"{street} ({low})"

    @property
    def words(self) -> Text:
        return Text(self.in_("zh"), self.in_("en"))

    def low_in(self, lang: Lang) -> str:
        """`2–20号水压偏低`; of a street that is weak as a whole `水压偏低`; nothing where none is."""
        if self.low is not None:
            return f"{self.low.in_(lang)}{'' if lang == 'zh' else ': '}{_LOW.in_(lang)}"
        return _LOW.in_(lang) if self.weak else ""


def by_street(extents: Iterable[Extent]) -> list[StreetLine]:
    """In the order in which the streets come, but first those where water is not weak as a whole."""
    streets: dict[Text, list[Extent]] = {}
    for extent in extents:
        streets.setdefault(extent.name, []).append(extent)
    return sorted((_line(name, parts) for name, parts in streets.items()), key=lambda line: line.weak)


def _line(name: Text, parts: Sequence[Extent]) -> StreetLine:
    off = [part for part in parts if not part.weak]
    weak = [part for part in parts if part.weak]
    if not off:
        return StreetLine(name, _numbers(weak), weak=True)
    if not weak or not _numbers(off):
        return StreetLine(name, _numbers(off), low=_SOME if weak else None)
    beside = _numbers(weak)
    low = Text("、".join(f"{n}号" for n in beside), " and ".join(beside)) if beside else _REST
    return StreetLine(name, _numbers(off), low=low)


def _numbers(parts: Sequence[Extent]) -> tuple[str, ...]:
    """In the order of the houses; none of them where one means the whole street."""
    known = [part.numbers for part in parts if part.numbers is not None]
    return tuple(sorted(known, key=_first_house)) if len(known) == len(parts) else ()


def _first_house(numbers: str) -> tuple[int, str]:
    house = re.search(r"\d+", numbers)
    return int(house[0]) if house else 0, numbers
