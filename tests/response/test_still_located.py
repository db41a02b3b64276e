"""While a burst's place is only suspected nobody is said to be outside: the place moves with every round of
its location, and whoever it reached once may be affected still (HL-10, HL-12, ON-03)."""

from collections import Counter
from dataclasses import replace

import pytest

from core.model.account import Account, Role
from core.model.incident import IncidentState
from core.model.notice import Affected, Notice
from core.model.report import Channel, Report, Symptom
from core.model.sample import Batch, Sample
from core.model.valve_operation import Turning
from core.model.work_order import WorkOrder
from response.hotline.placing import Placed, place, place_in_zone
from response.hotline.shapes import Action
from response.notices import decisions, difference, drafts, versions
from response.notices.difference import Difference
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.verdict import Confidence, Verdict
from tests.response import little_town as town
from tests.response.little_town import report

NOW = town.T0 + town.MIN
MANAGER = town.user(Role.DUTY_MANAGER)
OF_ZONE, OF_P2, BEYOND, OF_P4 = "A000001", "A000031", "A000032", "A000060"
"""On the main before p2; behind p2's valve; the same, and of another zone; behind the other street's."""
OUTSIDE = ("不在其范围内", "范围外", "outside", "没有查到")


@pytest.fixture
async def beyond(ledger) -> str:
    async with ledger.begin() as tx:
        account = await tx.get(Account, BEYOND)
        await tx.put(replace(account, zone="dma-02"))
    return BEYOND


async def round_of(ledger, service, pipe: str | None) -> None:
    await service.handle([await report(ledger, town.burst(pipe=pipe))])


async def placed(ledger, account: str, symptom: Symptom = Symptom.NO_WATER) -> Placed:
    async with ledger.read() as tx:
        return (await place(tx, await tx.get(Account, account), symptom, NOW)).why


async def still_possible(ask, ledger, account: str) -> None:
    """What the caller hears, what the agent reads, and where the report goes."""
    card = await ask(account=account)
    assert card.verdict in (Verdict.KNOWN_OUTAGE, Verdict.KNOWN_LOW_PRESSURE)
    assert card.confidence in (Confidence.CONFIRMED, Confidence.POSSIBLE)
    assert "疑似故障" in card.words.zh and "可能" in card.words.zh and "may be" in card.words.en
    assert card.action is Action.LINK
    lines = [card.words, *card.script.say, *card.script.internal]
    said = " ".join(f"{line.zh} {line.en}" for line in lines)
    assert [word for word in OUTSIDE if word in said] == []
    assert await placed(ledger, account) is not Placed.OUTSIDE_FOOTPRINT


async def test_hl_10_whom_any_round_of_the_location_reached_is_never_said_to_be_outside(
    ask, ledger, service, beyond
):
    for pipe in (None, "p2", "p4", "p1", "p4"):
        await round_of(ledger, service, pipe)
        for account in (OF_ZONE, OF_P2, OF_P4, *([beyond] if pipe is not None else [])):
            await still_possible(ask, ledger, account)


async def test_hl_10_the_first_round_of_all_is_remembered_beyond_the_zone(ask, ledger, service, beyond):
    for pipe in ("p2", "p4", "p3"):
        await round_of(ledger, service, pipe)
        await still_possible(ask, ledger, beyond)
    card = await ask(account=beyond)
    assert (card.verdict, card.confidence) == (Verdict.KNOWN_LOW_PRESSURE, Confidence.POSSIBLE)
    assert "位置尚在核实" in card.words.zh and "still being located" in card.words.en
    assert await placed(ledger, beyond) is Placed.STILL_BEING_LOCATED


async def test_on_03_until_the_place_stands_the_draft_loses_nobody_whom_a_location_reached(ledger, service):
    """Who is off follows the newest; who was is of weak water still. The order counts as its notice does."""
    totals = []
    for pipe in ("p2", "p4", "p1", "p4"):
        await round_of(ledger, service, pipe)
        async with ledger.read() as tx:
            (draft,) = await tx.find(Notice)
            (order,) = await tx.find(WorkOrder)
            rows = await tx.find(Affected, notice=draft.id)
        counts = draft.accounts_affected, draft.accounts_weak
        assert counts == (order.accounts_affected, order.accounts_weak)
        assert counts == tuple(sum(r.supply == at for r in rows) for at in ("no_water", "low_pressure"))
        totals.append(counts)
    assert totals == [(25, 0), (5, 25), (55, 5), (5, 55)]
    assert [(one.name.zh, one.weak) for one in draft.streets] == [("中山路", False), ("人民路", True)]


async def test_on_03_a_draft_that_had_no_place_yet_is_narrowed_by_the_first(ledger, service):
    """That the zone as a whole was spoken of is no location: what people publish is no larger for it."""
    for pipe in (None, "p2"):
        await round_of(ledger, service, pipe)
    async with ledger.read() as tx:
        (draft,) = await tx.find(Notice)
    assert (draft.accounts_affected, draft.accounts_weak) == (25, 0)


async def test_hl_10_a_caller_hears_the_same_before_and_after_the_first_location(ask, ledger, service):
    heard = []
    for pipe in (None, "p2", "p1"):
        await round_of(ledger, service, pipe)
        heard.append((await ask(account=OF_P4)).words)
    assert len({words.zh for words in heard}) == 1


async def test_a_suspicion_of_the_zone_leaves_nobody_of_it_outside(ask, ledger, service):
    await service.handle([await report(ledger, town.burst(IncidentState.SUSPECTED))])
    card = await ask(account=OF_P4)
    assert card.verdict is Verdict.NOTHING_KNOWN, "nobody has confirmed it: the caller hears nothing of it"
    (line,) = card.script.internal
    assert "不在其范围内" not in line.zh and "范围尚在核实" in line.zh
    assert "outside" not in line.en and "may be affected" in line.en


async def test_hl_12_of_a_caller_of_whom_the_zone_alone_is_known_the_same(ledger, service):
    await round_of(ledger, service, "p2")
    async with ledger.read() as tx:
        found = await place_in_zone(tx, "dma-01", Symptom.NO_WATER)
    assert found.why is Placed.STILL_BEING_LOCATED and found.grows and found.order is not None


async def test_hl_13_who_has_a_case_open_stays_with_it(ask, ledger, service, site):
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    case = Report(
        id="RPT-1",
        channel=Channel.PHONE,
        at_ns=NOW,
        symptom=Symptom.NO_WATER,
        account=OF_ZONE,
        work_order=order.id,
        zone="dma-01",
    )
    async with ledger.begin() as tx:
        await tx.insert(case)
    assert await placed(ledger, OF_ZONE) is Placed.OWN_CASE


async def test_once_a_crew_has_parted_the_main_the_place_stands(ask, ledger, site, beyond):
    await site.step("depart")
    await site.step("arrive")
    assert await placed(ledger, OF_P4) is Placed.STILL_BEING_LOCATED
    await site.step("isolate")
    await site.valve(Turning.CLOSE)
    assert await placed(ledger, OF_P4) is Placed.OUTSIDE_FOOTPRINT
    card = await ask(account=OF_P4)
    assert "不在其范围内" in " ".join(line.zh for line in card.script.internal)


async def test_what_an_earlier_round_reached_is_let_go_once_the_place_stands(ledger, service, site):
    await round_of(ledger, service, "p4")
    for name in ("depart", "arrive", "isolate"):
        await site.step(name)
    async with ledger.read() as tx:
        (draft,) = await tx.find(Notice)
        rows = {row.account for row in await tx.find(Affected, notice=draft.id)}
    assert OF_P4 in rows and OF_P2 not in rows


async def test_once_a_person_published_a_scope_it_is_what_callers_are_told(ask, ledger, service):
    await round_of(ledger, service, "p2")
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await decisions.approve(tx, draft.id, MANAGER, NOW)
    await still_possible(ask, ledger, OF_P4)
    async with ledger.begin() as tx:
        await decisions.publish(tx, draft.id, MANAGER, NOW)
    assert (await ask(account=OF_P4)).verdict is Verdict.NEARBY_OUTAGE
    assert await placed(ledger, OF_P4) is Placed.OUTSIDE_FOOTPRINT


async def out(ledger) -> Difference:
    """What is prepared goes out; what it changes for whom."""
    async with ledger.begin() as tx:
        (notice,) = await tx.find(Notice)
        await decisions.approve(tx, notice.id, MANAGER, NOW)
        await decisions.publish(tx, notice.id, MANAGER, NOW)
        return await difference.of_version(tx, (await versions.published(tx, notice.id))[-1])


async def supplies(ledger) -> Counter[tuple[str, str]]:
    async with ledger.read() as tx:
        return Counter((row.supply, row.reason) for row in await tx.find(Affected))


async def test_on_08_a_guess_releases_nobody_who_was_told_until_the_place_is_found(
    ask, ledger, service, site
):
    """Published before anybody looked: the location moves on, and whom a version reached stays, as of weak
    water; those whom only what was never published reached are let go of in silence."""
    await out(ledger)
    for pipe in ("p1", "p4"):
        await round_of(ledger, service, pipe)
    changed = (await out(ledger)).counts
    assert changed == {"first": 5, "released": 0, "updated": 25, "silent": 0}
    guess = {("no_water", "in_isolation_segment"): 5, ("low_pressure", "still_being_located"): 25}
    assert await supplies(ledger) == guess
    async with ledger.read() as tx:
        (notice,) = await tx.find(Notice)
        (order,) = await tx.find(WorkOrder)
    assert (notice.accounts_affected, notice.accounts_weak) == (5, 25)
    assert (order.accounts_affected, order.accounts_weak) == (5, 25)
    assert [(one.name.zh, one.weak) for one in notice.streets] == [("中山路", False), ("人民路", True)]
    assert "中山路" in notice.title.zh and "人民路" not in notice.title.zh
    card = await ask(account=OF_P2)
    assert (card.verdict, card.confidence) == (Verdict.KNOWN_LOW_PRESSURE, Confidence.PUBLISHED)
    assert "水压可能偏低" in card.words.zh and "故障位置仍在核实" in card.words.zh
    for name in ("depart", "arrive", "isolate"):
        await site.step(name)
    assert (await out(ledger)).counts["released"] == 25


async def test_on_08_whom_the_zone_alone_reached_is_not_released_by_the_first_location(ledger, service):
    """They were told that water may be off: that it may be weak is what is left of it."""
    await round_of(ledger, service, None)
    await out(ledger)
    await round_of(ledger, service, "p2")
    assert (await out(ledger)).counts["released"] == 0
    assert await supplies(ledger) == {
        ("no_water", "in_isolation_segment"): 25,
        ("low_pressure", "still_being_located"): 35,
    }
    await round_of(ledger, service, "p4")
    assert (await out(ledger)).counts["released"] == 0, "nor by the next"


async def test_on_08_what_a_person_drew_and_published_is_widened_by_no_guess(ledger, service, plant):
    await round_of(ledger, service, "p2")
    await out(ledger)
    async with ledger.begin() as tx:
        (notice,) = await tx.find(Notice)
        own = Wish(scope=Scope(streets=("s-2",)))
        await drafts.update(tx, plant, notice.id, own, town.user(Role.OPERATOR).id, NOW)
    assert (await out(ledger)).counts["released"] == 25, "a person says that they are not concerned"
    await round_of(ledger, service, "p4")
    assert await supplies(ledger) == {("no_water", "on_named_street"): 5}
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    assert (order.accounts_affected, order.accounts_weak) == (5, 0)


async def test_what_was_measured_near_the_caller_is_said_with_it(ask, ledger, service, live):
    await round_of(ledger, service, "p2")
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p2", NOW, 9.0)]))
    card = await ask(account=OF_P4)
    assert "0.09兆帕" in card.words.zh and "位置尚在核实" in card.words.zh


async def test_a_scope_that_a_person_drew_takes_in_nobody_of_an_earlier_round(ledger, service, plant):
    await round_of(ledger, service, "p2")
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        own = Wish(scope=Scope(streets=("s-2",)))
        await drafts.edit(tx, plant, draft.id, draft.seq, own, town.user(Role.OPERATOR), NOW)
    await round_of(ledger, service, "p4")
    async with ledger.read() as tx:
        (draft,) = await tx.find(Notice)
        rows = await tx.find(Affected, notice=draft.id)
        (order,) = await tx.find(WorkOrder)
    assert draft.accounts_affected == 5 == len(rows)
    assert (order.accounts_affected, order.accounts_weak) == (5, 0), "as its valves cut off"
