"""Nobody hears that water is back of whom nobody knows that it was off, or that it is back (ON-08, ON-09,
HL-14)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.bulletin import Ending
from core.model.incident import IncidentState, Member
from core.model.mailing import Because
from core.model.notice import Affected, Change, NoticeKind, Site
from core.model.notice_version import NoticeReach
from core.model.phone_call import SymptomGroup, calls_alarm
from core.model.report import Channel, Report, Symptom
from core.model.valve_operation import Turning
from core.model.work_order import Outcome
from response.notices import decisions
from response.notices.validation import Unfit
from response.orders.taking import Said
from tests.response import little_town as town
from tests.response.little_notices import publish
from tests.response.post_office import person, phone
from tests.response.test_callbacks import order
from tests.response.test_delivery import post as post

MANAGER = town.user(Role.DUTY_MANAGER)
OUTSIDE, RING = "据现有信息，您处不在停水范围内", "如无水请拨打热线"
_CALLS = calls_alarm("dma-01", SymptomGroup.SUPPLY)


def told(post) -> dict[str, list[str]]:
    """What each number heard, in its order."""
    heard: dict[str, list[str]] = {}
    for one in post.sms.sent:
        heard.setdefault(one["mobile"], []).append(one["params"]["eta"])
    return heard


async def test_who_is_outside_of_what_was_shut_hears_no_more_than_that_and_never_that_it_is_back(post):
    """ON-08: whom the valves leave with water was suspected, never off; who is off now hears so once."""
    people = [one for n in range(1, 4) for one in person(n, f"A{n}", phone=phone(n))]
    await post.people([*people, *person(4, "A4", email="four@example.org")])
    await post.called("A2")
    post.started()
    await post.done(await post.publish(["A1", "A2", "A3", "A4"], site=Site.ORGANISED))
    second = await post.publish(["A1"], Change.UPDATE, moved=True, site=Site.SHUT, parted=True)
    await post.done(second)
    letters = await post.letters(second)
    assert {id: (one.change, one.because, one.ending) for id, one in letters.items()} == {
        "P0001": (Change.UPDATE, Because.ESTIMATE_MOVED, None),
        **dict.fromkeys(("P0002", "P0003", "P0004"), (Change.RESTORED, Because.RELEASED, Ending.SPARED)),
    }
    assert told(post)[phone(2)][1] == told(post)[phone(3)][1] == RING
    mail = post.box.letters[-1]
    assert OUTSIDE in str(mail["Subject"]) and "恢复" not in str(mail["Subject"])
    assert "恢复" not in mail.get_content() and "拨打热线" in mail.get_content()
    for claim in ("经核实", "不受此次停水影响", "checked", "not affected"):
        assert claim not in mail.get_content(), "nobody has looked"
    last = await post.publish(["A1"], Change.RESTORED, site=Site.RETURNING, parted=True)
    await post.done(last)
    assert set(await post.letters(last)) == {"P0001"}
    assert told(post)[phone(1)][2].endswith("已恢复") and len(told(post)[phone(2)]) == 2


async def test_whom_a_smaller_scope_leaves_out_is_not_told_that_anything_is_confirmed(post):
    """ON-08: a person drew it while nobody knew who is off; it goes on for others."""
    await post.people([one for n in (1, 2) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2"], site=Site.ORGANISED))
    second = await post.publish(["A1"], Change.UPDATE, moved=True, site=Site.ORGANISED)
    await post.done(second)
    assert (await post.letters(second))["P0002"].ending is Ending.SPARED
    assert told(post)[phone(2)][1] == RING


async def test_at_the_end_too_who_was_never_off_is_not_told_that_it_is_back(post):
    """The smaller version was never published; a caller from outside hears the same, and one of whom nobody
    knows where they live hears what the public hears."""
    await post.people([one for n in (1, 2, 8) for one in person(n, f"A{n}", phone=phone(n))])
    await post.called("A2")
    await post.called("A8")
    await post.called(phone=phone(77))
    post.started()
    await post.done(await post.publish(["A1", "A2"], site=Site.ORGANISED))
    last = await post.publish(["A1"], Change.RESTORED, site=Site.RETURNING, parted=True)
    await post.done(last)
    heard = told(post)
    assert heard[phone(2)][1:] == heard[phone(8)] == [RING]
    assert heard[phone(1)][1].endswith("已恢复") and heard[phone(77)][0].endswith("已恢复")
    assert {one.because for one in (await post.letters(last)).values()} == {
        Because.WATER_BACK,
        Because.RELEASED,
        Because.PROMISED,
    }


DRY = {"symptom": Symptom.NO_WATER}


async def test_who_reported_no_water_is_never_told_that_they_are_outside_but_that_it_is_over(post):
    """HL-14, ON-08: as the card tells the same account. A8 is of no notice; A3 asked for no word; A4 is left
    out too and never rang; what A5 said was taken back."""
    await post.people([one for n in (1, 2, 3, 4, 5, 8) for one in person(n, f"A{n}", phone=phone(n))])
    await post.people(person(9, "A9", email="nine@example.org"))
    await post.called("A2", **DRY)
    await post.called("A3", symptom=Symptom.LOW_PRESSURE, wants_update=False)
    await post.called("A5", **DRY, wants_update=False, taken_back_ns=post.clock.now_ns())
    for outside in ("A8", "A9"):
        await post.called(outside, **DRY)
    post.started()
    await post.done(await post.publish(["A1", "A2", "A3", "A4", "A5"], site=Site.ORGANISED))
    second = await post.publish(["A1"], Change.UPDATE, moved=True, site=Site.SHUT, parted=True)
    mailing = await post.done(second)
    assert dict(mailing.silent)[Because.REPORTED] == 2, "it goes on for others: they wait to hear its end"
    assert set(await post.letters(second)) == {"P0001", "P0004", "P0005"}
    last = await post.publish(["A1"], Change.RESTORED, site=Site.RETURNING, parted=True)
    await post.done(last)
    heard = told(post)
    for n in (2, 3, 8):
        assert heard[phone(n)][-1].endswith("已恢复") and RING not in heard[phone(n)], n
    assert len(heard[phone(2)]) == len(heard[phone(3)]) == 2
    assert heard[phone(4)][1:] == heard[phone(5)][1:] == [RING]
    mail = post.box.letters[-1]
    assert "已于" in str(mail["Subject"]) or "恢复供水" in str(mail["Subject"])
    assert "不在停水范围" not in mail.get_content() and "热线" in mail.get_content()


async def test_a_report_by_its_order_or_of_what_was_put_together_with_it_counts_the_same(post):
    """HL-14: of the matter as a whole."""
    await post.people([one for n in (2, 3) for one in person(n, f"A{n}", phone=phone(n))])
    await post.called("A2", **DRY, incident=None, work_order="WO-1", wants_update=False)
    await post.called("A3", **DRY, incident="INC-2", wants_update=False)
    async with post.ledger.begin() as tx:
        await tx.put(replace(order("WO-1"), incident="INC-1"))
        await tx.put(replace(town.burst(id="INC-1"), merged=("INC-2",)))
        await tx.put(replace(town.burst(id="INC-2"), merged_into="INC-1"))
    post.started()
    await post.done(await post.publish(["A2", "A3"], site=Site.ORGANISED))
    last = await post.publish([], Change.RESTORED, site=Site.RETURNING, parted=True)
    await post.done(last)
    assert {one.ending for one in (await post.letters(last)).values()} == {None}
    assert all(heard[-1].endswith("已恢复") for heard in told(post).values())


async def test_who_rings_after_they_were_left_out_hears_when_it_is_over(post):
    """HL-14: that they are outside was no word of water."""
    await post.people([one for n in (1, 2) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2"], site=Site.ORGANISED))
    await post.done(await post.publish(["A1"], Change.UPDATE, moved=True, site=Site.SHUT, parted=True))
    await post.called("A2", **DRY)
    await post.done(await post.publish(["A1"], Change.RESTORED, site=Site.RETURNING, parted=True))
    _, let_go, over = told(post)[phone(2)]
    assert let_go == RING and over.endswith("已恢复")


async def test_where_crews_never_parted_anything_all_hear_what_the_notice_says(post):
    """A fault that nobody has seen has taken no water for sure: none is back."""
    await post.people(person(1, "A1", phone=phone(1)))
    post.started()
    await post.done(await post.publish(["A1"], site=Site.ORGANISED))
    await post.done(await post.publish(["A1"], Change.RESTORED, site=Site.ORGANISED))
    assert told(post)[phone(1)][1].endswith("起供水正常")


async def test_who_is_left_out_of_planned_work_before_it_begins_hears_that_they_are_not_affected(post):
    await post.people([one for n in (1, 2) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    plan = {"kind": NoticeKind.PLANNED_OUTAGE, "starts_ns": post.clock.now_ns() + 30 * town.HOUR}
    await post.done(await post.publish(["A1", "A2"], **plan))
    await post.done(await post.publish(["A1"], Change.UPDATE, **plan))
    assert told(post)[phone(2)][1] == RING


@pytest.mark.parametrize("seen", [False, True])
async def test_that_callers_fall_silent_does_not_say_that_their_water_is_back(post, seen):
    """HL-14, ON-09: of what no instrument saw they hear what is known, and to ring again."""
    await post.people([*person(1, "A1", phone=phone(1)), *person(2, "A2", email="two@example.org")])
    await post.called("A1")
    await post.called("A2")
    post.started()
    alarms = (_CALLS, "p-01:low") if seen else (_CALLS,)
    members = tuple(Member(alarm=alarm, occurrence=1, raised_ns=town.T0, why="new") for alarm in alarms)
    await town.report(post.ledger, replace(town.burst(id="INC-1"), members=members))
    over = replace(town.burst(IncidentState.RESTORED, id="INC-1"), members=members)
    await town.report(post.ledger, over)
    await post.done("INC-1.restored")
    mail = post.box.letters[0]
    if seen:
        assert told(post)[phone(1)][0].endswith("已恢复") and "恢复" in str(mail["Subject"])
        return
    assert told(post)[phone(1)] == ["如未恢复请拨打热线"]
    assert "未再接到新的反映" in str(mail["Subject"])
    assert "尚未核实是否已恢复" in mail.get_content() and "do not know if" in mail.get_content()


async def test_a_notice_of_what_callers_alone_spoke_of_ends_by_a_reason_not_by_their_silence(site, ledger):
    """ON-09."""
    id = await publish(ledger, site.at)
    members = (Member(alarm=_CALLS, occurrence=1, raised_ns=town.T0, why="new"),)
    await town.report(ledger, replace(town.burst(IncidentState.RESTORED), members=members))
    await site.heard()
    assert (await site.content()).change is Change.FIRST, "the hub drafts no end"
    async with ledger.begin() as tx:
        with pytest.raises(Unfit) as refused:
            await decisions.restore(tx, id, MANAGER, site.at)
        assert "来电停止不等于已恢复" in refused.value.missing[0].why.zh
        over = await decisions.restore(tx, id, MANAGER, site.at, reason="现场已测水压")
    assert over.change is Change.RESTORED


async def test_a_burst_that_its_detector_gave_up_was_not_seen_to_end(site, ledger):
    """ON-09: its inflow was taken for usual, or was never confirmed; nobody saw water come back."""
    id = await publish(ledger, site.at)
    over = replace(town.burst(IncidentState.RESTORED), why=("never_confirmed", "all_members_cleared"))
    await town.report(ledger, over)
    await site.heard()
    assert (await site.content()).change is Change.FIRST
    async with ledger.begin() as tx:
        with pytest.raises(Unfit):
            await decisions.restore(tx, id, MANAGER, site.at)
    await town.report(ledger, replace(over, why=(*over.why, "raised_again", "all_members_cleared")))
    await site.heard()
    assert (await site.content()).change is Change.RESTORED


async def test_the_end_speaks_of_whom_the_shut_valves_left_without_water(site, ledger):
    """ON-08: what the hub had drafted of the valves and nobody published; callers outside are told to whoever
    approves, before they hear that they are not affected."""
    await town.report(ledger, town.burst(radius_m=150.0))
    await site.heard()
    id = await publish(ledger, site.at)
    async with ledger.begin() as tx:
        rows = {row.account for row in await tx.find(Affected, notice=id)}
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    smaller = await site.content()
    async with ledger.begin() as tx:
        (reach,) = [one for one in await tx.find(NoticeReach, notice=id) if one.id == f"{id}.2"]
        off = reach.supply_of().keys()
        assert smaller.parted and off and off < rows
        caller = Report(
            id="RPT-1",
            channel=Channel.PHONE,
            at_ns=site.at,
            account=min(rows - off),
            incident=smaller.incident,
            symptom=Symptom.NO_WATER,
        )
        await tx.put(caller)
    assert (await site.checks())["callers_released"] is False
    async with ledger.begin() as tx:
        await tx.put(replace(caller, taken_back_ns=site.at))
    assert "callers_released" not in await site.checks()
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    await site.valve(Turning.OPEN)
    await town.report(ledger, replace(town.burst(IncidentState.RESTORED), back_ns=site.at))
    await site.heard()
    over = await site.content()
    assert over.change is Change.RESTORED and over.accounts_affected == smaller.accounts_affected
    assert over.streets == smaller.streets
    async with ledger.begin() as tx:
        await decisions.restore(tx, id, MANAGER, site.at)
        assert {row.account for row in await tx.find(Affected, notice=id)} == set(off)
        assert (await tx.get(NoticeReach, f"{id}.2")).supply_of().keys() == off
