"""ON-07, ON-08, ON-34, ON-09, ON-12: updates, what they change for whom, estimates that pass, all-clears."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Role
from core.model.activity import Activity, ActivityState
from core.model.clock import Anchor
from core.model.incident import Candidate, Location
from core.model.notice import Affected, AuthorityReport, Change, Notice, NoticeKind, NoticeState, QualityFacts
from core.model.notice_version import NoticeVersion
from core.model.text import Text
from core.model.timer import Timer
from core.runtime.clock import AnchoredClock
from core.runtime.timetable import Timetable
from response.bulletins import bulletin_of
from response.notices import decisions, difference, drafts, versions
from response.notices.difference import between
from response.notices.drafts import Wish
from response.notices.overdue import Overdue
from response.notices.scope import Scope
from response.notices.validation import Unfit
from response.refused import NotPermitted, Refused
from tests.response import little_town as town
from tests.response.little_notices import FACTS
from tests.response.little_town import report

MANAGER, OPERATOR = town.user(Role.DUTY_MANAGER), town.user(Role.OPERATOR)
OFFICER = town.user(Role.QUALITY_OFFICER)
AT = town.T0 + 5 * town.MIN
H, MIN = town.HOUR, town.MIN
T = Text("因管道改造", "mains renewal")


@pytest.fixture
async def notice(ledger, service) -> str:
    """The burst's, published five minutes after it."""
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await publish(tx, draft.id)
    return draft.id


async def publish(tx, id, at_ns=AT, actor=MANAGER) -> Notice:
    await decisions.approve(tx, id, actor, at_ns)
    return await decisions.publish(tx, id, actor, at_ns)


async def test_what_is_published_is_edited_by_an_update_only(ledger, plant, notice):
    """ON-04."""
    async with ledger.begin() as tx:
        with pytest.raises(Refused) as refused:
            await drafts.edit(tx, plant, notice, 3, Wish(title=T), OPERATOR, AT)
    assert (refused.value.reason, refused.value.allowed[0]) == ("published", "update")


async def test_an_update_leaves_what_stands_until_another_person_has_published_it(ledger, plant, notice):
    later = Wish(estimated=True, eta_earliest_ns=AT + 8 * H, eta_latest_ns=AT + 12 * H)
    async with ledger.begin() as tx:
        before = await tx.get(Notice, notice)
        await drafts.update(tx, plant, notice, later, OPERATOR.id, AT + H)
        assert replace(await tx.get(Notice, notice), seq=before.seq) == before
        with pytest.raises(Refused):
            await drafts.update(tx, plant, notice, later, OPERATOR.id, AT + H)
        with pytest.raises(NotPermitted):
            await decisions.approve(tx, notice, OPERATOR, AT + H)
        after = await publish(tx, notice, AT + H)
        one, two = await versions.published(tx, notice)
    assert (after.version, after.eta_latest_ns, after.change) == (2, AT + 12 * H, Change.UPDATE)
    assert "11月23日(周一)06:15至10:15恢复供水" in after.body.zh
    assert one.content.eta_latest_ns == before.eta_latest_ns
    assert [r.identifier for r in two.references] == [one.identifier]
    assert two.moved


async def test_a_shift_below_half_an_hour_tells_nobody_who_knows(ledger, plant, notice):
    """ON-08."""
    async with ledger.begin() as tx:
        head = await tx.get(Notice, notice)
        wish = Wish(
            estimated=True,
            eta_earliest_ns=head.eta_earliest_ns,
            eta_latest_ns=head.eta_latest_ns + 20 * MIN,
        )
        await drafts.update(tx, plant, notice, wish, OPERATOR.id, AT)
        await publish(tx, notice)
        two = (await versions.published(tx, notice))[1]
        counts = (await difference.of_version(tx, two)).counts
    assert counts == {"first": 0, "released": 0, "updated": 0, "silent": 25}


async def test_a_wider_isolation_is_drafted_by_the_hub_and_told_as_a_difference(ledger, service, notice):
    """ON-08: the located pipe moved from p2 (25 connections) to p1 (55)."""
    where = Location(
        candidates=(Candidate(link="p1", share=0.9, x=0, y=0),), at_ns=AT, radius_m=0.0, method="crew"
    )
    wider = replace(town.burst(), location=where)
    await service.handle([await report(ledger, wider)])
    async with ledger.begin() as tx:
        pending = (await versions.prepared(tx, notice)).pending
        assert (pending.content.author, pending.content.accounts_affected) == ("hub", 55)
        assert (await tx.get(Notice, notice)).accounts_affected == 25
        after = await publish(tx, notice)
        two = (await versions.published(tx, notice))[1]
        changes = await difference.of_version(tx, two)
        rows = await tx.find(Affected, notice=notice)
    assert after.accounts_affected == 55
    assert changes.counts == {"first": 30, "released": 0, "updated": 0, "silent": 25}
    assert len(rows) == 55
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        await publish(tx, notice)
        three = (await versions.published(tx, notice))[2]
        changed = {"first": 0, "released": 0, "updated": 30, "silent": 25}
        assert (await difference.of_version(tx, three)).counts == changed, "nobody has found the place"
        rows = await tx.find(Affected, notice=notice)
    assert sorted(row.supply for row in rows) == ["low_pressure"] * 30 + ["no_water"] * 25


supplies = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["no_water", "low_pressure"]))


@given(supplies, supplies, st.sampled_from(list(Change)), st.booleans())
def test_each_account_is_in_one_set_and_none_is_lost(before, after, change, moved):
    """ON-08."""
    found = between(before, after, change, moved)
    sets = [found.first, found.released, found.updated, found.silent]
    assert sum(map(len, sets)) == len(frozenset().union(*sets))
    assert frozenset().union(*sets) == before.keys() | after.keys()
    if change in (Change.FIRST, Change.UPDATE):
        assert found.first == after.keys() - before.keys()
        assert found.released == before.keys() - after.keys()
        assert found.silent <= {a for a in before if before.get(a) == after.get(a)}


async def test_an_estimate_that_passes_is_taken_back_within_a_minute(ledger, plant, notice):
    """ON-07: through the timetable, as it runs in the hub."""
    async with ledger.read() as tx:
        head = await tx.get(Notice, notice)
    async with ledger.read() as tx:
        assert await tx.timers_due((versions.OVERDUE,), head.eta_latest_ns - 1) == []
    late = AnchoredClock(Anchor(0, head.eta_latest_ns + town.S, 0.0))
    timetable = Timetable(ledger, late, Overdue(ledger, late).work)
    running = asyncio.create_task(timetable.run())
    try:
        async with asyncio.timeout(20):
            while True:
                async with ledger.read() as tx:
                    flipped = await tx.get(Notice, notice)
                if flipped.overdue_ns is not None:
                    break
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
    assert flipped.overdue_ns == head.eta_latest_ns
    assert (flipped.eta_earliest_ns, flipped.eta_latest_ns) == (None, None)
    assert "正在重新评估" in flipped.body.zh
    assert "预计11月" not in flipped.body.zh
    assert "下次通报不晚于" not in flipped.body.zh, "that time has passed too"
    async with ledger.read() as tx:
        (said,) = await versions.published(tx, notice)
        assert await tx.find(Timer, subject=notice, kind=versions.OVERDUE) == []
    assert said.content.eta_latest_ns == head.eta_latest_ns
    assert bulletin_of(said, plant, flipped).estimate is None


async def test_a_planned_cut_withholds_low_pressure_only_while_it_is_planned(ledger, plant):
    """ON-34: made when it is published, moved and ended with it."""
    starts = town.T0 + 48 * H
    wish = Wish(
        starts_ns=starts,
        estimated=True,
        eta_latest_ns=starts + 6 * H,
        reason=T,
        approval="水审〔2026〕7号",
        scope=Scope(pipes=("p2",)),
    )
    async with ledger.begin() as tx:
        draft = await drafts.draft(tx, plant, NoticeKind.PLANNED_OUTAGE, wish, OPERATOR, town.T0)
        assert await tx.find(Activity) == []
        head = await publish(tx, draft.id, town.T0)
        (activity,) = await tx.find(Activity)
    assert (activity.kind, activity.zones, activity.work) == ("outage", ("dma-01",), draft.id)
    assert (activity.start_ns, activity.end_ns) == (starts, starts + 6 * H)
    assert (activity.by, activity.approved_by) == (OPERATOR.id, MANAGER.id)
    assert head.accounts_affected == 25
    assert "停水时间：11月24日(周二)22:10至11月25日(周三)04:10" in head.body.zh
    moved = Wish(starts_ns=starts + 24 * H, estimated=True, eta_latest_ns=starts + 30 * H)
    async with ledger.begin() as tx:
        await drafts.update(tx, plant, draft.id, moved, OPERATOR.id, town.T0 + H)
        after = await publish(tx, draft.id, town.T0 + H)
        (activity,) = await tx.find(Activity)
    assert (activity.start_ns, activity.end_ns) == (starts + 24 * H, starts + 30 * H)
    assert "11月25日(周三)22:10" in after.body.zh
    assert after.eta_earliest_ns == after.eta_latest_ns == starts + 30 * H
    async with ledger.begin() as tx:
        off = await decisions.withdraw(tx, draft.id, MANAGER, town.T0 + 2 * H, reason="发布有误")
        (activity,) = await tx.find(Activity)
    assert activity.state is ActivityState.CANCELLED
    assert (off.state, off.change) == (NoticeState.WITHDRAWN, Change.CANCELLED)
    assert "取消" in off.title.zh


async def test_a_boil_notice_takes_two_persons_and_its_all_clear_two_again(ledger, plant):
    """ON-12, ON-09."""
    told = AuthorityReport(to=Text("市卫健委", "City health commission"), at_ns=town.T0, by=OPERATOR.id)
    facts = replace(FACTS, authority="市卫健委")
    wish = Wish(quality=facts, reported=told, scope=Scope(zones=("dma-01",)), reason=T)
    async with ledger.begin() as tx:
        draft = await drafts.draft(tx, plant, NoticeKind.BOIL, wish, OPERATOR, town.T0)
        await decisions.approve(tx, draft.id, OFFICER, town.T0)
        with pytest.raises(NotPermitted):
            await decisions.publish(tx, draft.id, OFFICER, town.T0)
        head = await decisions.publish(tx, draft.id, MANAGER, town.T0)
    assert "翻滚1分钟" in head.advice.zh
    assert "Reported to City health commission." in head.body.en and "已报告市卫健委。" in head.body.zh
    assert "Coliform" in head.body.en
    async with ledger.begin() as tx:
        with pytest.raises(NotPermitted):
            await decisions.restore(tx, draft.id, MANAGER, AT, lab="B-1")
        with pytest.raises(Unfit):
            await decisions.restore(tx, draft.id, OFFICER, AT)
        still = await decisions.restore(tx, draft.id, OFFICER, AT, lab="检-2026-118")
        assert still.state is NoticeState.PUBLISHED
        with pytest.raises(NotPermitted):
            await decisions.publish(tx, draft.id, OFFICER, AT)
        over = await decisions.publish(tx, draft.id, MANAGER, AT)
    assert (over.state, over.change) == (NoticeState.RESTORED, Change.RESTORED)
    assert "检-2026-118" in over.body.zh


async def test_what_a_boil_notice_was_not_told_is_no_sentence(ledger, plant):
    blank = Text("", "")
    found = Text("检出总大肠菌群。", "Coliform bacteria were found.")
    facts = QualityFacts(finding=found, effects=blank, risk=blank, doing=blank, alternatives=blank)
    wish = Wish(quality=facts, scope=Scope(zones=("dma-01",)), reason=T)
    async with ledger.begin() as tx:
        draft = await drafts.draft(tx, plant, NoticeKind.BOIL, wish, OPERATOR, town.T0)
    for words in ("Instead", "Reported", "替代用水", "已报告"):
        assert words not in draft.body.zh + draft.body.en


async def test_a_hand_written_word_stays_and_the_rest_follows_the_facts(ledger, plant):
    wish = Wish(reason=T, scope=Scope(streets=("s-1",)), title=Text("人民路停水", "Renmin Road: water off"))
    async with ledger.begin() as tx:
        draft = await drafts.draft(tx, plant, NoticeKind.EMERGENCY_OUTAGE, wish, OPERATOR, town.T0)
        assert "11月22日(周日)22:10" in draft.body.zh
        later = Wish(starts_ns=town.T0 + H)
        edited = await drafts.edit(tx, plant, draft.id, draft.seq, later, OPERATOR, AT)
        with pytest.raises(Refused) as refused:
            await drafts.edit(tx, plant, draft.id, draft.seq, later, OPERATOR, AT)
    assert refused.value.reason == "stale"
    assert edited.title.zh == "人民路停水"
    assert "23:10" in edited.body.zh
    assert "22:10" not in edited.body.zh
    assert edited.accounts_affected == 55


async def test_a_draft_that_is_saved_as_it_is_stays_whose_it_is(ledger, plant, service):
    """So that the hub still follows it (ON-03)."""
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        estimate = {
            name: getattr(draft, name) for name in ("eta_earliest_ns", "eta_likely_ns", "eta_latest_ns")
        }
        words = {
            name: getattr(draft, name) for name in ("title", "description", "reason", "advice", "supply")
        }
        for wish in (
            Wish(),
            Wish(**words),
            Wish(estimated=True, **estimate),
            Wish(starts_ns=draft.starts_ns),
        ):
            assert await drafts.edit(tx, plant, draft.id, draft.seq, wish, OPERATOR, AT) == draft
        assert await tx.get(Notice, draft.id) == draft
        mine = Wish(**words | {"title": T}, estimated=True, **estimate)
        edited = await drafts.edit(tx, plant, draft.id, draft.seq, mine, OPERATOR, AT)
    assert (edited.author, edited.written, edited.title) == (OPERATOR.id, ("title",), T)


async def test_what_is_dropped_was_never_said(ledger, plant, notice):
    async with ledger.begin() as tx:
        await drafts.update(tx, plant, notice, Wish(reason=T), OPERATOR.id, AT)
        await drafts.drop(tx, notice, AT)
        await drafts.update(tx, plant, notice, Wish(reason=T), OPERATOR.id, AT)
        await publish(tx, notice)
        assert [v.version for v in await versions.published(tx, notice)] == [1, 2]
        assert len(await tx.find(NoticeVersion, notice=notice)) == 2
