"""A burst at 22:10, from the first clock to the call-backs next morning, by the services of the hub."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from core.model.account import Role, User
from core.model.callback import Callback, CallbackOutcome
from core.model.incident import IncidentState
from core.model.message import MessageKind
from core.model.outage import Outage
from core.model.report import Channel, Report
from core.model.service_clock import ServiceClock
from core.model.shanghai import local
from core.model.work_order import Outcome, WorkOrder
from core.model.work_order import WorkOrderState as S
from core.runtime.timetable import Timetable
from response.callbacks.acts import called
from response.callbacks.daily import CallbackList
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.ladder import Ladder
from response.clocks.service import ClockService
from response.clocks.spec import ServiceTimesFile
from response.orders.events import put
from response.orders.taking import Said, apply
from response.outages import OutageService
from response.service import ResponseService
from response.service_times import ServiceTimes
from tests.at_work import running
from tests.response import little_town as town
from tests.response.clocks_at_work import LADDER_FILE, teller_of
from tests.response.on_duty import Duty

TIMES = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, **LADDER_FILE}))
DISPATCHER, AGENT = town.user(Role.DISPATCHER), town.user(Role.HOTLINE)
CREW = town.user(Role.CREW, crew="crew-1")


@asynccontextmanager
async def hub(duty: Duty) -> AsyncIterator[None]:
    plant, ledger, clock = town.plant(), duty.ledger, duty.clock
    listed = CallbackList(ledger, clock, TIMES.file.callbacks)
    ladder = Ladder(ledger, clock, TIMES, teller_of(duty), "https://hub.example.org")
    table = Timetable(ledger, clock, ladder.work | listed.work)
    await listed.begin()
    clocks, outages = (
        ClockService(ledger, clock, TIMES, table.wake),
        OutageService(ledger, plant, clock, TIMES),
    )
    duty._following = (clocks.follower, outages.follower)  # type: ignore[assignment]
    response = ResponseService(ledger, plant, clock, TIMES)
    async with running(response, clocks, outages, table):
        yield


async def the_order(duty: Duty) -> WorkOrder:
    async def opened() -> bool:
        async with duty.ledger.read() as tx:
            return bool(await tx.find(WorkOrder))

    await duty.until(opened)
    await duty.quiet()
    async with duty.ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    return order


async def recovered(duty: Duty) -> bool:
    async with duty.ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    return order.recovered_ns is not None


async def step(duty: Duty, order: WorkOrder, event: str, actor: User, **more: object) -> None:
    async with duty.ledger.begin() as tx:
        now_ns = duty.clock.now_ns()
        await apply(tx, order.id, event, actor, now_ns, said=Said(**more))  # type: ignore[arg-type]


async def test_e2e_1_promises_of_a_burst_from_night_to_morning(duty: Duty) -> None:
    async with hub(duty):
        await town.report(duty.ledger, town.burst())
        order = await the_order(duty)
        async with duty.ledger.begin() as tx:
            for n in (1, 2):
                await tx.put(
                    Report(
                        id=f"R{n}",
                        channel=Channel.PHONE,
                        at_ns=duty.clock.now_ns(),
                        account=f"A{n:06d}",
                        work_order=order.id,
                        incident="INC-1",
                    )
                )
            await put(tx, replace(order, reports=2, callers=2), duty.clock.now_ns())
        await duty.turn(46 * 60)
        await duty.quiet()
        await step(duty, order, "assign", DISPATCHER, crew="crew-1")
        for event in ("depart", "arrive"):
            await step(duty, order, event, CREW)
        await duty.turn(60 * 60)
        for event in ("isolate", "repair"):
            await step(duty, order, event, CREW)
        await duty.turn(2 * 3600)
        await town.report(duty.ledger, town.burst(IncidentState.RESTORED))
        await duty.until(lambda: recovered(duty))
        await step(duty, order, "complete", CREW, outcome=Outcome.REPAIRED)
        await duty.quiet()
        async with duty.ledger.read() as tx:
            clocks = {c.clock.value: c for c in await tx.find(ServiceClock)}
        assert set(clocks) >= {"arrive", "stop_water", "repair", "inform", "callback"}
        assert {n for n, c in clocks.items() if c.running} == {"inform", "callback"}
        told = {note.key.rpartition("/")[0] for note in await duty.log(kind=MessageKind.REMINDER)}
        assert f"{order.id}:arrive/50" in told

        await duty.turn(9 * 3600)
        await duty.quiet()
        async with duty.ledger.read() as tx:
            listed = await tx.find(Callback)
            (outage,) = await tx.find(Outage)
        assert len(listed) in (1, 2)
        assert {local(one.made_ns).strftime("%d") for one in listed} == {"23"}
        assert outage.restored_ns is not None and outage.off_ns is not None
        assert outage.off_ns > outage.started_ns, "minutes count from when water was stopped"
        minutes = (outage.restored_ns - outage.off_ns) / town.MIN
        assert outage.customer_minutes == 25 * minutes > 0

        for one in listed:
            async with duty.ledger.begin() as tx:
                rules, now_ns = TIMES.file.callbacks, duty.clock.now_ns()
                await called(tx, rules, one.id, CallbackOutcome.ANSWERED, AGENT, now_ns, mark=5)
        after = await the_order(duty)
        assert after.state is S.CALLBACK_DONE
        async with duty.ledger.read() as tx:
            assert not await tx.find(ServiceClock, running=True)
