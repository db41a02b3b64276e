"""What people wrote and published themselves, as the card reads it out: advice on the water, planned work."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.notice import Affected, Notice, NoticeKind, NoticeState
from core.model.notice import Status as NoticeStatus
from core.model.text import Text
from response.hotline.script import Of, When
from response.notices import decisions as notices
from response.notices import templates
from response.verdict import Confidence, Verdict
from tests.response import little_town as town
from tests.response.little_notices import bare

MANAGER = town.user(Role.DUTY_MANAGER)
NOW = town.T0 + town.MIN


async def put_notice(ledger, kind: NoticeKind, status: NoticeStatus = NoticeStatus.ACTUAL, **more) -> Notice:
    """One that people wrote and published for A000031."""
    notice = templates.filled(
        bare(kind, id="NTC-1", state=NoticeState.PUBLISHED, published_ns=town.T0, status=status, **more),
        town.plant(),
    )
    row = Affected(id="NTC-1.A000031", notice="NTC-1", account="A000031", supply="quality", reason="in_zone")
    async with ledger.begin() as tx:
        await tx.put(notice)
        await tx.put(row)
    return notice


@pytest.mark.parametrize("kind", [NoticeKind.BOIL, NoticeKind.DO_NOT_DRINK, NoticeKind.DO_NOT_USE])
async def test_advice_on_the_water_is_read_out_and_no_broken_main_is_made_up(ask, ledger, kind):
    """ON-12: who is told to boil it must not hear of a repair."""
    notice = await put_notice(ledger, kind)
    answer = await ask(account="A000031")
    assert (answer.verdict, answer.confidence) == (Verdict.QUALITY_ADVISORY, Confidence.PUBLISHED)
    assert notice.title.zh in answer.words.zh and notice.advice.en in answer.words.en
    assert "故障" not in answer.words.zh and "failed" not in answer.words.en
    supplied = answer.account.supplied
    assert (supplied.supply, supplied.reason, supplied.notice) == ("quality", "in_zone", "NTC-1")


async def test_an_exercise_is_told_to_no_caller(ask, ledger):
    """ON-42."""
    await put_notice(ledger, NoticeKind.EMERGENCY_OUTAGE, NoticeStatus.EXERCISE)
    answer = await ask(account="A000031")
    assert (answer.verdict, answer.standing) == (Verdict.NOTHING_KNOWN, ())
    assert answer.account.supplied.supply == "unaffected"


async def test_an_estimate_that_was_taken_back_is_called_overdue(ask, ledger):
    """ON-07: the card says the same whether the hub has turned it over already or not."""
    await put_notice(ledger, NoticeKind.EMERGENCY_OUTAGE, overdue_ns=town.T0)
    assert (await ask(account="A000031")).back.when is When.OVERDUE


async def test_hl10_of_planned_work_the_agent_says_from_when_to_when_and_that_it_has_not_begun(ask, ledger):
    starts = town.T0 + 72 * town.HOUR
    await put_notice(
        ledger,
        NoticeKind.PLANNED_OUTAGE,
        starts_ns=starts,
        eta_earliest_ns=starts + 7 * town.HOUR,
        eta_latest_ns=starts + 8 * town.HOUR,
        moved_from_ns=(starts - 24 * town.HOUR, starts - 16 * town.HOUR),
    )
    answer = await ask(account="A000031")
    assert answer.verdict is Verdict.PLANNED_WORK
    when = Text("11月25日(周三)22:10至11月26日(周四)06:10", "Wed 25 Nov, 22:10 to Thu 26 Nov, 06:10")
    was = Text("11月24日(周二)22:10至11月25日(周三)06:10", "Tue 24 Nov, 22:10 to Wed 25 Nov, 06:10")
    assert (
        f"时间为{when.zh}，现在还没有开始" in answer.words.zh and f"原定{was.zh}，已改期" in answer.words.zh
    )
    assert f"It is planned for {when.en}, and has not begun." in answer.words.en and was.en in answer.words.en
    assert "预计" not in answer.words.zh and "expected back" not in answer.words.en
    assert (answer.back.when, answer.back.words) == (When.PLANNED, when)
    begun = await ask(account="A000031", now_ns=starts + town.HOUR)
    assert f"时间为{when.zh}。" in begun.words.zh and "还没有开始" not in begun.words.zh
    late = await ask(account="A000031", now_ns=starts + 9 * town.HOUR)
    assert "已过，正在重新评估" in late.words.zh and late.back.when is When.OVERDUE


async def test_hl_06_the_time_of_a_repair_beside_an_address_is_not_called_the_return_of_its_water(
    ask, ledger
):
    """It is read out as the repair's; a boil notice's as the advice's, and planned work owes no update."""
    eta = {"eta_earliest_ns": NOW + town.HOUR, "eta_latest_ns": NOW + 2 * town.HOUR}
    notice = await put_notice(ledger, NoticeKind.EMERGENCY_OUTAGE, **eta)
    beside = await ask(account="A000002")
    assert (beside.verdict, beside.back.of) == (Verdict.NEARBY_OUTAGE, Of.REPAIR)
    assert "抢修预计11月22日(周日)23:11至" in beside.words.zh and "恢复" not in beside.words.zh
    assert (await ask(account="A000031")).back.of is Of.WATER
    async with ledger.begin() as tx:
        await tx.put(replace(notice, kind=NoticeKind.BOIL))
    advised = (await ask(account="A000031")).back
    assert (advised.of, advised.next_words.en) == (Of.ADVICE, "no next update stated")
    async with ledger.begin() as tx:
        await tx.put(replace(notice, kind=NoticeKind.PLANNED_OUTAGE))
    assert (await ask(account="A000031")).back.next_words is None


async def test_hl06_whoever_asks_after_a_cut_that_was_called_off_hears_that_it_was(ask, ledger):
    """Until a day after it was to begin; and no longer."""
    starts = town.T0 + 48 * town.HOUR
    ends = {"eta_earliest_ns": starts + 8 * town.HOUR, "eta_latest_ns": starts + 8 * town.HOUR}
    await put_notice(ledger, NoticeKind.PLANNED_OUTAGE, starts_ns=starts, **ends)
    assert (await ask(account="A000031")).verdict is Verdict.PLANNED_WORK
    async with ledger.begin() as tx:
        await notices.withdraw(tx, "NTC-1", MANAGER, NOW, reason="发布有误")
    for now_ns in (NOW + town.MIN, starts + town.HOUR):
        answer = await ask(account="A000031", now_ns=now_ns)
        assert (answer.verdict, answer.confidence) == (Verdict.CALLED_OFF, Confidence.PUBLISHED)
        assert "停水取消" in answer.words.zh and "is called off" in answer.words.en
    later = await ask(account="A000031", now_ns=starts + 25 * town.HOUR)
    assert later.verdict is Verdict.NOTHING_KNOWN
