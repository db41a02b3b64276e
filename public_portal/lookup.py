"""Am I affected? Answered from published streets alone; what is not known is never called "no", and what is
said of one street is never said of another."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from core.model.snapshot import PublicNotice, PublicStreet
from core.model.text import Text
from public_portal.address import Mention, mentions, squeezed, tidy
from public_portal.received import Received
from public_portal.worst_first import worst_first

_ACCOUNT = re.compile(r"(?:[a-z]{0,3}|用户|户号)\d{5,}")
_IN_NUMBERS = re.compile(r"[-–+()/:：]")
_NUMBER = re.compile(r"\d{1,5}")
SHORTEST, LONGEST = 2, 100


class Answer(StrEnum):
    """no: no published notice reaches it. unknown: we do not know the street or whether it is the one of a
    notice, or our data are old."""

    AFFECTED = "affected"
    MAYBE = "maybe"
    NO = "no"
    UNKNOWN = "unknown"


_SUREST = (Answer.AFFECTED, Answer.MAYBE, Answer.UNKNOWN, Answer.NO)


class NotAnAddress(ValueError):
    """Too short, too long, a number that may be an account or a telephone, or no place on the earth."""


NOT_AN_ADDRESS = {
    "length": "address: a street or building of 2 to 100 characters",
    "account": "give a street or building, never an account or telephone number",
    "position": "lat: -90 to 90, lon: -180 to 180, WGS-84",
}
"""What is said to programs, by the error's words."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """areas: ids of the areas that have a street meant; notices: those that reach it, the surest first; weak:
    which of them leave water there, with low pressure; either: which of them name its street whole
    for houses of both, so that nobody can tell of one; ended: those that reached it and are over."""

    answer: Answer
    streets: tuple[Text, ...] = ()
    areas: tuple[str, ...] = ()
    notices: tuple[PublicNotice, ...] = ()
    weak: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    ended: tuple[PublicNotice, ...] = ()


def look_up(received: Received, address: str) -> Lookup:
    """Raises NotAnAddress."""
    wanted = squeezed(tidy(address))
    if not SHORTEST <= len(wanted) <= LONGEST:
        raise NotAnAddress("length")
    if looks_like_an_account(address):
        raise NotAnAddress("account")
    snapshot = received.snapshot
    known = dict.fromkeys(name for area in snapshot.areas for name in area.streets)
    known |= dict.fromkeys(street.name for notice in snapshot.notices for street in notice.streets)
    meant = streets_meant(known, address)
    if not meant:
        return Lookup(Answer.UNKNOWN)
    told = worst_first(snapshot.notices, received.now_ns)
    every = [(found, n) for n in told if (found := _reaches(n.streets, meant)) is not None]
    ranked = sorted(every, key=lambda row: _SUREST.index(row[0].answer))
    reaching = [(found, n) for found, n in ranked if found.answer is not Answer.NO]
    standing = [(found, n) for found, n in reaching if not n.over]
    areas = [area for area in snapshot.areas if any(name in meant for name in area.streets)]
    streets = [name for area in areas for name in area.streets if name in meant]
    streets += [s.name for _, n in every for s in n.streets if s.name in meant]
    plain = any(one.sure and one.here for found in meant.values() for one in found)
    said = Lookup(
        Answer.NO if plain and not received.stale else Answer.UNKNOWN,
        tuple(dict.fromkeys(streets)),
        tuple(area.id for area in areas),
        notices=tuple(n for _, n in standing),
        weak=frozenset(n.id for found, n in standing if found.weak),
        either=frozenset(n.id for found, n in standing if found.either),
        ended=tuple(n for _, n in reaching if n.over),
    )
    return replace(said, answer=standing[0][0].answer) if standing else said


def looks_like_an_account(address: str) -> bool:
    """Or like a telephone number: nothing but digits, or such as accounts are numbered."""
    return _ACCOUNT.fullmatch(_IN_NUMBERS.sub("", squeezed(tidy(address)))) is not None


def streets_meant(known: Iterable[Text], address: str) -> Mapping[Text, list[Mention]]:
    """The streets the address may mean; not those whose name only stands in a longer one's."""
    asked = tidy(address)
    bare = squeezed(asked)
    found = {name: named for name in known if (named := mentions(name, asked, bare))}
    spans = {(one.begin, one.end) for named in found.values() for one in named}
    alone = {name: [one for one in named if not _inside(one, spans)] for name, named in found.items()}
    return {name: named for name, named in alone.items() if named}


def _inside(one: Mention, spans: Iterable[tuple[int, int]]) -> bool:
    return any(
        begin <= one.begin and one.end <= end and (begin, end) != (one.begin, one.end) for begin, end in spans
    )


def look_up_place(received: Received, lat: float, lon: float) -> Lookup:
    """A position, WGS-84. Inside a generalised outline is `maybe`, never more; `no` takes the outline of
    every notice in force. Raises NotAnAddress outside the earth."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise NotAnAddress("position")
    told = worst_first(received.snapshot.notices, received.now_ns)
    standing = [notice for notice in told if not notice.over]
    inside = tuple(notice for notice in standing if within(notice.ring, lat, lon))
    if inside:
        return Lookup(Answer.MAYBE, notices=inside)
    known = all(notice.ring for notice in standing) and not received.stale
    return Lookup(Answer.NO if known else Answer.UNKNOWN)


def within(ring: Sequence[tuple[float, float]], lat: float, lon: float) -> bool:
    """Even-odd rule over (latitude, longitude)."""
    inside = False
    for (a_lat, a_lon), (b_lat, b_lon) in pairwise(ring):
        crosses = (a_lat > lat) != (b_lat > lat)
        if crosses and lon < a_lon + (lat - a_lat) * (b_lon - a_lon) / (b_lat - a_lat):
            inside = not inside
    return inside


@dataclass(frozen=True, slots=True)
class _Reach:
    answer: Answer
    weak: bool
    either: bool = False


def _reaches(streets: Sequence[PublicStreet], meant: Mapping[Text, list[Mention]]) -> _Reach | None:
    """Of one street's houses without water and of those with weak water: the surest, and in doubt without."""
    whole = [one for one in streets if one.numbers is None]
    both = {one.name for one in whole if one.weak} & {one.name for one in whole if not one.weak}
    found = [
        _Reach(_on(street, mention), street.weak, not street.weak and street.name in both)
        for street in streets
        for mention in meant.get(street.name, ())
    ]
    return min(found, key=_gravest, default=None)


def _gravest(one: _Reach) -> tuple[bool, bool, int, bool]:
    return one.answer is Answer.NO, one.weak, _SUREST.index(one.answer), one.either


def _on(street: PublicStreet, mention: Mention) -> Answer:
    """Inside the numbers is affected; on the street without a number, maybe; outside them, no. Where another
    street may be meant, unknown."""
    if not mention.sure:
        return Answer.UNKNOWN
    if street.numbers is None:
        return Answer.AFFECTED if mention.here else Answer.MAYBE
    if mention.numbers is None:
        return Answer.MAYBE
    ends = [int(end) for end in _NUMBER.findall(street.numbers)]
    low, high = min(ends), max(ends)
    first, last = mention.numbers
    if low <= first <= high:
        return Answer.AFFECTED
    return Answer.MAYBE if first <= high and low <= last else Answer.NO
