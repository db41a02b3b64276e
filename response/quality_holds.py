"""Publication of on-line quality, held for checking: four hours at most, never of what is confirmed (WQ-06).

What is held is published all the same when its time is over, as being verified. How often it was done the
public is told month by month.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from core.model.event import Event, EventKind
from core.model.limits import within
from core.model.plant import Plant
from core.model.published import PARAMETERS, PublishedDay, day_id
from core.model.quality_hold import HoldEnd, QualityHold
from core.model.shanghai import local
from core.model.snapshot import Interventions
from core.model.text import Text
from core.ports.ledger import Tx
from response.instrument_faults import fault_months
from response.quality_matter import confirmed
from response.refused import Refused, Unknown

PREFIX = "QH"
MINUTE_NS = 60_000_000_000
LONGEST_MIN = 240
LONGEST_NS = LONGEST_MIN * MINUTE_NS
SPAN_NS = 24 * 60 * MINUTE_NS
"""Holds of one parameter of an area are together no longer than one may be within this time, so that no value
is kept back by one hold after another."""
AGREE = 2
"""Published hours in a row beyond the limit: that is no spike any more."""
MONTHS = 13
_LOOKED_BACK_NS = 14 * 31 * SPAN_NS


async def hold(
    tx: Tx, plant: Plant, zone: str, parameter: str, minutes: int, reason: str, by: str, now_ns: int
) -> QualityHold:
    """Raises Unknown where nothing is published of it; Refused `confirmed`, `held`, `hold_too_long`."""
    public = (tag for tag in plant.tags_of(zone) if tag.public and tag.quantity in PARAMETERS)
    if all(tag.quantity.value != parameter for tag in public):
        raise Unknown("unknown", Text("该片区不公布这项指标", "nothing is published of this parameter there"))
    if await is_confirmed(tx, plant, zone, parameter, now_ns):
        why = Text("已确认超标或异常，不得暂缓发布", "it is confirmed, and cannot be held back")
        raise Refused("confirmed", why)
    earlier = await _of(tx, zone, parameter, now_ns)
    if any(one.holds(now_ns) for one in earlier):
        raise Refused("held", Text("这项指标已在暂缓发布", "it is held already"), ("release",))
    left_ns = LONGEST_NS - sum(_held_ns(one, now_ns - SPAN_NS) for one in earlier)
    if minutes * MINUTE_NS > left_ns:
        left = max(0, left_ns // MINUTE_NS)
        why = Text(
            f"24小时内合计最多暂缓{LONGEST_MIN}分钟，现最多还可{left}分钟",
            f"at most {LONGEST_MIN} min within 24 h in all: {left} min are left",
        )
        raise Refused("hold_too_long", why)
    made = QualityHold(
        id=await tx.next_id(PREFIX, now_ns),
        zone=zone,
        parameter=parameter,
        reason=reason,
        by=by,
        began_ns=now_ns,
        until_ns=now_ns + minutes * MINUTE_NS,
    )
    return await put(tx, made, now_ns)


async def release(tx: Tx, id: str, by: str, now_ns: int) -> QualityHold:
    """What it held is published as it was judged. Raises Unknown; Refused `over`."""
    if (one := await tx.get(QualityHold, id)) is None:
        raise Unknown("unknown", Text("没有这次暂缓", f"there is no hold {id!r}"))
    if not one.holds(now_ns):
        raise Refused("over", Text("这次暂缓已结束", "it is over already"))
    return await put(tx, replace(one, end=HoldEnd.RELEASED, ended_ns=now_ns, ended_by=by), now_ns)


async def over(tx: Tx, plant: Plant, now_ns: int) -> list[QualityHold]:
    """Holds whose hours are to be published now, as they ended."""
    found = []
    for one in await tx.find(QualityHold, standing=True):
        if not one.holds(now_ns):
            found.append(replace(one, end=one.end or HoldEnd.TIME_OVER, ended_ns=one.last_ns))
        elif await is_confirmed(tx, plant, one.zone, one.parameter, now_ns):
            found.append(replace(one, end=HoldEnd.CONFIRMED, ended_ns=now_ns))
    return found


async def recent(tx: Tx, begin_ns: int, now_ns: int) -> list[QualityHold]:
    """Those that held at any time from then on."""
    found = await tx.within(QualityHold, "began_ns", max(0, begin_ns - LONGEST_NS), now_ns + 1)
    return [one for one in found if one.last_ns > begin_ns]


async def is_confirmed(tx: Tx, plant: Plant, zone: str, parameter: str, now_ns: int) -> bool:
    """By a second instrument, by a person, or by two published hours in a row beyond the limit."""
    if await confirmed(tx, plant, zone, parameter):
        return True
    beyond: list[bool] = []
    for t_ns in (now_ns - SPAN_NS, now_ns):
        day = await tx.get(PublishedDay, day_id(zone, parameter, f"{local(t_ns):%Y-%m-%d}"))
        told = [hour for hour in day.hours if hour.median is not None] if day else []
        beyond += [not within(day.limit, hour.median) for hour in told] if day else []
    return len(beyond) >= AGREE and all(beyond[-AGREE:])


async def counted(tx: Tx, now_ns: int) -> tuple[Interventions, ...]:
    """The running month first, and it also where there was none in it."""
    found = await tx.within(QualityHold, "began_ns", max(0, now_ns - _LOOKED_BACK_NS), now_ns + 1)
    by_month: dict[str, list[QualityHold]] = {f"{local(now_ns):%Y-%m}": []}
    for one in found:
        by_month.setdefault(one.month, []).append(one)
    faults = Counter(await fault_months(tx))
    for month in faults:
        by_month.setdefault(month, [])
    latest = sorted(by_month, reverse=True)[:MONTHS]
    return tuple(_counted(month, by_month[month], faults[month]) for month in latest)


def _counted(month: str, own: Sequence[QualityHold], faults: int) -> Interventions:
    return Interventions(
        month=month,
        holds=len(own),
        whole=sum(one.end is HoldEnd.TIME_OVER for one in own),
        hours=sum(len(one.hours) for one in own),
        faults=faults,
    )


async def put(tx: Tx, one: QualityHold, now_ns: int) -> QualityHold:
    await tx.put(one)
    data = {"standing": one.standing}
    await tx.emit(Event(kind=EventKind.QUALITY_HOLD, subject=one.id, t_ns=now_ns, zone=one.zone, data=data))
    return one


async def _of(tx: Tx, zone: str, parameter: str, now_ns: int) -> list[QualityHold]:
    found = await recent(tx, now_ns - SPAN_NS, now_ns)
    return [one for one in found if (one.zone, one.parameter) == (zone, parameter)]


def _held_ns(one: QualityHold, begin_ns: int) -> int:
    return max(0, one.last_ns - max(one.began_ns, begin_ns))
