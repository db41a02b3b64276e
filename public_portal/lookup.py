"""Am I affected? Answered from published streets alone; what is not known is never called "no"."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from core.model.snapshot import PublicNotice, PublicStreet
from core.model.text import Text
from public_portal.received import Received

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
    """areas: ids of the areas that have a street meant; notices: those that reach it, the surest first."""

    answer: Answer
    streets: tuple[Text, ...] = ()
    areas: tuple[str, ...] = ()
    notices: tuple[PublicNotice, ...] = ()


def normalised(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("號", "号").replace("#", "号")
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
    found = [
        (answer, notice)
        for notice in snapshot.notices
        if not _over(notice) and (answer := _reaches(notice.streets, wanted)) is not None
    ]
    streets += [s.name for _, n in found for s in n.streets if _means(s.name, wanted)]
    ranked = sorted(found, key=lambda row: list(Answer).index(row[0]))
    notices = tuple(notice for answer, notice in ranked if answer is not Answer.NO)
    ids = tuple(area.id for area in areas)
    names = tuple(dict.fromkeys(streets))
    if not names:
        return Lookup(Answer.UNKNOWN)
    if notices:
        return Lookup(ranked[0][0], names, ids, notices)
    return Lookup(Answer.UNKNOWN if received.stale else Answer.NO, names, ids)


def look_up_place(received: Received, lat: float, lon: float) -> Lookup:
    """A position, WGS-84. Inside a generalised outline is `maybe`, never more; `no` takes the outline of
    every notice in force. Raises NotAnAddress outside the earth."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise NotAnAddress("position")
    standing = [notice for notice in received.snapshot.notices if not _over(notice)]
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


def _over(notice: PublicNotice) -> bool:
    return notice.change in ("restored", "cancelled") or any(s == "restored" for s, _ in notice.progress)


def _means(name: Text, wanted: str) -> bool:
    """The street's name stands in the question, or the question is the beginning of the name."""
    spellings = (normalised(name.zh), normalised(name.en))
    return any(own in wanted or own.startswith(wanted) for own in spellings)


def _reaches(streets: Iterable[PublicStreet], wanted: str) -> Answer | None:
    answers = [_on(street, wanted) for street in streets if _means(street.name, wanted)]
    return min(answers, key=list(Answer).index, default=None)


def _on(street: PublicStreet, wanted: str) -> Answer:
    """Inside the numbers is affected; on the street without a number, maybe; outside them, no."""
    if street.numbers is None:
        return Answer.AFFECTED
    rest = wanted
    for own in (normalised(street.name.zh), normalised(street.name.en)):
        rest = rest.replace(own, "")
    number = _NUMBER.search(rest)
    if number is None:
        return Answer.MAYBE
    ends = [int(end) for end in _NUMBER.findall(street.numbers)]
    return Answer.AFFECTED if min(ends) <= int(number[0]) <= max(ends) else Answer.NO
