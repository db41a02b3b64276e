"""Quality events, levels at which a pump is switched and readings that go together are learned from the
historian: a hub that starts today judges today."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alarms.engine import Engine
from alarms.warm import Warming
from bench.fields import batches
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.clock import Anchor
from core.model.finding import Finding, FindingKind, Verb
from core.model.plant import Plant
from core.model.sample import Batch, Floats, Int64s, Names
from core.model.tag import Quantity
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from tests.alarms.alarm_town import definition, plant

MINUTE, DAY = 60 * 10**9, 86_400 * 10**9
START = 20_459 * DAY
CHLORINE, PH, PUMP, LEVEL = "q-01.free_chlorine", "q-01.ph", "pump", "level"
ROWS = [
    replace(definition("water", FindingKind.QUALITY_EVENT, zone="dma-01"), station="q-01", on_delay_s=1200.0),
    definition("levels", FindingKind.LEVEL_CONTROL, tag=PUMP, reference=LEVEL, on_delay_s=300.0),
]


def town() -> Plant:
    made = plant()
    chlorine = made.tags[CHLORINE]
    made.tags[PH] = replace(chlorine, id=PH, quantity=Quantity.PH)
    made.tags[PUMP] = replace(chlorine, id=PUMP, quantity=Quantity.STATUS, station="st-01")
    made.tags[LEVEL] = replace(chlorine, id=LEVEL, quantity=Quantity.LEVEL, station="st-01")
    return made


def batch(tags: tuple[str, ...], t_ns: Int64s, values: Floats) -> Batch:
    (whole,) = batches(Names.one("past", tags), values, t_ns, len(t_ns))
    return whole


def water(t_ns: Int64s) -> Floats:
    return np.array([0.5, 7.5]) + np.random.default_rng(4).normal(0, 0.01, (len(t_ns), 2))


def tank(t_ns: Int64s) -> Floats:
    """It fills from 2 to 4 m in six hours while the pump runs, and falls in six."""
    turn = (t_ns / (12 * 3600e9)) % 1.0
    level = np.where(turn < 0.5, 2.0 + 4.0 * turn, 6.0 - 4.0 * turn)
    return np.column_stack([(turn < 0.5).astype(float), level])


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteHistorian]:
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    made = await SqliteHistorian.open(tmp_path / "historian.db", town().tags, quarantine=quarantine)
    five_min = np.arange(START - 8 * DAY, START, 5 * MINUTE)
    minutes = np.arange(START - 20 * DAY, START, MINUTE)
    await made.write([batch((CHLORINE, PH), five_min, water(five_min))])
    await made.write([batch((PUMP, LEVEL), minutes, tank(minutes))])
    yield made
    await made.close()
    await quarantine.close()


async def judged(store: SqliteHistorian, tags: tuple[str, ...], live: Floats) -> list[Finding]:
    """What an engine that starts now says of these minutes."""
    engine = Engine(town(), ROWS)
    clock = AnchoredClock(Anchor(real_ns=time.time_ns(), sim_ns=START, speed=1.0))
    warming = Warming(engine, store, clock, Health())
    async for adopt in warming.later():
        adopt()
    assert warming.pending == []
    t_ns = START + np.arange(1, len(live) + 1) * MINUTE
    return [f for k in range(len(live)) for f in engine.update(batch(tags, t_ns[k : k + 1], live[k : k + 1]))]


async def test_a_quality_event_of_the_first_day_is_told_though_probes_were_kept_every_five_minutes(
    store: SqliteHistorian,
) -> None:
    live = water(np.arange(300))
    assert await judged(store, (CHLORINE, PH), live) == []
    live[200:, 0] -= 0.3
    (found,) = [f for f in await judged(store, (CHLORINE, PH), live) if f.verb is Verb.RAISE]
    assert (found.alarm, found.evidence["class"]) == ("water", "loss_of_residual")
    assert 220 <= (found.t_ns - START) // MINUTE <= 226


async def test_a_pump_that_runs_on_is_told_on_the_first_day(store: SqliteHistorian) -> None:
    t_ns = START + np.arange(1, 720) * MINUTE
    live = tank(t_ns)
    assert await judged(store, (PUMP, LEVEL), live) == []
    first = int(np.argmax(live[:, 1] >= 3.99))
    live[first:, 0], live[first:, 1] = 1.0, 4.0 + 0.005 * np.arange(len(live) - first)
    found = await judged(store, (PUMP, LEVEL), live)
    assert [(f.alarm, f.verb, f.evidence["state"]) for f in found] == [("levels", Verb.RAISE, "running")]
