"""The streets of a notice within a sentence: those where water is off, and apart from them those where it is
weak, as the first and how many there are of each."""

import re
from collections.abc import Iterable, Sequence

from core.model.street_line import Extent, StreetLine, by_street
from core.model.text import Text, listed

NAMED_STREETS = 6
"""Of each, named in a text; the notice's own list has all."""
MORE = Text(r"等(路段|\d+条道路)$", r" and (more|\d+ more streets?)$")
"""What a place ends with that is named after the first of several streets."""


def in_zone(street: Text, zone: Text) -> Text:
    """`城东片区人民路`, `Renmin Road, East district`."""
    return Text(f"{zone.zh}{street.zh}", f"{street.en}, {zone.en}")


def of_zone(place: Text, zone: Text) -> bool:
    """Whether it is named as a place inside that zone."""
    return place.zh.startswith(zone.zh) and place.en.endswith(f", {zone.en}")


def within(place: Text, zone: Text) -> Text:
    """A place of the zone without it, and without how many more streets it is."""
    return Text(
        re.sub(MORE.zh, "", place.zh.removeprefix(zone.zh)),
        re.sub(MORE.en, "", place.en.removesuffix(f", {zone.en}")),
    )


def streets(extents: Iterable[Extent]) -> Text:
    """`人民路40–58号（2–20号水压偏低）、中山路等8条道路；另有1条道路水压可能偏低：凤凰东路1–7号`."""
    lines = by_street(extents)
    weak = [line for line in lines if line.weak]
    off = [line for line in lines if not line.weak]
    if not lines:
        return Text("范围正在核实", "still being established")
    if not off or not weak:
        return _first_of(lines)
    own, beside = _first_of(off), weak_beside(len(weak))
    named = listed(_bare(line) for line in weak[:NAMED_STREETS])
    left = len(weak) - NAMED_STREETS
    more = Text("等", f" and {left} more") if left > 0 else Text("", "")
    return Text(f"{own.zh}；{beside.zh}：{named.zh}{more.zh}", f"{own.en}; {beside.en}: {named.en}{more.en}")


def weak_beside(n: int) -> Text:
    """A clause, of so many streets beside those where water is off."""
    more = f"{n} more street{'s' if n > 1 else ''}"
    return Text(f"另有{n}条道路水压可能偏低", f"on {more} pressure may be low")


def _first_of(lines: Sequence[StreetLine]) -> Text:
    said = listed(line.words for line in lines[:NAMED_STREETS])
    left = len(lines) - NAMED_STREETS
    if left <= 0:
        return said
    return Text(
        f"{said.zh}等{len(lines)}条道路", f"{said.en} and {left} more street{'s' if left > 1 else ''}"
    )


def _bare(line: StreetLine) -> Text:
    """Without that water is weak there, which is said of all of them."""
    return StreetLine(line.name, line.numbers).words
