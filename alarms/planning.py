"""What people do to planned activities: enter, approve, extend, end. In the caller's transaction; each is
told on the event stream."""

from dataclasses import replace

from alarms.acts import Unknown
from alarms.commands import Stale
from alarms.timers import SECOND
from core.model.activity import OPEN, Activity, ActivityKind, ActivityState
from core.model.event import Event, EventKind
from core.model.plant import Plant
from core.ports.ledger import Tx, Writing

PREFIX = "ACT"
LONGEST_S = 7 * 86_400
"""Longer is a state of the network: it is entered again, so that somebody looks at it once a week."""
AHEAD_S = 90 * 86_400
GRACE_S = 4 * 3600


class Unplannable(ValueError):
    """field: which part of it cannot be; the message says why, and what can."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotYours(Exception):
    """Another person approves than the one who entered it."""


async def plan(tx: Tx, wish: Activity, plant: Plant, now_ns: int) -> Activity:
    """`wish` with an id. Raises Unplannable."""
    check(wish, plant, now_ns)
    made = replace(wish, id=await tx.next_id(PREFIX, now_ns), asked_ns=now_ns)
    return await publish(tx, made, now_ns)


def check(wish: Activity, plant: Plant, now_ns: int) -> None:
    """Raises Unplannable for what the hub withholds nothing for."""
    _check_where(wish, plant)
    if wish.start_ns > now_ns + AHEAD_S * SECOND:
        raise Unplannable("start", f"it starts within {AHEAD_S // 86_400} days from now")
    _check_end(wish, wish.end_ns, now_ns)
    if not 0 <= wish.grace_s <= GRACE_S:
        raise Unplannable("grace_s", f"the grace is up to {GRACE_S // 3600} hours")


def _check_where(wish: Activity, plant: Plant) -> None:
    if unknown := [zone for zone in wish.zones if zone not in plant.zones]:
        raise Unplannable("zones", f"there is no zone {unknown[0]}")
    if unknown := [tag for tag in wish.tags if tag not in plant.tags]:
        raise Unplannable("tags", f"there is no tag {unknown[0]}")
    match wish.kind:
        case ActivityKind.OUTAGE:
            raise Unplannable("kind", "an interruption is planned with its notice, which ends it too")
        case ActivityKind.FLUSHING if not wish.zones or wish.tags:
            raise Unplannable("zones", "flushing is of zones: name one or several, and no tags")
        case ActivityKind.VALVE_WORK if not (wish.zones or wish.tags):
            raise Unplannable("zones", "valve work is of zones or tags: name one or several")
        case ActivityKind.CALIBRATION if not wish.tags or wish.zones:
            raise Unplannable("tags", "a calibration is of tags: name one or several, and no zones")
        case ActivityKind.TEST if not wish.rows:
            raise Unplannable(
                "rows", "a test is of alarms: name rows of the master alarm database, or alarms"
            )
    if wish.rows and wish.kind is not ActivityKind.TEST:
        raise Unplannable("rows", "only a test names rows: other work explains what its kind says")


def _check_end(wish: Activity, end_ns: int, now_ns: int) -> None:
    start_ns = max(wish.start_ns, now_ns)
    if end_ns <= now_ns or end_ns <= wish.start_ns:
        raise Unplannable("end", "it ends after it has begun, and not in the past")
    if end_ns - start_ns > LONGEST_S * SECOND:
        raise Unplannable("end", f"it lasts up to {LONGEST_S // 86_400} days")


async def extend(tx: Tx, id: str, seq: int, end_ns: int, now_ns: int) -> Activity:
    """Another end, sooner or later; one that is late ends its overrun, and an approval up to then. Raises
    Unknown, Stale, Unplannable."""
    one = await _seen(tx, id, seq)
    _check_end(one, end_ns, now_ns)
    state = ActivityState.RUNNING if one.state is ActivityState.OVERRUN else one.state
    approved_by = one.approved_by if end_ns <= one.end_ns else None
    fresh = replace(one, end_ns=end_ns, state=state, approved_by=approved_by, ended_by=None, ended_ns=None)
    return await publish(tx, fresh, now_ns)


async def approve(tx: Tx, id: str, seq: int, by: str, now_ns: int) -> Activity:
    """A second person: its alarms of priority 1 are withheld as well. Raises Unknown, Stale, NotYours."""
    one = await _seen(tx, id, seq)
    if by == one.by:
        raise NotYours("another person approves than the one who entered it")
    return await publish(tx, replace(one, approved_by=by), now_ns)


async def end(tx: Tx, id: str, by: str, now_ns: int) -> Activity:
    """Cancels what has not begun. Ends what goes on: its grace begins; asked again, or late already, its
    alarms are heard at once. Raises Unknown, Stale."""
    one = await _seen(tx, id, None)
    ended = replace(one, ended_ns=now_ns, ended_by=by)
    if one.state is ActivityState.PLANNED and one.start_ns > now_ns:
        ended = replace(ended, state=ActivityState.CANCELLED)
    elif one.state is ActivityState.OVERRUN or one.ended_by is not None or not one.grace_s:
        ended = replace(ended, state=ActivityState.ENDED, end_ns=min(one.end_ns, now_ns))
    else:
        ended = replace(ended, end_ns=min(one.end_ns, now_ns))
    return await publish(tx, ended, now_ns)


async def _seen(tx: Tx, id: str, seq: int | None) -> Activity:
    one = await tx.get(Activity, id)
    if one is None:
        raise Unknown(f"no activity {id}")
    if one.state not in OPEN or seq not in (None, one.seq):
        raise Stale(f"activity {id} is {one.state}, seq {one.seq}")
    return one


async def publish(tx: Writing, one: Activity, now_ns: int) -> Activity:
    one = replace(one, seq=one.seq + 1)
    await tx.put(one)
    data = {"kind": one.kind.value, "state": one.state.value, "seq": one.seq}
    zone = one.zones[0] if len(one.zones) == 1 else None
    await tx.emit(Event(kind=EventKind.ACTIVITY, subject=one.id, t_ns=now_ns, zone=zone, data=data))
    return one
