"""Planned work for tests: in one district, whose gauge reads low, and beside it another."""

from alarms import planning
from core.model.activity import Activity, ActivityKind, ActivityState
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, pressure_low

HOUR = 3600 * SECOND
GAUGE, OTHER = "dma-01.p1", "dma-02.p1"
LOW, FAR = f"{GAUGE}:low", f"{OTHER}:low"
ROWS = [pressure_low(GAUGE), pressure_low(OTHER)]


def wish(kind: ActivityKind = ActivityKind.FLUSHING, **more: object) -> Activity:
    base: dict[str, object] = {
        "id": "",
        "kind": kind,
        "zones": ("dma-01",),
        "start_ns": NOON,
        "end_ns": NOON + HOUR,
        "grace_s": 600.0,
        "by": "operator",
        "asked_ns": NOON,
        "work": "WO-1",
    }
    return Activity(**{**base, **more})  # type: ignore[arg-type]


async def planned(room: Room, activity: Activity) -> Activity:
    async with room.ledger.begin() as tx:
        return await planning.plan(tx, activity, room.plant, room.clock.now_ns())


async def now(room: Room, id: str) -> Activity:
    async with room.ledger.read() as tx:
        found = await tx.get(Activity, id)
    assert found is not None
    return found


async def is_now(room: Room, id: str, state: ActivityState) -> bool:
    return (await now(room, id)).state is state
