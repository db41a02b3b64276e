"""What the cause is: signs that go together, those that do not, and a pump that takes the pressure away (1.5,
A-19). Each story is told in several orders; it ends the same."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from alarms import regroup
from alarms.incidents import Correlator
from alarms.journal import Stamp, replayed
from alarms.transaction import fresh, record
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.finding import Finding, Verb
from core.model.incident import OPEN, Incident, IncidentKind, IncidentState, Sign
from core.model.notice import Notice
from core.model.work_order import WorkOrder
from response.service import ResponseService
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND
from tests.alarms.works_town import PUMP, ROWS, TANK, burst, plant, says

STOPPED = f"{PUMP}:stopped"


async def tell(ledger: SqlLedger, findings: Sequence[Finding], now_s: float = 300.0, seq: int = 1) -> None:
    """Each in a transaction of its own."""
    correlator = Correlator(plant(), ROWS)
    for n, finding in enumerate(findings):
        async with ledger.begin() as tx:
            await record(tx, [(finding, Stamp(NOON + round(now_s * SECOND), seq + n))], ROWS, correlator)


async def open_now(ledger: SqlLedger) -> list[Incident]:
    async with ledger.read() as tx:
        return await tx.find(Incident, state=OPEN)


async def answered(room: Room) -> tuple[list[WorkOrder], list[Notice]]:
    """What the response desk makes of all that was said."""
    await ResponseService(room.ledger, plant(), room.clock).handle(await room.ledger.events(0))
    async with room.ledger.read() as tx:
        return await tx.find(WorkOrder), await tx.find(Notice)


TRIP = (
    says(STOPPED, 0),
    says("dma-01.p1:low", 40),
    says("dma-02.p3:low", 55),
    says("works-1.outlet:low", 20),
)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
async def test_a19_a_pump_trips_and_pressure_falls_the_root_is_the_pump_and_no_burst_is_repaired(
    room: Room, order: tuple[int, ...]
) -> None:
    await tell(room.ledger, [TRIP[n] for n in order])
    [incident] = await open_now(room.ledger)
    assert (incident.kind, incident.zone) == (IncidentKind.PUMP_TRIP, "works-1")
    assert (incident.root, incident.score) == (STOPPED, 0.9)
    assert incident.title.en == "Pump stopped, No. 1 Waterworks"
    assert {member.alarm for member in incident.members} == {finding.alarm for finding in TRIP}
    assert (incident.state, incident.why[-1]) == (IncidentState.CONFIRMED, "pump_stopped_and_pressure_fell")
    assert set(incident.touched) == {"dma-01", "dma-02"}
    assert (incident.evidence["signs:pump_stopped"], incident.evidence["signs:pressure_down"]) == (1.0, 3.0)
    [order_made], notices = await answered(room)
    assert (order_made.kind, order_made.title.en) == (
        "pump_trip",
        "Pump stopped, check and restart: No. 1 Waterworks",
    )
    assert (order_made.valves, order_made.links, notices) == ((), (), [])


async def test_a19_low_pressures_of_two_districts_become_one_when_the_pump_is_heard_last(
    room: Room,
) -> None:
    await tell(room.ledger, [TRIP[1], TRIP[2]])
    assert len(await open_now(room.ledger)) == 2
    await tell(room.ledger, [TRIP[0]], seq=3)
    [incident] = await open_now(room.ledger)
    alarm = await room.alarm("dma-01.p1:low")
    assert alarm is not None
    assert alarm.incident == incident.id
    journal = await room.ledger.journal_of(alarm.id)
    assert "regroup" in {entry.event for entry in journal}
    assert replayed(fresh(ROWS[alarm.id]), reversed(journal)) == alarm
    async with room.ledger.read() as tx:
        gone = await tx.find(Incident, state=IncidentState.MERGED)
    assert [(one.merged_into, one.why[-1]) for one in gone] == [(incident.id, "same_cause")]


async def test_a19_a_burst_that_pressures_alone_would_prove_is_not_believed_while_a_pump_explains_them(
    room: Room,
) -> None:
    await tell(room.ledger, [says(STOPPED, 0), burst("dma-01", 90), says("dma-01.p1:low", 95)])
    pump, step = sorted(await open_now(room.ledger), key=lambda one: one.kind is IncidentKind.BURST)
    assert (step.kind, step.state) == (IncidentKind.BURST, IncidentState.SUSPECTED)
    assert step.evidence["pump_stopped"] == STOPPED
    orders, notices = await answered(room)
    assert (orders, notices) == ([], [])
    async with room.ledger.begin() as tx:
        await Correlator(plant(), ROWS).believe(tx, NOON + 3700 * SECOND)
    step = next(one for one in await open_now(room.ledger) if one.id == step.id)
    assert (step.state, step.why) == (IncidentState.CONFIRMED, ("persisted",)), "it lasted: it is one"
    assert pump.kind is IncidentKind.PUMP_TRIP


async def test_a_pump_that_stops_elsewhere_or_long_before_explains_nothing(room: Room) -> None:
    await tell(room.ledger, [says(STOPPED, 0), burst("dma-03", 60), burst("dma-01", 1200)], now_s=1300)
    states = {one.zone: one.state for one in await open_now(room.ledger)}
    assert states["dma-03"] is states["dma-01"] is IncidentState.CONFIRMED


async def test_a_pump_whose_standby_takes_over_is_a_suspicion_that_a_person_decides(room: Room) -> None:
    await tell(room.ledger, [says(STOPPED, 0)])
    async with room.ledger.begin() as tx:
        assert await Correlator(plant(), ROWS).due(tx, NOON + 7200 * SECOND) == []
    [incident] = await open_now(room.ledger)
    assert (incident.kind, incident.state, incident.score) == (
        IncidentKind.PUMP_TRIP,
        IncidentState.SUSPECTED,
        0.5,
    )
    assert (await answered(room))[0] == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_inflow_up_pressure_down_and_a_falling_tank_are_one_burst(
    room: Room, order: tuple[int, ...]
) -> None:
    story = (burst("dma-01", 60), says("dma-01.p2:low", 70), says(f"{TANK}:falling", 110))
    await tell(room.ledger, [story[n] for n in order])
    [incident] = await open_now(room.ledger)
    assert (incident.kind, incident.root, incident.score) == (IncidentKind.BURST, "dma-01:burst", 1.0)
    assert {member.sign for member in incident.members} == {
        Sign.INFLOW_UP,
        Sign.PRESSURE_DOWN,
        Sign.TANK_FALL,
    }
    alarm = await room.alarm(f"{TANK}:falling")
    assert alarm is not None
    assert alarm.incident == incident.id
    journal = await room.ledger.journal_of(alarm.id)
    assert replayed(fresh(ROWS[alarm.id]), reversed(journal)) == alarm


async def test_a_tank_that_falls_alone_opens_nothing(room: Room) -> None:
    await tell(room.ledger, [says(f"{TANK}:falling", 0)])
    assert await open_now(room.ledger) == []
    await tell(room.ledger, [says("dma-01.p1:low", 4000)], now_s=4000, seq=2)
    [incident] = await open_now(room.ledger)
    assert [member.alarm for member in incident.members] == ["dma-01.p1:low"], "an hour is too long ago"


@pytest.mark.parametrize("burst_first", [True, False])
async def test_low_pressure_beside_a_burst_belongs_to_it_whichever_is_heard_of_first(
    room: Room, burst_first: bool
) -> None:
    story = [burst("dma-01", 60), says("dma-01.p1:low", 50), says("dma-01.p3:low", 40)]
    await tell(room.ledger, story if burst_first else story[::-1])
    [incident] = await open_now(room.ledger)
    assert (incident.kind, incident.opened_ns) == (IncidentKind.BURST, NOON + 40 * SECOND)
    assert incident.state is IncidentState.CONFIRMED


async def test_what_people_put_apart_is_not_taken_together_again_by_a_pump(room: Room) -> None:
    await tell(room.ledger, [says("dma-01.p1:low", 10), says("dma-01.p2:low", 12)])
    [whole] = await open_now(room.ledger)
    async with room.ledger.begin() as tx:
        made = await regroup.split(
            tx, plant(), ROWS, whole.id, whole.seq, ["dma-01.p2:low"], "operator", NOON + 20 * SECOND
        )
    await tell(room.ledger, [says(STOPPED, 0)], seq=5)
    assert {one.id for one in await open_now(room.ledger)} >= {whole.id, made.id}


async def test_a_pump_back_and_pressures_back_is_restored(room: Room) -> None:
    await tell(room.ledger, list(TRIP))
    back = [says(finding.alarm, 600, Verb.CLEAR) for finding in TRIP]
    await tell(room.ledger, back, now_s=700, seq=9)
    [incident] = await open_now(room.ledger)
    assert incident.state is IncidentState.RESTORED


async def test_an_alarm_that_comes_back_into_what_takes_its_old_incident_in_is_in_it_once(room: Room) -> None:
    await tell(room.ledger, [burst("dma-01", 0), says("dma-01.p1:low", 5)])
    [whole] = await open_now(room.ledger)
    async with room.ledger.begin() as tx:
        out = await regroup.split(
            tx, plant(), ROWS, whole.id, whole.seq, ["dma-01.p1:low"], "operator", NOON + 60 * SECOND
        )
        left = await tx.get(Incident, whole.id)
        assert left is not None
        both = await regroup.merge(
            tx, plant(), left.id, left.seq, out.id, out.seq, "operator", NOON + 70 * SECOND
        )
    await tell(room.ledger, [says("dma-01.p1:low", 80, Verb.CLEAR), says("dma-01.p1:low", 90)], seq=9)
    [whole] = await open_now(room.ledger)
    assert sorted(member.alarm for member in whole.members) == ["dma-01.p1:low", "dma-01:burst"]
    assert (both.evidence["signs:pressure_down"], whole.merged) == (1.0, (out.id,))
    alarm, journal = await room.alarm("dma-01.p1:low"), await room.ledger.journal_of("dma-01.p1:low")
    assert alarm == replayed(fresh(ROWS["dma-01.p1:low"]), reversed(journal))
