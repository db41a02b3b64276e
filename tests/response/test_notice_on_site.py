"""What the hub drafts never contradicts what the crew recorded (ON-05, ON-08)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.incident import IncidentState
from core.model.notice import Affected, Change, Notice, NoticeKind, NoticeState, Site, Supply
from core.model.notice_version import VersionState
from core.model.text import Text
from core.model.valve_operation import Direction, StoppedBy, Turning, ValveOperation
from core.model.work_order import Outcome, WorkOrder
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.notices.validation import Unfit, lacks
from response.orders.taking import Said, apply
from response.orders.valves import turn
from response.refused import Refused
from response.site import FOUND, NOTHING, REPAIRED, SUSPECTED, overtaken
from response.verdict import Verdict
from tests.response import little_town as town
from tests.response.little_notices import FACTS, publish, the_draft

DESK, MANAGER = town.user(Role.DISPATCHER), town.user(Role.DUTY_MANAGER)
OPERATOR = town.user(Role.OPERATOR)
CREW = town.user(Role.CREW, "crew", "crew-1")
MIN = town.MIN
CLAMP = Said(stopped=StoppedBy.UNDER_PRESSURE)


class OnSite:
    """The burst's order and what a crew does on it; the hub hears of each step."""

    def __init__(self, ledger, service, plant) -> None:
        self._ledger, self._service, self._plant, self._seen, self.at = ledger, service, plant, 0, town.T0

    async def heard(self) -> None:
        events = await self._ledger.events(self._seen)
        while events:
            self._seen = events[-1].id
            await self._service.handle(events)
            events = await self._ledger.events(self._seen)

    async def step(self, name: str, said: Said | None = None) -> None:
        self.at += MIN
        async with self._ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            if name == "assign":
                await apply(tx, order.id, name, DESK, self.at, crew="crew-1")
            else:
                await apply(tx, order.id, name, CREW, self.at, said=said)
        await self.heard()

    async def valve(self, turning: Turning, *, heard: bool = True) -> None:
        async with self._ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            operation = ValveOperation(
                id="",
                work_order=order.id,
                valve="v2",
                turning=turning,
                turns=20.0,
                closes=Direction.CLOCKWISE,
                operator="crew",
                at_ns=self.at,
            )
            await turn(tx, self._plant, operation)
        if heard:
            await self.heard()

    async def content(self) -> Notice:
        async with self._ledger.read() as tx:
            (head,) = await tx.find(Notice)
            return (await versions.prepared(tx, head.id)).content

    async def checks(self) -> dict[str, bool]:
        async with self._ledger.read() as tx:
            case = await decisions.case_of(tx, await self.content(), self.at)
        return {one.item: one.hard for one in lacks(case)}


@pytest.fixture
async def site(ledger, service, plant) -> OnSite:
    made = OnSite(ledger, service, plant)
    await town.report(ledger, town.burst())
    await made.heard()
    await made.step("assign")
    return made


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
    assert "正在开启阀门" in said.body.zh and "valves are being opened" in said.body.en
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


async def test_a_clamp_under_pressure_makes_the_smaller_version_by_itself(site, ledger):
    """ON-08, WO-21: no valve was shut, so nobody is off; people publish it, and are told why it is there."""
    await publish(ledger, site.at)
    await site.step("depart")
    await site.step("arrive")
    await site.step("isolate", CLAMP)
    said = await site.content()
    assert (said.change, said.author, said.state) == (Change.UPDATE, "hub", NoticeState.DRAFT)
    assert (said.supply, said.accounts_affected) == (Supply.LOW, 25)
    assert "不停水" in said.body.zh and "可能停水" not in said.body.zh
    assert "water stays on" in said.body.en and "恢复正常水压" in said.body.zh
    assert (await site.checks())["nobody_is_off_any_more"] is False
    async with ledger.begin() as tx:
        await decisions.approve(tx, said.id, MANAGER, site.at)
        head = await decisions.publish(tx, said.id, MANAGER, site.at)
        rows = await tx.find(Affected, notice=head.id)
    assert {row.supply for row in rows} == {"low_pressure"}


async def test_a_clamp_told_with_the_completion_does_so_too(site, ledger):
    await publish(ledger, site.at)
    await site.step("depart")
    await site.step("arrive")
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED, stopped=StoppedBy.UNDER_PRESSURE))
    assert (await site.content()).supply is Supply.LOW


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
        await decisions.withdraw(tx, id, MANAGER, site.at)


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


async def test_of_a_clamp_no_caller_is_told_that_their_water_is_off(site, ask):
    """WO-21, HL-10: also before the smaller notice is published."""
    await site.step("depart")
    await site.step("arrive")
    await site.step("isolate", CLAMP)
    answer = await ask(account="A000031")
    assert answer.verdict is Verdict.KNOWN_LOW_PRESSURE
    assert "水压可能偏低" in answer.words.zh and "停水" not in answer.words.zh
    assert "正在抢修" in answer.words.zh


async def test_no_water_is_back_while_valves_are_recorded_shut(site, ledger, ask):
    """ON-09, ON-05: the gauges around recover once the break is parted from them."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await site.step("repair")
    await town.report(ledger, town.burst(IncidentState.RESTORED))
    await site.heard()
    assert (await site.content()).change is not Change.RESTORED
    assert "仪表显示" not in (await ask(account="A000031")).words.zh
    async with ledger.begin() as tx:
        for reason in ("", "用户来电说已有水"):
            with pytest.raises(Unfit) as refused:
                await decisions.restore(tx, id, MANAGER, site.at, reason=reason)
            assert refused.value.reason == "valves_still_shut" and "v2" in str(refused.value.missing)
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    assert (await site.content()).change is not Change.RESTORED
    await site.valve(Turning.OPEN)
    said = await site.content()
    assert (said.change, said.author) == (Change.RESTORED, "hub"), "once they are open it is drafted"


async def test_valves_shut_after_the_draft_refuse_it_and_take_it_back(site, ledger):
    """ON-09: also where a person has approved it."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive", "repair"):
        await site.step(name)
    await town.report(ledger, town.burst(IncidentState.RESTORED))
    await site.heard()
    assert (await site.content()).change is Change.RESTORED
    async with ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, site.at)
    await site.valve(Turning.CLOSE, heard=False)
    assert (await site.checks())["valves_still_shut"] is True
    async with ledger.begin() as tx:
        with pytest.raises(Unfit) as refused:
            await decisions.publish(tx, id, MANAGER, site.at)
    assert refused.value.reason == "valves_still_shut"
    await site.heard()
    assert (await site.content()).change is not Change.RESTORED


async def test_water_that_others_stopped_is_not_back_before_the_work_is_done(site, ledger):
    """ON-09: no valve of ours is in the log."""
    await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("isolate", Said(stopped=StoppedBy.BY_OTHERS))
    await town.report(ledger, town.burst(IncidentState.RESTORED))
    await site.heard()
    assert (await site.content()).change is not Change.RESTORED
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    assert (await site.content()).change is Change.RESTORED


async def published_on(site, ledger, id: str) -> None:
    async with ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, site.at)
        await decisions.publish(tx, id, MANAGER, site.at)
    await site.heard()


async def test_a_repair_under_pressure_contradicts_itself_nowhere(site, ledger):
    """ON-05, ON-09, WO-21: no storing of water that stays on, and its all-clear speaks of pressure."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("isolate", CLAMP)
    said = await site.content()
    assert "无需储水" in said.advice.zh and "关好水龙头" not in said.advice.zh
    assert "no need to store" in said.advice.en and "When water returns" not in said.advice.en
    await published_on(site, ledger, id)
    await site.step("repair")
    assert (await site.content()).state is NoticeState.PUBLISHED, "it says so already"
    await site.step("complete", Said(outcome=Outcome.REPAIRED, stopped=StoppedBy.UNDER_PRESSURE))
    said = await site.content()
    assert (said.change, said.author, said.site) == (Change.UPDATE, "hub", Site.RETURNING)
    assert "正在恢复正常水压" in said.body.zh and "正在抢修" not in said.body.zh
    await published_on(site, ledger, id)
    await town.report(ledger, town.burst(IncidentState.RESTORED))
    await site.heard()
    said = await site.content()
    assert said.change is Change.RESTORED
    assert "水压已恢复正常" in said.body.zh and "恢复供水" not in said.title.zh + said.body.zh
    assert "Water" not in said.title.en and "has been back since" not in said.body.en


async def test_what_a_second_visit_finds_makes_the_next_version(site, ledger):
    """ON-05: after `nothing found` was told; the page must not go on saying so while it is repaired."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("complete", Said(outcome=Outcome.NOT_FOUND, note="现场已检查"))
    await published_on(site, ledger, id)
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


async def test_while_valves_keep_it_off_versions_follow_the_crew_though_signals_are_back(site, ledger):
    """ON-05: what is published does not go on saying that it is being repaired."""
    await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await town.report(ledger, town.burst(IncidentState.RESTORED))
    await site.heard()
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    said = await site.content()
    assert (said.change, said.site) == (Change.UPDATE, Site.OPENING)
    await site.valve(Turning.OPEN)
    assert (await site.content()).change is Change.RESTORED
