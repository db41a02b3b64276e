"""The town's figure of those without water: of all open incidents, and nobody twice."""

from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.notice import Affected, Notice, NoticeKind, NoticeState
from core.model.text import Text
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder, WorkOrderState
from tests.api.hub_at_work import T0, Hub

EIGHT = range(1, 9)
WORDS = Text("爆管", "Burst")


async def broken(hub: Hub, n: int, reached: dict[str, str], state=IncidentState.CONFIRMED) -> None:
    """An incident, its notice, and whom it reaches."""
    notice = Notice(
        id=f"NTC-{n}",
        incident=f"INC-{n}",
        kind=NoticeKind.EMERGENCY_OUTAGE,
        state=NoticeState.DRAFT,
        zone="dma-01",
        title=WORDS,
        body=WORDS,
        advice=WORDS,
        author="hub",
        drafted_ns=T0,
        starts_ns=T0,
    )
    incident = Incident(
        id=f"INC-{n}", kind=IncidentKind.BURST, state=state, opened_ns=T0 + n, zone="dma-01", title=WORDS
    )
    rows = [
        Affected(id=f"{n}:{who}", notice=notice.id, account=who, supply=supply, reason="zone")
        for who, supply in reached.items()
    ]
    async with hub.deps.ledger.begin() as tx:
        for record in (incident, notice, *rows):
            await tx.put(record)


async def shut(hub: Hub, n: int) -> None:
    order = WorkOrder(
        id=f"WO-{n}",
        incident=f"INC-{n}",
        kind="burst",
        state=WorkOrderState.ISOLATED,
        priority=1,
        zone="dma-01",
        title=WORDS,
        place=WORDS,
        opened_ns=T0,
    )
    turned = ValveOperation(
        id=f"VOP-{n}",
        work_order=order.id,
        valve="v1",
        turning=Turning.CLOSE,
        turns=20.0,
        closes=Direction.CLOCKWISE,
        operator="crew",
        at_ns=T0,
    )
    async with hub.deps.ledger.begin() as tx:
        await tx.put(order)
        await tx.put(turned)


async def figure(hub: Hub) -> dict[str, int]:
    async with hub.as_("kiosk") as wall:
        answer = await wall.get("/api/v1/without-water")
    assert answer.status_code == 200
    counted: dict[str, int] = answer.json()
    return counted


async def test_every_incident_counts_and_nobody_is_counted_twice(hub: Hub):
    assert await figure(hub) == {"off": 0, "may_be_off": 0, "weak": 0}
    for n in EIGHT:
        await broken(hub, n, {f"A{n:06d}": "no_water", "A000100": "no_water", "A000200": "low_pressure"})
    assert await figure(hub) == {"off": 0, "may_be_off": 9, "weak": 1}


async def test_of_whoever_is_reached_twice_the_worst_is_told(hub: Hub):
    await broken(hub, 1, {"A000001": "no_water", "A000002": "no_water"})
    await broken(hub, 2, {"A000002": "low_pressure", "A000003": "no_water"})
    await shut(hub, 1)
    assert await figure(hub) == {"off": 2, "may_be_off": 1, "weak": 0}


async def test_what_is_over_counts_nobody(hub: Hub):
    await broken(hub, 1, {"A000001": "no_water"}, IncidentState.RESTORED)
    await broken(hub, 2, {"A000002": "no_water"}, IncidentState.CLOSED)
    assert await figure(hub) == {"off": 0, "may_be_off": 0, "weak": 0}
