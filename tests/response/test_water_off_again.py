"""WO-04, ON-09: an order is opened again after people were told that water is back. Nobody hears that it is
any more; once crews hold it off again, callers hear that, and the public by a notice of its own."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.incident import IncidentState
from core.model.notice import Change, Notice, NoticeState, Progress, Site, Status
from core.model.valve_operation import Turning
from core.model.work_order import Outcome, WorkOrder, WorkOrderState
from response.affected import NO_WATER
from response.hotline.script import When
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.hub_scope import BY_HUB
from response.notices.rules import next_actions
from response.notices.scope import Scope
from response.orders.taking import Said, apply
from response.site import Water, back_of, water, work_of
from response.verdict import Confidence, Verdict
from tests.response import little_town as town
from tests.response.crew_on_site import OnSite
from tests.response.little_notices import publish

MANAGER, CALLER = town.user(Role.DUTY_MANAGER), "A000031"
BACK_ZH, BACK_EN = "恢复供水", "water was restored"


async def notices(ledger) -> list[Notice]:
    async with ledger.read() as tx:
        return sorted(await tx.find(Notice), key=lambda one: one.id)


async def mend(site: OnSite) -> None:
    """From the shut valve to the last that is opened."""
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    await site.valve(Turning.OPEN)


@pytest.fixture
async def told_back(site: OnSite, ledger) -> str:
    """Published, mended, seen to be back and said to be: the first notice."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await mend(site)
    site.at += town.MIN
    await town.report(ledger, replace(town.burst(IncidentState.RESTORED), back_ns=site.at))
    await site.heard()
    async with ledger.begin() as tx:
        await decisions.restore(tx, id, MANAGER, site.at)
    return id


async def open_again(site: OnSite, ledger, *, later_ns: int = town.HOUR) -> str:
    site.at += later_ns
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await apply(tx, order.id, "reopen", MANAGER, site.at, said=Said(note="用户又报停水"))
    await site.heard()
    return order.id


@pytest.mark.parametrize("later_ns", [town.HOUR, 30 * town.HOUR])
async def test_once_its_order_is_open_again_nobody_hears_that_water_is_back(
    told_back, site, ledger, ask, later_ns
):
    card = await ask(account=CALLER, now_ns=site.at)
    assert card.verdict is Verdict.RESTORED and BACK_ZH in card.words.zh
    order = await open_again(site, ledger, later_ns=later_ns)
    for name, doing in (
        (None, "正在组织核实和抢修"),
        ("assign", "正在组织核实和抢修"),
        ("depart", "抢修人员正赶往现场"),
        ("arrive", "抢修人员已到现场查找"),
    ):
        if name is not None:
            await site.step(name)
        card = await ask(account=CALLER, now_ns=site.at)
        assert (card.verdict, card.confidence) == (Verdict.WORK_AGAIN, Confidence.ON_SITE)
        assert doing in card.words.zh and order in card.words.zh and "重新开始" in card.words.zh
        said = [one for line in card.script.say for one in (line.zh, line.en)]
        assert not [one for one in (*said, card.back.words.zh) if BACK_ZH in one or BACK_EN in one]
        assert card.back.when is When.NOT_PUBLISHED
        assert [one.id for one in card.orders] == [order]
        (inside,) = [one for one in card.script.internal if told_back in one.zh]
        assert order in inside.zh and "勿告知已恢复" in inside.zh and "do not say" in inside.en


async def test_what_is_opened_and_closed_again_with_no_water_shut_is_back_as_it_was_told(
    told_back, site, ledger, ask
):
    order = await open_again(site, ledger)
    async with ledger.begin() as tx:
        await tx.put(replace(await tx.get(WorkOrder, order), state=WorkOrderState.CLOSED))
    card = await ask(account=CALLER, now_ns=site.at)
    assert card.verdict is Verdict.RESTORED
    assert len(await notices(ledger)) == 1, "and nothing is drafted of it"


async def off_again(site: OnSite, ledger) -> int:
    """When the valve was shut."""
    await open_again(site, ledger)
    for name in ("assign", "depart", "arrive"):
        await site.step(name)
    shut_ns = site.at
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    return shut_ns


@pytest.mark.parametrize("state", [IncidentState.RESTORED, IncidentState.CLOSED])
async def test_behind_valves_that_are_shut_again_water_is_off_and_the_public_is_told_by_another_notice(
    told_back, site, ledger, ask, state
):
    async with ledger.begin() as tx:
        await tx.put(replace(town.burst(state), back_ns=site.at, closed_ns=site.at))
    shut_ns = await off_again(site, ledger)
    card = await ask(account=CALLER, now_ns=site.at)
    assert (card.verdict, card.account.supplied.supply) == (Verdict.KNOWN_OUTAGE, NO_WATER)
    assert "您家已停水" in card.words.zh and BACK_ZH not in card.words.zh
    assert card.orders and card.script.internal

    old, fresh = await notices(ledger)
    assert (old.id, old.state) == (told_back, NoticeState.RESTORED), "what was told stays"
    assert (fresh.state, fresh.status, fresh.change) == (NoticeState.DRAFT, Status.ACTUAL, Change.FIRST)
    assert "approve" in next_actions(fresh)
    assert (fresh.site, fresh.parted, fresh.starts_ns) == (Site.SHUT, True, shut_ns)
    assert fresh.progress == ((Progress.REPORTED, shut_ns),)
    assert f"公告{old.id}已通报恢复" in fresh.body.zh and old.id in fresh.body.en
    assert fresh.eta_latest_ns is not None and fresh.accounts_affected > 0
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
        assert await back_of(tx, order.incident) is None
        assert water(replace(town.burst(state)), await work_of(tx, order.incident)) is Water.OFF


async def test_with_the_hubs_own_scope_taken_over_it_still_says_what_was_told_before(
    told_back, site, ledger, plant
):
    await off_again(site, ledger)
    _, fresh = await notices(ledger)
    for scope in (Scope(streets=("s-2",)), BY_HUB):
        async with ledger.begin() as tx:
            seq = (await notices(ledger))[1].seq
            fresh = await drafts.edit(tx, plant, fresh.id, seq, Wish(scope=scope), MANAGER, site.at)
        assert f"公告{told_back}已通报恢复" in fresh.body.zh and told_back in fresh.body.en


async def test_it_is_drafted_once_and_what_people_take_back_stays_so(told_back, site, ledger):
    await off_again(site, ledger)
    _, fresh = await notices(ledger)
    async with ledger.begin() as tx:
        await decisions.withdraw(tx, fresh.id, MANAGER, site.at, reason="发布有误")
    await site.step("repair")
    await town.report(ledger, replace(town.burst(IncidentState.RESTORED), back_ns=site.at, seq=9))
    await site.heard()
    assert [one.state for one in await notices(ledger)] == [NoticeState.RESTORED, NoticeState.WITHDRAWN]


async def test_the_second_restoration_is_drafted_and_told_as_the_first_was(told_back, site, ledger, ask):
    await off_again(site, ledger)
    _, fresh = await notices(ledger)
    async with ledger.begin() as tx:
        await decisions.approve(tx, fresh.id, MANAGER, site.at)
        await decisions.publish(tx, fresh.id, MANAGER, site.at)
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    await site.valve(Turning.OPEN)
    async with ledger.begin() as tx:
        assert (await versions.prepared(tx, fresh.id)).content.change is Change.RESTORED
        assert (await decisions.restore(tx, fresh.id, MANAGER, site.at + town.MIN)).back_ns == site.at
    card = await ask(account=CALLER, now_ns=site.at + 2 * town.MIN)
    assert card.verdict is Verdict.RESTORED
    assert [one.state for one in await notices(ledger)] == [NoticeState.RESTORED] * 2
