"""A confirmed incident becomes one work order and one draft, whatever comes twice or is cut off."""

import asyncio
from dataclasses import replace

import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.event import EventKind
from core.model.field_work import OrderNote
from core.model.incident import IncidentState
from core.model.notice import Affected, Notice, NoticeKind, NoticeState
from core.model.plant import Place, Plant
from core.model.text import Text, in_lang
from core.model.work_order import Beside, WorkOrder, WorkOrderState
from core.runtime.clock import AnchoredClock
from response.notices import drafts
from response.notices.drafts import Wish
from response.orders.of_incident import SIGNAL_RECOVERED
from response.service import CURSOR, ResponseService
from tests.response import little_town as town
from tests.response.little_town import report


async def all_of(ledger: SqlLedger) -> tuple[list[WorkOrder], list[Notice], list[Affected]]:
    async with ledger.read() as tx:
        return await tx.find(WorkOrder), await tx.find(Notice), await tx.find(Affected)


async def test_a_confirmed_burst_opens_one_order_and_one_draft(ledger, service):
    event = await report(ledger, town.burst())
    await service.handle([event])
    (order,), (notice,), affected = await all_of(ledger)
    assert (order.incident, order.kind, order.valves) == ("INC-1", "burst", ("v2",))
    assert order.title.zh == "疑似爆管抢修：城东片区人民路 DN200"
    assert order.due_ns == town.T0 + 90 * town.MIN  # 22:10 is night
    assert (notice.kind, notice.state) == (NoticeKind.EMERGENCY_OUTAGE, NoticeState.DRAFT)
    assert [(s.name.zh, s.numbers) for s in notice.streets] == [("人民路", "40–58")]
    assert notice.accounts_affected == 25 == len(affected)
    assert {a.supply for a in affected} == {"no_water"}
    assert "预计11月23日(周一)03:30至08:30恢复供水" in notice.body.zh
    assert "Mon 23 Nov, 03:30–08:30" in notice.body.en
    assert "96000" in notice.body.zh
    assert notice.eta_earliest_ns < notice.eta_likely_ns < notice.eta_latest_ns, "ON-07"
    assert "DN200" in notice.basis.zh and "DN200" in notice.basis.en


async def test_seen_again_after_a_cut_nothing_is_made_twice(ledger, service, plant, still_clock):
    event = await report(ledger, town.burst())
    await service.handle([event])
    before = await all_of(ledger)
    await ResponseService(ledger, plant, still_clock).handle([event])
    assert await all_of(ledger) == before
    said = [e.kind for e in await ledger.events(0)]
    assert said == [EventKind.INCIDENT, EventKind.WORK_ORDER, EventKind.NOTICE]


async def test_two_services_at_once_make_one_of_each(ledger, service, plant, still_clock):
    event = await report(ledger, town.burst())
    other = ResponseService(ledger, plant, still_clock)
    await asyncio.gather(service.handle([event]), other.handle([event]))
    orders, drafts, _ = await all_of(ledger)
    assert (len(orders), len(drafts)) == (1, 1)


async def test_it_goes_on_where_its_cursor_stands(ledger, service):
    async with asyncio.timeout(30):
        running = asyncio.create_task(service.run())
        last = await report(ledger, town.burst())
        while True:
            async with ledger.read() as tx:
                if await tx.cursor(CURSOR) >= last.id:
                    break
            await asyncio.sleep(0.01)
    running.cancel()
    orders, drafts, _ = await all_of(ledger)
    assert (len(orders), len(drafts)) == (1, 1)


async def test_a_better_location_moves_the_draft_and_the_order(ledger, service):
    await service.handle([await report(ledger, town.burst(pipe="p2"))])
    (before,), _, _ = await all_of(ledger)
    assert before.located_ns is None
    await service.handle([await report(ledger, town.burst(pipe="p1"))])
    (order,), (notice,), affected = await all_of(ledger)
    assert order.valves == ("v1", "v2")
    assert order.located_ns is not None, "it says that it speaks of another place now"
    assert notice.accounts_affected == 55 == len(affected)
    assert notice.streets[0].numbers == "2–58"


@pytest.mark.parametrize(
    "state", [WorkOrderState.ISOLATING, WorkOrderState.ISOLATED, WorkOrderState.REPAIRING]
)
async def test_wo_19_where_the_crew_shuts_the_water_place_and_valves_stand_and_a_later_location_is_a_note(
    ledger, service, state
):
    await service.handle([await report(ledger, town.burst(pipe="p2"))])
    (opened,), (told,), reached = await all_of(ledger)
    async with ledger.begin() as tx:
        await tx.put(replace(opened, state=state))
    for pipe in ("p2", "p1", "p4", "p4"):
        await service.handle([await report(ledger, town.burst(pipe=pipe))])
    (order,), (draft,), affected = await all_of(ledger)
    assert (draft.place, draft.pipes, draft.streets) == (told.place, told.pipes, told.streets), (
        "nor the draft"
    )
    assert affected == reached
    async with ledger.read() as tx:
        first, note = sorted(await tx.find(OrderNote, order=order.id), key=lambda one: one.id)
    assert (order.place, order.links, order.valves) == (opened.place, opened.links, opened.valves)
    assert (order.title, order.x, order.y, order.located_ns) == (opened.title, opened.x, opened.y, None)
    assert "（p1，阀门 v1、v2）" in in_lang(first.text, "zh")
    assert "(p1, valves v1, v2)" in in_lang(first.text, "en")
    assert "仪表现指向城东片区中山路（p4" in in_lang(note.text, "zh")
    assert "Zhongshan Road" in in_lang(note.text, "en")
    assert order.seq > opened.seq, "phones and screens ask for it again"


async def test_a_draft_whose_words_a_person_wrote_keeps_them_and_follows_the_location(ledger, service, plant):
    await service.handle([await report(ledger, town.burst(pipe="p2"))])
    _, (draft,), _ = await all_of(ledger)
    own = Wish(title=Text("人民路停水", "Water off in Renmin Road"))
    async with ledger.begin() as tx:
        await drafts.edit(tx, plant, draft.id, draft.seq, own, town.user(Role.OPERATOR), town.T0)
    await service.handle([await report(ledger, town.burst(pipe="p1"))])
    (order,), (notice,), affected = await all_of(ledger)
    assert notice.title == own.title
    assert notice.accounts_affected == 55 == len(affected)
    assert notice.pipes == order.links, "whom it tells is who is shut off, pipe by pipe"


async def test_an_approved_notice_is_left_as_it_was_approved(ledger, service):
    await service.handle([await report(ledger, town.burst(pipe="p2"))])
    _, (draft,), _ = await all_of(ledger)
    async with ledger.begin() as tx:
        await tx.put(replace(draft, state=NoticeState.APPROVED))
    await service.handle([await report(ledger, town.burst(pipe="p1"))])
    _, (notice,), affected = await all_of(ledger)
    assert notice.accounts_affected == 25 == len(affected)


async def test_suspected_and_instrument_incidents_open_nothing(ledger, service):
    await service.handle([await report(ledger, town.burst(IncidentState.SUSPECTED))])
    assert await all_of(ledger) == ([], [], [])


async def test_accounts_near_the_pipe_are_told_of_weak_water_only(ledger, service):
    await service.handle([await report(ledger, town.burst(pipe="p2", radius_m=150.0))])
    _, (notice,), affected = await all_of(ledger)
    supply = {a.account: a.supply for a in affected}
    assert supply["A000031"] == "no_water"
    assert supply["A000001"] == "low_pressure"
    assert (notice.accounts_affected, notice.accounts_weak) == (25, 30)
    assert [(s.name.zh, s.numbers, s.weak) for s in notice.streets] == [
        ("人民路", "40–58", False),
        ("人民路", "2–20", True),
    ]
    assert "人民路40–58号（2–20号水压偏低）。" in notice.body.zh, "one line a street"
    assert "Renmin Road 40–58 (2–20: low pressure)." in notice.body.en


async def test_the_hospital_inside_is_named_and_no_private_customer(ledger, plant, still_clock):
    places = {
        "h": Place(id="h", name=Text("人民医院", "People's Hospital"), kind="hospital", node="j4"),
        "m": Place(id="m", name=Text("东市场", "East Market"), kind="market", node="j4"),
        "far": Place(id="far", name=Text("中医院", "Chinese Hospital"), kind="hospital", node="j2"),
    }
    service = ResponseService(ledger, replace(plant, places=places), still_clock)
    await service.handle([await report(ledger, town.burst(pipe="p4"))])
    _, (notice,), _ = await all_of(ledger)
    assert [name.zh for name in notice.institutions] == ["人民医院"]
    assert "人民医院" in notice.body.zh and "People's Hospital" in notice.body.en


async def test_a_burst_without_a_place_speaks_of_the_zone(ledger, service):
    await service.handle([await report(ledger, town.burst(pipe=None))])
    _, (notice,), affected = await all_of(ledger)
    assert {a.reason for a in affected} == {"in_zone"}
    assert notice.accounts_affected == 60
    assert [(s.name.zh, s.numbers) for s in notice.streets] == [("人民路", "2–58"), ("中山路", None)]


async def test_a_candidate_that_is_no_pipe_of_ours_is_passed_over(ledger, service):
    await service.handle([await report(ledger, town.burst(pipe="unheard-of"))])
    orders, drafts, _ = await all_of(ledger)
    assert (len(orders), len(drafts)) == (1, 1)


async def test_quality_opens_its_own_order_and_draft(ledger, service):
    await service.handle([await report(ledger, town.quality())])
    (order,), (notice,), affected = await all_of(ledger)
    assert (order.kind, order.priority) == ("water_quality", 1)
    assert notice.kind is NoticeKind.WATER_QUALITY
    assert notice.eta_earliest_ns is None
    assert {a.supply for a in affected} == {"quality"}


async def test_recovery_is_written_down_once_and_closes_nothing(ledger, service):
    await service.handle([await report(ledger, town.burst())])
    (before,), _, _ = await all_of(ledger)
    for state in (IncidentState.RESTORED, IncidentState.CLOSED):
        await service.handle([await report(ledger, town.burst(state))])
    (order,), (notice,), _ = await all_of(ledger)
    assert order.state is before.state
    assert [m.note for m in order.milestones] == [None, SIGNAL_RECOVERED]
    assert [m.beside for m in order.milestones] == [None, Beside.SIGNAL_BACK], "no second step of its state"
    assert notice.state is NoticeState.DRAFT


async def test_a_false_alarm_withdraws_the_draft(ledger, service):
    await service.handle([await report(ledger, town.burst())])
    await service.handle([await report(ledger, town.burst(IncidentState.FALSE_ALARM))])
    (order,), (notice,), _ = await all_of(ledger)
    assert notice.state is NoticeState.WITHDRAWN
    assert order.state.value == "reported"


async def test_a_hospital_inside_makes_it_urgent(ledger, plant: Plant, still_clock: AnchoredClock):
    service = ResponseService(ledger, plant, still_clock)
    await service.handle([await report(ledger, town.burst(pipe="p4"))])
    (order,), (notice,), _ = await all_of(ledger)
    assert order.priority == 1
    assert [(s.name.zh, s.numbers) for s in notice.streets] == [("中山路", None)]
