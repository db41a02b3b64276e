"""Once a crew has parted the main, who is without water is known by the valves that are shut (ON-03)."""

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.notice import Affected, Notice
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder
from response.orders.taking import apply
from response.orders.valves import turn
from response.service import ResponseService
from tests.response import little_town as town
from tests.response.little_town import report


async def take(ledger: SqlLedger, service: ResponseService, *steps: str) -> None:
    """Each by the duty manager, heard by the service."""
    for step in steps:
        async with ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            crew = "crew-1" if step == "assign" else None
            await apply(tx, order.id, step, town.user(Role.DUTY_MANAGER), town.T0, crew=crew)
    await service.handle(await ledger.events(0))


async def shut(ledger: SqlLedger, plant, valve: str, turning: Turning = Turning.CLOSE) -> None:
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        closing = ValveOperation(
            id="",
            work_order=order.id,
            valve=valve,
            turning=turning,
            turns=20,
            closes=Direction.CLOCKWISE,
            operator="user-crew",
            at_ns=town.T0,
        )
        await turn(tx, plant, closing)


async def reached(ledger: SqlLedger) -> dict[str, tuple[str, str]]:
    async with ledger.read() as tx:
        (notice,) = await tx.find(Notice)
        rows = await tx.find(Affected, notice=notice.id)
    return {row.account: (row.supply, row.reason) for row in rows}


async def test_behind_them_it_is_off_and_nobody_else_only_may_have_weak_water(ledger, service, plant):
    await service.handle([await report(ledger, town.burst(pipe="p2", radius_m=150.0))])
    assert {reason for _, reason in (await reached(ledger)).values()} == {
        "in_isolation_segment",
        "near_likely_pipe",
    }
    await take(ledger, service, "assign", "depart", "arrive")
    await shut(ledger, plant, "v1")
    assert "near_likely_pipe" in {reason for _, reason in (await reached(ledger)).values()}, "not parted yet"
    await take(ledger, service, "isolate")
    known = await reached(ledger)
    assert set(known.values()) == {("no_water", "behind_shut_valves")}
    assert {"A000001", "A000031"} <= known.keys(), "the crew shut the valve before, so j1 is dry too"
    assert "A000056" not in known


async def test_parted_without_a_valve_in_the_log_it_stays_what_was_likely(ledger, service):
    await service.handle([await report(ledger, town.burst(pipe="p2", radius_m=150.0))])
    before = await reached(ledger)
    await take(ledger, service, "assign", "depart", "arrive", "isolate")
    assert await reached(ledger) == before


async def test_a_valve_that_was_shut_by_mistake_and_opened_again_leaves_nobody_without_water(
    ledger, service, plant
):
    await service.handle([await report(ledger, town.burst(pipe="p2", radius_m=150.0))])
    await take(ledger, service, "assign", "depart", "arrive")
    await shut(ledger, plant, "v1")
    await shut(ledger, plant, "v1", Turning.OPEN)
    await shut(ledger, plant, "v2")
    await take(ledger, service, "isolate")
    known = await reached(ledger)
    assert "A000031" in known, "j2, behind v2"
    assert "A000001" not in known, "j1 has water: v1 is open"
