"""What is said of what a person holds back, and what is published once the hold is over (WQ-06)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.model.plant import Plant
from core.model.published import Amended, Hour, HourState, PublishedDay, Replaced, day_id
from core.model.quality_hold import HoldEnd, QualityHold
from core.model.shanghai import local
from core.model.snapshot import Area, Reading, ReadingState
from core.ports.ledger import Tx
from public_portal.quality import MINUTE_NS, WINDOW_MIN
from response.quality_holds import is_confirmed, over, put, recent
from response.usual_band import HOUR_NS

WINDOW_NS = WINDOW_MIN * MINUTE_NS


async def held_now(tx: Tx, plant: Plant, now_ns: int) -> list[QualityHold]:
    """Holds that "now" is judged by: those that go on, and those whose end its window still reaches. What is
    confirmed is held by none, whether or not that is written down yet."""
    found = []
    for one in await recent(tx, now_ns - 2 * WINDOW_NS, now_ns):
        if one.holds(now_ns) and await is_confirmed(tx, plant, one.zone, one.parameter, now_ns):
            one = replace(one, end=HoldEnd.CONFIRMED, ended_ns=now_ns)
        found.append(one)
    return found


def as_held(area: Area, holds: Iterable[QualityHold], now_ns: int) -> Area:
    """The area without the values that are held back. Of a hold that nobody ended the values that it reaches
    are being verified."""
    own = [one for one in holds if one.zone == area.id]
    if not own:
        return area
    return replace(area, readings=tuple(_reading(one, own, now_ns) for one in area.readings))


def _reading(reading: Reading, holds: Sequence[QualityHold], now_ns: int) -> Reading:
    own = [one for one in holds if one.parameter == reading.parameter]
    if reading.value is None or reading.at_ns is None:
        return reading
    if going_on := next((one for one in own if one.holds(now_ns)), None):
        return replace(
            reading,
            state=ReadingState.VERIFYING,
            value=None,
            at_ns=None,
            beyond=None,
            held_until_ns=going_on.until_ns,
        )
    reached = reading.at_ns - WINDOW_NS
    if any(one.end is not HoldEnd.RELEASED and one.last_ns > reached for one in own):
        return replace(reading, state=ReadingState.VERIFYING)
    return reading


async def withheld(
    tx: Tx, zone: str, parameter: str, hours: Sequence[Hour], delay_ns: int, now_ns: int
) -> tuple[Hour, ...]:
    """The hours as they may be published now: of those that became due within a hold that goes on no value,
    which the hold keeps; within one that nobody ended they are being verified."""
    if not hours:
        return ()
    holds = [
        one
        for one in await recent(tx, hours[0].start_ns + HOUR_NS + delay_ns, now_ns)
        if (one.zone, one.parameter) == (zone, parameter)
    ]
    said = []
    for hour in hours:
        due_ns = hour.start_ns + HOUR_NS + delay_ns
        one = next((h for h in holds if h.began_ns <= due_ns < h.last_ns), None)
        if one is None or hour.median is None:
            said.append(hour)
        elif one.holds(now_ns):
            kept = await tx.get(QualityHold, one.id) or one
            await tx.put(replace(kept, hours=(*kept.hours, hour)))
            said.append(_without_value(hour, one.until_ns))
        else:
            released = one.end is HoldEnd.RELEASED
            said.append(hour if released else replace(hour, state=HourState.VERIFYING))
    return tuple(said)


def _without_value(hour: Hour, until_ns: int) -> Hour:
    return replace(
        hour, state=HourState.VERIFYING, median=None, high15=None, low15=None, held_until_ns=until_ns
    )


async def settle(tx: Tx, plant: Plant, now_ns: int) -> set[tuple[str, str]]:
    """Publishes what holds kept that are over: another version, being verified unless a person let it go. The
    areas and months that say something new."""
    changed: set[tuple[str, str]] = set()
    for one in await over(tx, plant, now_ns):
        released = one.end is HoldEnd.RELEASED
        for hour in one.hours:
            fresh = hour if released else replace(hour, state=HourState.VERIFYING)
            fresh = replace(fresh, published_ns=now_ns)
            id = day_id(one.zone, one.parameter, f"{local(hour.start_ns):%Y-%m-%d}")
            if day := await tx.get(PublishedDay, id):
                await tx.put(_published(day, fresh, now_ns))
                changed.add((day.zone, day.month))
        await put(tx, replace(one, standing=False), now_ns)
    return changed


def _published(day: PublishedDay, fresh: Hour, now_ns: int) -> PublishedDay:
    before = [hour for hour in day.hours if hour.start_ns == fresh.start_ns]
    gone = tuple(Replaced(hour=hour, at_ns=now_ns, why=Amended.HELD) for hour in before)
    hours = tuple(
        replace(fresh, version=hour.version + 1) if hour.start_ns == fresh.start_ns else hour
        for hour in day.hours
    )
    return replace(day, hours=hours, replaced=(*day.replaced, *gone))
