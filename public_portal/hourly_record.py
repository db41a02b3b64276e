"""The published record is written: each hour once, after its validation delay, the oldest first.

Hours and the place reached stand in one transaction, so that nothing is left out or written twice, whenever
the hub is stopped. What it missed it catches up with from the historian; while that is away it waits, and
makes up no gap. An hour that was not whole is looked at again for two days: what came late makes a new
version.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace

from core.model.limits import AppliedLimit
from core.model.plant import Plant
from core.model.published import PARAMETERS, Amended, Hour, HourState, PublishedDay, Replaced, day_id
from core.model.sample import Series
from core.model.shanghai import local
from core.model.tag import Quantity, Tag
from core.ports.clock import Clock
from core.ports.historian import Historian, HistorianUnavailable
from core.ports.ledger import Ledger, LedgerUnavailable
from core.runtime.logs import log
from public_portal.areas import Doubts, limit_of, public_tags
from public_portal.holding import settle, withheld
from public_portal.hours import BEFORE_MIN, SPAN_MIN, Heard, hour_of, usual_together
from public_portal.minutes import minutes_of
from public_portal.quality import HOLD_MIN, MINUTE_NS
from public_portal.record_parts import RecordParts
from public_portal.usual import Band, bands_before
from response.quality_holds import over
from response.usual_band import HOUR_NS

CURSOR = "published"
DAY_NS = 24 * HOUR_NS
EIGHT_H_NS = 8 * HOUR_NS
"""Shanghai days begin at 16:00 UTC."""
BEGIN_S = 5.0
"""Real seconds: what alarms need of the past at a start is asked first."""
LOOK_S, CATCH_UP_S = 2.0, 0.1
"""Real seconds between two looks, and while there are more hours to write."""
LONGEST_PAST_NS = 35 * DAY_NS
"""A record that begins goes back so far, where the historian has anything."""
LATE_NS = 48 * HOUR_NS


@dataclass(frozen=True, slots=True)
class Stream:
    """A parameter of an area, with the instruments it is measured by."""

    zone: str
    quantity: Quantity
    tags: tuple[Tag, ...]


class HourlyRecord:
    """`run` until cancelled. delay_min: from the end of an hour until it is published. ready: whether the
    past is all in the historian. doubts: what is being verified now."""

    def __init__(
        self,
        ledger: Ledger,
        historian: Historian,
        plant: Plant,
        clock: Clock,
        parts: RecordParts,
        doubts: Callable[[], Awaitable[Doubts]],
        delay_min: int = 30,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self._ledger, self._historian, self._clock, self._parts = ledger, historian, clock, parts
        self._plant = plant
        self._doubts, self._delay_ns, self._ready = doubts, delay_min * MINUTE_NS, ready
        self._streams = [
            Stream(zone, quantity, own)
            for zone, tags in public_tags(plant).items()
            for quantity in PARAMETERS
            if (own := tuple(tag for tag in tags if tag.quantity is quantity))
        ]
        self._bands: tuple[int, Mapping[str, Band]] = (0, {})
        self._unsent: set[tuple[str, str]] = set()
        self._closed_ns, self._looked_ns = 0, 0
        self._late: set[tuple[str, int]] = set()
        self._late_before: set[tuple[str, int]] = set()

    async def run(self) -> None:
        if not self._streams:
            return
        self._unsent = await self._written()
        await self._clock.sleep(BEGIN_S)
        while True:
            more = False
            try:
                more = await self.step()
            except (HistorianUnavailable, LedgerUnavailable) as error:
                log.info("the published record waits", reason=str(error))
            await self._clock.sleep(CATCH_UP_S if more else LOOK_S)

    async def step(self) -> bool:
        """Writes the due hours of one Shanghai day; with none due, what came late, and hands out what is new.
        True while more are due. What was held is published first: it waits for nothing but its time."""
        await self._settle()
        if not self._ready():
            return False
        due_ns = (self._clock.now_ns() - self._delay_ns) // HOUR_NS * HOUR_NS
        at_ns = await self._reached(due_ns)
        self._closed_ns = at_ns
        if at_ns < due_ns:
            end_ns = min(due_ns, _day_begin(at_ns) + DAY_NS)
            await self._write(at_ns, end_ns, closing_ns=due_ns)
            self._closed_ns = end_ns
            if end_ns < due_ns:
                return True
        if self._looked_ns < due_ns:
            await self._look_again(due_ns)
        await self._send()
        return False

    async def _settle(self) -> None:
        now_ns = self._clock.now_ns()
        async with self._ledger.read() as tx:
            if not await over(tx, self._plant, now_ns):
                return
        async with self._ledger.begin() as tx:
            self._unsent |= await settle(tx, self._plant, now_ns)
        await self._send()

    async def _reached(self, due_ns: int) -> int:
        """The hour to go on with."""
        async with self._ledger.read() as tx:
            reached = await tx.cursor(CURSOR)
        if reached:
            return reached
        tags = [tag.id for stream in self._streams for tag in stream.tags]
        begin_ns = due_ns - LONGEST_PAST_NS
        past = await self._historian.buckets_of(tags, begin_ns, due_ns, HOUR_NS)
        first = [int(b.t_ns[b.n > 0][0]) for b in past if (b.n > 0).any()]
        return min(first, default=due_ns)

    async def _write(self, begin_ns: int, end_ns: int, closing_ns: int) -> None:
        doubts = await self._doubts() if end_ns == closing_ns else Doubts()
        bands = await self._bands_of(_day_begin(begin_ns))
        made: list[tuple[Stream, list[Hour]]] = []
        for stream in self._streams:
            past = await self._read(stream, begin_ns, end_ns)
            hours = await asyncio.to_thread(self._hours, stream, past, begin_ns, end_ns, bands)
            if _doubted(stream, doubts) and hours[-1].median is not None:
                hours[-1] = replace(hours[-1], state=HourState.VERIFYING)
            made.append((stream, hours))
        async with self._ledger.begin() as tx:
            for stream, hours in made:
                day = _empty(stream, begin_ns)
                day = await tx.get(PublishedDay, day.id) or day
                known = {hour.start_ns for hour in day.hours}
                fresh = [hour for hour in hours if hour.start_ns not in known]
                told = await withheld(
                    tx, day.zone, day.parameter, fresh, self._delay_ns, self._clock.now_ns()
                )
                limit = self._limit_of(stream, begin_ns)
                await tx.put(replace(day, hours=(*day.hours, *told), limit=limit))
                self._unsent.add((day.zone, day.month))
            await tx.set_cursor(CURSOR, end_ns)

    def edited(self, zone: str, months: Iterable[str]) -> None:
        """People decided about published hours; they are handed out anew."""
        self._unsent |= {(zone, month) for month in months}

    def heard(self, tag: str, t_ns: int) -> None:
        """A sample of a public instrument came in; what is of a published hour came late."""
        if self._closed_ns - LATE_NS <= t_ns < self._closed_ns:
            self._late.add((tag, t_ns // HOUR_NS * HOUR_NS))

    async def _look_again(self, due_ns: int) -> None:
        """At what came late since the look before the last (the historian may have had it after that one);
        at first, at everything."""
        late = None if self._looked_ns == 0 else self._late | self._late_before
        for stream in self._streams if late is None or late else ():
            for day_ns in range(_day_begin(due_ns - LATE_NS), due_ns, DAY_NS):
                async with self._ledger.read() as tx:
                    day = await tx.get(PublishedDay, _empty(stream, day_ns).id)
                wanted = [h for h in (day.hours if day else ()) if _may_be_better(stream, h, late)]
                wanted = [hour for hour in wanted if hour.start_ns >= due_ns - LATE_NS]
                if day is not None and wanted:
                    await self._amend(stream, day, wanted)
        self._looked_ns, self._late_before, self._late = due_ns, self._late, set()

    async def _amend(self, stream: Stream, day: PublishedDay, wanted: list[Hour]) -> None:
        begin_ns, end_ns = wanted[0].start_ns, wanted[-1].start_ns + HOUR_NS
        bands = await self._bands_of(_day_begin(begin_ns))
        past = await self._read(stream, begin_ns, end_ns)
        found = await asyncio.to_thread(self._hours, stream, past, begin_ns, end_ns, bands)
        new = {hour.start_ns: hour for hour in found}
        better = {
            old.start_ns: _next_version(old, new[old.start_ns])
            for old in wanted
            if new[old.start_ns].n_valid > old.n_valid
        }
        if not better:
            return
        async with self._ledger.begin() as tx:
            now = await tx.get(PublishedDay, day.id) or day
            versions = {hour.start_ns: hour.version for hour in now.hours}
            better = {n: new for n, new in better.items() if versions.get(n) == new.version - 1}
            gone = [old for old in now.hours if old.start_ns in better]
            replaced = (Replaced(hour=h, at_ns=self._clock.now_ns(), why=Amended.LATE_DATA) for h in gone)
            hours = tuple(better.get(hour.start_ns, hour) for hour in now.hours)
            await tx.put(replace(now, hours=hours, replaced=(*now.replaced, *replaced)))
        self._unsent.add((day.zone, day.month))

    async def _read(self, stream: Stream, begin_ns: int, end_ns: int) -> list[Series]:
        first, n = _minutes(begin_ns, end_ns)
        begin, end = first * MINUTE_NS, (first + n) * MINUTE_NS
        return [await self._historian.read(tag.id, begin, end) for tag in stream.tags]

    def _hours(
        self, stream: Stream, past: list[Series], begin_ns: int, end_ns: int, bands: Mapping[str, Band]
    ) -> list[Hour]:
        first, n = _minutes(begin_ns, end_ns)
        band, now_ns = usual_together(stream.quantity, stream.tags, bands), self._clock.now_ns()
        limit = self._limit_of(stream, begin_ns)
        every = [(tag, minutes_of(tag, own, first, n)) for tag, own in zip(stream.tags, past, strict=True)]
        found = []
        for start_ns in range(begin_ns, end_ns, HOUR_NS):
            at = (start_ns - begin_ns) // MINUTE_NS + HOLD_MIN
            around = [(tag, minutes.part(at, at + SPAN_MIN)) for tag, minutes in every]
            found.append(hour_of(Heard(stream.quantity, around, limit), start_ns, now_ns, band, False))
        return found

    def _limit_of(self, stream: Stream, t_ns: int) -> AppliedLimit | None:
        zone = self._plant.zones[stream.zone]
        return limit_of(self._plant, zone, stream.quantity, t_ns)

    async def _bands_of(self, day_ns: int) -> Mapping[str, Band]:
        """The usual ranges of the four weeks before a day, so that an hour reads the same whenever it is
        written."""
        if self._bands[0] != day_ns:
            tags = [tag.id for stream in self._streams for tag in stream.tags]
            self._bands = (day_ns, await bands_before(self._historian, tags, day_ns))
        return self._bands[1]

    async def _written(self) -> set[tuple[str, str]]:
        """Every area and month of the last two months: what was written when the hub stopped may not have
        been handed out."""
        now_ns = self._clock.now_ns()
        months = {_day(now_ns - back * DAY_NS)[:7] for back in (0, 31, 62)}
        return {(stream.zone, month) for stream in self._streams for month in months}

    async def _send(self) -> None:
        for zone, month in sorted(self._unsent):
            try:
                await self._parts.make(zone, month)
            except OSError as error:
                log.warning("a part of the published record waits", zone=zone, reason=str(error))
                return
            self._unsent.discard((zone, month))


def _minutes(begin_ns: int, end_ns: int) -> tuple[int, int]:
    """The first minute that hours from begin to end need, and how many."""
    first = begin_ns // MINUTE_NS - BEFORE_MIN - HOLD_MIN
    return first, (end_ns - begin_ns - HOUR_NS) // MINUTE_NS + SPAN_MIN + HOLD_MIN


def _day_begin(t_ns: int) -> int:
    return (t_ns + EIGHT_H_NS) // DAY_NS * DAY_NS - EIGHT_H_NS


def _day(t_ns: int) -> str:
    return f"{local(t_ns):%Y-%m-%d}"


def _empty(stream: Stream, t_ns: int) -> PublishedDay:
    day, parameter = _day(t_ns), stream.quantity.value
    return PublishedDay(
        id=day_id(stream.zone, parameter, day),
        zone=stream.zone,
        parameter=parameter,
        unit=stream.tags[0].unit,
        day=day,
    )


def _doubted(stream: Stream, doubts: Doubts) -> bool:
    parameter = (stream.zone, stream.quantity) in doubts.parameters
    return parameter or stream.zone in doubts.zones or any(tag.id in doubts.tags for tag in stream.tags)


def _may_be_better(stream: Stream, hour: Hour, late: Set[tuple[str, int]] | None) -> bool:
    """It was not whole, no person decided about it, and more has come; late: None for not known."""
    whole = hour.n_valid >= hour.n_expected or hour.held_until_ns is not None
    whole = whole or hour.state is HourState.INSTRUMENT_FAULT
    return not whole and (late is None or any((tag.id, hour.start_ns) in late for tag in stream.tags))


def _next_version(old: Hour, new: Hour) -> Hour:
    """What was being verified does not become usual because more data came."""
    doubted = old.state is HourState.VERIFYING and old.median is not None
    state = HourState.VERIFYING if doubted else new.state
    return replace(new, state=state, version=old.version + 1)
