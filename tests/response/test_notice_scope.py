"""A scope that a person wrote and published stays theirs: the hub says where its own reckoning differs, and a
person takes that over by one press (ON-03, ON-08)."""

from typing import Any

import pytest

from core.model.account import Role
from core.model.notice import Affected, Change, Notice, NoticeKind, NoticeState, Site, Supply
from core.model.text import Text
from core.model.valve_operation import StoppedBy, Turning
from core.model.work_order import Outcome
from response.affected import LOW_PRESSURE, NO_WATER
from response.notices import decisions, drafts, enlarging, hub_scope, versions
from response.notices.difference import of_version
from response.notices.drafts import Wish
from response.notices.hub_scope import BY_HUB
from response.notices.scope import Scope
from response.orders.taking import Said
from response.refused import NotPermitted, Refused
from tests.response import little_town as town
from tests.response.little_notices import publish, the_draft

MANAGER, OPERATOR = town.user(Role.DUTY_MANAGER), town.user(Role.OPERATOR)
OWN = Wish(scope=Scope(streets=("s-2",)))
"""中山路 with its 5 connections, where the hub reckons 25 on 人民路."""


@pytest.fixture
async def drawn(site, ledger, plant) -> str:
    """A person draws the scope of the hub's draft."""
    id = await the_draft(ledger)
    async with ledger.begin() as tx:
        head = await tx.get(Notice, id)
        await drafts.edit(tx, plant, id, head.seq, OWN, OPERATOR, site.at)
    return id


@pytest.fixture
async def narrowed(site, ledger, drawn) -> str:
    return await publish(ledger, site.at)


async def shut(site) -> None:
    for name in ("depart", "arrive", "start-isolation"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await site.step("repair")


async def reached(ledger, id: str) -> dict[str, str]:
    async with ledger.read() as tx:
        return (await versions.reach_of(tx, (await versions.prepared(tx, id)).content)).supply_of()


async def differing(ledger, plant, id: str) -> Any:
    async with ledger.read() as tx:
        return await hub_scope.differs(tx, plant, await versions.prepared(tx, id))


async def test_what_a_crew_does_drafts_new_words_of_the_scope_that_a_person_published(site, ledger, narrowed):
    await shut(site)
    said = await site.content()
    assert (said.author, said.change, said.state) == ("hub", Change.UPDATE, NoticeState.DRAFT)
    assert said.site is Site.REPAIRING and "正在抢修" in said.body.zh
    assert [one.street for one in said.streets] == ["s-2"] and said.accounts_affected == 5
    assert "中山路" in said.body.zh and set((await reached(ledger, narrowed)).values()) == {NO_WATER}
    async with ledger.begin() as tx:
        pending = (await versions.prepared(tx, narrowed)).pending
        assert pending is not None
        assert (await of_version(tx, pending)).counts["released"] == 0, "nobody hears of what the hub reckons"


async def test_where_the_hub_reckons_another_the_check_names_who_would_hear_what(
    site, ledger, plant, narrowed
):
    await shut(site)
    one = await differing(ledger, plant, narrowed)
    assert (one.accounts_affected, one.first, one.released, one.told) == (25, 25, 5, True)
    check = hub_scope.said(one)
    assert (check.item, check.hard) == ("scope_differs", False)
    assert "将首次通知25户，通知5户解除" in check.why.zh
    assert "25 would hear of it for the first time and 5 that it is over" in check.why.en


async def test_of_what_was_never_published_it_is_said_against_the_draft(ledger, plant, drawn):
    one = await differing(ledger, plant, drawn)
    assert (one.first, one.released, one.told) == (25, 5, False)
    assert "比本稿多25户、少5户" in hub_scope.said(one).why.zh


async def test_the_hub_s_own_draft_differs_from_nothing(site, ledger, plant):
    id = await the_draft(ledger)
    assert await differing(ledger, plant, id) is None
    await publish(ledger, site.at)
    assert await differing(ledger, plant, id) is None


async def test_one_press_takes_the_hub_s_scope_which_then_follows_the_incident_again(
    site, ledger, plant, narrowed
):
    """It is the hub's draft, that one duty manager approves, whoever pressed."""
    async with ledger.begin() as tx:
        taken = await drafts.update(tx, plant, narrowed, Wish(scope=BY_HUB), MANAGER.id, site.at)
        assert (taken.author, taken.accounts_affected, "scope" in taken.written) == ("hub", 25, False)
        assert [one.street for one in taken.streets] == ["s-1"] and "中山路" not in taken.body.zh
        pending = (await versions.prepared(tx, narrowed)).pending
        assert pending is not None
        counts = (await of_version(tx, pending)).counts
    assert (counts["first"], counts["released"]) == (25, 5)
    assert await differing(ledger, plant, narrowed) is None
    await shut(site)
    assert (await site.content()).parted, "the hub's scope follows what the crew shuts"
    await publish(ledger, site.at)
    assert len(await reached(ledger, narrowed)) == 25


async def test_taken_into_what_a_person_is_writing_another_approves_it(site, ledger, plant, drawn):
    async with ledger.begin() as tx:
        head = await tx.get(Notice, drawn)
        taken = await drafts.edit(tx, plant, drawn, head.seq, Wish(scope=BY_HUB), MANAGER, site.at)
        assert (taken.author, taken.accounts_affected) == (MANAGER.id, 25)
        with pytest.raises(NotPermitted):
            await decisions.approve(tx, drawn, MANAGER, site.at)


async def test_where_the_hub_reckons_nothing_there_is_nothing_to_take(ledger, plant):
    wish = Wish(scope=Scope(streets=("s-1",)))
    async with ledger.begin() as tx:
        made = await drafts.draft(tx, plant, NoticeKind.EMERGENCY_OUTAGE, wish, OPERATOR, town.T0)
        with pytest.raises(Refused) as refused:
            await drafts.edit(tx, plant, made.id, made.seq, Wish(scope=BY_HUB), OPERATOR, town.T0)
    assert refused.value.reason == "not_reckoned"


async def test_repaired_under_pressure_the_same_people_hear_that_nobody_is_off(site, ledger, narrowed):
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("isolate", Said(stopped=StoppedBy.UNDER_PRESSURE))
    said, after = await site.content(), await reached(ledger, narrowed)
    assert (said.supply, said.accounts_affected, said.accounts_weak) == (Supply.LOW, 5, 0)
    assert len(after) == 5 and set(after.values()) == {LOW_PRESSURE}
    assert "不停水" in said.body.zh and [one.street for one in said.streets] == ["s-2"]


async def test_streets_that_callers_brought_in_stay_too(site, ledger, plant):
    """HL-12: a person took them in, and the hub does not release them."""
    id = await publish(ledger, site.at)
    async with ledger.begin() as tx:
        await enlarging.enlarge(tx, plant, id, ("s-2",), OPERATOR, site.at)
    await publish(ledger, site.at)
    await shut(site)
    said = await site.content()
    assert (said.author, said.accounts_affected) == ("hub", 30)
    assert (await differing(ledger, plant, id)).released == 5


async def test_narrowed_to_some_of_its_streets_it_keeps_whom_it_had_there_as_it_had_them(
    ledger, service, plant
):
    """A street that is chosen anew is the whole street."""
    await service.handle([await town.report(ledger, town.burst(pipe="p4", radius_m=400.0))])
    id = await the_draft(ledger)
    async with ledger.begin() as tx:
        head = await tx.get(Notice, id)
        assert (head.accounts_affected, head.accounts_weak) == (5, 55)
        wish = Wish(scope=Scope(kept=("s-1",)))
        fewer = await drafts.edit(tx, plant, id, head.seq, wish, OPERATOR, town.T0)
        assert (fewer.accounts_affected, fewer.accounts_weak) == (0, 55)
        assert {(one.street, one.weak) for one in fewer.streets} == {("s-1", True)}
        rows = await tx.find(Affected, notice=id)
        assert len(rows) == 55 and {row.supply for row in rows} == {LOW_PRESSURE}
        wish = Wish(scope=Scope(streets=("s-2",), kept=("s-1",)))
        both = await drafts.edit(tx, plant, id, fewer.seq, wish, OPERATOR, town.T0)
        assert (both.accounts_affected, both.accounts_weak) == (5, 55)
        wish = Wish(scope=Scope(streets=("s-1",)))
        whole = await drafts.edit(tx, plant, id, both.seq, wish, OPERATOR, town.T0)
        assert (whole.accounts_affected, whole.accounts_weak) == (55, 0)


async def test_the_zone_where_it_failed_stays_though_a_street_of_another_is_named_first(site, ledger, plant):
    """Title and description speak of one zone, and the title of a street there that is off."""
    id = await the_draft(ledger)
    async with ledger.begin() as tx:
        head = await tx.get(Notice, id)
        wish = Wish(scope=Scope(streets=("s-9", "s-2")))
        wider = await drafts.edit(tx, plant, id, head.seq, wish, OPERATOR, site.at)
    assert (wider.zone, wider.description) == (head.zone, head.description)
    assert wider.place == Text("城东片区中山路", "Zhongshan Road, East district")
    assert wider.title.zh == "城东片区中山路供水管道疑似故障公告"
    assert set(wider.zones) == {"dma-01", "dma-02"}


async def test_what_ends_after_it_was_found_and_repaired_gives_no_suspected_fault_as_its_reason(site, ledger):
    """ON-09: also where the version that knew of it was drafted and never published."""
    id = await publish(ledger, site.at)
    await shut(site)
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    await site.valve(Turning.OPEN)
    async with ledger.begin() as tx:
        assert (await versions.prepared(tx, id)).pending is not None
        over = await decisions.restore(tx, id, MANAGER, site.at, reason="现场确认")
    assert over.change is Change.RESTORED
    assert over.reason is not None and "疑似" not in over.reason.zh and "suspected" not in over.reason.en
