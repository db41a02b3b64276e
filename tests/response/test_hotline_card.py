"""The card says what is known, in the caller's words, from the moment it is known."""

from dataclasses import replace

import pytest

from core.model.account import Account, Role
from core.model.incident import IncidentState
from core.model.notice import Notice, Progress
from core.model.quality import Status
from core.model.report import Channel, Report, Symptom
from core.model.sample import Batch, Sample
from core.model.valve_operation import Turning
from core.model.work_order import MENDED, Outcome, WorkOrder
from public_portal.phrases import phrases
from response.field_notes import add_note
from response.hotline.placing import place
from response.hotline.script import When
from response.hotline.shapes import Action
from response.notices import decisions as notices
from response.orders.taking import Said, apply
from response.verdict import Confidence, Verdict
from tests.response import little_town as town
from tests.response.little_notices import publish
from tests.response.little_town import report
from tests.response.test_shut_valves import shut

MANAGER = town.user(Role.DUTY_MANAGER)
NOW = town.T0 + town.MIN


async def _published(ledger, service) -> None:
    await service.handle([await report(ledger, town.burst())])
    await publish(ledger, NOW)


async def _ended(ledger, outcome: Outcome | None) -> None:
    """The crew has gone there and says what came of it."""
    crew = town.user(Role.CREW, "crew", "crew-1")
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await apply(tx, order.id, "assign", MANAGER, NOW, crew="crew-1")
        for event in ("depart", "arrive"):
            await apply(tx, order.id, event, crew, NOW)
        await apply(tx, order.id, "complete", crew, NOW, said=Said(outcome=outcome, note="现场已检查"))


async def test_when_nothing_is_known_it_says_that_and_no_more(ask):
    answer = await ask(tel="+86 199 0000 0031")
    assert (answer.verdict, answer.confidence) == (Verdict.NOTHING_KNOWN, Confidence.NONE)
    assert "登记" in answer.words.zh
    assert answer.account.id == "A000031"
    assert answer.account.tel_masked == "199****0031"
    assert answer.data_age_s == 60.0
    assert answer.questions


async def test_an_affected_caller_hears_it_once_the_incident_is_confirmed(ask, ledger, service):
    await service.handle([await report(ledger, town.burst())])
    answer = await ask(tel="19900000031")
    assert (answer.verdict, answer.confidence) == (Verdict.KNOWN_OUTAGE, Confidence.CONFIRMED)
    assert "疑似故障，正在组织核实和抢修，可能停水" in answer.words.zh
    assert "is suspected to have failed; a crew is being organised" in answer.words.en
    assert "预计" not in answer.words.zh, "an estimate is read out only once it is published"
    (standing,) = answer.standing
    assert (standing.incident, standing.supply) == ("INC-1", "no_water")
    supplied = answer.account.supplied
    assert (supplied.supply, supplied.notice, supplied.published) == ("no_water", standing.notice, False)
    assert len(standing.work_orders) == 1


async def test_after_publishing_it_reads_out_the_estimate_and_the_next_update(ask, ledger, service):
    await _published(ledger, service)
    answer = await ask(account="A000031")
    assert answer.confidence is Confidence.PUBLISHED
    assert (answer.account.supplied.supply, answer.account.supplied.published) == ("no_water", True)
    assert "预计11月23日(周一)03:30至08:30恢复" in answer.words.zh
    assert "下次通报不晚于11月22日(周日)23:11" in answer.words.zh
    assert "Mon 23 Nov, 03:30–08:30" in answer.words.en
    assert answer.standing[0].published_ns == NOW
    overdue = await ask(account="A000031", now_ns=NOW + 20 * town.HOUR)
    assert "已过，正在重新评估" in overdue.words.zh
    assert "03:30" not in overdue.words.zh


async def test_a_promise_that_was_missed_is_owned_up_to_in_the_words_of_the_public_page(ask, ledger, service):
    await _published(ledger, service)
    late = await ask(account="A000031", now_ns=NOW + 2 * town.HOUR)
    public = phrases("zh")["next_update_late"], phrases("en")["next_update_late"]
    assert f"{public[0]}11月22日(周日)23:11。" in late.words.zh
    assert f"{public[1]} Sun 22 Nov, 23:11." in late.words.en
    assert "下次通报" not in late.words.zh


async def test_the_crews_steps_show_as_progress(ask, ledger, service):
    await service.handle([await report(ledger, town.burst())])
    reached, internal = [], []
    for n, event in enumerate(("assign", "depart", "arrive", "isolate")):
        async with ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            await apply(tx, order.id, event, MANAGER, NOW + n, crew="crew-1")
        answer = await ask(account="A000031")
        reached.append([stage.value for stage, _ in answer.standing[0].progress])
        internal.append("".join(line.zh for line in answer.script.internal))
    assert ["未经现场确认" in line for line in internal] == [True] * 3 + [False]
    assert "班组已在现场找到" in internal[-1]
    assert "发生故障，已关阀止水" in answer.words.zh
    assert reached == [["reported"]] * 3 + [["reported", "located", "isolated"]]
    located_ns = dict(answer.standing[0].progress)["located"]
    assert located_ns == NOW + 3, "who has just come looks for the place"


@pytest.mark.parametrize(
    ("outcome", "closed", "said"),
    [
        (None, False, "the work on site is over and what came of it is being confirmed"),
        (Outcome.NOT_FOUND, False, "found nothing so far; it is still being watched"),
        (Outcome.NOT_FOUND, True, "a crew has checked on site and found nothing to repair"),
        (Outcome.NOT_OURS, True, "a crew has checked on site: it is not the utility's own pipe"),
        (Outcome.REPAIRED, False, "has been repaired"),
        (Outcome.TEMPORARY_REPAIR, False, "has been repaired for now"),
    ],
)
async def test_only_a_repair_is_told_as_a_repair(ask, ledger, service, outcome, closed, said):
    """WO-03: what the crew found, and that a second person agreed, decide what a caller hears."""
    await service.handle([await report(ledger, town.burst())])
    await _ended(ledger, outcome)
    if closed:
        async with ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            await apply(tx, order.id, "close", MANAGER, NOW)
    answer = await ask(account="A000031")
    assert said in answer.words.en
    if outcome not in MENDED:
        assert "修复" not in answer.words.zh and "抢修工作已完成" not in answer.words.zh
        assert "has been repaired" not in answer.words.en and "has failed" not in answer.words.en


async def test_a_neighbour_outside_the_segment_is_not_told_of_an_outage(ask, ledger, service):
    await service.handle([await report(ledger, town.burst())])
    beside = await ask(account="A000060")
    assert (beside.verdict, beside.confidence) == (Verdict.KNOWN_LOW_PRESSURE, Confidence.POSSIBLE)
    assert "停水" not in beside.words.zh and "water is off" not in beside.words.en
    await service.handle([await report(ledger, town.burst(radius_m=150.0))])
    near = await ask(account="A000001")
    assert (near.verdict, near.confidence) == (Verdict.KNOWN_LOW_PRESSURE, Confidence.POSSIBLE)
    assert "偏低" in near.words.zh


async def test_quality_is_an_advisory(ask, ledger, service):
    await service.handle([await report(ledger, town.quality())])
    answer = await ask(account="A000060")
    assert answer.verdict is Verdict.QUALITY_ADVISORY
    assert "正在组织采样复核" in answer.words.zh


async def test_low_pressure_is_said_only_when_measured_now(ask, live):
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p2", NOW, 9.0)]))
    answer = await ask(account="A000060")
    assert (answer.verdict, answer.confidence) == (Verdict.LOW_PRESSURE_MEASURED, Confidence.MEASURED)
    assert "0.09兆帕" in answer.words.zh
    stale = await ask(account="A000060", now_ns=NOW + town.HOUR)
    assert stale.verdict is Verdict.NOTHING_KNOWN
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p2", NOW + 1, None, Status.BAD_TIMEOUT)]))
    assert (await ask(account="A000060")).verdict is Verdict.NOTHING_KNOWN


async def test_a_bad_reading_has_a_reason_and_no_value(ask):
    by_tag = {row.tag: row for row in (await ask(account="A000031")).sensors}
    assert by_tag["q-01.turbidity"].value == 0.2
    assert (by_tag["q-01.free_chlorine"].value, by_tag["q-01.free_chlorine"].quality) == (None, "bad_timeout")
    assert by_tag["q-01.ph"].at_ns is None


async def test_what_the_crew_lets_callers_know_stands_on_the_card_and_nothing_else_of_theirs(
    ask, ledger, service
):
    """WO-24."""
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        for n in range(5):
            told = {"id": f"n-{n}", "text": f"note {n}", "public": n != 2}
            crew = town.user(Role.CREW)
            await add_note(tx, order, actor=crew, now_ns=NOW + 9, done_ns=NOW + n, **told)
    (facts,) = (await ask(account="A000031")).orders
    assert [(note.text, note.done_ns - NOW) for note in facts.notes] == [
        ("note 4", 4),
        ("note 3", 3),
        ("note 1", 1),
    ]


async def test_outside_a_published_area_the_zones_repair_is_the_answer(ask, ledger, service, live):
    """HL-12: not "nothing known", and the first key links."""
    await _published(ledger, service)
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p2", NOW, 9.0)]))
    answer = await ask(account="A000060")
    assert (answer.verdict, answer.confidence) == (Verdict.NEARBY_OUTAGE, Confidence.PUBLISHED)
    assert "不在已公布的停水范围内" in answer.words.zh and "0.09兆帕" in answer.words.zh
    assert "原因尚在核实" not in answer.words.zh
    assert "您家水压可能偏低" not in answer.words.zh, "neither computed nor published: the page answers no"
    assert "your pressure may be low" not in answer.words.en
    assert answer.action is Action.LINK
    assert answer.back.when is When.ESTIMATE
    assert [(s.incident, s.supply) for s in answer.standing] == [("INC-1", "unaffected")]
    async with ledger.read() as tx:
        where = await place(tx, await tx.get(Account, "A000060"), Symptom.LOW_PRESSURE, NOW)
    assert where.grows and where.order == answer.standing[0].work_orders[0]


async def test_for_a_day_after_it_is_over_the_card_says_so_to_those_it_reached(ask, ledger, service):
    """HL-06: then it is forgotten; who was never told hears nothing of it."""
    await _published(ledger, service)
    over = NOW + town.HOUR
    async with ledger.begin() as tx:
        (notice,) = await tx.find(Notice)
        await tx.put(replace(town.burst(IncidentState.RESTORED), back_ns=over))
        await notices.restore(tx, notice.id, MANAGER, over, reason="seen on site")
    answer = await ask(account="A000031", now_ns=over + town.HOUR)
    assert answer.verdict is Verdict.RESTORED
    assert "11月22日(周日)23:11起供水正常" in answer.words.zh and "冷水龙头" in answer.words.zh
    assert answer.back.when is When.RESTORED and answer.triage
    assert (await ask(account="A000060", now_ns=over + town.HOUR)).verdict is Verdict.NOTHING_KNOWN
    later = await ask(account="A000031", now_ns=over + 25 * town.HOUR)
    assert later.verdict is Verdict.NOTHING_KNOWN


async def test_an_approved_draft_is_not_said_to_wait_for_approval(ask, ledger, service):
    """HL-10."""
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await notices.approve(tx, draft.id, MANAGER, NOW)
    said = "".join(line.zh for line in (await ask(account="A000031")).script.internal)
    assert "尚未批准" not in said and "已批准" in said and "尚未发布" in said


async def test_hl_06_a_main_that_is_repaired_behind_shut_valves_is_not_told_as_being_filled(
    ask, ledger, service, plant
):
    """WO-21: water comes back once no valve is left shut for the order."""
    await _published(ledger, service)
    await shut(ledger, plant, "v1")
    await _ended(ledger, Outcome.REPAIRED)
    answer = await ask(account="A000031")
    assert "抢修工作已完成，阀门尚待开启" in answer.words.zh and "正在恢复供水" not in answer.words.zh
    assert "valves are still to be opened" in answer.words.en
    assert Progress.REFILLING not in dict(answer.standing[0].progress)
    await shut(ledger, plant, "v1", Turning.OPEN)
    answer = await ask(account="A000031")
    assert "正在恢复供水" in answer.words.zh
    assert Progress.REFILLING in dict(answer.standing[0].progress)


async def test_hl_12_once_the_repair_is_done_no_time_of_it_is_expected_outside_the_area(ask, ledger, service):
    await _published(ledger, service)
    assert "抢修预计" in (await ask(account="A000060")).words.zh
    await _ended(ledger, Outcome.REPAIRED)
    answer = await ask(account="A000060")
    assert "抢修工作已完成" in answer.words.zh and "抢修预计" not in answer.words.zh
    assert "is expected to be done" not in answer.words.en


async def test_hl_06_the_large_line_owns_up_to_an_update_that_did_not_come(ask, ledger, service):
    await _published(ledger, service)
    late = (await ask(account="A000031", now_ns=NOW + 2 * town.HOUR)).back.next_words
    assert late.zh == "通报逾期未发，原定不晚于11月22日(周日)23:11"
    assert late.en == "No update yet; it was due by Sun 22 Nov, 23:11"


async def test_hl_10_weak_water_by_a_notice_that_is_out_is_said_to_be_published(ask, ledger, service):
    """So that the agent sees that its time may be told."""
    await service.handle([await report(ledger, town.burst(radius_m=150.0))])
    assert (await ask(account="A000001")).confidence is Confidence.POSSIBLE
    await publish(ledger, NOW)
    answer = await ask(account="A000001")
    assert (answer.verdict, answer.confidence) == (Verdict.KNOWN_LOW_PRESSURE, Confidence.PUBLISHED)


async def test_hl_13_who_reported_from_outside_the_area_hears_that_it_is_over(ask, ledger, service):
    await _published(ledger, service)
    over = NOW + town.HOUR
    async with ledger.begin() as tx:
        ((order,), (notice,)) = (await tx.find(WorkOrder), await tx.find(Notice))
        said = {"account": "A000060", "symptom": Symptom.NO_WATER, "channel": Channel.PHONE}
        await tx.put(Report(id="RPT-1", at_ns=NOW, work_order=order.id, **said))
        await tx.put(replace(town.burst(IncidentState.RESTORED), back_ns=over))
        await notices.restore(tx, notice.id, MANAGER, over, reason="seen on site")
    answer = await ask(account="A000060", now_ns=over + town.HOUR)
    assert (answer.verdict, answer.back.when) == (Verdict.RESTORED, When.RESTORED)
    assert f"您反映的情况（工单{order.id}）已处理，11月22日(周日)23:11起供水正常" in answer.words.zh
    assert f"What you reported (order {order.id}) is over" in answer.words.en
    assert answer.action is Action.CASE
    later = await ask(account="A000060", now_ns=over + 25 * town.HOUR)
    assert later.verdict is Verdict.NOTHING_KNOWN
