"""Who may tell the public what: the house's rules, one by one."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.notice import AuthorityReport, Notice, NoticeState
from core.model.text import Text
from core.model.work_order import WorkOrder
from response.notices import decisions as notices
from response.notices import drafts
from response.notices.drafts import Wish
from response.notices.validation import Unfit
from response.refused import NotPermitted, Refused, Unknown
from tests.response import little_town as town
from tests.response.little_town import report

MANAGER = town.user(Role.DUTY_MANAGER)
OFFICER = town.user(Role.QUALITY_OFFICER)
OPERATOR = town.user(Role.OPERATOR)
LATER = town.T0 + 5 * town.MIN


@pytest.fixture
async def burst_draft(ledger, service) -> str:
    await service.handle([await report(ledger, town.burst())])
    return await only_notice(ledger)


@pytest.fixture
async def quality_draft(ledger, service) -> str:
    await service.handle([await report(ledger, town.quality())])
    told = AuthorityReport(to=Text("市卫健委", "City health commission"), at_ns=town.T0, by="user-operator")
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await tx.put(replace(draft, reported=told))
    return draft.id


async def only_notice(ledger) -> str:
    async with ledger.read() as tx:
        (notice,) = await tx.find(Notice)
        return notice.id


async def do(ledger, action, id, actor, now_ns=LATER, **more) -> Notice:
    async with ledger.begin() as tx:
        return await action(tx, id, actor, now_ns, **more)


async def test_one_duty_manager_approves_and_publishes_the_hubs_draft(ledger, burst_draft):
    approved = await do(ledger, notices.approve, burst_draft, MANAGER)
    assert (approved.state, approved.approved_by) == (NoticeState.APPROVED, MANAGER.id)
    published = await do(ledger, notices.publish, burst_draft, MANAGER)
    assert (published.state, published.published_by) == (NoticeState.PUBLISHED, MANAGER.id)
    assert published.next_update_ns == LATER + town.HOUR
    assert "下次通报不晚于11月22日(周日)23:15" in published.body.zh
    assert "Next update by Sun 22 Nov, 23:15" in published.body.en
    states = [e.data["state"] for e in await ledger.events(0) if e.subject == burst_draft]
    assert states == ["draft", "approved", "published"]


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.DUTY_MANAGER])
async def test_nobody_else_does(ledger, burst_draft, role):
    for action in (notices.approve, notices.withdraw):
        with pytest.raises(NotPermitted) as refused:
            await do(ledger, action, burst_draft, town.user(role))
        assert refused.value.reason == "role"


async def test_nothing_unapproved_is_published(ledger, burst_draft):
    with pytest.raises(Refused) as refused:
        await do(ledger, notices.publish, burst_draft, MANAGER)
    assert (refused.value.reason, refused.value.allowed) == (
        "illegal_state",
        ("approve", "issue_neutral", "edit", "withdraw"),
    )


async def test_what_is_published_is_not_approved_or_published_again(ledger, burst_draft):
    await do(ledger, notices.approve, burst_draft, MANAGER)
    await do(ledger, notices.publish, burst_draft, MANAGER)
    for action in (notices.approve, notices.publish):
        with pytest.raises(Refused):
            await do(ledger, action, burst_draft, MANAGER)


async def test_a_persons_draft_needs_another_person(ledger, burst_draft):
    async with ledger.begin() as tx:
        draft = await tx.get(Notice, burst_draft)
        await tx.put(replace(draft, author=MANAGER.id))
    with pytest.raises(NotPermitted) as refused:
        await do(ledger, notices.approve, burst_draft, MANAGER)
    assert refused.value.reason == "own_draft"
    await do(ledger, notices.approve, burst_draft, town.user(Role.DUTY_MANAGER, "another"))
    assert (await do(ledger, notices.publish, burst_draft, MANAGER)).state is NoticeState.PUBLISHED


@pytest.mark.parametrize(("first", "second"), [(OFFICER, MANAGER), (MANAGER, OFFICER)])
async def test_a_quality_notice_takes_both_roles_in_either_order(ledger, quality_draft, first, second):
    await do(ledger, notices.approve, quality_draft, first)
    with pytest.raises(NotPermitted) as refused:
        await do(ledger, notices.publish, quality_draft, first)
    assert refused.value.reason == "same_person"
    published = await do(ledger, notices.publish, quality_draft, second)
    assert {published.approved_by, published.published_by} == {OFFICER.id, MANAGER.id}


async def test_two_people_of_one_role_are_not_enough_for_quality(ledger, quality_draft):
    await do(ledger, notices.approve, quality_draft, MANAGER)
    with pytest.raises(NotPermitted) as refused:
        await do(ledger, notices.publish, quality_draft, town.user(Role.DUTY_MANAGER, "another"))
    assert refused.value.reason == "same_role"


async def test_an_operator_issues_the_neutral_text_after_ten_minutes(ledger, burst_draft):
    with pytest.raises(Refused) as refused:
        await do(ledger, notices.issue_neutral, burst_draft, OPERATOR, town.T0 + 10 * town.MIN - 1)
    assert refused.value.reason == "too_early"
    at = town.T0 + 10 * town.MIN
    issued = await do(ledger, notices.issue_neutral, burst_draft, OPERATOR, at)
    assert issued.state is NoticeState.PUBLISHED
    assert (issued.eta_earliest_ns, issued.eta_latest_ns) == (None, None)
    assert "恢复时间尚在评估" in issued.body.zh
    assert "预计" not in issued.body.zh
    said = (await ledger.events(0))[-1]
    assert said.data["review_due_ns"] == issued.review_due_ns == at + town.HOUR


@pytest.mark.parametrize(("priority", "within_min"), [(1, 30), (2, 60)])
async def test_on_07_the_next_word_is_promised_within_the_hour_and_half_of_it_of_what_is_critical(
    ledger, burst_draft, priority: int, within_min: int
):
    """Also of the neutral text, which knows no estimate."""
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await tx.put(replace(order, priority=priority))
    at = town.T0 + 10 * town.MIN
    issued = await do(ledger, notices.issue_neutral, burst_draft, OPERATOR, at)
    assert issued.next_update_ns == at + within_min * town.MIN
    update = Wish(reason=Text("管道老化", "an old pipe"))
    async with ledger.begin() as tx:
        await drafts.update(tx, town.plant(), burst_draft, update, OPERATOR.id, at)
    await do(ledger, notices.approve, burst_draft, MANAGER, at + town.MIN)
    told = await do(ledger, notices.publish, burst_draft, MANAGER, at + town.MIN)
    assert told.next_update_ns == at + (within_min + 1) * town.MIN
    assert told.review_due_ns is None, "whoever publishes the next version has looked at it"


async def test_the_neutral_text_is_for_operators_and_outages_only(ledger, quality_draft):
    much_later = town.T0 + town.HOUR
    with pytest.raises(NotPermitted):
        await do(ledger, notices.issue_neutral, quality_draft, MANAGER, much_later)
    with pytest.raises(Refused) as refused:
        await do(ledger, notices.issue_neutral, quality_draft, OPERATOR, much_later)
    assert refused.value.reason == "not_neutral"


async def test_an_estimate_that_passed_unread_is_moved_on_before_people_see_it(ledger, burst_draft):
    late = town.T0 + 7 * town.HOUR
    approved = await do(ledger, notices.approve, burst_draft, MANAGER, late)
    assert late < approved.eta_earliest_ns < approved.eta_latest_ns
    assert "预计11月23日(周一)10:30至15:30恢复供水" in approved.body.zh
    assert approved.body.zh.count("预计") == 1
    with pytest.raises(Refused) as refused:
        await do(ledger, notices.publish, burst_draft, MANAGER, late + 12 * town.HOUR)
    assert refused.value.reason == "estimate_passed"


async def test_words_missing_in_one_language_are_refused(ledger, burst_draft):
    await do(ledger, notices.approve, burst_draft, MANAGER)
    async with ledger.begin() as tx:
        await tx.put(replace(await tx.get(Notice, burst_draft), advice=Text("请储水", " ")))
    with pytest.raises(Refused) as refused:
        await do(ledger, notices.publish, burst_draft, MANAGER)
    assert refused.value.reason == "words_missing"


async def test_restoring_is_a_persons_step_too(ledger, burst_draft):
    await do(ledger, notices.approve, burst_draft, MANAGER)
    await do(ledger, notices.publish, burst_draft, MANAGER)
    with pytest.raises(NotPermitted):
        await do(ledger, notices.restore, burst_draft, OPERATOR)
    with pytest.raises(Unfit) as refused:
        await do(ledger, notices.restore, burst_draft, MANAGER)
    assert [lack.item for lack in refused.value.missing] == ["recovery_missing"]
    restored = await do(ledger, notices.restore, burst_draft, MANAGER, reason="抢修一班现场确认")
    assert restored.state is NoticeState.RESTORED
    assert restored.progress[-1] == ("restored", LATER)
    with pytest.raises(Refused):
        await do(ledger, notices.withdraw, burst_draft, MANAGER)


async def test_no_such_notice(ledger):
    with pytest.raises(Unknown):
        await do(ledger, notices.approve, "NTC-0", MANAGER)
