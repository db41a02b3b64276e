"""Calls for help, as stories: what stands when a step is due, restarts, edges of shifts (A-16, A-24, F36)."""

from dataclasses import replace

import pytest

from alarms import acts
from alarms.states import AlarmEvent
from core.model.alarm import Alarm, State
from core.model.call import Outcome, Why
from core.model.flood import Flood
from tests.response.on_duty import MINUTE, Duty, policy

AREA = "area:dma-01:standard"


@pytest.mark.parametrize("how", ["shelved", "suppressed", "out_of_service"])
async def test_what_is_put_aside_calls_nobody_until_it_is_back(duty: Duty, how: str) -> None:
    on, off, more = {
        "shelved": (AlarmEvent.SHELVE, AlarmEvent.SHELF_EXPIRED, {"reason": "valve work here"}),
        "suppressed": (AlarmEvent.SUPPRESS, AlarmEvent.UNSUPPRESS, {"rule": "pump off"}),
        "out_of_service": (
            AlarmEvent.OOS_ON,
            AlarmEvent.OOS_OFF,
            {"permit": "WP-1", "reason": "valve work here", "actor": "a", "approved_by": "b"},
        ),
    }[how]
    if how == "shelved":
        more |= {"until_ns": duty.clock.now_ns() + MINUTE, "limit_ns": 10 * MINUTE}
    async with duty.working():
        await duty.raised("p1")
        await duty.quiet()
        assert (await duty.event("p1", on, **more)).withheld
        await duty.turn(15)
        await duty.quiet()
        assert duty.sms.got == [] and [n.reason for n in await duty.log()] == [Why(how)]
        await duty.event("p1", off, **{k: v for k, v in more.items() if k == "rule"})
        await duty.turn(15)
        await duty.quiet()
        assert len(duty.sms.got) == 1


@pytest.mark.parametrize("order", ["before", "at_once", "in_time", "while_down"])
async def test_suppressed_by_the_time_it_is_due_it_calls_nobody_in_whatever_order(
    duty: Duty, order: str
) -> None:
    """A-16: what counts is how the alarm stands when the timer is due, not what came first."""

    async def suppressed() -> None:
        await duty.event("p1", AlarmEvent.SUPPRESS, rule="pump off")

    async with duty.working():
        if order == "before":
            await suppressed()
        await duty.raised("p1")
        if order == "at_once":
            await suppressed()
        await duty.quiet()
        if order == "in_time":
            await suppressed()
            await duty.quiet()
    if order == "while_down":
        assert len(await duty.timers()) == 1
        await suppressed()
    duty.clock.t_ns += MINUTE
    async with duty.working():
        await duty.quiet()
    assert duty.sms.got == [] and await duty.timers() == []
    assert {note.reason for note in await duty.log()} <= {Why.SUPPRESSED}


async def test_after_a_restart_the_same_step_is_due_at_the_same_time(duty: Duty) -> None:
    async with duty.working():
        await duty.raised("p1")
        await duty.turn(15)
        await duty.quiet()
        [before] = [timer for timer in await duty.timers() if timer.kind == "call"]
    duty.clock.t_ns += 4 * MINUTE
    async with duty.working():
        await duty.quiet()
        [timer] = [timer for timer in await duty.timers() if timer.kind == "call"]
        assert timer == before and len(duty.sms.got) == 1
        await duty.turn(60)
        await duty.quiet()
        assert duty.texts(duty.sms) == [("firing", "b@sms"), ("firing", "crew@sms")]
    duty.clock.t_ns += 60 * MINUTE
    async with duty.working():
        await duty.quiet()
        assert len(duty.sms.got) == 3, "one step that was due meanwhile, not one for each wait that went by"


async def test_whoever_is_on_call_when_the_step_is_due_is_told(duty: Duty) -> None:
    """F36, at the edge of a shift: the rota is asked at that moment."""
    duty.clock.t_ns += 9 * 60 * MINUTE + 49 * MINUTE
    async with duty.working():
        await duty.raised("p1")
        await duty.turn(15)
        await duty.quiet()
        assert duty.texts(duty.sms) == [("firing", "b@sms")], "07:59 on Monday"
        await duty.turn(300)
        await duty.turn(300)
        await duty.quiet()
        assert duty.texts(duty.sms)[1:] == [("firing", "crew@sms"), ("firing", "a@sms")]


async def test_nobody_on_call_is_said_and_the_next_position_is_asked(duty: Duty) -> None:
    positions = [{"id": "duty-manager", "name": {"zh": "值班长", "en": "Duty manager"}}]
    raw = duty.file.model_dump(mode="json")
    raw["positions"] = positions + raw["positions"][1:]
    duty.file = type(duty.file).model_validate(raw)
    async with duty.working():
        await duty.raised("p1")
        await duty.turn(15)
        await duty.turn(30)
        await duty.quiet()
    notes = [(n.position, n.outcome, n.reason) for n in await duty.log()]
    assert notes == [
        ("duty-manager", Outcome.SKIPPED, Why.NOBODY_ON_CALL),
        ("crew-1", Outcome.DELIVERED, Why.UNACKNOWLEDGED),
    ]


async def test_every_way_at_once_where_the_step_says_so(duty: Duty) -> None:
    duty.file = policy(steps=[{"notify": ["duty-manager"], "ways": "all"}])
    async with duty.working():
        await duty.raised("a", priority=2)
        await duty.turn(30)
        await duty.quiet()
    assert (len(duty.sms.got), len(duty.voice.got)) == (1, 1)


async def test_an_acknowledged_alarm_that_still_stands_annunciates_again_and_calls_again(duty: Duty) -> None:
    """Row 14."""
    async with duty.working():
        await duty.raised("p1")
        await duty.turn(15)
        await duty.quiet()
        for again in range(1, 3):
            await duty.acked("p1")
            await duty.quiet()
            await duty.turn(59 * 60)
            await duty.quiet()
            assert (await _alarm(duty)).state is State.ACKED
            await duty.turn(60)
            await duty.quiet()
            alarm = await _alarm(duty)
            assert (alarm.state, alarm.realarms) == (State.UNACK, again)
            await duty.turn(15)
            await duty.quiet()
            assert len([one for one in duty.texts(duty.sms) if one[0] == "firing"]) == 1 + again


async def test_a_shelved_or_cleared_alarm_does_not_annunciate_again(duty: Duty) -> None:
    async with duty.working():
        await duty.raised("p1")
        await duty.acked("p1")

        async def waits() -> bool:
            return [timer.kind for timer in await duty.timers()] == ["realarm"]

        await duty.until(waits)
        now_ns = duty.clock.now_ns()
        async with duty.ledger.begin() as tx:
            row = duty.rows["p1"]
            done = await acts.shelve(tx, row, now_ns + 30 * MINUTE, "valve work here", "op", now_ns)
        assert done.changed

        async def none_left() -> bool:
            return not await duty.timers()

        await duty.until(none_left)


async def test_in_a_flood_priorities_3_and_4_wait_until_it_is_over_and_2_does_not(duty: Duty) -> None:
    duty.file = policy()
    ladders = (
        *duty.file.policies[0].ladders,
        duty.file.policies[0].ladders[1].model_copy(update={"priority": 3}),
    )
    policies = (duty.file.policies[0].model_copy(update={"ladders": ladders}),)
    duty.file = duty.file.model_copy(update={"policies": policies})
    flood = Flood(id="FLD-1", position="control-room", began_ns=duty.clock.now_ns())
    async with duty.ledger.begin() as tx:
        await tx.put(flood)
    async with duty.working():
        await duty.raised("small", priority=3, zone="dma-02")
        await duty.raised("large", priority=2)
        await duty.turn(30)
        await duty.quiet()
        assert [body["groupKey"] for body in duty.sms.bodies] == [AREA]
        async with duty.ledger.begin() as tx:
            await tx.put(replace(flood, ended_ns=duty.clock.now_ns()))
        await duty.turn(60)
        await duty.quiet()
        assert [body["groupKey"] for body in duty.sms.bodies] == [AREA, "area:dma-02:standard"]
    assert [note.reason for note in await duty.log()][-1] == Why.FLOOD


async def _alarm(duty: Duty, id: str = "p1") -> Alarm:
    async with duty.ledger.read() as tx:
        alarm = await tx.get(Alarm, id)
    assert alarm is not None
    return alarm
