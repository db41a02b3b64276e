"""Planned activities: what they explain is withheld while they go on, and nothing else ever is."""

from dataclasses import replace

import pytest

from alarms import planning
from alarms.activities import OVERRUN
from alarms.commands import Stale
from alarms.engine import Engine
from alarms.expected import expected
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.planning import NotYours
from alarms.sheet import Sheet
from alarms.suppression import ByDesign
from alarms.transaction import record
from alarms.withholding import Withholding
from core.model.activity import Activity, ActivityKind, ActivityState
from core.model.alarm import Alarm, AlarmClass, State
from core.model.event import EventKind
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import OPEN, Incident
from core.model.maintenance import Maintenance, Scope
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition, one, pressure_low
from tests.alarms.planned_work import FAR, GAUGE, HOUR, LOW, OTHER, ROWS, is_now, now, planned, wish
from tests.alarms.test_suppression_stories import annunciated, at_work, is_active, later


async def test_flushing_withholds_low_pressure_of_its_zone_and_nobody_elses(room: Room) -> None:
    made = await planned(room, wish())
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.reaches(LOW, State.DSUPR)
        await room.feed(one(GAUGE, 1, 9.0), one(OTHER, 1, 9.0))
        await room.reaches(FAR, State.UNACK)
        await room.until(lambda: is_active(room, LOW))
        held = await room.alarm(LOW)
        assert held is not None
        assert (held.suppressed_by, held.incident) == ((made.id,), None)
        assert (await now(room, made.id)).state is ActivityState.RUNNING
        async with room.ledger.read() as tx:
            [incident] = await tx.find(Incident)
        assert incident.zone == "dma-02"
    assert await annunciated(room, LOW) == []
    assert [e.after for e in await room.ledger.journal_of(LOW) if e.event == "raise"] == [State.DSUPR]


async def test_what_still_stands_after_the_grace_is_heard_and_the_overrun_is_an_alarm(room: Room) -> None:
    made = await planned(room, wish())
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.reaches(LOW, State.DSUPR)
        await room.feed(one(GAUGE, 1, 9.0))
        await room.until(lambda: is_active(room, LOW))
    room.clock = later(3600 + 590)
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.feed(one(OTHER, 4190, 9.0))
        await room.reaches(FAR, State.UNACK)
        assert await room.is_in(LOW, State.DSUPR), "within its grace"
    room.clock = later(3600 + 601)
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.reaches(LOW, State.UNACK)
        await room.reaches(OVERRUN, State.UNACK)
        assert await is_now(room, made.id, ActivityState.OVERRUN)
        [entry] = await room.ledger.journal_of(OVERRUN)
        assert made.id in (entry.note or "")
        back = await room.alarm(LOW)
        assert back is not None
        assert back.incident is not None, "now it counts"
        async with room.ledger.begin() as tx:
            late = await now(room, made.id)
            await planning.extend(tx, made.id, late.seq, NOON + 2 * HOUR, room.clock.now_ns())
        await room.reaches(LOW, State.DSUPR)
        await room.reaches(OVERRUN, State.RTNUN)


async def test_work_that_leaves_nothing_behind_ends_in_silence(room: Room) -> None:
    made = await planned(room, wish())
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.reaches(LOW, State.DSUPR)
        await room.feed(one(GAUGE, 1, 9.0), one(GAUGE, 2, 25.0))
        await room.until(lambda: has_cleared(room, LOW))
    room.clock = later(3600 + 601)
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.until(lambda: is_now(room, made.id, ActivityState.ENDED))
        await room.reaches(LOW, State.RTNUN)
    assert await room.alarm(OVERRUN) is None
    assert (await now(room, made.id)).ended_by is None


async def test_ended_early_its_grace_begins_and_asked_again_it_is_over(room: Room) -> None:
    made = await planned(room, wish())
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.feed(one(GAUGE, 1, 9.0))
        await room.until(lambda: is_active(room, LOW))
        await room.reaches(LOW, State.DSUPR)
        async with room.ledger.begin() as tx:
            ended = await planning.end(tx, made.id, "operator", room.clock.now_ns())
        assert (ended.state, ended.ended_by) == (ActivityState.RUNNING, "operator")
        assert ended.until_ns < made.until_ns
        async with room.ledger.begin() as tx:
            await planning.end(tx, made.id, "operator", room.clock.now_ns())
        await room.reaches(LOW, State.UNACK)
    assert await room.alarm(OVERRUN) is None


async def test_what_has_not_begun_is_cancelled_and_withholds_nothing(room: Room) -> None:
    made = await planned(room, wish(start_ns=NOON + HOUR, end_ns=NOON + 2 * HOUR))
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.feed(one(GAUGE, 1, 9.0))
        await room.reaches(LOW, State.UNACK)
        async with room.ledger.begin() as tx:
            await planning.end(tx, made.id, "operator", NOON)
    assert await is_now(room, made.id, ActivityState.CANCELLED)
    async with room.ledger.begin() as tx:
        with pytest.raises(Stale):
            await planning.end(tx, made.id, "operator", NOON)
    kinds = [e.data["state"] for e in await room.ledger.events(0) if e.kind is EventKind.ACTIVITY]
    assert kinds == ["planned", "cancelled"]


async def test_it_outlives_a_restart_in_its_middle(room: Room) -> None:
    await planned(room, wish())
    async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
        await room.reaches(LOW, State.DSUPR)
    for _ in range(3):
        async with room.running(at_work(room, ROWS, ByDesign(), room.plant)):
            await room.feed(one(GAUGE, 1 + _, 9.0 if _ % 2 == 0 else 25.0))
            await room.until(lambda n=_: active_is(room, LOW, n % 2 == 0))
            assert await room.is_in(LOW, State.DSUPR)
    assert await annunciated(room, LOW) == []


async def has_cleared(room: Room, id: str) -> bool:
    alarm = await room.alarm(id)
    return alarm is not None and alarm.cleared_ns is not None


async def active_is(room: Room, id: str, on: bool) -> bool:
    return await is_active(room, id) is on


async def test_alarms_of_priority_1_take_a_second_person(room: Room) -> None:
    rows = [pressure_low(GAUGE, priority=1), pressure_low("dma-01.p2")]
    made = await planned(room, wish())
    async with room.running(at_work(room, rows, ByDesign(), room.plant)):
        await room.reaches("dma-01.p2:low", State.DSUPR)
        await room.feed(one(GAUGE, 1, 9.0))
        await room.reaches(LOW, State.UNACK)
        async with room.ledger.begin() as tx:
            seen = await tx.get(Activity, made.id)
            assert seen is not None
            with pytest.raises(NotYours):
                await planning.approve(tx, made.id, seen.seq, "operator", NOON)
            await planning.approve(tx, made.id, seen.seq, "boss", NOON)
        await room.reaches(LOW, State.DSUPR)


async def test_a_sensor_in_maintenance_is_as_quiet_as_one_in_calibration(room: Room) -> None:
    bad = definition(
        f"{GAUGE}:bad", FindingKind.BAD_QUALITY, tag=GAUGE, zone="dma-01", alarm_class=AlarmClass.INSTRUMENT
    )
    rows = [*ROWS, bad]
    shared = {"author": "engineer", "note": "new cell", "since_ns": NOON, "until_ns": NOON + HOUR}
    async with room.ledger.begin() as tx:
        await tx.put(Maintenance(id="MNT-1", scope=Scope.TAG, subject=GAUGE, **shared))
    async with room.running(at_work(room, rows, ByDesign(), room.plant)):
        await room.reaches(bad.id, State.DSUPR)
        await room.reaches(LOW, State.DSUPR)
    calibration = wish(ActivityKind.CALIBRATION, zones=(), tags=(GAUGE,))
    assert set(expected(calibration, rows, room.plant).withheld) == {LOW, bad.id}
    async with room.ledger.read() as tx:
        assert {alarm.id for alarm in await tx.find(Alarm, state=State.DSUPR)} == {LOW, bad.id}


async def test_a_burst_of_a_gated_zone_opens_nothing_until_the_work_ends_and_then_with_its_size(
    room: Room,
) -> None:
    row = definition("dma-01:burst", FindingKind.BURST, zone="dma-01")
    rows = {row.id: row}
    correlator = Correlator(room.plant, rows)
    gate = Withholding(ByDesign(), [row], rows, room.plant, room.clock)
    made = await planned(room, wish())
    async with room.ledger.read() as tx:
        await gate.start(tx, Engine(room.plant, [row]), 0)

    async def told(*findings: Finding) -> None:
        async with room.ledger.begin() as tx:
            sheet = Sheet(tx, OPEN)
            gate.take(list(findings), ())
            gate.look(0, room.clock.now_ns())
            await record(sheet, [(f, Stamp(f.t_ns, 1)) for f in findings], rows, correlator, gate)
            await gate.settle(sheet, correlator)
            await sheet.done()
            await gate.keep(tx)

    burst = Finding(
        alarm=row.id,
        kind=FindingKind.BURST,
        verb=Verb.RAISE,
        t_ns=NOON - HOUR,
        tags=("dma-01.inflow",),
        zone="dma-01",
        size_m3h=40.0,
        evidence={"pressure_agrees": "yes"},
    )
    await told(burst)
    await told(replace(burst, verb=Verb.UPDATE, t_ns=NOON - HOUR + SECOND, size_m3h=55.0))
    async with room.ledger.read() as tx:
        assert await tx.find(Incident) == []
    assert await is_active(room, row.id), "it is known and journalled all the same"
    again = Withholding(ByDesign(), [row], rows, room.plant, room.clock)
    async with room.ledger.begin() as tx:
        await again.start(tx, Engine(room.plant, [row]), 0)
        await planning.end(tx, made.id, "operator", room.clock.now_ns())
        await planning.end(tx, made.id, "operator", room.clock.now_ns())
    gate = again
    async with room.ledger.read() as tx:
        await gate.windows(tx)
    await told()
    async with room.ledger.read() as tx:
        [incident] = await tx.find(Incident)
    assert (incident.zone, incident.size_m3h) == ("dma-01", 55.0)
    assert incident.opened_ns >= NOON, "what was explained does not count as having lasted"
    assert await room.is_in(row.id, State.UNACK)
