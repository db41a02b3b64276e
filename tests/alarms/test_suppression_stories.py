"""Suppression by design: what explains an alarm keeps it quiet, in whatever order the two become known."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import replace

from alarms.definitions import Definitions, Rule
from alarms.service import AlarmService
from alarms.states import AlarmEvent
from alarms.suppression import ByDesign, SuppressionRule
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition, JournalEntry, State
from core.model.clock import Anchor
from core.model.finding import FindingKind
from core.model.incident import Incident
from core.model.plant import Plant
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.model.tag import Quantity
from core.runtime.clock import AnchoredClock
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition, one, plant, pressure_low, tag, words

PUMP, GAUGE = "pump.running", "dma-01.p1"
LOW = f"{GAUGE}:low"
STOPPED = f"{PUMP}:when:stopped:0"


def with_a_pump() -> Plant:
    town = plant()
    tags = {**town.tags, PUMP: tag(PUMP, Quantity.STATUS, "1", "st-09", "dma-01")}
    return replace(town, tags=tags)


def stopped(*targets: str, off_delay_s: float = 0.0) -> ByDesign:
    """While the pump is off, these alarms are explained."""
    town = with_a_pump()
    shared = {k: v for k, v in _shared().items() if k not in ("id", "name", "tag", "zone", "station")}
    condition = Rule("when:stopped:0", words("pump off"), shared, {PUMP: town.tags[PUMP]})
    rule = SuppressionRule("pump-off", words("pump off"), (STOPPED,), lambda: targets, off_delay_s)
    return ByDesign((rule,), Definitions([condition]))


def _shared() -> dict[str, object]:
    row = definition("x", FindingKind.LIMIT_LOW, setpoint=0.5, alarm_class=AlarmClass.SYSTEM)
    return {name: getattr(row, name) for name in AlarmDefinition.__slots__}


def at_work(
    room: Room, rows: Sequence[AlarmDefinition], by_design: ByDesign, town: Plant | None = None
) -> AlarmService:
    town = town or with_a_pump()
    return AlarmService(room.spool, room.ledger, None, town, rows, None, room.clock, by_design=by_design)


def later(s: float) -> AnchoredClock:
    return AnchoredClock(Anchor(real_ns=time.time_ns(), sim_ns=NOON + round(s * SECOND), speed=1.0))


async def annunciated(room: Room, alarm: str) -> list[JournalEntry]:
    """As the KPIs count: it came to be unacknowledged and nothing held it back."""
    entries = await room.ledger.journal_of(alarm, 1_000)
    return [e for e in entries if e.after is State.UNACK and e.before is not State.UNACK]


async def test_a_pump_that_is_off_explains_low_pressure_until_it_runs_again(room: Room) -> None:
    async with room.running(at_work(room, [pressure_low(GAUGE)], stopped(LOW))):
        await room.feed(one(PUMP, 0, 1.0), one(GAUGE, 0, 25.0), one(PUMP, 1, 0.0))
        await room.reaches(LOW, State.DSUPR)
        await room.feed(one(GAUGE, 2, 9.0))
        await room.until(lambda: is_active(room, LOW))
        held = await room.alarm(LOW)
        assert held is not None
        assert (held.state, held.core, held.suppressed_by) == (State.DSUPR, State.UNACK, ("pump-off",))
        assert held.suppressed_ns == NOON + SECOND
        assert await annunciated(room, LOW) == []
        async with room.ledger.read() as tx:
            assert await tx.find(Incident) == [], "what is explained opens nothing"
        await room.feed(one(PUMP, 10, 1.0))
        await room.reaches(LOW, State.UNACK)
    loud = await room.alarm(LOW)
    assert loud is not None
    assert (loud.suppressed_by, loud.suppressed_ns, loud.occurrence) == ((), None, 1)
    assert len(await annunciated(room, LOW)) == 1
    async with room.ledger.read() as tx:
        [incident] = await tx.find(Incident)
    assert loud.incident == incident.id
    assert [m.alarm for m in incident.members] == [LOW]


async def is_active(room: Room, id: str) -> bool:
    alarm = await room.alarm(id)
    return alarm is not None and alarm.active


async def test_an_alarm_that_clears_while_it_is_withheld_comes_back_in_silence(room: Room) -> None:
    async with room.running(at_work(room, [pressure_low(GAUGE)], stopped(LOW))):
        await room.feed(one(PUMP, 0, 0.0), one(GAUGE, 0, 9.0), one(GAUGE, 1, 25.0), one(PUMP, 2, 1.0))
        await room.reaches(LOW, State.RTNUN)
    events = [e.event for e in reversed(await room.ledger.journal_of(LOW))]
    assert events == [AlarmEvent.SUPPRESS, AlarmEvent.RAISE, AlarmEvent.CLEAR, AlarmEvent.UNSUPPRESS]
    assert await annunciated(room, LOW) == []


async def test_one_that_stands_already_is_silenced_and_its_occurrence_stays(room: Room) -> None:
    async with room.running(at_work(room, [pressure_low(GAUGE)], stopped(LOW))):
        await room.feed(one(PUMP, 0, 1.0), one(GAUGE, 0, 9.0))
        await room.reaches(LOW, State.UNACK)
        await room.feed(one(PUMP, 1, 0.0))
        await room.reaches(LOW, State.DSUPR)
        await room.feed(one(PUMP, 2, 1.0))
        await room.reaches(LOW, State.UNACK)
    alarm = await room.alarm(LOW)
    assert alarm is not None
    assert alarm.occurrence == 1


async def test_a_rule_that_was_taken_out_of_the_configuration_lets_go_at_the_next_start(room: Room) -> None:
    async with room.running(at_work(room, [pressure_low(GAUGE)], stopped(LOW))):
        await room.feed(one(PUMP, 0, 0.0), one(GAUGE, 0, 9.0))
        await room.reaches(LOW, State.DSUPR)
        await room.until(lambda: is_active(room, LOW))
    async with room.running(at_work(room, [pressure_low(GAUGE)], ByDesign())):
        await room.reaches(LOW, State.UNACK)


async def test_after_its_off_delay_and_not_before_a_rule_lets_go(room: Room) -> None:
    design = stopped(LOW, off_delay_s=3600)
    rows = [pressure_low(GAUGE), pressure_low("dma-01.p2")]
    async with room.running(at_work(room, rows, design)):
        await room.feed(one(PUMP, 0, 0.0), one(GAUGE, 0, 9.0), one(PUMP, 1, 1.0), one("dma-01.p2", 2, 9.0))
        await room.reaches("dma-01.p2:low", State.UNACK)
        assert await room.is_in(LOW, State.DSUPR)
    room.clock = later(3700)
    async with room.running(at_work(room, rows, design)):
        await room.reaches(LOW, State.UNACK)


async def test_in_a_hundred_restarts_nothing_that_is_explained_is_ever_annunciated(room: Room) -> None:
    """A-16. Between two lives the pump may have stopped or started and the pressure fallen or come back;
    what the new life hears of it comes in any order."""
    rng, at_s, rows = random.Random(16), 0.0, [pressure_low(GAUGE)]
    explained = 0
    for life in range(100):
        off, low = rng.random() < 0.7, rng.random() < 0.8
        before = await annunciated(room, LOW)
        batches = [one(PUMP, at_s + 1, 0.0 if off else 1.0), one(GAUGE, at_s + 1, 9.0 if low else 25.0)]
        rng.shuffle(batches)
        room.clock = later(at_s)
        async with room.running(at_work(room, rows, stopped(LOW))):
            for batch in batches:
                await room.feed(batch)
                await asyncio.sleep(rng.choice((0, 0.01, 0.08)))
            await room.until(lambda off=off, low=low: stands(room, off, low))
        if off:
            explained += low
            assert await annunciated(room, LOW) == before, f"life {life}"
        at_s += 100
    assert explained > 40, "the pump was off and the pressure low often enough"
    assert len(await annunciated(room, LOW)) > 5, "and it was heard of when the pump ran"


async def stands(room: Room, off: bool, low: bool) -> bool:
    alarm = await room.alarm(LOW)
    return alarm is not None and bool(alarm.suppressed_by) is off and alarm.active is low


def rtu(n: int = 64) -> tuple[Plant, list[AlarmDefinition], list[str]]:
    """A district whose inflow and 63 gauges hang on one outstation."""
    town = plant()
    names = ["dma-01.inflow", *(f"dma-01.g{i}" for i in range(n - 1))]
    tags = {t.id: t for t in town.tags.values() if t.zone != "dma-01"}
    tags["dma-01.inflow"] = town.tags["dma-01.inflow"]
    for name in names[1:]:
        tags[name] = tag(name, Quantity.PRESSURE, "m", "st-01", "dma-01", "dma-01-n1")
    instrument = {"alarm_class": AlarmClass.INSTRUMENT, "zone": "dma-01", "station": "st-01"}
    rows = [
        *(pressure_low(name, station="st-01") for name in names[1:]),
        *(definition(f"{name}:stale", FindingKind.STALE, tag=name, **instrument) for name in names),
        definition("dma-01:burst", FindingKind.BURST, zone="dma-01"),
        definition(
            "st-01:comm", FindingKind.COMMUNICATION, station="st-01", alarm_class=AlarmClass.COMMUNICATION
        ),
    ]
    return replace(town, tags=tags), rows, names


async def test_an_outstation_with_64_tags_is_lost_as_one_alarm(room: Room) -> None:
    """A-20: one communication alarm, 64 suppressed by design, no burst, no low pressure."""
    town, rows, names = rtu()

    def scan(at_s: float, value: float | None, q: int = 0) -> Batch:
        return Batch.of("modbus:st-01", [Sample(n, NOON + round(at_s * SECOND), value, q) for n in names])

    async with room.running(at_work(room, rows, ByDesign(), town)):
        await room.feed(scan(0, 25.0), scan(1, None, Status.BAD_NO_COMMUNICATION))
        await room.reaches("st-01:comm", State.UNACK)
        async with room.ledger.read() as tx:
            held = await tx.find(Alarm, state=State.DSUPR)
            standing = await tx.find(Alarm, active=True)
            assert await tx.find(Incident) == []
    assert [alarm.id for alarm in standing] == ["st-01:comm"]
    assert {alarm.id for alarm in held} == {f"{name}:stale" for name in names}
    assert {alarm.suppressed_by for alarm in held} == {("comms:st-01",)}


async def test_the_stations_rule_lets_go_when_its_tags_have_had_time_to_be_heard(room: Room) -> None:
    town, rows, names = rtu(4)

    def scan(at_s: float, value: float | None, q: int = 0) -> Batch:
        return Batch.of("modbus:st-01", [Sample(n, NOON + round(at_s * SECOND), value, q) for n in names])

    async with room.running(at_work(room, rows, ByDesign(), town)):
        await room.feed(scan(0, 25.0), scan(1, None, Status.BAD_NO_COMMUNICATION))
        await room.reaches("st-01:comm", State.UNACK)
        await room.feed(scan(2, 25.0))
        await room.reaches("st-01:comm", State.RTNUN)
        assert await room.is_in("dma-01.g0:stale", State.DSUPR)
    room.clock = later(60)
    async with room.running(at_work(room, rows, ByDesign(), town)):
        await room.reaches("dma-01.g0:stale", State.NORM)
