"""ON-02, HL-10, HL-14: a notice is withdrawn while its incident stands. Callers are answered by the incident,
the public can be told anew, and who waits to hear hears when it is over; advice on the water is not taken
back."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.incident import IncidentState
from core.model.notice import Change, Notice, NoticeKind, NoticeState, Status
from core.model.report import Channel, Report
from response.delivery.callers import unpublished
from response.notices import decisions
from response.notices.rules import next_actions
from response.notices.unsaid import Over, unsaid
from response.notices.validation import Unfit
from response.notices.versions import prepared
from response.service_times import CN_DEFAULT
from response.verdict import Verdict
from tests.response import little_town as town
from tests.response.crew_on_site import OnSite
from tests.response.little_notices import bare, publish

MANAGER, CALLER = town.user(Role.DUTY_MANAGER), "A000031"


async def notices(ledger) -> list[Notice]:
    async with ledger.read() as tx:
        return sorted(await tx.find(Notice), key=lambda one: one.id)


async def withdraw(ledger, id: str, at_ns: int) -> Notice:
    async with ledger.begin() as tx:
        return await decisions.withdraw(tx, id, MANAGER, at_ns, reason="发布有误")


@pytest.fixture
async def withdrawn(site: OnSite, ledger) -> str:
    id = await publish(ledger, site.at)
    site.at += 5 * town.MIN
    await withdraw(ledger, id, site.at)
    await site.heard()
    return id


async def test_while_its_incident_stands_the_hub_drafts_another_that_names_it(withdrawn, ledger):
    gone, fresh = await notices(ledger)
    assert (gone.state, gone.change) == (NoticeState.WITHDRAWN, Change.CANCELLED)
    assert (fresh.state, fresh.incident, fresh.after) == (NoticeState.DRAFT, gone.incident, withdrawn)
    assert f"公告{withdrawn}已撤回" in fresh.body.zh and f"{withdrawn} was withdrawn" in fresh.body.en
    assert "通报恢复" not in fresh.body.zh and "was over" not in fresh.body.en
    assert fresh.starts_ns == gone.starts_ns, "water was not off for the first time when it was withdrawn"
    assert fresh.accounts_affected == gone.accounts_affected > 0


async def test_a_caller_is_answered_by_the_incident_and_the_agent_reads_what_was_withdrawn(
    withdrawn, site, ledger, ask
):
    _, fresh = await notices(ledger)
    card = await ask(account=CALLER, now_ns=site.at)
    assert card.verdict is not Verdict.NOTHING_KNOWN and card.orders
    assert [one.notice for one in card.standing] == [fresh.id]
    inside = [one for one in card.script.internal if withdrawn in one.zh]
    assert inside and "22:16撤回" in inside[0].zh and "withdrawn at" in inside[0].en
    assert "（发布有误）" in inside[0].zh and "(发布有误)" in inside[0].en, "and why"
    assert not [one for one in card.script.internal if "不在其范围内" in one.zh]


async def test_what_was_drafted_anew_is_published_as_any_other_and_is_not_drafted_a_third_time(
    withdrawn, site, ledger
):
    _, fresh = await notices(ledger)
    async with ledger.begin() as tx:
        await decisions.approve(tx, fresh.id, MANAGER, site.at)
        await decisions.publish(tx, fresh.id, MANAGER, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    assert [one.state for one in await notices(ledger)] == [NoticeState.WITHDRAWN, NoticeState.PUBLISHED]


async def test_once_people_give_up_that_draft_too_they_have_decided(withdrawn, site, ledger, ask):
    _, fresh = await notices(ledger)
    await withdraw(ledger, fresh.id, site.at)
    await site.step("depart")
    await town.report(ledger, replace(town.burst(), seq=9))
    await site.heard()
    assert [one.state for one in await notices(ledger)] == [NoticeState.WITHDRAWN] * 2
    card = await ask(account=CALLER, now_ns=site.at)
    (inside,) = [one for one in card.script.internal if "INC-1" in one.zh]
    assert f"此户在公告 {fresh.id} 的范围内" in inside.zh and "不在其范围内" not in inside.zh


async def test_of_a_false_alarm_nothing_is_drafted_again(site, ledger):
    id = await publish(ledger, site.at)
    await town.report(ledger, town.burst(IncidentState.FALSE_ALARM))
    await withdraw(ledger, id, site.at + town.MIN)
    await site.heard()
    assert [one.id for one in await notices(ledger)] == [id]


@pytest.mark.parametrize("state", [IncidentState.CONFIRMED, IncidentState.RESTORED])
async def test_who_waits_to_hear_is_told_when_it_is_over_as_of_what_was_never_published(site, ledger, state):
    """Whether water was back before it was withdrawn, or after."""
    id = await publish(ledger, site.at)
    said = Report(
        id="R1", channel=Channel.PHONE, at_ns=site.at, account=CALLER, incident="INC-1", wants_update=True
    )
    async with ledger.begin() as tx:
        await tx.put(said)
    over = replace(town.burst(IncidentState.RESTORED), back_ns=site.at + 9 * town.MIN)
    await town.report(ledger, town.burst() if state is IncidentState.CONFIRMED else over)
    await withdraw(ledger, id, site.at + town.MIN)
    await site.heard()
    await town.report(ledger, over)
    await site.heard()
    async with ledger.read() as tx:
        assert await unpublished(tx, over, await notices(ledger))


@pytest.mark.parametrize("kind", [NoticeKind.BOIL, NoticeKind.DO_NOT_DRINK, NoticeKind.WATER_QUALITY])
@pytest.mark.parametrize("role", [Role.DUTY_MANAGER, Role.QUALITY_OFFICER])
async def test_on_12_advice_on_the_water_that_people_read_is_lifted_and_never_taken_back(ledger, kind, role):
    told = bare(kind, id="NTC-1", state=NoticeState.PUBLISHED, published_ns=town.T0)
    async with ledger.begin() as tx:
        await tx.put(told)
    assert next_actions(told) == ("update", "restore")
    async with ledger.begin() as tx:
        with pytest.raises(Unfit) as refused:
            await decisions.withdraw(tx, "NTC-1", town.user(role), town.T0, reason="发布有误")
    (lack,) = refused.value.missing
    assert lack.item == "by_all_clear" and "检验报告" in lack.why.zh and "laboratory" in lack.why.en
    async with ledger.read() as tx:
        with pytest.raises(Unfit):
            await unsaid(tx, await prepared(tx, "NTC-1"), town.T0, CN_DEFAULT, Over.WITHDRAWN)
        assert (await tx.get(Notice, "NTC-1")).state is NoticeState.PUBLISHED


@pytest.mark.parametrize("more", [{"status": Status.EXERCISE}, {"kind": NoticeKind.DISCOLOURED}])
async def test_what_nobody_read_and_water_that_needs_no_laboratory_are_taken_back(ledger, more):
    told = bare(NoticeKind.BOIL, id="NTC-1", state=NoticeState.PUBLISHED, published_ns=town.T0)
    async with ledger.begin() as tx:
        await tx.put(replace(told, **more))
    assert (await withdraw(ledger, "NTC-1", town.T0)).state is NoticeState.WITHDRAWN
