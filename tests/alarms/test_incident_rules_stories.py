"""When alarms are one incident and when two, what joins it and until when, when the hub believes it by itself
and how people take that back (A-17, A-18, A-20, A-22, A-23): the real ledger, the response desk behind it."""

import pytest

from alarms import commands, regroup
from alarms.commands import Stale
from alarms.confirming import RULES, Rule
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role, User
from core.model.finding import Finding, Verb
from core.model.incident import OPEN, Incident, IncidentKind, IncidentState
from core.model.notice import Notice, NoticeState
from core.model.work_order import WorkOrder, WorkOrderState
from core.runtime.clock import AnchoredClock
from response import undoing
from response.orders.steps import allowed
from response.orders.taking import apply
from response.refused import Refused
from response.service import CURSOR, ResponseService
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND
from tests.alarms.test_incident_stories import ROWS, burst, says

MINUTE = 60 * SECOND
WHY = "a hydrant was used by the fire brigade"
DISPATCHER = User(id="dispatcher", role=Role.DISPATCHER, password_hash="-")


class Desk:
    """The correlator, people, and the response desk that follows them."""

    def __init__(self, room: Room, rules: dict[IncidentKind, Rule] | None = None) -> None:
        self.ledger: SqlLedger = room.ledger
        self.clock: AnchoredClock = room.clock
        self.plant, self._seq = room.plant, 0
        self.correlator = Correlator(room.plant, ROWS, rules={**RULES, **(rules or {})})

    async def hears(self, *findings: Finding, now_s: float = 300.0) -> None:
        async with self.ledger.begin() as tx:
            self._seq += 1
            stamp = Stamp(NOON + round(now_s * SECOND), self._seq)
            await record(tx, [(finding, stamp) for finding in findings], ROWS, self.correlator)
        await self.responds()

    async def responds(self) -> None:
        async with self.ledger.read() as tx:
            done = await tx.cursor(CURSOR)
        if events := await self.ledger.events(done):
            await ResponseService(self.ledger, self.plant, self.clock).handle(events)

    async def waits_until(self, s: float) -> None:
        async with self.ledger.begin() as tx:
            await self.correlator.believe(tx, NOON + round(s * SECOND))
        await self.responds()

    async def incidents(self) -> list[Incident]:
        async with self.ledger.read() as tx:
            return await tx.find(Incident, state=OPEN)

    async def incident(self) -> Incident:
        [incident] = await self.incidents()
        return incident

    async def orders(self) -> list[WorkOrder]:
        async with self.ledger.read() as tx:
            return await tx.find(WorkOrder)

    async def notices(self) -> list[Notice]:
        async with self.ledger.read() as tx:
            return await tx.find(Notice)

    async def undoes(self, reason: str = WHY) -> Incident:
        """As the route does it."""
        incident = await self.incident()
        async with self.ledger.begin() as tx:
            await undoing.undo_orders(tx, incident.id, reason, "operator", NOON + 400 * SECOND)
            await undoing.undo_notices(tx, incident.id, NOON + 400 * SECOND)
            now_ns = NOON + 400 * SECOND
            undone = await commands.undo(tx, incident.id, incident.seq, reason, "operator", now_ns)
        await self.responds()
        return undone

    async def merges(self, into: Incident, gone: Incident) -> Incident:
        async with self.ledger.begin() as tx:
            whole = await regroup.merge(
                tx, self.plant, into.id, into.seq, gone.id, gone.seq, "operator", NOON + 400 * SECOND
            )
        await self.responds()
        return whole


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room)


async def test_a17_one_burst_is_one_incident_one_order_one_draft_however_often_it_is_heard_of(
    desk: Desk,
) -> None:
    await desk.hears(says("dma-01.p1:low", 5))
    await desk.hears(burst("dma-01", 20))
    for i in (2, 3):
        await desk.hears(says(f"dma-01.p{i}:low", 30 + i))
    await desk.hears(says("dma-01.p1:low", 60, Verb.CLEAR), says("dma-01.p1:low", 70))
    incident = await desk.incident()
    assert incident.kind is IncidentKind.BURST
    assert [order.incident for order in await desk.orders()] == [incident.id]
    assert [notice.incident for notice in await desk.notices()] == [incident.id]


async def test_a18_two_bursts_in_unlinked_districts_within_30_s_are_two_of_everything(desk: Desk) -> None:
    await desk.hears(burst("dma-01", 0), says("dma-01.p1:low", 10), burst("dma-02", 30))
    one, two = await desk.incidents()
    assert {one.zone, two.zone} == {"dma-01", "dma-02"}
    assert {order.incident for order in await desk.orders()} == {one.id, two.id}
    assert len(await desk.notices()) == 2


async def test_a20_a_station_that_falls_silent_is_no_burst_and_no_low_pressure(desk: Desk) -> None:
    await desk.hears(says("st-01:comm", 0), says("q-01:probe", 1))
    assert (await desk.incidents(), await desk.orders()) == ([], [])


async def test_a22_a_member_that_is_late_joins_within_a_quarter_of_an_hour_and_not_after(desk: Desk) -> None:
    await desk.hears(burst("dma-01", 0))
    await desk.hears(says("dma-01.p1:low", 899), now_s=900)
    assert len((await desk.incident()).members) == 2
    await desk.hears(says("dma-01.p3:low", 899 + 200), now_s=1200)
    assert len(await desk.incidents()) == 2


async def test_a22_what_comes_back_within_half_an_hour_is_appended_to_the_same_order(desk: Desk) -> None:
    await desk.hears(burst("dma-01", 0))
    back = says("dma-01:burst", 600, Verb.CLEAR, evidence={"reason": "back"})
    await desk.hears(back, now_s=600)
    assert (await desk.incident()).state is IncidentState.RESTORED
    await desk.hears(burst("dma-01", 600 + 1799), now_s=2400)
    incident = await desk.incident()
    assert (incident.state, incident.why[-1]) == (IncidentState.CONFIRMED, "raised_again")
    assert [order.incident for order in await desk.orders()] == [incident.id]
    assert len(await desk.notices()) == 1


async def test_a22_a_split_sticks_over_a_restart(desk: Desk, room: Room) -> None:
    await desk.hears(burst("dma-01", 0), says("dma-01.p1:low", 5), says("dma-01.p2:low", 10))
    whole = await desk.incident()
    async with room.ledger.begin() as tx:
        made = await regroup.split(
            tx, room.plant, ROWS, whole.id, whole.seq, ["dma-01.p2:low"], "operator", NOON + 60 * SECOND
        )
    again = Desk(room)
    again._seq = 90
    await again.hears(says("dma-01.p2:low", 100, Verb.CLEAR), says("dma-01.p2:low", 110))
    members = {one.id: {m.alarm for m in one.members} for one in await again.incidents()}
    assert members == {whole.id: {"dma-01:burst", "dma-01.p1:low"}, made.id: {"dma-01.p2:low"}}


async def test_a23_no_order_before_the_rule_s_sensors_score_and_time_are_met(room: Room) -> None:
    strict = Rule(score=0.9, sensors=3, persists_s=120.0)
    desk = Desk(room, {IncidentKind.BURST: strict})
    await desk.hears(burst("dma-01", 0), says("dma-01.p1:low", 5), now_s=10)
    await desk.waits_until(200)
    assert (await desk.incident()).state is IncidentState.SUSPECTED, "inflow and one gauge: two of three"
    assert await desk.orders() == []
    await desk.hears(says("dma-01.p2:low", 8), now_s=20)
    await desk.waits_until(119)
    assert await desk.orders() == [], "three of three, but not for two minutes"
    await desk.waits_until(120)
    incident = await desk.incident()
    assert (incident.state, incident.score) == (IncidentState.CONFIRMED, 0.9)
    assert len(await desk.orders()) == 1
    assert incident.evidence["pressure_agrees"] == "yes"


async def test_a23_what_a_person_undoes_is_undone_with_its_reason_and_does_not_come_back_by_itself(
    desk: Desk, room: Room
) -> None:
    await desk.hears(burst("dma-01", 0), says("dma-01.p1:low", 5))
    undone = await desk.undoes()
    assert (undone.state, undone.held, undone.why[-1]) == (
        IncidentState.SUSPECTED,
        True,
        "undone_by_operator",
    )
    await desk.hears(says("dma-01.p2:low", 30), burst("dma-01", 60))
    await desk.waits_until(7200)
    assert (await desk.incident()).state is IncidentState.SUSPECTED
    [order], [notice] = await desk.orders(), await desk.notices()
    assert (order.state, order.milestones[-1].note) == (WorkOrderState.CANCELLED, WHY)
    assert notice.state is NoticeState.WITHDRAWN
    entry = next(e for e in await room.ledger.journal_of("dma-01:burst") if e.event == "undo")
    assert (entry.actor, entry.note, entry.incident, entry.rows) == ("operator", WHY, undone.id, ())
    assert await room.ledger.verify_journal() > 0


async def test_a23_a_person_who_confirms_it_after_all_has_the_same_order_and_draft_again(desk: Desk) -> None:
    await desk.hears(burst("dma-01", 0))
    undone = await desk.undoes()
    async with desk.ledger.begin() as tx:
        await commands.confirm(tx, undone.id, undone.seq, "duty_manager", NOON + 500 * SECOND)
    await desk.responds()
    [order], [notice] = await desk.orders(), await desk.notices()
    assert (order.state, notice.state) == (WorkOrderState.REPORTED, NoticeState.DRAFT)
    await desk.hears(says("dma-01.p2:low", 90))
    assert [order.state for order in await desk.orders()] == [WorkOrderState.REPORTED]


async def test_a23_what_people_have_taken_up_is_not_undone_behind_their_backs(desk: Desk) -> None:
    await desk.hears(burst("dma-01", 0))
    [order] = await desk.orders()
    async with desk.ledger.begin() as tx:
        await apply(tx, order.id, "assign", DISPATCHER, NOON + 350 * SECOND, crew="crew-1")
    with pytest.raises(Refused, match="order_under_way"):
        await desk.undoes()
    assert (await desk.incident()).state is IncidentState.CONFIRMED


async def test_a23_an_order_that_is_undone_alone_stays_undone_while_the_incident_goes_on(desk: Desk) -> None:
    await desk.hears(burst("dma-01", 0))
    incident = await desk.incident()
    async with desk.ledger.begin() as tx:
        await undoing.undo_orders(tx, incident.id, WHY, "operator", NOON + 400 * SECOND)
        await commands.undone(
            tx, incident.id, incident.seq, "work_order", WHY, "operator", NOON + 400 * SECOND
        )
    await desk.responds()
    await desk.hears(says("dma-01.p2:low", 60))
    assert [order.state for order in await desk.orders()] == [WorkOrderState.CANCELLED]
    assert [notice.state for notice in await desk.notices()] == [NoticeState.DRAFT]
    assert (await desk.incident()).state is IncidentState.CONFIRMED


async def test_a23_an_undo_without_a_reason_or_of_a_person_s_own_word_or_of_an_older_state_is_refused(
    desk: Desk,
) -> None:
    await desk.hears(burst("dma-01", 0, agrees="no"))
    seen = await desk.incident()
    async with desk.ledger.begin() as tx:
        sure = await commands.confirm(tx, seen.id, seen.seq, "operator", NOON + MINUTE)
        with pytest.raises(ValueError, match="a person confirmed it"):
            await commands.undo(tx, sure.id, sure.seq, WHY, "operator", NOON + MINUTE)
        with pytest.raises(Stale):
            await commands.undo(tx, sure.id, sure.seq - 1, WHY, "operator", NOON + MINUTE)
    await desk.hears(burst("dma-02", 0))
    hubs = next(one for one in await desk.incidents() if one.zone == "dma-02")
    async with desk.ledger.begin() as tx:
        with pytest.raises(ValueError, match="reason of 10 characters"):
            await commands.undo(tx, hubs.id, hubs.seq, "wrong", "operator", NOON + MINUTE)


async def test_a_confirmed_incident_that_ends_in_a_suspected_one_leaves_it_confirmed_with_its_order(
    desk: Desk,
) -> None:
    await desk.hears(burst("dma-01", 0, agrees="no"), burst("dma-02", 20))
    suspected, sure = sorted(await desk.incidents(), key=lambda one: one.zone or "")
    whole = await desk.merges(suspected, sure)
    assert (whole.state, whole.confirmed_ns) == (IncidentState.CONFIRMED, sure.confirmed_ns)
    [order] = await desk.orders()
    assert order.incident == suspected.id, "it goes on with the incident that goes on"
    assert sure.id in str(order.milestones[-1].note)


@pytest.mark.parametrize("under_way", [0, 1])
async def test_of_two_orders_for_one_burst_the_one_further_on_stands_and_the_other_is_one_click_to_end(
    desk: Desk, under_way: int
) -> None:
    await desk.hears(burst("dma-01", 0), burst("dma-02", 20))
    into, gone = sorted(await desk.incidents(), key=lambda one: one.zone or "")
    sent = (into, gone)[under_way]
    order = next(one for one in await desk.orders() if one.incident == sent.id)
    async with desk.ledger.begin() as tx:
        await apply(tx, order.id, "assign", DISPATCHER, NOON + 350 * SECOND, crew="crew-1")
    await desk.merges(into, gone)
    stands = next(one for one in await desk.orders() if one.incident == into.id)
    other = next(one for one in await desk.orders() if one.incident == gone.id)
    assert (stands.id, stands.state, stands.same_as) == (order.id, WorkOrderState.ASSIGNED, None)
    assert (other.state, other.same_as) == (WorkOrderState.REPORTED, stands.id), "nobody closed it silently"
    assert stands.id in str(other.milestones[-1].note)
    assert "same" in allowed(other, DISPATCHER)
    assert "same" not in allowed(stands, DISPATCHER)
    async with desk.ledger.begin() as tx:
        ended = await apply(tx, other.id, "same", DISPATCHER, NOON + 500 * SECOND)
    assert (ended.state, ended.milestones[-1].note) == (WorkOrderState.MERGED, stands.id)
    before = await desk.orders()
    await desk.hears(says("dma-01.p1:low", 60))
    assert [(o.id, o.state) for o in await desk.orders()] == [(o.id, o.state) for o in before]
