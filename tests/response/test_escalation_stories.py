"""Calls for help, as stories: who is told what, when, and why not (alarms.md 1.8, A-16, A-17, A-24)."""

import time
from dataclasses import replace

import pytest

from alarms import acts
from alarms.states import AlarmEvent
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import NOTIFIED, Alarm, State
from core.model.call import CallState, Outcome, Why
from core.model.flood import Flood
from tests.response.on_duty import MINUTE, Duty, policy

AREA = "area:dma-01:standard"


@pytest.fixture
async def duty(ledger: SqlLedger, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("shared")
    made = Duty(ledger, secret)
    with made.phones():
        yield made


async def test_priority_1_goes_up_its_ladder_and_round_again_until_somebody_acknowledges(duty: Duty) -> None:
    async with duty.working():
        await duty.raised("p1")
        await duty.quiet()
        assert duty.sms.got == [], "it waits for others of the same kind first"
        expected = []
        for round in range(3):
            for step, to in ((0, "b@sms"), (2, "crew@sms")):
                await duty.turn(15 if not expected else 5 * 60)
                await duty.quiet()
                expected.append(("firing", to))
                assert duty.texts(duty.sms) == expected, (round, step)
        assert duty.sms.keys[0] == f"{AREA}/1/0/0/b-sms" and len(set(duty.sms.keys)) == 6
        assert duty.voice.got == [], "the first way that works is enough"
        await duty.acked("p1")
        await duty.quiet()
        assert sorted(duty.texts(duty.sms)[6:]) == [("resolved", "b@sms"), ("resolved", "crew@sms")]
        await duty.turn(1800)
        await duty.quiet()
        assert len(duty.sms.got) == 8
    call = await duty.call()
    assert call and (call.state, call.why, call.round) == (CallState.ANSWERED, Why.ACKNOWLEDGED, 3)


async def test_what_is_said_names_alarm_zone_time_and_action_in_both_languages_with_a_link(
    duty: Duty,
) -> None:
    async with duty.working():
        incident = await duty.incident()
        await duty.raised("p1", incident=incident)
        await duty.raised("p2", incident=incident)
        await duty.turn(15)
        await duty.quiet()
    (body,) = duty.sms.bodies
    zh, en = body["commonAnnotations"]["description_zh"], body["commonAnnotations"]["description"]
    for said in ("城东片区 疑似爆管：2 个报警未确认", "1 级，自 11月22日(周日)22:10，城东片区", "处置：关阀"):
        assert said in zh
    for said in (
        "2 alarms unacknowledged",
        "Sun 22 Nov, 22:10, East district",
        "What to do: close the valve",
    ):
        assert said in en
    assert body["externalURL"] == f"https://hub.example.org/desk?view=incidents&id={incident}"


async def test_an_ack_stops_a_message_that_is_under_way_within_two_seconds(duty: Duty) -> None:
    duty.deadline_s = 30.0
    duty.sms.hang.set()
    async with duty.working():
        await duty.raised("p1")
        await duty.turn(15)

        async def under_way() -> bool:
            return duty.sms.hung > 0

        await duty.until(under_way)
        began = time.monotonic()
        await duty.acked("p1")

        async def stopped() -> bool:
            return bool(await duty.log(outcome=Outcome.SKIPPED))

        await duty.until(stopped)
        assert time.monotonic() - began < 2.0
        await duty.quiet()
        assert duty.voice.got == []
    assert [note.reason for note in await duty.log()] == [Why.ACKNOWLEDGED, Why.STOPPED]


async def test_a_way_that_fails_is_followed_by_the_next_and_both_are_in_the_log(duty: Duty) -> None:
    duty.sms.answers.append((500, {}, b"no"))
    async with duty.working():
        await duty.raised("p1")
        await duty.turn(15)
        await duty.quiet()
        events = await duty.ledger.events(0)
    notes = [(n.way, n.outcome, n.reason) for n in await duty.log()]
    assert notes == [
        ("b-sms", Outcome.RETRY, "server"),
        ("b-voice", Outcome.DELIVERED, Why.UNACKNOWLEDGED),
    ]
    assert duty.texts(duty.voice) == [("firing", "b@voice")]
    assert [e.data["outcome"] for e in events if e.kind == "notification"] == ["retry", "delivered"]
    journal = [entry.note for entry in await duty.ledger.journal_of("p1") if entry.event == NOTIFIED]
    assert journal == [
        "call duty-manager phone-b voice: delivered unacknowledged",
        "call duty-manager phone-b sms: retry server",
    ]
    await duty.ledger.verify_journal()


async def test_when_nobody_is_reached_the_next_step_comes_at_once_and_the_hub_says_so(duty: Duty) -> None:
    for hook in (duty.sms, duty.voice):
        hook.answers += [(404, {}, b"gone")]
    async with duty.working():
        await duty.raised("p1")
        await duty.turn(15)
        await duty.quiet()
        assert [one.id for one in duty.health.standing()] == ["nobody_reached"]
        await duty.turn(30)
        await duty.quiet()
        assert duty.texts(duty.sms)[-1] == ("firing", "crew@sms")
        assert duty.health.standing() == []


async def test_a_burst_of_many_alarms_is_one_message_with_a_count_and_few_pages(duty: Duty) -> None:
    async with duty.working():
        incident = await duty.incident()
        for n in range(40):
            await duty.raised(f"a{n}", priority=2, incident=incident)
        await duty.turn(30)
        await duty.quiet()
        assert [body["commonAnnotations"]["summary"] for body in duty.sms.bodies] == [
            "Suspected burst, East district: 40 alarms unacknowledged"
        ]
        await duty.acked(*(f"a{n}" for n in range(40)))
        await duty.quiet()
        for n in range(40, 60):
            await duty.raised(f"a{n}", priority=2, incident=incident)
            await duty.turn(10)
        await duty.quiet()
        assert duty.texts(duty.sms) == [("firing", "b@sms"), ("resolved", "b@sms")]
        call = await duty.call(incident)
        assert call and call.why is Why.ANSWERED_LATELY
        await duty.turn(7 * 60)
        await duty.quiet()
        assert duty.texts(duty.sms)[2:] == [("firing", "b@sms")], "twenty that nobody answers call again"


async def test_a_worse_alarm_of_an_answered_incident_calls_at_once(duty: Duty) -> None:
    async with duty.working():
        incident = await duty.incident()
        await duty.raised("a", priority=2, incident=incident)
        await duty.turn(30)
        await duty.quiet()
        await duty.raised("b", priority=1, incident=incident)
        await duty.quiet()
        assert [note.reason for note in await duty.log()] == [Why.UNACKNOWLEDGED, Why.WORSE]


async def test_priority_2_ends_with_its_steps_and_is_not_begun_again_for_the_same_alarm(duty: Duty) -> None:
    async with duty.working() as service:
        await duty.raised("a", priority=2)
        for seconds in (30, 600, 600, 3600):
            await duty.turn(seconds)
            await service.look_at_all()
            await duty.quiet()
        assert duty.texts(duty.sms) == [("firing", "b@sms")] * 2
        call = await duty.call()
        assert call and (call.state, call.why) == (CallState.OVER, Why.STEPS_DONE)
        await duty.raised("other", priority=2)
        await duty.turn(30)
        await duty.quiet()
        assert len(duty.sms.got) == 3


async def test_an_alarm_gone_before_anybody_was_told_calls_nobody_and_the_log_says_why(duty: Duty) -> None:
    async with duty.working():
        await duty.raised("p1")
        await duty.quiet()
        await duty.cleared("p1")
        await duty.turn(60)
        await duty.quiet()
    assert duty.sms.got == []
    assert [(n.outcome, n.reason) for n in await duty.log()] == [(Outcome.SKIPPED, Why.CLEARED_BEFORE)]


async def test_priority_1_that_went_by_itself_is_told_until_acknowledged_priority_2_is_not(
    duty: Duty,
) -> None:
    async with duty.working():
        await duty.raised("p1")
        await duty.raised("a", priority=2, zone="dma-02")
        await duty.turn(30)
        await duty.quiet()
        await duty.cleared("p1")
        await duty.cleared("a", priority=2)
        await duty.turn(5 * 60)
        await duty.quiet()
        assert len([status for status, _ in duty.texts(duty.sms) if status == "firing"]) == 3
        assert "报警条件已恢复" in duty.sms.bodies[-1]["commonAnnotations"]["description_zh"]
        other = await duty.call("area:dma-02:standard")
        assert other and other.why is Why.RETURNED


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
