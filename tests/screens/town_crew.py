"""What a crew does about a town's burst, as its order tells it: valves shut, and water back."""

import asyncio
from dataclasses import replace

from core.model.account import Account, Segment, User
from core.model.event import Event, EventKind
from core.model.incident import Incident, IncidentState
from core.model.notice import Affected
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.orders.events import put
from response.orders.taking import apply
from response.orders.valves import turn
from tests.screens.town import Town


async def shut(town: Town) -> None:
    """The crew is on site and has shut the valves that its order names."""
    async with town.ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder, kind="burst")
        user, now = await tx.get(User, "duty_manager"), town.clock.now_ns()
        assert user is not None
        for step in ("assign", "depart", "arrive"):
            crew = "crew-1" if step == "assign" else None
            await apply(tx, order.id, step, user, now, crew=crew)
        await _turned(tx, town, order, Turning.CLOSE)
        await apply(tx, order.id, "isolate", user, now)


async def urgent(town: Town) -> None:
    """The order of the burst is of priority 1, once there is one."""
    while True:
        async with town.ledger.begin() as tx:
            for order in await tx.find(WorkOrder, kind="burst"):
                person = "set_by_person"
                await put(tx, replace(order, priority=1, priority_reasons=(person,)), town.clock.now_ns())
                return
        await asyncio.sleep(0.05)


async def critical(town: Town) -> None:
    """One of those whom the burst reaches is a hospital."""
    async with town.ledger.begin() as tx:
        reached = await tx.find(Affected)
        account = await tx.get(Account, reached[0].account)
        assert account is not None
        await tx.put(replace(account, segment=Segment.HOSPITAL))


async def back(town: Town) -> None:
    """They are open again, and instruments are back."""
    async with town.ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder, kind="burst")
        await _turned(tx, town, order, Turning.OPEN)
        incident = await tx.get(Incident, order.incident or "")
        assert incident is not None
        now = town.clock.now_ns()
        restored = replace(incident, state=IncidentState.RESTORED, back_ns=now, seq=incident.seq + 1)
        await tx.put(restored)
        await tx.emit(
            Event(
                kind=EventKind.INCIDENT,
                subject=incident.id,
                t_ns=now,
                zone=incident.zone,
                data={"state": "restored"},
            )
        )


async def _turned(tx: Tx, town: Town, order: WorkOrder, turning: Turning) -> None:
    for valve in order.valves:
        done = ValveOperation(
            id="",
            work_order=order.id,
            valve=valve,
            turning=turning,
            turns=20.0,
            closes=Direction.CLOCKWISE,
            operator="crew",
            at_ns=town.clock.now_ns(),
        )
        await turn(tx, town.plant, done)
