"""Observations out of the published record, no further than is asked, at a bounded cost."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.model.published import PublishedDay
from core.model.shanghai import local
from core.model.snapshot import Area, Reading
from core.ports.snapshots import SnapshotStore
from public_portal.parts import Part, Parts
from public_portal.received import Received
from public_portal.sensorthings.expression import Span
from public_portal.sensorthings.model import Entity
from public_portal.sensorthings.observations import HOUR_NS, in_order, of_hour, of_now
from public_portal.sensorthings.refusal import Refusal
from public_portal.sensorthings.words import NOW, NOW_STATE

MOST_ROWS = 12_000
"""Entities that are looked at for one answer."""
MOST_PARTS = 16
"""Months of an area that are read for one answer; what is newest is known without."""


@dataclass(slots=True)
class Cost:
    """Of one answer. refused: a part of it is the last good one, for the one that was signed is not there."""

    rows: int = 0
    parts: set[str] = field(default_factory=set)
    refused: bool = False

    def row(self) -> None:
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise Refusal(
                f"more than {MOST_ROWS} entities to look at: ask with $top, for one Datastream, "
                "or between two times (phenomenonTime ge … and phenomenonTime le …)"
            )

    def part(self, part: Part) -> None:
        self.parts.add(part.sha256)
        self.refused |= part.refused
        if len(self.parts) > MOST_PARTS:
            raise Refusal(
                f"more than {MOST_PARTS} months of an area to read: ask for one Datastream, "
                "or between two times (phenomenonTime ge … and phenomenonTime le …)"
            )


@dataclass(frozen=True, slots=True)
class Stream:
    """A series of one parameter of an area."""

    id: str
    area: Area
    reading: Reading
    series: str


@dataclass(frozen=True, slots=True)
class Between:
    """Nothing that ended before `begin_ns` or begins after `end_ns` is asked for."""

    begin_ns: int | None = None
    end_ns: int | None = None
    newest_first: bool = True

    def touches(self, begin_ns: int, end_ns: int) -> bool:
        before = self.begin_ns is not None and end_ns < self.begin_ns
        return not (before or (self.end_ns is not None and begin_ns > self.end_ns))

    def months(self, known: Sequence[str]) -> list[str]:
        first = _month(self.begin_ns) if self.begin_ns is not None else ""
        last = _month(self.end_ns) if self.end_ns is not None else "~"
        found = [month for month in known if first <= month <= last]
        return found[::-1] if self.newest_first else found


@dataclass(slots=True)
class _Newest:
    sha256: str
    month: str
    days: Mapping[str, PublishedDay] = field(default_factory=dict)
    """By parameter."""


class Record:
    def __init__(self, store: SnapshotStore) -> None:
        self._parts = Parts(store)
        self._months: tuple[int, dict[str, dict[str, str]]] = (-1, {})
        self._newest: dict[str, _Newest] = {}

    def rows(
        self, streams: Sequence[Stream], between: Between, received: Received, cost: Cost
    ) -> Iterator[Entity]:
        """Of all these streams in order of time."""
        every = [self._of(stream, between, received, cost) for stream in streams]
        if len(every) == 1:
            yield from every[0]
            return
        yield from heapq.merge(*every, key=_begin, reverse=between.newest_first)

    def _of(self, stream: Stream, between: Between, received: Received, cost: Cost) -> Iterator[Entity]:
        if stream.series in (NOW, NOW_STATE):
            cost.row()
            made = of_now(stream.id, stream.area, stream.series, stream.reading, received)
            if made is not None and between.touches(made_span(made).begin_ns, made_span(made).end_ns):
                yield made
            return
        for day in self._days(stream, between, received, cost):
            for hour in in_order(day, between.newest_first):
                if between.touches(hour.start_ns, hour.start_ns + HOUR_NS):
                    cost.row()
                    made = of_hour(stream.id, stream.area, stream.series, day, hour)
                    if made is not None:
                        yield made

    def _days(
        self, stream: Stream, between: Between, received: Received, cost: Cost
    ) -> Iterator[PublishedDay]:
        zone, parameter = stream.area.id, stream.reading.parameter
        known = self._known(received).get(zone, {})
        newest = self._last(received, zone, known, cost) if known else None
        for month in between.months(sorted(known)):
            own = newest.days.get(parameter) if newest and newest.month == month else None
            if own is not None and between.newest_first:
                yield own
            part = self._part(received, zone, month, cost)
            days = [day for day in part.days if day.parameter == parameter] if part else []
            days.sort(key=lambda day: day.day, reverse=between.newest_first)
            if own is not None and between.newest_first:
                days = [day for day in days if day.day < own.day]
            yield from days

    def _part(self, received: Received, zone: str, month: str, cost: Cost) -> Part | None:
        part = self._parts.find(received, zone, month)
        if part is not None:
            cost.part(part)
        return part

    def _last(self, received: Received, zone: str, known: Mapping[str, str], cost: Cost) -> _Newest | None:
        """The last day of each parameter, kept until another is published."""
        month = max(known)
        kept = self._newest.get(zone)
        if kept is None or kept.sha256 != known[month]:
            part = self._parts.find(received, zone, month)
            if part is None:
                return None
            cost.refused |= part.refused
            last: dict[str, PublishedDay] = {}
            for day in part.days:
                if day.parameter not in last or last[day.parameter].day < day.day:
                    last[day.parameter] = day
            kept = _Newest(part.sha256, month, last)
            self._newest[zone] = kept
        return kept

    def _known(self, received: Received) -> dict[str, dict[str, str]]:
        """Hash by month, by area."""
        seq, found = self._months
        if seq != received.snapshot.seq:
            found = {}
            for ref in received.snapshot.parts:
                kind, _, rest = ref.name.partition("/")
                zone, _, month = rest.rpartition("/")
                if kind == "record":
                    found.setdefault(zone, {})[month] = ref.sha256
            self._months = (received.snapshot.seq, found)
        return found


def made_span(made: Entity) -> Span:
    span = made.values["phenomenonTime"]
    assert isinstance(span, Span)
    return span


def _begin(made: Entity) -> int:
    return made_span(made).begin_ns


def _month(t_ns: int) -> str:
    """Of the Shanghai day."""
    try:
        return f"{local(t_ns):%Y-%m}"
    except (ValueError, OverflowError, OSError):
        return "" if t_ns < 0 else "~"
