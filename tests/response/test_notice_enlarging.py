"""HL-12: callers from outside a notice's footprint are counted by street, and a person takes them in."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.notice import Affected, NoticeKind, NoticeState, Supply
from core.model.report import Channel, Report, Symptom
from core.model.text import Text
from response.affected import LOW_PRESSURE, NO_WATER, Reason
from response.notices import decisions, enlarging, versions
from response.notices.difference import of_version
from response.notices.versions import prepared
from response.refused import Refused
from tests.response import little_town as town
from tests.response.little_notices import the_draft

OPERATOR, MANAGER = town.user(Role.OPERATOR), town.user(Role.DUTY_MANAGER)
LATER = town.T0 + 5 * town.MIN


@pytest.fixture
async def notice(ledger, service) -> str:
    """p2 is broken: j2 on 人民路 is dry; 中山路 is not inside."""
    await service.handle([await town.report(ledger, town.burst())])
    return await the_draft(ledger)


async def calls(ledger, *told: tuple[str | None, Symptom]) -> None:
    async with ledger.begin() as tx:
        for n, (account, symptom) in enumerate(told):
            await tx.put(
                Report(
                    id=f"R-{n}",
                    channel=Channel.PHONE,
                    at_ns=LATER,
                    symptom=symptom,
                    account=account,
                    incident="INC-1",
                )
            )


async def outside(ledger, plant, id: str) -> enlarging.Outside:
    async with ledger.read() as tx:
        return await enlarging.outside(tx, plant, await prepared(tx, id))


TOLD = (
    ("A000056", Symptom.NO_WATER),
    ("A000056", Symptom.NO_WATER),
    ("A000057", Symptom.LOW_PRESSURE),
    ("A000040", Symptom.NO_WATER),
    ("A000058", Symptom.ODOUR),
    (None, Symptom.NO_WATER),
)


async def test_hl_12_callers_outside_are_counted_once_by_street_and_those_inside_are_not(
    ledger, plant, notice
):
    assert await outside(ledger, plant, notice) == enlarging.Outside(0, (), 0)
    await calls(ledger, *TOLD)
    found = await outside(ledger, plant, notice)
    street = enlarging.Street("s-2", Text("中山路", "Zhongshan Road"), 2)
    assert found == enlarging.Outside(3, (street,), 1)


async def test_hl_12_whom_it_tells_of_weak_water_and_who_has_none_is_not_from_outside(ledger, service, plant):
    """They are worse off than told, a finding of its own: the next version says so of their street."""
    await service.handle([await town.report(ledger, town.burst(pipe="p4", radius_m=400.0))])
    id = await the_draft(ledger)
    told = (("A000001", Symptom.LOW_PRESSURE), ("A000002", Symptom.NO_WATER), ("A000002", Symptom.NO_WATER))
    await calls(ledger, *told)
    found = await outside(ledger, plant, id)
    street = enlarging.Street("s-1", Text("人民路", "Renmin Road"), 1)
    assert (found.callers, found.worse) == (
        0,
        enlarging.Worse(1, (street,), enlarging.Proposal.STREETS_OFF),
    )
    async with ledger.begin() as tx:
        await enlarging.enlarge(tx, plant, id, ("s-1",), OPERATOR, LATER)
        after = {row.account: row.supply for row in await tx.find(Affected, notice=id)}
    assert after["A000002"] == NO_WATER
    assert await outside(ledger, plant, id) == enlarging.Outside(0, (), 0)


async def test_hl_12_where_the_whole_notice_tells_of_weak_water_its_word_is_to_be_changed(
    ledger, service, plant
):
    """Of a main repaired under pressure; and where the kind can say no more, another notice is due."""
    await service.handle([await town.report(ledger, town.burst(pipe=None))])
    id = await the_draft(ledger)
    async with ledger.begin() as tx:
        low = replace((await prepared(tx, id)).head, supply=Supply.LOW)
        await tx.put(replace(low, seq=low.seq + 1))
        for row in await tx.find(Affected, notice=id):
            await tx.put(replace(row, supply=LOW_PRESSURE))
    await calls(ledger, ("A000005", Symptom.NO_WATER), ("A000007", Symptom.LOW_PRESSURE))
    found = await outside(ledger, plant, id)
    assert (found.callers, found.worse.callers) == (0, 1)
    assert found.worse.proposes is enlarging.Proposal.SUPPLY
    async with ledger.begin() as tx:
        await tx.put(replace(low, kind=NoticeKind.LOW_PRESSURE, seq=low.seq + 2))
    assert (await outside(ledger, plant, id)).worse.proposes is enlarging.Proposal.OUTAGE


async def test_hl_12_a_draft_takes_their_street_in_beside_all_that_it_has(ledger, plant, notice):
    await calls(ledger, *TOLD)
    async with ledger.begin() as tx:
        before = await tx.find(Affected, notice=notice)
        larger = await enlarging.enlarge(tx, plant, notice, ("s-2",), OPERATOR, LATER)
        after = {row.account: row for row in await tx.find(Affected, notice=notice)}
    assert {row.account for row in before} < set(after)
    assert (after["A000056"].supply, after["A000056"].reason) == (NO_WATER, Reason.CALLERS_OUTSIDE)
    assert larger.accounts_affected == len([row for row in after.values() if row.supply == NO_WATER]) == 30
    assert {street.street for street in larger.streets} == {"s-1", "s-2"} and "hospital" in larger.segments
    assert "中山路" in larger.body.zh and larger.author == OPERATOR.id
    assert await outside(ledger, plant, notice) == enlarging.Outside(1, (), 1)


async def test_hl_12_of_what_is_published_it_is_the_next_version_that_another_approves(ledger, plant, notice):
    await calls(ledger, *TOLD)
    async with ledger.begin() as tx:
        await decisions.approve(tx, notice, MANAGER, LATER)
        await decisions.publish(tx, notice, MANAGER, LATER)
        larger = await enlarging.enlarge(tx, plant, notice, ("s-2",), OPERATOR, LATER)
        head = (await prepared(tx, notice)).head
        assert (larger.version, larger.state, head.version) == (2, NoticeState.DRAFT, 1)
        pending = (await prepared(tx, notice)).pending
        assert pending is not None
        counts = (await of_version(tx, pending)).counts
        assert counts["first"] == 5, "only they hear of it for the first time"
        await decisions.approve(tx, notice, MANAGER, LATER)
        said = await decisions.publish(tx, notice, MANAGER, LATER)
        assert [v.version for v in await versions.published(tx, notice)] == [1, 2]
    assert {street.street for street in said.streets} == {"s-1", "s-2"}
    with pytest.raises(Refused):
        async with ledger.begin() as tx:
            await enlarging.enlarge(tx, plant, notice, ("nowhere",), OPERATOR, LATER)
    async with ledger.begin() as tx:
        await decisions.restore(tx, notice, MANAGER, LATER, reason="现场确认")
        with pytest.raises(Refused):
            await enlarging.enlarge(tx, plant, notice, ("s-2",), OPERATOR, LATER)
