"""What the hub drafts says how far the crew has come, and never what its records deny (ON-05)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.notice import Change, Notice, NoticeKind, NoticeState, Progress, Site
from core.model.notice_version import VersionState
from core.model.text import Text
from core.model.valve_operation import Turning
from core.model.work_order import Outcome, WorkOrder, WorkOrderState
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.notices.validation import Unfit
from response.orders.one_matter import INVESTIGATE
from response.orders.taking import Said, apply
from response.refused import Refused
from response.site import FOUND, NOTHING, REPAIRED, SUSPECTED, overtaken
from tests.response import little_town as town
from tests.response.little_notices import FACTS, publish, the_draft

MANAGER, OPERATOR = town.user(Role.DUTY_MANAGER), town.user(Role.OPERATOR)


async def test_a_draft_says_how_far_the_crew_has_come(site):
    """ON-02: in its description, title and reason, in both languages."""
    assert "正在组织核实和抢修" in (await site.content()).body.zh
    for name, zh, en in (
        ("depart", "抢修人员正赶往现场", "A crew is on its way."),
        ("arrive", "抢修人员已到现场查找", "looking for the place"),
        ("start-isolation", "发生故障，正在关阀止水", "Valves are being shut"),
        ("isolate", "已关阀止水，准备抢修", "Valves have been shut"),
        ("repair", "正在抢修", "It is being repaired."),
    ):
        if name == "isolate":
            await site.valve(Turning.CLOSE)
        await site.step(name)
        said = await site.content()
        assert zh in said.body.zh and en in said.body.en, name
        assert "正在组织" not in said.body.zh
    assert "疑似" not in said.title.zh + said.reason.zh + said.body.zh
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    said = await site.content()
    assert "阀门尚待开启" in said.body.zh and "valves are still to be opened" in said.body.en
    assert "核实和抢修期间" not in said.body.zh
    await site.valve(Turning.OPEN)
    assert "正在恢复供水" in (await site.content()).body.zh


async def test_what_was_approved_and_does_not_hold_any_more_is_a_draft_again(site, ledger):
    id = await the_draft(ledger)
    async with ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, site.at)
    await site.step("depart")
    assert (await site.content()).state is NoticeState.APPROVED, "a crew that comes nearer changes nothing"
    await site.step("arrive")
    await site.step("repair")
    said = await site.content()
    assert (said.state, said.author, said.site) == (NoticeState.DRAFT, "hub", Site.REPAIRING)
    async with ledger.begin() as tx:
        old = replace(said, site=Site.ORGANISED, state=NoticeState.APPROVED, approved_by=MANAGER.id)
        await tx.put(old)
        with pytest.raises(Unfit) as refused:
            await decisions.publish(tx, id, MANAGER, site.at)
    assert [one.item for one in refused.value.missing] == ["overtaken_on_site"]


async def test_of_what_a_person_wrote_whoever_approves_is_told(site, ledger, plant):
    id = await the_draft(ledger)
    own = Wish(description=Text("管道疑似故障。", "A main may have failed."))
    async with ledger.begin() as tx:
        head = await tx.get(Notice, id)
        await drafts.edit(tx, plant, id, head.seq, own, OPERATOR, site.at)
    await site.step("depart")
    await site.step("arrive")
    await site.step("repair")
    said = await site.content()
    assert said.description == own.description, "what a person wrote stays theirs"
    assert (await site.checks())["overtaken_on_site"] is False


async def test_nothing_found_is_put_before_the_duty_manager_while_the_incident_stands(site, ledger):
    id = await publish(ledger, site.at)
    await site.step("depart")
    await site.step("arrive")
    async with ledger.read() as tx:
        assert (await versions.prepared(tx, id)).pending is None
    await site.step("complete", Said(outcome=Outcome.NOT_FOUND, note="现场已检查"))
    said = await site.content()
    assert (said.change, said.author, said.eta_latest_ns) == (Change.UPDATE, "hub", None)
    assert "暂未发现故障，仍在监测" in said.body.zh and "found nothing so far" in said.body.en
    assert (await site.checks())["nothing_found_on_site"] is False
    async with ledger.begin() as tx:
        pending = (await versions.prepared(tx, id)).pending
        assert pending is not None and pending.state is VersionState.DRAFT
        await decisions.withdraw(tx, id, MANAGER, site.at, reason="发布有误")


async def test_the_neutral_text_is_not_issued_once_more_is_known(site, ledger):
    await site.step("depart")
    await site.step("arrive")
    await site.step("complete", Said(outcome=Outcome.NOT_FOUND, note="现场已检查"))
    async with ledger.begin() as tx:
        with pytest.raises(Refused) as refused:
            await decisions.issue_neutral(tx, await the_draft(ledger), OPERATOR, site.at + town.HOUR)
    assert refused.value.reason == "not_neutral"


@pytest.mark.parametrize("role", [Role.DUTY_MANAGER, Role.QUALITY_OFFICER])
async def test_nobody_approves_a_boil_notice_without_the_authority_s_number(ledger, plant, role):
    """ON-12, ON-14: what forbids publishing is named to the first of the two persons."""
    wish = Wish(reason=Text("检出大肠菌群", "coliforms found"), quality=FACTS, scope=Scope(zones=("dma-01",)))
    async with ledger.begin() as tx:
        made = await drafts.draft(tx, plant, NoticeKind.BOIL, wish, OPERATOR, town.T0)
        with pytest.raises(Unfit) as refused:
            await decisions.approve(tx, made.id, town.user(role), town.T0)
        assert [one.item for one in refused.value.missing] == ["approval_missing"]
        await drafts.edit(tx, plant, made.id, made.seq, Wish(approval="卫〔2026〕7号"), OPERATOR, town.T0)
        assert (await decisions.approve(tx, made.id, town.user(role), town.T0)).approved_by


def test_words_are_overtaken_only_by_what_they_deny() -> None:
    groups = (SUSPECTED, FOUND, REPAIRED, NOTHING)
    for before in groups:
        for after in groups:
            for said in before:
                assert all(overtaken(said, now) is (before is not after) for now in after)
    assert not overtaken(None, Site.REPAIRING)


async def test_what_a_second_visit_finds_makes_the_next_version(site, ledger):
    """ON-05: after `nothing found` was told; the page must not go on saying so while it is repaired."""
    await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("complete", Said(outcome=Outcome.NOT_FOUND, note="现场已检查"))
    await publish(ledger, site.at)
    await site.heard()
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await apply(tx, order.id, "reopen", MANAGER, site.at, said=Said(note="用户又报停水"))
    await site.heard()
    await site.step("assign")
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await site.step("repair")
    said = await site.content()
    assert (said.change, said.author, said.state) == (Change.UPDATE, "hub", NoticeState.DRAFT)
    assert "正在抢修" in said.body.zh and "发现" not in said.body.zh


async def test_an_order_that_was_ended_for_another_hides_none_of_its_steps(site, ledger, ask):
    """ON-05, HL-10: the stages that are shown are of the order that the words are of."""
    for name in ("depart", "arrive", "start-isolation"):
        await site.step(name)
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        older = replace(order, id="WO-20261101-00001", kind=INVESTIGATE, state=WorkOrderState.MERGED)
        await tx.put(replace(older, same_as=order.id, milestones=()))
    answer = await ask(account="A000031")
    assert "正在关阀止水" in answer.words.zh
    assert Progress.LOCATED in dict(answer.standing[0].progress)
