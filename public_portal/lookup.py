"""Am I affected? Answered from published streets alone; what is not known is never called "no"."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from core.model.snapshot import PublicNotice, PublicStreet
from core.model.text import Text
from public_portal.characters import simplified
from public_portal.received import Received
from public_portal.worst_first import worst_first

_SEPARATORS = re.compile(r"[\s,，。.、·_]+")
_ACCOUNT = re.compile(r"(?:[a-z]{0,3}|用户|户号)\d{5,}")
_IN_NUMBERS = re.compile(r"[-–+()/:：]")
_NUMBER = re.compile(r"\d{1,5}")
SHORTEST, LONGEST = 2, 100


class Answer(StrEnum):
    """no: no published notice reaches it. unknown: we do not know the street, or our data are old."""

    AFFECTED = "affected"
    MAYBE = "maybe"
    NO = "no"
    UNKNOWN = "unknown"


class NotAnAddress(ValueError):
    """Too short, too long, a number that may be an account or a telephone, or no place on the earth."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """areas: ids of the areas that have a street meant; notices: those that reach it, the surest first; weak:
    which of them leave water there, with low pressure; ended: those that reached it and are over."""

    answer: Answer
    streets: tuple[Text, ...] = ()
    areas: tuple[str, ...] = ()
    notices: tuple[PublicNotice, ...] = ()
    weak: frozenset[str] = frozenset()
    ended: tuple[PublicNotice, ...] = ()


def normalised(text: str) -> str:
    """NFKC, small letters, simplified characters (OpenCC's t2s), without what parts words."""
    plain = simplified(unicodedata.normalize("NFKC", text)).casefold().replace("#", "号")
    return _SEPARATORS.sub("", plain)


def look_up(received: Received, address: str) -> Lookup:
    """Raises NotAnAddress."""
    wanted = normalised(address)
    if not SHORTEST <= len(wanted) <= LONGEST:
        raise NotAnAddress("length")
    if _ACCOUNT.fullmatch(_IN_NUMBERS.sub("", wanted)):
        raise NotAnAddress("account")
    snapshot = received.snapshot
    areas = [area for area in snapshot.areas if any(_means(name, wanted) for name in area.streets)]
    streets = [name for area in areas for name in area.streets if _means(name, wanted)]
    told = worst_first(snapshot.notices, received.now_ns)
    every = [(found, n) for n in told if (found := _reaches(n.streets, wanted)) is not None]
    streets += [s.name for _, n in every for s in n.streets if _means(s.name, wanted)]
    ranked = sorted(every, key=lambda row: list(Answer).index(row[0].answer))
    reaching = [(found, n) for found, n in ranked if found.answer is not Answer.NO]
    standing = [(found, n) for found, n in reaching if not n.over]
    said = Lookup(
        Answer.UNKNOWN if received.stale else Answer.NO,
        tuple(dict.fromkeys(streets)),
        tuple(area.id for area in areas),
        notices=tuple(n for _, n in standing),
        weak=frozenset(n.id for found, n in standing if found.weak),
        ended=tuple(n for _, n in reaching if n.over),
    )
    if not said.streets:
        return Lookup(Answer.UNKNOWN)
    return replace(said, answer=standing[0][0].answer) if standing else said


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


def _means(name: Text, wanted: str) -> bool:
    """The street's name stands in the question, or the question is the beginning of the name."""
    return any(own in wanted or own.startswith(wanted) for own in _spellings(name))


@lru_cache(maxsize=20_000)
def _spellings(name: Text) -> tuple[str, str]:
    """Of published names only: what people ask is remembered nowhere."""
    return normalised(name.zh), normalised(name.en)


@dataclass(frozen=True, slots=True)
class _Reach:
    answer: Answer
    weak: bool


def _reaches(streets: Iterable[PublicStreet], wanted: str) -> _Reach | None:
    """Of one street's houses without water and of those with weak water: the surest, and in doubt without."""
    found = [_Reach(_on(street, wanted), street.weak) for street in streets if _means(street.name, wanted)]
    return min(found, key=_gravest, default=None)


def _gravest(one: _Reach) -> tuple[bool, bool, int]:
    return one.answer is Answer.NO, one.weak, list(Answer).index(one.answer)


def _on(street: PublicStreet, wanted: str) -> Answer:
    """Inside the numbers is affected; on the street without a number, maybe; outside them, no."""
    if street.numbers is None:
        return Answer.AFFECTED
    rest = wanted
    for own in _spellings(street.name):
        rest = rest.replace(own, "")
    number = _NUMBER.search(rest)
    if number is None:
        return Answer.MAYBE
    ends = [int(end) for end in _NUMBER.findall(street.numbers)]
    return Answer.AFFECTED if min(ends) <= int(number[0]) <= max(ends) else Answer.NO
