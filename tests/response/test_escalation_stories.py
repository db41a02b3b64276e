"""Calls for help, as stories: who is told what, when, and why not (A-17, A-24)."""

import time

from core.model.alarm import NOTIFIED
from core.model.call import CallState, Outcome, Why
from tests.response.on_duty import Duty

AREA = "area:dma-01:standard"


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
