"""Recorded flows through the whole alarm engine: samples a second on one core, beside a plain loop.

Three inflows of a kind with BattLeDIM's L-Town, every five minutes for half a year, made here from a seed;
the peer does nothing but walk the samples one by one and compare each with a limit.
"""

import time

import numpy as np

from alarms.engine import Engine
from bench.figures import Figure
from bench.small_plant import plant_with, row_with
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind
from core.model.plant import Plant, Zone, ZoneKind
from core.model.sample import Batch, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text

GOAL = 100_000.0
TAGS = ("a.inflow", "b.inflow", "c.inflow")
STEP_NS = 300 * 10**9
START_NS = 1_546_272_000 * 10**9
BATCH = 65_536


def run(short: bool) -> list[Figure]:
    n = 12_000 if short else 52_128
    batches = _half_year(n)
    samples = sum(len(batch) for batch in batches)
    engine = Engine(_plant(), [_row(FindingKind.BURST), _row(FindingKind.LIMIT_HIGH)], past=True)
    began = time.perf_counter()
    for batch in batches:
        engine.update(batch)
    ours = samples / (time.perf_counter() - began)
    began = time.perf_counter()
    above = sum(sample.v is not None and sample.v > 1e6 for batch in batches for sample in batch.samples())
    peer = samples / (time.perf_counter() - began)
    return [
        Figure("the engine, burst and limit on every flow", ours, "samples/s", GOAL, "higher"),
        Figure(f"a plain loop with one comparison ({above} above)", peer, "samples/s", None, "higher"),
    ]


def _half_year(n: int) -> list[Batch]:
    rng = np.random.default_rng(5)
    t_ns = START_NS + np.arange(n, dtype=np.int64) * STEP_NS
    hour = np.arange(n) / 12 % 24
    day = 80 + 30 * np.sin((hour - 9) / 24 * 2 * np.pi)
    flows = day[:, None] * (1 + 0.04 * rng.standard_normal((n, 3)))
    stamps, index = np.repeat(t_ns, 3), np.tile(np.arange(3, dtype=np.uint32), n)
    values, zero = flows.ravel(), np.zeros(3 * n, np.uint32)
    return [
        Batch(
            Names.one("bench", TAGS),
            index[a:b],
            stamps[a:b],
            values[a:b],
            zero[a:b],
            stamps[a:b],
            zero[a:b].astype(np.uint8),
        )
        for a, b in ((a, min(a + BATCH, 3 * n)) for a in range(0, 3 * n, BATCH))
    ]


def _row(kind: FindingKind) -> AlarmDefinition:
    tag = None if kind is FindingKind.BURST else "a.inflow"
    return row_with(f"a:{kind}", kind, tag=tag, zone="a", setpoint=1e6)


def _plant() -> Plant:
    text = Text("测试", "bench")
    tags = {
        id: Tag(id=id, quantity=Quantity.FLOW, unit="m3/h", name=text, station="s", period_s=300.0, zone="a")
        for id in TAGS
    }
    zone = Zone(id="a", name=text, kind=ZoneKind.DMA, inflow=TAGS)
    return plant_with(tags, {"a": zone})
