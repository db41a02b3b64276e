"""A hub whose historian is away when it starts: alarms work, what has no past says so and learns it later."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from alarms.engine import Engine
from alarms.service import AlarmService
from alarms.warm import CONDITION, Warming
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.alarm import EXPECTED_WEEK, Alarm, State
from core.model.clock import Anchor
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Batch, Sample
from core.ports.historian import Buckets, HistorianUnavailable
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import definition, plant, pressure_low
from tests.alarms.alarm_water import Water, district

INFLOW, BURST = "dma-01.inflow", "dma-01:burst"
DAYS, AWAY_MIN, BURST_MIN = 6, 6 * 1440, 6 * 1440 + 120
"""Six days of past; then the hub starts with its historian away; two hours later a main bursts."""
ROWS = [
    definition(BURST, FindingKind.BURST, zone="dma-01"),
    definition("usual", FindingKind.DEVIATION, tag=INFLOW, reference=EXPECTED_WEEK, setpoint=25.0,
               relative=True, deadband=5.0, on_delay_s=600.0),
    pressure_low("dma-02.p1"),
]  # fmt: skip


class Store(SqliteHistorian):
    """A real historian that may be unplugged."""

    away = True

    async def buckets(self, tag: str, start_ns: int, end_ns: int, width_ns: int) -> Buckets:
        if self.away:
            raise HistorianUnavailable("no answer")
        return await super().buckets(tag, start_ns, end_ns, width_ns)


@pytest.fixture(scope="module")
def water() -> Water:
    return district(3, DAYS + 1, burst=(BURST_MIN, BURST_MIN + 600, 0.4))


@pytest.fixture
async def store(tmp_path: Path, water: Water) -> AsyncIterator[Store]:
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    made = await Store.open(tmp_path / "historian.db", plant().tags, quarantine=quarantine)
    await made.write([water.batch(0, AWAY_MIN)])
    yield made
    await made.close()
    await quarantine.close()


def clock(water: Water, minute: int) -> AnchoredClock:
    at_ns = int(water.t_ns[minute])
    return AnchoredClock(Anchor(real_ns=time.time_ns(), sim_ns=at_ns, speed=1.0))


async def learned(warming: Warming) -> list[Finding]:
    return [finding async for adopt in warming.later() for finding in adopt() or []]


def told(findings: Sequence[Finding], alarm: str = BURST) -> list[tuple[Verb, int]]:
    return [(f.verb, f.t_ns) for f in findings if f.alarm == alarm and f.verb in (Verb.RAISE, Verb.CLEAR)]


def as_if_never_away(water: Water, upto: int) -> list[Finding]:
    """What an engine says of the time since the start that has heard everything before."""
    engine = Engine(plant(), ROWS)
    engine.update(water.batch(0, AWAY_MIN))
    return engine.update(water.batch(AWAY_MIN, upto))


@pytest.mark.parametrize("back_min", [AWAY_MIN + 60, BURST_MIN + 60], ids=["before the burst", "during it"])
async def test_what_learned_late_finds_what_one_that_was_never_cold_finds(
    water: Water, store: Store, back_min: int
) -> None:
    """The historian is back before the burst, or while it runs: it is found once either way, at its time."""
    engine, health, end = Engine(plant(), ROWS), Health(), BURST_MIN + 180
    warming = Warming(engine, store, clock(water, AWAY_MIN), health)
    await warming.at_start()
    assert warming.pending == [BURST, "usual"]
    found = engine.update(water.batch(AWAY_MIN, back_min))
    assert told(found) == [], "it knows no past"
    store.away = False
    found += await learned(warming)
    found += engine.update(water.batch(back_min, end))
    assert warming.pending == []
    expected = as_if_never_away(water, end)
    assert told(found) == told(expected) != []
    assert told(found, "usual")[:1] == told(expected, "usual")[:1] != []


async def test_a_burst_that_is_found_only_when_the_past_is_learned_is_known_to_the_leaks_of_its_zone(
    water: Water, store: Store
) -> None:
    leak = definition("dma-01:leak", FindingKind.LEAK, zone="dma-01")
    engine = Engine(plant(), [*ROWS, leak])
    warming = Warming(engine, store, clock(water, AWAY_MIN), Health())
    engine.update(water.batch(AWAY_MIN, BURST_MIN + 60))
    store.away = False
    found = await learned(warming)
    (_, at_ns, _, _), *_ = engine.leaks.watches[leak.id].snapshot()["bursts"]
    assert told(found) == [(Verb.RAISE, at_ns)]


async def test_the_board_names_what_cannot_judge_yet_until_it_can(water: Water, store: Store) -> None:
    engine, health = Engine(plant(), ROWS), Health()
    warming = Warming(engine, store, clock(water, AWAY_MIN), health)
    await warming.at_start()
    (condition,) = health.standing()
    assert (condition.id, condition.detail) == (CONDITION, f"{BURST}, usual: no answer")
    store.away = False
    await learned(warming)
    assert health.standing() == []


async def test_after_a_restart_what_still_waits_waits_on_and_what_has_learned_does_not(
    water: Water, store: Store
) -> None:
    health = Health()
    engine = Engine(plant(), ROWS)
    await Warming(engine, store, clock(water, AWAY_MIN), health).at_start()
    engine.update(water.batch(AWAY_MIN, AWAY_MIN + 60))
    again = Engine(plant(), ROWS)
    again.restore(engine.snapshot())
    store.away = False
    warming = Warming(again, store, clock(water, AWAY_MIN + 60), health)
    assert warming.pending == [BURST, "usual"]
    await warming.at_start()
    assert warming.pending == []
    once_more = Engine(plant(), ROWS)
    again.update(water.batch(AWAY_MIN + 60, AWAY_MIN + 90))
    once_more.restore(again.snapshot())
    assert Warming(once_more, store, clock(water, AWAY_MIN + 90), health).pending == []


@asynccontextmanager
async def working(room: Room, store: Store, health: Health) -> AsyncIterator[AlarmService]:
    service = AlarmService(room.spool, room.ledger, store, room.plant, ROWS, None, room.clock, health=health)
    async with room.running(service):
        yield service


async def test_alarms_work_while_the_historian_is_away_and_a_burst_meanwhile_is_one_alarm(
    room: Room, store: Store, water: Water
) -> None:
    """E2E-6: the response keeps working with the historian down."""
    health = Health()
    room = replace(room, clock=clock(water, BURST_MIN + 60))
    async with working(room, store, health):
        low = Batch.of("modbus:st-02", [Sample("dma-02.p1", int(water.t_ns[BURST_MIN + 59]), 9.0)])
        await room.feed(low)
        await room.reaches("dma-02.p1:low", State.UNACK)
        await room.feed(water.batch(AWAY_MIN, BURST_MIN + 60))
        assert [one.id for one in health.standing()] == [CONDITION]
        store.away = False
        await room.until(lambda: room.is_in(BURST, State.UNACK), 30)
        async with asyncio.timeout(30):
            while health.standing():
                await asyncio.sleep(0.02)
        async with room.ledger.read() as tx:
            burst = await tx.get(Alarm, BURST)
        assert burst is not None
        assert burst.occurrence == 1
