"""Clocks in the ledger: begun, paused, stopped; the ladder's rungs, each once, through real channels."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.bulletin import Change
from core.model.call import Outcome
from core.model.mailing import Because, Letter, LetterState
from core.model.message import MessageKind
from core.model.report import Channel, Report
from core.model.service_clock import CalendarKind, PauseReason, ServiceClock
from core.model.timer import Timer
from core.model.work_order import WorkOrder
from core.model.work_order import WorkOrderState as S
from response.clocks import acts
from response.clocks.book import clocks_of, pauses_of
from response.clocks.reckoning import ClockState, read
from response.orders import events
from response.refused import Refused
from tests.response import little_town as town
from tests.response.clocks_at_work import TIMES, clocks_at_work, order
from tests.response.on_duty import Duty

DISPATCHER = town.user(Role.DISPATCHER)
MIN, HOUR = town.MIN, town.HOUR


@pytest.fixture
async def desk(duty: Duty) -> AsyncIterator[Duty]:
    async with clocks_at_work(duty, TIMES):
        yield duty


async def put(desk: Duty, it: WorkOrder, state: S | None = None, actor: str = "dispatcher") -> WorkOrder:
    now_ns = desk.clock.now_ns()
    async with desk.ledger.begin() as tx:
        if state is None:
            await tx.put(it)
            await tx.emit(events.event_of(it, now_ns))
            return it
        return await events.put(tx, replace(it, state=state), now_ns, actor)


async def clocks(desk: Duty) -> dict[str, ServiceClock]:
    await desk.quiet()
    async with desk.ledger.read() as tx:
        return {clock.clock.value: clock for clock in await clocks_of(tx, "WO-1")}


async def rungs(desk: Duty) -> list[tuple[str | None, str]]:
    await desk.quiet()
    found = await desk.log(call="WO-1", kind=MessageKind.REMINDER, outcome=Outcome.DELIVERED)
    return sorted({(note.position, note.key.rpartition("/")[0]) for note in found})


async def test_wo_08_an_order_has_several_clocks_and_its_steps_stop_them(desk):
    it = await put(desk, order())
    assert set(found := await clocks(desk)) == {"arrive", "stop_water", "repair"}
    assert {name: c.due_ns for name, c in found.items()} == dict(it.clocks)
    await desk.turn(30 * 60)
    it = await put(desk, replace(it, crew="crew-1"), S.ARRIVED, "crew")
    found = await clocks(desk)
    assert {name for name, c in found.items() if c.running} == {"stop_water", "repair"}
    assert found["arrive"].stopped_ns == town.T0 + 30 * MIN
    await desk.turn(5 * 3600)
    await put(desk, it, S.COMPLETED, "crew")
    found = await clocks(desk)
    assert not any(c.running for c in found.values())
    kept = {name: read(c, TIMES.calendar(c.calendar), [], desk.clock.t_ns).met for name, c in found.items()}
    assert kept == {"arrive": True, "stop_water": False, "repair": True}


async def test_wo_08_a_caller_is_told_and_called_back_after_the_completion(desk):
    it = await put(desk, order(reports=1, callers=1))
    await desk.turn(3600)
    it = await put(desk, it, S.COMPLETED, "crew")
    found = await clocks(desk)
    assert found["inform"].due_ns == town.T0 + 3 * HOUR
    assert found["callback"].due_ns == town.T0 + 25 * HOUR
    async with desk.ledger.begin() as tx:
        await acts.told(tx, TIMES, it, "inform", "电话告知已恢复", DISPATCHER, desk.clock.now_ns())
    assert (await clocks(desk))["inform"].stopped_ns == town.T0 + HOUR


async def test_wo_08_a_message_to_every_caller_keeps_the_promise_to_inform(desk):
    """The clock stops when the last of them was told, and nobody higher is bothered."""
    it = await put(desk, order(reports=2, callers=2))
    async with desk.ledger.begin() as tx:
        for n in (1, 2):
            said = Report(
                id=f"R{n}", channel=Channel.PHONE, at_ns=town.T0, account=f"A{n}", wants_update=True
            )
            await tx.put(replace(said, work_order="WO-1"))
    await put(desk, it, S.COMPLETED, "crew")
    assert (await clocks(desk))["inform"].running

    async def sent(n: int) -> None:
        letter = Letter(
            id=f"L{n}",
            mailing="INC-1.restored",
            notice="INC-1",
            version=1,
            person=f"P{n}",
            account=f"A{n}",
            change=Change.RESTORED,
            because=Because.PROMISED,
            state=LetterState.SENT,
            sent_ns=desk.clock.now_ns(),
        )
        async with desk.ledger.begin() as tx:
            await tx.put(letter)

    await sent(1)
    await desk.turn(20 * 60)
    await sent(2)
    await desk.turn(50 * 60)
    assert (await clocks(desk))["inform"].stopped_ns == town.T0 + 20 * MIN
    assert not [key for _, key in await rungs(desk) if "inform" in key]


async def test_wo_08_a_cancelled_order_owes_nothing_and_a_reopened_one_anew(desk):
    it = await put(desk, order())
    await desk.turn(600)
    await put(desk, it, S.CANCELLED)
    assert {c.void_ns for c in (await clocks(desk)).values()} == {town.T0 + 10 * MIN}
    await desk.turn(600)
    await put(desk, replace(it, reopened=1), S.REOPENED)
    await desk.quiet()
    async with desk.ledger.read() as tx:
        again = [c for c in await clocks_of(tx, "WO-1") if c.running]
    assert {(c.id, c.start_ns) for c in again} == {
        (f"WO-1:{name}:2", town.T0 + 20 * MIN) for name in ("arrive", "stop_water", "repair")
    }


async def test_wo_09_a_pause_needs_evidence_and_is_one_at_a_time(desk):
    it = await put(desk, order())
    await clocks(desk)

    async def pause(evidence: str) -> None:
        async with desk.ledger.begin() as tx:
            now_ns = desk.clock.now_ns()
            await acts.pause(tx, TIMES, it, PauseReason.AWAIT_PERMIT, evidence, DISPATCHER, now_ns)

    for evidence, reason in ((" ", "evidence_required"), ("许可118", None), ("许可118", "already_paused")):
        if reason is None:
            await pause(evidence)
            continue
        with pytest.raises(Refused) as refused:
            await pause(evidence)
        assert refused.value.reason == reason
    await desk.turn(3 * 3600)
    async with desk.ledger.begin() as tx:
        await acts.resume(tx, TIMES, it, DISPATCHER, desk.clock.now_ns())
    found = await clocks(desk)
    async with desk.ledger.read() as tx:
        pauses = await pauses_of(tx, "WO-1")
    shown = {name: read(c, TIMES.calendar(c.calendar), pauses, desk.clock.t_ns) for name, c in found.items()}
    assert shown["repair"].due_paused_ns - shown["repair"].due_ns == 3 * HOUR
    assert shown["arrive"].met_paused is False
    assert [one.evidence for one in pauses] == ["许可118"]


async def test_wo_09_a_pause_ends_with_the_work(desk):
    """What begins when the work is done is not held up by what held up the work."""
    it = await put(desk, order(reports=1, callers=1), S.REPAIRING)
    await clocks(desk)
    async with desk.ledger.begin() as tx:
        await acts.pause(tx, TIMES, it, PauseReason.AWAIT_PERMIT, "118", DISPATCHER, desk.clock.now_ns())
    await desk.turn(3600)
    async with desk.ledger.read() as tx:
        it = await tx.get(WorkOrder, "WO-1") or it
    await put(desk, it, S.COMPLETED, "crew")
    found = await clocks(desk)
    async with desk.ledger.read() as tx:
        (pause,) = await pauses_of(tx, "WO-1")
    assert pause.until_ns == town.T0 + HOUR
    shown = read(found["callback"], TIMES.calendar(CalendarKind.ALWAYS), [pause], desk.clock.t_ns)
    assert shown.state is ClockState.RUNNING


async def test_wo_08_an_order_that_becomes_more_urgent_is_not_late_at_once(desk):
    it = await put(desk, order())
    await clocks(desk)
    await desk.turn(3600)
    await put(desk, replace(it, priority=1))
    assert set(await clocks(desk)) == {"arrive", "stop_water", "repair"}


async def test_wo_10_each_rung_is_told_once_by_all_ways(desk):
    await put(desk, order())
    await clocks(desk)
    await desk.turn(44 * 60)
    assert await rungs(desk) == []
    await desk.turn(60)
    assert await rungs(desk) == [("duty-manager", "WO-1:arrive/50")]
    for minutes, key in ((27, 80), (18, 100), (45, 150)):
        await desk.turn(minutes * 60)
        assert f"WO-1:arrive/{key}" in {told for _, told in await rungs(desk)}
    sent = await desk.log(call="WO-1", outcome=Outcome.DELIVERED)
    arrive = [note for note in sent if note.key.startswith("WO-1:arrive/")]
    assert len({note.key for note in arrive}) == len(arrive)
    assert {note.channel for note in arrive} == {"sms", "voice"}
    assert (await clocks(desk))["arrive"].told == (50, 80, 100, 150)


async def test_wo_10_the_crew_that_has_it_is_told_first(desk):
    it = await put(desk, order(crew="crew-1"))
    await clocks(desk)
    await desk.turn(45 * 60)
    assert await rungs(desk) == [("crew-1", "WO-1:arrive/50")]
    assert it.crew == "crew-1"


async def test_wo_10_whoever_takes_it_on_stops_the_ladder(desk):
    it = await put(desk, order())
    await clocks(desk)
    await desk.turn(46 * 60)
    assert await rungs(desk) == [("duty-manager", "WO-1:arrive/50")]
    async with desk.ledger.begin() as tx:
        await acts.take_on(tx, TIMES, it, "arrive", DISPATCHER, desk.clock.now_ns())
    await desk.turn(90 * 60)
    assert await rungs(desk) == [("duty-manager", "WO-1:arrive/50"), ("duty-manager", "WO-1:stop_water/50")]
    async with desk.ledger.read() as tx:
        assert await tx.get(Timer, "ladder:WO-1:arrive") is None


async def test_wo_10_a_pause_moves_the_rungs_of_what_may_be_paused(desk):
    it = await put(desk, order(), S.ISOLATED)
    await clocks(desk)
    async with desk.ledger.begin() as tx:
        await acts.pause(
            tx, TIMES, it, PauseReason.UNSAFE_WEATHER, "雷电预警", DISPATCHER, desk.clock.now_ns()
        )
    await desk.turn(13 * 3600)
    assert await rungs(desk) == []
    async with desk.ledger.begin() as tx:
        await acts.resume(tx, TIMES, it, DISPATCHER, desk.clock.now_ns())
    await desk.turn(12 * 3600)
    assert await rungs(desk) == [("duty-manager", "WO-1:repair/50")]


async def test_wo_10_a_restart_tells_nobody_twice(duty):
    async with clocks_at_work(duty, TIMES):
        await put(duty, order())
        await clocks(duty)
        await duty.turn(45 * 60)
        assert len(await rungs(duty)) == 1
    duty.clock.t_ns += 30 * 60 * 1_000_000_000
    async with clocks_at_work(duty, TIMES):
        await rungs(duty)
    sent = await duty.log(call="WO-1", outcome=Outcome.DELIVERED)
    assert len(sent) == len({note.key for note in sent}) == 4
