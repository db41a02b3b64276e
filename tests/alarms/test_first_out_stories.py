"""A-15: what came first is told by the sources' clocks, and where they cannot tell, all that may have come
first are named. Never a guess, whatever order the alarms arrive in."""

import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.clocks import Clock, FieldClocks
from alarms.first_out import first_out, surely_before, with_one_more, within_s
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from api.shapes import incident_shape
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sql_ledger.migrate import MIGRATIONS
from core.model.finding import Finding
from core.model.incident import Incident, Member
from core.ports.source import DeviceFacts, SourceFacts
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND
from tests.alarms.test_incident_stories import ROWS, burst, says

CLOCKS = {
    "dma-01.p1": Clock("rtu-1", 1.0),
    "dma-01.p2": Clock("rtu-2", 1.0),
    "dma-01.p3": Clock("rtu-1", 1.0),
    "dma-01.inflow": Clock("meter", 30.0),
}


def member(name: str, at_s: float, clock: str, off_s: float = 1.0) -> Member:
    raised_ns = NOON + round(at_s * SECOND)
    return Member(alarm=name, occurrence=1, raised_ns=raised_ns, why="same_zone", clock=clock, clock_s=off_s)


async def told(room: Room, *findings: Finding) -> Incident:
    correlator = Correlator(room.plant, ROWS, lambda tag: CLOCKS.get(tag, Clock(tag, 0.0)))
    async with room.ledger.begin() as tx:
        await record(tx, [(finding, Stamp(NOON, 1)) for finding in findings], ROWS, correlator)
        [incident] = await tx.find(Incident)
    return incident


async def test_two_stations_a_second_apart_came_first_together(room: Room) -> None:
    lows = [says("dma-01.p1:low", 10.0), says("dma-01.p2:low", 11.5), says("dma-01.p3:low", 12.0)]
    random.Random(3).shuffle(lows)
    incident = await told(room, *lows)
    assert incident.first_out == ("dma-01.p1:low", "dma-01.p2:low")
    assert incident_shape(incident, {})["first_out_within_s"] == 2.0


async def test_one_station_knows_the_order_of_its_own_gauges(room: Room) -> None:
    incident = await told(room, says("dma-01.p3:low", 10.1), says("dma-01.p1:low", 10.0))
    assert incident.first_out == ("dma-01.p1:low",)
    assert incident_shape(incident, {})["first_out_within_s"] is None


async def test_a_clock_that_is_half_a_minute_off_may_have_been_the_first(room: Room) -> None:
    late = burst("dma-01", 30.0)
    seen = Finding(
        alarm=late.alarm, kind=late.kind, verb=late.verb, t_ns=late.t_ns, tags=("dma-01.inflow",),
        zone=late.zone, size_m3h=25.0, evidence=late.evidence,
    )  # fmt: skip
    incident = await told(room, says("dma-01.p1:low", 10.0), seen)
    assert incident.first_out == ("dma-01.p1:low", "dma-01:burst")
    assert incident_shape(incident, {})["first_out_within_s"] == 31.0


def test_a_device_s_clock_is_as_sure_as_is_stated_of_it_less_the_skew_it_shows() -> None:
    facts = SourceFacts(skew_s=0.2, devices={"unit 2": DeviceFacts(skew_s=-4.0)})
    read = {"modbus:st-01": {"a": "unit 1", "b": "unit 2"}, "mqtt:meters": {"c": "m7"}}
    clocks = FieldClocks(read, {"modbus:st-01": facts}, 1.0, {"mqtt:meters": 60.0})
    assert clocks.of("a") == Clock("modbus:st-01/unit 1", 1.2)
    assert clocks.of("b") == Clock("modbus:st-01/unit 2", 5.0)
    assert clocks.of("c") == Clock("mqtt:meters/m7", 60.0)
    assert clocks.of("nobody's") == Clock("nobody's", 1.0)


def test_nothing_is_first_of_nothing() -> None:
    assert (first_out([]), within_s([], [])) == ((), None)


MEMBERS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from("abc"), st.sampled_from([0.0, 1.0, 2.5, 6.0])),
    min_size=1,
    max_size=9,
)


@given(MEMBERS, st.randoms(use_true_random=False))
def test_the_set_is_all_that_none_surely_precedes_in_any_order(
    drawn: list[tuple[int, str, float]], rng: random.Random
) -> None:
    members = [member(f"m{n}", t, clock, off) for n, (t, clock, off) in enumerate(drawn)]
    plain = [m for m in members if not any(surely_before(other, m) for other in members)]
    wanted = tuple(m.alarm for m in sorted(plain, key=lambda m: (m.raised_ns, m.alarm)))
    assert first_out(members) == wanted
    rng.shuffle(members)
    known: tuple[str, ...] = ()
    for n, one in enumerate(members):
        known = with_one_more(known, members[:n], one)
    assert known == wanted


@pytest.mark.parametrize(("before", "after"), [('"first_out":"a:low"', ("a:low",)), ('"first_out":null', ())])
async def test_a_ledger_that_knew_one_first_only_is_read_as_it_was(
    tmp_path: Path, before: str, after: tuple[str, ...]
) -> None:
    body = (
        '{"id":"INC-1","kind":"burst","state":"closed","opened_ns":1,"zone":null,'
        f'"title":{{"zh":"爆","en":"b"}},"members":[],{before},"location":null}}'
    )
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as raw:
        for file in sorted(MIGRATIONS.glob("000[1-5]*.sql")):
            raw.executescript(file.read_text())
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        raw.execute("INSERT INTO alembic_version VALUES ('0005')")
        raw.execute("INSERT INTO incident (id, body) VALUES ('INC-1', ?)", (body,))
    ledger = await SqlLedger.open(path)
    async with ledger.read() as tx:
        incident = await tx.get(Incident, "INC-1")
    await ledger.close()
    assert incident is not None
    assert incident.first_out == after
