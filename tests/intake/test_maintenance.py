"""A sensor in maintenance: marked at once, returned by itself, and nobody is alarmed by it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.intake.limits import SECOND
from collectors.intake.maintenance import LONGEST_S, MaintenanceWatch, TooLong, begin, end
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.activity import Activity, ActivityKind
from core.model.clock import Anchor
from core.model.maintenance import Maintenance, Scope
from core.model.quality import Status
from core.runtime.clock import AnchoredClock
from tests.intake.gates import TAGS, Door, seen

CALIBRATION = Status.UNCERTAIN_SENSOR_CALIBRATION


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


class Clock(AnchoredClock):
    """Stands still until it is told."""

    t_ns = 1_764_000_000 * SECOND

    def now_ns(self) -> int:
        return self.t_ns


async def test_maintenance_marks_samples_until_its_time_is_over(ledger: SqlLedger):
    door, clock = Door(), Clock(Anchor(0, 0))
    watch = MaintenanceWatch(ledger, TAGS, door.marks, clock)
    async with ledger.begin() as tx:
        one = await begin(tx, Scope.TAG, "p1", "engineer", "new cell", clock.t_ns + 60 * SECOND, clock.t_ns)
    await watch.look()
    passed, _ = door.offer([seen("p1", 1), seen("p2", 1)])
    assert [(s.q, s.v) for s in passed] == [(CALIBRATION, 1.0), (Status.GOOD, 1.0)]
    clock.t_ns += 60 * SECOND
    await watch.look()
    passed, _ = door.offer([seen("p1", 0)])
    assert passed[0].q == Status.GOOD
    async with ledger.read() as tx:
        over = await tx.get(Maintenance, one.id)
    assert over is not None
    assert (over.active, over.ended_ns, over.ended_by) == (False, clock.t_ns, None)


async def test_a_planned_calibration_marks_its_tags_from_start_to_end_and_not_in_its_grace(ledger: SqlLedger):
    door, clock = Door(), Clock(Anchor(0, 0))
    watch, t = MaintenanceWatch(ledger, TAGS, door.marks, clock), clock.t_ns
    planned = Activity(
        id="ACT-1",
        kind=ActivityKind.CALIBRATION,
        tags=("p1",),
        start_ns=t + SECOND,
        end_ns=t + 60 * SECOND,
        grace_s=600,
        by="operator",
        asked_ns=t,
    )
    async with ledger.begin() as tx:
        await tx.put(planned)
        await tx.put(replace(planned, id="ACT-2", kind=ActivityKind.FLUSHING, tags=("p2",)))
    marked = []
    for at_s in (0, 1, 59, 60):
        clock.t_ns = t + at_s * SECOND
        await watch.look()
        passed, _ = door.offer([seen("p1", at_s), seen("p2", at_s)])
        marked.append([s.q == CALIBRATION for s in passed])
    assert marked == [[False, False], [True, False], [True, False], [False, False]]


async def test_a_station_in_maintenance_is_all_of_its_tags(ledger: SqlLedger):
    door, clock = Door(), Clock(Anchor(0, 0))
    async with ledger.begin() as tx:
        await begin(tx, Scope.STATION, "st-01", "engineer", "battery", clock.t_ns + SECOND, clock.t_ns)
    await MaintenanceWatch(ledger, TAGS, door.marks, clock).look()
    passed, _ = door.offer([seen(tag, 1) for tag in TAGS])
    assert {s.q for s in passed} == {CALIBRATION}


async def test_a_second_one_moves_the_end_and_a_person_may_end_it(ledger: SqlLedger):
    door, clock = Door(), Clock(Anchor(0, 0))
    async with ledger.begin() as tx:
        await begin(tx, Scope.TAG, "p1", "engineer", "cell", clock.t_ns + SECOND, clock.t_ns)
        second = await begin(tx, Scope.TAG, "p1", "operator", "cell", clock.t_ns + 9 * SECOND, clock.t_ns)
        assert await tx.find(Maintenance, active=True) == [second]
        await end(tx, second, "operator", clock.t_ns)
    await MaintenanceWatch(ledger, TAGS, door.marks, clock).look()
    passed, _ = door.offer([seen("p1", 1)])
    assert passed[0].q == Status.GOOD


@pytest.mark.parametrize("ahead_s", [0, -1, LONGEST_S + 1])
async def test_an_end_in_the_past_or_beyond_a_week_is_refused(ledger: SqlLedger, ahead_s: int):
    async with ledger.begin() as tx:
        with pytest.raises(TooLong):
            await begin(tx, Scope.TAG, "p1", "engineer", "cell", (1 + ahead_s) * SECOND, SECOND)


def test_what_an_opened_instrument_says_is_out_of_service_and_the_worse_word_stands():
    door = Door()
    door.marks.set("maintenance", {"p1": CALIBRATION})
    passed, _ = door.offer([seen("p1", 1, None, q=Status.BAD_SENSOR_FAILURE)])
    assert (passed[0].q, passed[0].v) == (Status.BAD_OUT_OF_SERVICE, None)
    door.marks.set("frozen", {"p1": Status.UNCERTAIN_SUB_NORMAL})
    passed, _ = door.offer([seen("p1", 0)])
    assert passed[0].q == CALIBRATION
