"""What happens to a message after it was taken, or when nothing takes it: reports, fallback, channels that
are down, dead letters (ON-20, ON-23); and callers who were promised to hear (HL-14)."""

import json
import time

import pytest

from alarms import hub_alarms
from core.model.condition import Severity
from core.model.incident import IncidentState
from core.model.mailing import Because, Letter, LetterState, MailingState, TryOutcome
from core.model.message import Fate, Heard
from core.model.notice import Change, NoticeKind
from core.model.shanghai import local
from response.delivery.callers import kept
from response.delivery.planning import CHUNK
from response.delivery.room import retry
from response.refused import Refused, Unknown
from tests.ports import free_port
from tests.response import little_town as town
from tests.response.post_office import NOTICE, Post, person, phone, post_office
from tests.response.test_delivery import post as post
from tests.servers.sms_gateway import SECRET

NIGHT_NS = town.T0 + 50 * town.MIN
"""Sunday, 23:00 in Shanghai."""


async def until(post: Post, id: str, state: LetterState, within_s: float = 30.0) -> dict[str, Letter]:
    """When all letters of a mailing are so."""
    deadline = time.monotonic() + within_s
    while True:
        letters = await post.letters(id)
        if letters and all(letter.state is state for letter in letters.values()):
            return letters
        assert time.monotonic() < deadline, [(one.id, one.state) for one in letters.values()]
        await post.clock.sleep(0.01)


def reported(post: Post, receipt: str, status: str) -> list[Heard]:
    body = json.dumps([{"bizId": receipt, "status": status, "err": "x"}]).encode()
    said = post.receipts["sms"].heard({}, {"x-token": SECRET}, body)
    assert said is not None
    return list(said)


async def test_a_report_says_delivered_and_a_later_worse_one_changes_nothing(post):
    await post.people([*person(1, "A1", phone=phone(1)), *person(2, "A2", phone=phone(2))])
    post.started()
    id = await post.publish(["A1", "A2"])
    await post.done(id)
    one = (await post.letters(id))["P0001"]
    await post.service.heard("sms", reported(post, one.receipt, "DELIVRD"))
    await post.service.heard("sms", reported(post, one.receipt, "UNDELIV"))
    await post.service.heard("sms", reported(post, "strange", "DELIVRD"))
    letters = await post.letters(id)
    assert letters["P0001"].state is LetterState.DELIVERED
    assert letters["P0002"].state is LetterState.SENT
    await post.service.heard("sms", [Heard(one.receipt, Fate.READ)])
    assert (await post.letters(id))["P0001"].state is LetterState.READ


async def test_a_report_that_comes_before_its_answer_is_written_down_is_not_lost(post):
    await post.people(person(1, "A1", phone=phone(1)))
    post.started()
    await post.service.heard("sms", [Heard("SM000001", Fate.DELIVERED, "DELIVRD")])
    id = await post.publish(["A1"])
    (letter,) = (await until(post, id, LetterState.DELIVERED)).values()
    assert [t.outcome for t in letter.tries] == [TryOutcome.SENT, TryOutcome.DELIVERED]


async def test_a_report_of_failure_goes_on_to_the_next_channel_at_once(post):
    await post.people(person(1, "A1", wechat="o-1", phone=phone(1)))
    post.started()
    id = await post.publish(["A1"])
    await post.done(id)
    (letter,) = (await post.letters(id)).values()
    await post.service.heard("wechat", [Heard(letter.receipt, Fate.FAILED, "failed:user block")])
    await post.done(id)
    (letter,) = (await post.letters(id)).values()
    assert (letter.channel, letter.state) == ("sms", LetterState.SENT)
    assert len(post.sms.sent) == 1


async def test_an_urgent_message_without_a_report_falls_back_after_five_minutes(tmp_path):
    """ON-23; five minutes of plant time pass in three seconds."""
    async with post_office(tmp_path, speed=100) as post:
        await post.people([*person(1, "A1", wechat="o-1", phone=phone(1)), *person(2, "A2", phone=phone(2))])
        post.started()
        id = await post.publish(["A1", "A2"])
        await post.done(id)
        assert (await post.letters(id))["P0001"].channel == "wechat"
        deadline = time.monotonic() + 60
        while len(post.sms.sent) < 2:
            assert time.monotonic() < deadline
            await post.clock.sleep(0.01)
        await post.done(id)
        letter = (await post.letters(id))["P0001"]
        assert (letter.channel, letter.state) == ("sms", LetterState.SENT)
        assert letter.tries[1].outcome is TryOutcome.PASSED_ON and letter.tries[1].reason == "no_report"
        assert letter.tries[1].at_ns - letter.tries[0].at_ns >= 5 * town.MIN
        assert (await post.letters(id))["P0002"].state is LetterState.SENT, (
            "nothing is after the last channel"
        )


async def test_what_is_not_urgent_does_not_fall_back_for_want_of_a_report(tmp_path):
    async with post_office(tmp_path, speed=200) as post:
        await post.people(person(1, "A1", wechat="o-1", phone=phone(1)))
        post.started()
        id = await post.publish(["A1"], kind=NoticeKind.PLANNED_OUTAGE)
        deadline = time.monotonic() + 30
        while (await post.mailing(id)) is None or (await post.mailing(id)).state is not MailingState.DONE:
            assert time.monotonic() < deadline
            await post.clock.sleep(0.02)
        assert not post.sms.sent and len(post.wechat.sent) == 1


async def test_a_channel_that_is_down_rests_and_the_urgent_goes_by_another(tmp_path):
    async with post_office(tmp_path, speed=300) as post:
        n = 40
        await post.people(
            one for i in range(n) for one in person(i, f"A{i:02d}", phone=phone(i), email=f"u{i}@example.org")
        )
        sms = post.file.channel("sms")
        down = sms.via.model_copy(update={"url": f"http://127.0.0.1:{free_port()}/"})
        channels = (sms.model_copy(update={"via": down}), post.file.channel("email"))
        post.file = post.file.model_copy(update={"channels": channels})
        post.started()
        id = await post.publish([f"A{i:02d}" for i in range(n)])
        await post.done(id, 60)
        letters = (await post.letters(id)).values()
        assert {(one.channel, one.state) for one in letters} == {("email", LetterState.SENT)}
        assert len(post.box.letters) == n == len({one["To"] for one in post.box.letters})
        tried = sum(t.outcome is TryOutcome.RETRY for one in letters for t in one.tries)
        assert tried < 4 * n, "a channel that is down is not asked for each of them four times"


async def test_dead_letters_are_sent_again_when_somebody_has_mended_it_and_only_they(post):
    await post.people([one for n in range(1, 4) for one in person(n, f"A{n}", phone=phone(n))])
    post.sms.answers += ["TEMPLATE", "TEMPLATE", "OK"]
    post.started()
    id = await post.publish(["A1", "A2", "A3"])
    await post.done(id)
    dead = [one for one in (await post.letters(id)).values() if one.state is LetterState.FAILED]
    alive = [one for one in (await post.letters(id)).values() if one.state is LetterState.SENT]
    assert (len(dead), len(alive)) == (2, 1)
    async with post.ledger.begin() as tx:
        with pytest.raises(Unknown):
            await retry(tx, "nothing", None, 0)
        with pytest.raises(Refused):
            await retry(tx, id, (dead[0].id, alive[0].id), post.clock.now_ns())
        assert await retry(tx, id, (dead[0].id,), post.clock.now_ns()) == 1
    await post.done(id)
    async with post.ledger.begin() as tx:
        assert await retry(tx, id, None, post.clock.now_ns()) == 1
    post.service.wake()
    await post.done(id)
    assert len(post.sms.sent) == 3 == len({one["mobile"] for one in post.sms.sent})
    async with post.ledger.begin() as tx:
        with pytest.raises(Refused):
            await retry(tx, id, None, post.clock.now_ns())


async def test_callers_hear_within_ten_minutes_that_water_is_back_also_those_whom_no_notice_concerned(post):
    """HL-14."""
    await post.people([*person(1, "A1", phone=phone(1)), *person(8, "A8", phone=phone(8))])
    await post.called("A1")
    await post.called("A8")
    await post.called(phone=phone(77))
    await post.called(phone=phone(78), wants_update=False)
    post.started()
    await post.done(await post.publish(["A1"]))
    id = await post.publish([], Change.RESTORED)
    await post.done(id)
    letters = (await post.letters(id)).values()
    assert {one["mobile"] for one in post.sms.sent[1:]} == {phone(1), phone(8), phone(77)}
    assert {one.because for one in letters} == {Because.WATER_BACK, Because.PROMISED}
    for letter in letters:
        assert letter.promised_ns and letter.sent_ns and letter.sent_ns < letter.promised_ns
        assert kept(letter, post.clock.now_ns())


async def test_who_was_promised_stands_first_in_a_mailing_wherever_their_accounts_are(post):
    """HL-14: at 50,000 letters the last ones go out after the ten minutes that callers were promised."""
    n = CHUNK + 20
    await post.people([one for i in range(n) for one in person(i, f"A{i:05d}", phone=phone(i))])
    promised = {f"A{i:05d}" for i in range(n - 3, n)}
    for account in sorted(promised):
        await post.called(account)
    post.started()
    every = [f"A{i:05d}" for i in range(n)]
    await post.done(await post.publish(every))
    id = await post.publish([], Change.RESTORED)
    await post.done(id)
    letters = sorted((await post.letters(id)).values(), key=lambda one: one.sent_ns)
    assert promised <= {one.account for one in letters[:16]}, "of the first handful that goes out at once"


async def test_at_seven_in_the_morning_too_who_was_promised_stands_first(tmp_path):
    """HL-14: held for the same minute, the letters of those who were promised come before all others."""
    async with post_office(tmp_path, at_ns=NIGHT_NS) as post:
        await post.people([one for i in range(4) for one in person(i, f"A{i}", phone=phone(i))])
        await post.called("A3")
        post.started()
        await post.done(await post.publish([f"A{i}" for i in range(4)]))
        id = await post.publish([], Change.RESTORED)
        letters = (await until(post, id, LetterState.QUEUED)).values()
        first, *others = sorted(letters, key=lambda one: (one.due_ns, one.id))
        assert first.account == "A3" and f"{local(first.due_ns):%H:%M:%S}" == "07:00:00"
        assert {f"{local(one.due_ns):%H:%M:%S}" for one in others} == {"07:00:00"}


async def test_at_night_only_who_asked_for_it_hears_that_water_is_back_and_the_others_at_seven(tmp_path):
    async with post_office(tmp_path, at_ns=NIGHT_NS) as post:
        await post.people(
            [
                *person(1, "A1", phone=phone(1)),
                *person(2, "A2", phone=phone(2), at_night=True),
                *person(3, "A3", phone=phone(3)),
            ]
        )
        await post.called("A1")
        await post.called("A3", at_night=True)
        post.started()
        await post.done(await post.publish(["A1", "A2", "A3"]))
        assert len(post.sms.sent) == 3, "people are woken for an emergency"
        id = await post.publish([], Change.RESTORED)
        deadline = time.monotonic() + 30
        while len(post.sms.sent) < 5:
            assert time.monotonic() < deadline
            await post.clock.sleep(0.01)
        assert {one["mobile"] for one in post.sms.sent[3:]} == {phone(2), phone(3)}
        waiting = (await post.letters(id))["P0001"]
        assert waiting.state is LetterState.QUEUED and f"{local(waiting.due_ns):%d %H:%M}" == "23 07:00"
        assert kept(waiting, post.clock.now_ns())


async def test_do_not_drink_and_its_end_are_told_at_once_at_any_hour(tmp_path):
    async with post_office(tmp_path, at_ns=NIGHT_NS) as post:
        await post.people(person(1, "A1", phone=phone(1)))
        post.started()
        for change in (Change.FIRST, Change.RESTORED):
            await post.done(await post.publish(["A1"], change, kind=NoticeKind.DO_NOT_DRINK))
        assert len(post.sms.sent) == 2


async def test_callers_of_what_was_never_published_hear_that_it_is_over(post):
    await post.people(person(1, "A1", phone=phone(1)))
    await post.called("A1")
    post.started()
    await town.report(post.ledger, town.burst(id="INC-1"))
    await town.report(post.ledger, town.burst(IncidentState.RESTORED, id="INC-1"))
    await post.done("INC-1.restored")
    (sent,) = post.sms.sent
    assert sent["mobile"] == phone(1) and sent["params"]["eta"].endswith("已恢复")
    await town.report(post.ledger, town.burst(IncidentState.CLOSED, id="INC-1"))
    await post.people(person(2, "A2", phone=phone(2)))
    await post.done(await post.publish(["A2"]))
    assert [one["mobile"] for one in post.sms.sent] == [phone(1), phone(2)], "once"


async def test_callers_wait_for_people_to_publish_that_it_is_over_where_a_notice_stands(post):
    await post.people(person(1, "A1", phone=phone(1)))
    await post.called("A1")
    post.started()
    await post.done(await post.publish(["A1"]))
    await town.report(post.ledger, town.burst(IncidentState.RESTORED, id="INC-1"))
    await post.done(await post.publish(["A1"], Change.UPDATE, moved=True))
    assert await post.mailing("INC-1.restored") is None
    assert all(one["params"]["number"] == NOTICE for one in post.sms.sent)


async def test_what_somebody_has_to_mend_makes_no_dead_letters_and_is_told(post):
    await post.people([one for n in range(1, 30) for one in person(n, f"A{n:02d}", phone=phone(n))])
    (post.folder / "sms").write_text("an old key")
    post.started()
    id = await post.publish([f"A{n:02d}" for n in range(1, 30)])
    deadline = time.monotonic() + 30
    while not post.health.standing():
        assert time.monotonic() < deadline
        await post.clock.sleep(0.01)
    (condition,) = post.health.standing()
    assert (condition.id, condition.severity) == ("customers_unreached:sms", Severity.ALARM)
    assert hub_alarms.alarm_of(condition) is not None and "138" not in condition.detail
    (post.folder / "sms").write_text(SECRET)
    letters = await until(post, id, LetterState.SENT)
    assert len(post.sms.sent) == 29 == len(letters) and not post.health.standing()
