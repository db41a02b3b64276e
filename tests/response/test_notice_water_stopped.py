"""Who is without water by what the crew recorded: nobody under a clamp, and nobody has it back behind a valve
that is recorded shut (ON-08, ON-09)."""

import pytest

from core.model.account import Role
from core.model.incident import IncidentState
from core.model.notice import Affected, Change, NoticeState, Site, Supply
from core.model.valve_operation import StoppedBy, Turning
from core.model.work_order import Outcome
from response.hotline.script import Of, When
from response.notices import decisions
from response.notices.validation import Unfit
from response.orders.taking import Said
from response.verdict import Confidence, Verdict
from tests.response import little_town as town
from tests.response.little_notices import publish

MANAGER = town.user(Role.DUTY_MANAGER)
CLAMP = Said(stopped=StoppedBy.UNDER_PRESSURE)


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
    assert "正在带压抢修" in said.body.zh and "疑似" not in said.title.zh + said.body.zh + said.reason.zh
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


async def test_of_a_clamp_no_caller_is_told_that_their_water_is_off(site, ask):
    """WO-21, HL-10: also before the smaller notice is published."""
    await site.step("depart")
    await site.step("arrive")
    await site.step("isolate", CLAMP)
    answer = await ask(account="A000031")
    assert answer.verdict is Verdict.KNOWN_LOW_PRESSURE
    assert "水压可能偏低" in answer.words.zh and "停水" not in answer.words.zh
    assert "正在抢修" in answer.words.zh


async def test_of_a_clamp_the_script_promises_pressure_before_the_smaller_version_is_published(
    site, ledger, ask
):
    """HL-10, WO-21: what is still published says that water is off."""
    await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("isolate", CLAMP)
    answer = await ask(account="A000031")
    said = "".join(line.zh for line in answer.script.say)
    assert "水压恢复正常后" in said and "恢复供水" not in said and "预计" not in said
    assert (answer.back.of, answer.back.when) == (Of.PRESSURE, When.NOT_PUBLISHED)
    assert answer.confidence is Confidence.ON_SITE, "no published notice says so"
    await publish(ledger, site.at)
    told = await ask(account="A000031")
    assert (told.confidence, told.back.when) == (Confidence.PUBLISHED, When.ESTIMATE)
    assert "恢复正常水压" in told.words.zh
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED, stopped=StoppedBy.UNDER_PRESSURE))
    assert "正在恢复正常水压" in (await ask(account="A000031")).words.zh


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


async def test_a_repair_under_pressure_contradicts_itself_nowhere(site, ledger):
    """ON-05, ON-09, WO-21: no storing of water that stays on, and its all-clear speaks of pressure."""
    await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("isolate", CLAMP)
    said = await site.content()
    assert "无需储水" in said.advice.zh and "关好水龙头" not in said.advice.zh
    assert "no need to store" in said.advice.en and "When water returns" not in said.advice.en
    await publish(ledger, site.at)
    await site.heard()
    await site.step("repair")
    assert (await site.content()).state is NoticeState.PUBLISHED, "it says so already"
    await site.step("complete", Said(outcome=Outcome.REPAIRED, stopped=StoppedBy.UNDER_PRESSURE))
    said = await site.content()
    assert (said.change, said.author, said.site) == (Change.UPDATE, "hub", Site.RETURNING)
    assert "正在恢复正常水压" in said.body.zh and "正在抢修" not in said.body.zh
    await publish(ledger, site.at)
    await site.heard()
    await town.report(ledger, town.burst(IncidentState.RESTORED))
    await site.heard()
    said = await site.content()
    assert said.change is Change.RESTORED
    assert "水压已恢复正常" in said.body.zh and "恢复供水" not in said.title.zh + said.body.zh
    assert "Water" not in said.title.en and "has been back since" not in said.body.en


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
    assert (said.change, said.site) == (Change.UPDATE, Site.TO_OPEN)
    await site.valve(Turning.OPEN)
    assert (await site.content()).change is Change.RESTORED


async def test_a_draft_says_that_the_main_is_parted_though_signals_are_back(site, ledger):
    """ON-05: also of the very step that parts it."""
    for name in ("depart", "arrive"):
        await site.step(name)
    await town.report(ledger, town.burst(IncidentState.RESTORED))
    await site.heard()
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    said = await site.content()
    assert said.site is Site.SHUT and "已关阀止水" in said.body.zh
