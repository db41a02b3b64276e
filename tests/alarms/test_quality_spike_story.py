"""A quality alarm opens an order only while what it tells of stands (WO-01): samples through the spool, the
alarm room and the response desk at work on real stores."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from alarms.service import TICK_S, AlarmService
from core.model.alarm import State
from core.model.clock import Anchor
from core.model.finding import FindingKind
from core.model.incident import Incident, IncidentState
from core.model.plant import Plant
from core.model.sample import Batch, Sample
from core.model.tag import Quantity
from core.model.work_order import WorkOrder
from core.ports.spool import SpoolRow
from core.runtime.clock import AnchoredClock
from response.orders.none_opened import NoOrder, why_none
from response.service import ResponseService
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition, plant, tag

SPIKE, STANDS = "q-01.turbidity", "q-02.turbidity"
ROWS = [
    definition(
        f"{id}:high",
        FindingKind.LIMIT_HIGH,
        tag=id,
        zone=zone,
        setpoint=1.0,
        deadband=0.05,
        on_delay_s=120.0,
        off_delay_s=300.0,
    )
    for id, zone in ((SPIKE, "dma-01"), (STANDS, "dma-02"))
]
HIGH, USUAL = 50.0, 0.2
BELIEVED_S = 420
"""A probe alone is believed 300 s (`alarms.confirming`) after its alarm, and that comes 120 s after the first
sample beyond the limit."""


def town() -> Plant:
    probes = {
        row.tag: tag(row.tag, Quantity.TURBIDITY, "NTU", row.tag[:4], row.zone) for row in ROWS if row.tag
    }
    little = plant()
    return replace(little, tags={**little.tags, **probes})


class Desk:
    """Samples in, and the clock goes on with them."""

    def __init__(self, room: Room) -> None:
        self.room = room

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        room = self.room
        service = AlarmService(room.spool, room.ledger, None, town(), ROWS, None, room.clock)
        async with room.running(service):
            responding = asyncio.create_task(ResponseService(room.ledger, town(), room.clock).run())
            try:
                yield
            finally:
                responding.cancel()
                await asyncio.gather(responding, return_exceptions=True)

    def clock_at(self, s: float) -> None:
        self.room.clock._anchor = Anchor(real_ns=time.time_ns(), sim_ns=NOON + round(s * SECOND), speed=1.0)

    async def reads(self, id: str, values: dict[int, float]) -> None:
        samples = [Sample(id, NOON + s * SECOND, v) for s, v in values.items()]
        await self.room.feed(Batch.of("opcua:quality", samples))

    async def incident(self, zone: str) -> Incident | None:
        async with self.room.ledger.read() as tx:
            found = await tx.find(Incident, zone=zone)
        return found[0] if found else None

    async def is_in(self, zone: str, state: IncidentState) -> bool:
        incident = await self.incident(zone)
        return incident is not None and incident.state is state

    async def reaches(self, zone: str, state: IncidentState) -> None:
        await self.room.until(lambda: self.is_in(zone, state), 15.0)

    async def orders(self) -> set[str | None]:
        """The zones that have one."""
        async with self.room.ledger.read() as tx:
            return {order.zone for order in await tx.find(WorkOrder)}

    async def ordered(self, zone: str) -> None:
        async def stands() -> bool:
            return zone in await self.orders()

        await self.room.until(stands, 15.0)


async def both_raised(desk: Desk) -> None:
    """Two probes of two zones read 50 NTU until both alarms are told."""
    for id in (SPIKE, STANDS):
        await desk.reads(id, {0: HIGH, 60: HIGH, 120: HIGH})
    desk.clock_at(125)
    for id in (SPIKE, STANDS):
        await desk.room.reaches(f"{id}:high", State.UNACK)


async def one_is_over(desk: Desk) -> None:
    """From then on one of them reads as ever."""
    later = range(180, BELIEVED_S + 1, 60)
    await desk.reads(SPIKE, dict.fromkeys(later, USUAL))
    await desk.reads(STANDS, dict.fromkeys(later, HIGH))


async def judged(desk: Desk) -> None:
    """What was read has been judged."""

    async def done() -> bool:
        async with desk.room.ledger.read() as tx:
            return await tx.cursor("alarms") >= (await desk.room.spool.facts()).last_seq

    await desk.room.until(done, 15.0)


async def test_wo_01_a_spike_that_is_over_when_it_could_be_believed_opens_no_order(room: Room) -> None:
    """The alarm waits for its off-delay, so it is still active: that is no reason to send people out."""
    desk = Desk(room)
    async with desk.at_work():
        await both_raised(desk)
        await one_is_over(desk)
        await judged(desk)
        desk.clock_at(BELIEVED_S + 5)
        await desk.ordered("dma-02")
        assert await room.is_in(f"{SPIKE}:high", State.UNACK), "annunciated, and not answered"
        assert await desk.is_in("dma-01", IncidentState.SUSPECTED)
        await desk.reads(SPIKE, {480: USUAL})
        desk.clock_at(485)
        await room.reaches(f"{SPIKE}:high", State.RTNUN)
        await desk.reaches("dma-01", IncidentState.RESTORED)
        assert await desk.orders() == {"dma-02"}
        incident = await desk.incident("dma-01")
        assert incident is not None and why_none(incident) is NoOrder.NEVER_CONFIRMED
        told = [entry.event for entry in await room.ledger.journal_of(f"{SPIKE}:high")]
        assert sorted(told) == ["clear", "raise"], "journalled, both"


async def test_wo_01_what_comes_back_before_its_alarm_is_over_and_stands_then_has_its_order(
    room: Room,
) -> None:
    desk = Desk(room)
    async with desk.at_work():
        await both_raised(desk)
        await one_is_over(desk)
        await judged(desk)
        desk.clock_at(BELIEVED_S + 5)
        await desk.ordered("dma-02")
        await desk.reads(SPIKE, {440: HIGH})
        desk.clock_at(445)
        await desk.ordered("dma-01")
        incident = await desk.incident("dma-01")
        assert incident is not None and incident.why[-1] == "persisted"


async def test_after_a_restart_nothing_is_believed_before_what_was_heard_meanwhile_is_judged(
    room: Room,
) -> None:
    """The hub stops while both alarms stand; what is in the spool says that one of them is over."""
    desk, follow, ticks = Desk(room), room.spool.follow, [0]
    async with desk.at_work():
        await both_raised(desk)
    await one_is_over(desk)
    desk.clock_at(BELIEVED_S + 5)
    let = asyncio.Event()

    async def late(after_seq: int) -> AsyncIterator[list[SpoolRow]]:
        await let.wait()
        async for rows in follow(after_seq):
            yield rows

    async def sleep(seconds: float) -> None:
        ticks[0] += seconds == TICK_S
        await AnchoredClock.sleep(room.clock, seconds)

    async def ticked() -> bool:
        return ticks[0] > 10

    room.spool.follow, room.clock.sleep = late, sleep  # type: ignore[method-assign, assignment]
    async with desk.at_work():
        await room.until(ticked, 30.0)
        assert await desk.orders() == set()
        let.set()
        await desk.ordered("dma-02")
        assert await desk.is_in("dma-01", IncidentState.SUSPECTED)
    assert await desk.orders() == {"dma-02"}
