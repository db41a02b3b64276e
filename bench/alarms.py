"""Seven conditions a tag over a poll of all tags, in columns, beside one object a tag (P9).

HH, H, L, LL, a rate, bad quality and silence for every tag, and a station's line for every thirty. The
objects are those by which the tests judge the columns; they have no silence and no stations.
"""

import time

import numpy as np

from alarms.engine import Engine
from bench.figures import Figure
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind
from core.model.network import Network
from core.model.plant import Plant, Utility
from core.model.sample import Batch, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text
from tests.alarms import test_rules_by_sample as by_sample
from tests.alarms.alarm_town import definition

TAGS = 10_000
START_NS = 1_795_000_000 * 10**9
GOAL_US, GOAL_RATIO = 0.15, 20.0


def run(short: bool) -> list[Figure]:
    ticks = 70 if short else 300
    ours, kept_ms = columns(ticks)
    objects = one_by_one(3 if short else 10)
    return [
        Figure(f"rules in columns, {TAGS:,} tags", ours, "us/sample", GOAL_US, "lower"),
        Figure("rules in objects", objects, "us/sample", None, "lower"),
        Figure("objects / columns", objects / ours, "x", GOAL_RATIO, "higher"),
        Figure("snapshot of the engine", kept_ms, "ms", None, "lower"),
    ]


def columns(ticks: int) -> tuple[float, float]:
    """CPU us a sample, and ms of a snapshot. Ticks are a second; a minute's bins close every 60th."""
    plant = _plant()
    engine = Engine(plant, _rules(plant))
    names = Names.one("bench", tuple(plant.tags))
    batches = [_tick(names, k) for k in range(ticks)]
    began = time.process_time()
    for batch in batches:
        engine.update(batch)
    took_s = time.process_time() - began
    began = time.process_time()
    engine.snapshot()
    return 1e6 * took_s / (ticks * TAGS), 1e3 * (time.process_time() - began)


def one_by_one(ticks: int) -> float:
    plant = _plant()
    tags = {id: by_sample.Tag(id) for id in plant.tags}
    batches = [_tick(Names.one("bench", tuple(tags)), k).samples() for k in range(ticks)]
    began = time.process_time()
    for samples in batches:
        for sample in samples:
            list(tags[sample.tag].takes(sample.t_ns // 10**9, sample.v, sample.q))
    return 1e6 * (time.process_time() - began) / (ticks * TAGS)


def _tick(names: Names, k: int) -> Batch:
    t_ns = np.full(TAGS, START_NS + k * 10**9, np.int64)
    v = 30 + np.random.default_rng(k).standard_normal(TAGS)
    zero = np.zeros(TAGS, np.uint32)
    tag = np.arange(TAGS, dtype=np.uint32)
    return Batch(names, tag, t_ns, v, zero, t_ns, zero.astype(np.uint8))


def _plant() -> Plant:
    tags = {}
    for i in range(TAGS):
        id, station = f"st-{i // 30:04d}.v{i % 30:02d}", f"st-{i // 30:04d}"
        name = Text("测点", "Point")
        tags[id] = Tag(id=id, quantity=Quantity.PRESSURE, unit="m", name=name, station=station, period_s=1.0)
    utility = Utility(id="bench", name=Text("测试", "Bench"), hotline="0")
    return Plant(
        utility=utility, zones={}, tags=tags, streets={}, places={}, crews={}, network=Network({}, {})
    )


def _rules(plant: Plant) -> list[AlarmDefinition]:
    rows = []
    for id in plant.tags:
        band = {"tag": id, "deadband": 0.5}
        rows += [
            definition(f"{id}:high", FindingKind.LIMIT_HIGH, setpoint=60.0, escalate_at=70.0, **band),
            definition(f"{id}:low", FindingKind.LIMIT_LOW, setpoint=15.0, escalate_at=8.0, **band),
            definition(f"{id}:rate", FindingKind.RATE, tag=id, setpoint=-600.0, window_s=600.0),
            definition(f"{id}:bad", FindingKind.BAD_QUALITY, tag=id, on_delay_s=30.0),
            definition(f"{id}:stale", FindingKind.STALE, tag=id),
        ]
    stations = dict.fromkeys(tag.station for tag in plant.tags.values())
    rows += [definition(f"{one}:line", FindingKind.COMMUNICATION, station=one) for one in stations]
    return rows
