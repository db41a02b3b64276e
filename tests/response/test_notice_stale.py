"""ON-05, ON-07: what a draft prints and time has overtaken is named with what to do, and never published."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.notice import NoticeKind, NoticeState
from core.model.shanghai import moment
from core.model.text import Text
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.notices.stale import stale
from response.notices.validation import Unfit, lacks
from tests.response import little_town as town
from tests.response.little_notices import bare, the_draft

OPERATOR, MANAGER = town.user(Role.OPERATOR), town.user(Role.DUTY_MANAGER)
H, T0 = town.HOUR, town.T0
T = Text("更换阀门", "a valve is replaced")


async def named(ledger, id: str, now_ns: int) -> dict[str, tuple[bool, str]]:
    """As the page's list of checks has it: hard or not, and the words."""
    async with ledger.read() as tx:
        content = (await versions.prepared(tx, id)).content
        case = await decisions.case_of(tx, content, now_ns)
    return {one.item: (one.hard, one.why.zh) for one in (*lacks(case), *stale(content, now_ns))}


@pytest.fixture
async def hubs(ledger, service) -> str:
    """The hub's draft of a burst."""
    await service.handle([await town.report(ledger, town.burst())])
    return await the_draft(ledger)


async def written(ledger, plant, kind: NoticeKind, starts_ns: int, **more: object) -> str:
    wish = Wish(
        starts_ns=starts_ns,
        estimated=True,
        eta_earliest_ns=starts_ns + 2 * H,
        eta_latest_ns=starts_ns + 6 * H,
        reason=T,
        approval="1",
        scope=Scope(zones=("dma-01",)),
        **more,  # type: ignore[arg-type]
    )
    async with ledger.begin() as tx:
        return (await drafts.draft(tx, plant, kind, wish, OPERATOR, T0)).id


async def test_on_05_a_written_estimate_that_has_begun_is_noted_and_one_that_passed_has_to_be_edited(
    ledger, plant
):
    id = await written(ledger, plant, NoticeKind.EMERGENCY_OUTAGE, T0)
    assert "estimate_begun" not in await named(ledger, id, T0 + H)
    begun = await named(ledger, id, T0 + 3 * H)
    assert begun["estimate_begun"][0] is False and moment(T0 + 2 * H).zh in begun["estimate_begun"][1]
    passed = await named(ledger, id, T0 + 6 * H)
    assert passed["estimate_passed"][0] is True and "请修改" in passed["estimate_passed"][1]
    async with ledger.begin() as tx:
        with pytest.raises(Unfit):
            await decisions.approve(tx, id, MANAGER, T0 + 6 * H)
        await decisions.approve(tx, id, MANAGER, T0 + 5 * H)
        with pytest.raises(Unfit):
            await decisions.publish(tx, id, MANAGER, T0 + 6 * H)


async def test_on_05_a_planned_start_that_has_passed_says_what_to_do(ledger, plant):
    id = await written(ledger, plant, NoticeKind.PLANNED_OUTAGE, T0 + 30 * H)
    assert "starts_passed" not in await named(ledger, id, T0)
    hard, words = (await named(ledger, id, T0 + 31 * H))["starts_passed"]
    assert hard and "抢修停水" in words


async def test_on_07_a_printed_next_update_is_named_and_promised_anew_by_publishing(ledger, plant):
    for kind, starts_ns in ((NoticeKind.EMERGENCY_OUTAGE, T0), (NoticeKind.PLANNED_OUTAGE, T0 + 48 * H)):
        id = await written(ledger, plant, kind, starts_ns, next_update_ns=T0 + H)
        assert "next_update_passed" not in await named(ledger, id, T0 + H - 1)
        now_ns = T0 + 90 * town.MIN
        assert (await named(ledger, id, now_ns))["next_update_passed"][0] is False
        async with ledger.begin() as tx:
            await decisions.approve(tx, id, MANAGER, now_ns)
            said = await decisions.publish(tx, id, MANAGER, now_ns)
        assert said.next_update_ns is None or said.next_update_ns > now_ns
        assert moment(T0 + H).zh not in said.body.zh and moment(T0 + H).en not in said.body.en


def test_on_05_nothing_is_said_of_what_stands_or_is_over():
    old = bare(
        NoticeKind.EMERGENCY_OUTAGE,
        author="hub",
        drafted_ns=0,
        starts_ns=0,
        next_update_ns=1,
        eta_earliest_ns=1,
        eta_latest_ns=2,
    )
    assert [one.item for one in stale(old, 3)] == ["next_update_passed", "estimate_moves_on"]
    assert list(stale(replace(old, state=NoticeState.PUBLISHED), 3)) == []


async def test_on_07_the_hubs_own_estimate_moves_on_with_the_approval_and_is_no_hindrance(ledger, hubs):
    async with ledger.read() as tx:
        draft = (await versions.prepared(tx, hubs)).content
    now_ns = (draft.eta_latest_ns or 0) + H
    found = await named(ledger, hubs, now_ns)
    assert found["estimate_moves_on"][0] is False and "estimate_passed" not in found
    async with ledger.begin() as tx:
        await decisions.approve(tx, hubs, MANAGER, now_ns)
        said = await decisions.publish(tx, hubs, MANAGER, now_ns)
    assert said.eta_earliest_ns is not None and said.eta_earliest_ns > now_ns
