"""Seven conditions a tag, every sample, in columns, beside a plain loop of objects a tag (P9).

HH, H, L and LL, a rate, an EWMA's z-score and a two-sided CUSUM, with deadbands and delays; besides, bad
quality and silence for every tag, and a station's line for every thirty. The objects are those by which the
tests judge the columns; they have no silence and no stations. All values wander; every hundredth tag swings
over all of its limits, every thousandth is Bad for a part of each minute: what both say of the same samples
must be the same.
"""

import gc
import time
import tracemalloc
from collections.abc import Iterator

import numpy as np

from alarms.engine import Engine
from bench.figures import Figure
from bench.small_plant import plant_with
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind
from core.model.plant import Plant
from core.model.quality import Status
from core.model.sample import Batch, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text
from tests.alarms import test_charts_by_sample as charts
from tests.alarms import test_rules_by_sample as by_sample
from tests.alarms.alarm_town import definition

START_NS = 1_795_000_000 * 10**9
GOAL_US, GOAL_RATIO, GOAL_MILLION_MS = 0.15, 50.0, 150.0
SAME_TAGS, SAME_TICKS = 3_000, 120
WINDOW_S = 60
"""What the charts learn from; until then they say nothing, and samples are not timed."""
LEAST_SD = 0.01
POLLED = 1_890
"""Values that a hub reads at once of 63 devices of 30: the cost of a judgement by itself counts too."""


def run(short: bool) -> list[Figure]:
    ticks = 70 if short else 300
    figures = [
        Figure(
            f"events of {SAME_TAGS:,} tags in {SAME_TICKS} s, the same in both", same(), "", None, "higher"
        )
    ]
    for tags in (10_000, 100_000):
        engine, bytes_ = built(tags)
        ours = columns(engine, tags, ticks, tags)
        objects = one_by_one(tags, max(1, (10 if short else 30) * 10_000 // tags))
        alarms = 7 * tags + -(-tags // 30)
        figures += [
            Figure(f"rules in columns, {tags:,} tags", ours, "us/sample", GOAL_US, "lower"),
            Figure(f"rules in a loop of objects, {tags:,} tags", objects, "us/sample", None, "lower"),
            Figure(f"loop / columns, {tags:,} tags", objects / ours, "x", GOAL_RATIO, "higher"),
            Figure(f"columns for 10,000 of {alarms:,} alarms", bytes_ / alarms / 100, "MB", None, "lower"),
            Figure(
                f"columns, {tags:,} tags with 10 conditions each", bytes_ / tags, "bytes/tag", None, "lower"
            ),
        ]
        if tags == 10_000:
            polled = columns(built(tags)[0], tags, ticks, POLLED)
            figures.append(
                Figure(f"rules in columns, polls of {POLLED:,}", polled, "us/sample", GOAL_US, "lower")
            )
            figures.append(Figure("snapshot of the engine", snapshot_ms(engine), "ms", None, "lower"))
    if not short:
        plant = _plant(1_000_000)
        tick_ms = columns(Engine(plant, _rules(plant)), 1_000_000, 10, 1_000_000) * 1e3
        figures.append(
            Figure("rules in columns, 1,000,000 tags", tick_ms, "ms/tick", GOAL_MILLION_MS, "lower")
        )
    return figures


def same() -> int:
    """How many events both tell. Raises AssertionError when they differ."""
    plant = _plant(SAME_TAGS)
    engine, objects = Engine(plant, _common(plant)), {id: _Object(id) for id in plant.tags}
    ours: list[by_sample.Told] = []
    theirs: list[by_sample.Told] = []
    for batch in _batches(SAME_TAGS, SAME_TICKS, SAME_TAGS):
        ours += [(f.alarm, f.verb.value, f.t_ns // 10**9) for f in engine.update(batch)]
        for one in batch.samples():
            theirs += objects[one.tag].takes(one.t_ns // 10**9, one.v, one.q)
    assert sorted(ours) == sorted(theirs), "the columns and the loop differ"
    return len(ours)


def built(tags: int) -> tuple[Engine, float]:
    """With the bytes of its own columns, names and places; the definitions are another's."""
    plant = _plant(tags)
    rules = _rules(plant)
    tracemalloc.start()
    engine = Engine(plant, rules)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    gc.freeze()  # as the hub does when it has read its configuration
    return engine, kept


def columns(engine: Engine, tags: int, ticks: int, polled: int) -> float:
    """CPU us a sample. Ticks are a second; a rate's bins close every 60th. polled: tags in a batch."""
    took_s, learned_ns = 0.0, START_NS + (WINDOW_S + 5) * 10**9
    for batch in _batches(tags, WINDOW_S + 5 + ticks, polled):
        began = time.process_time()
        engine.update(batch)
        took_s += (time.process_time() - began) * (batch.t_ns[0] >= learned_ns)
    return 1e6 * took_s / (ticks * tags)


def snapshot_ms(engine: Engine) -> float:
    began = time.process_time()
    engine.snapshot()
    return 1e3 * (time.process_time() - began)


def one_by_one(tags: int, ticks: int) -> float:
    objects = {id: _Object(id, learned=True) for id in _ids(tags)}
    took_s = 0.0
    for batch in _batches(tags, ticks, tags):
        samples = batch.samples()
        began = time.process_time()
        for sample in samples:
            list(objects[sample.tag].takes(sample.t_ns // 10**9, sample.v, sample.q))
        took_s += time.process_time() - began
    return 1e6 * took_s / (ticks * tags)


class _Object:
    """A tag's conditions as an object. learned: its charts are past their window."""

    def __init__(self, id: str, *, learned: bool = False) -> None:
        self._rules = by_sample.Tag(id)
        self._charts = charts.Charts(id, window_s=WINDOW_S, least_sd=LEAST_SD)
        if learned:
            self._charts.learning, self._charts.sd, self._charts.rate = False, 0.3, 1.0 / WINDOW_S

    def takes(self, t: int, v: float | None, q: int) -> Iterator[by_sample.Told]:
        yield from self._rules.takes(t, v, q)
        yield from self._charts.takes(t, v or 0.0, q)


def _batches(tags: int, ticks: int, polled: int) -> Iterator[Batch]:
    """Each second a value of every tag, in batches of `polled`."""
    names = [Names.one("bench", _ids(tags)[first : first + polled]) for first in range(0, tags, polled)]
    i, rng = np.arange(tags), np.random.default_rng(7)
    swings, breaks = i % 100 == 0, i % 1000 == 500
    for k in range(ticks):
        v = 0.3 * rng.standard_normal(tags) + np.where(swings, 9.0 * np.sin(0.1 * (k + i)), 0.0)
        bad = breaks & ((k + i) % 60 < 20)
        q = np.where(bad, np.uint32(Status.BAD_SENSOR_FAILURE), np.uint32(0))
        v[bad] = np.nan
        for n, one in enumerate(names):
            mine = slice(n * polled, n * polled + len(one.tags))
            tag = np.arange(len(one.tags), dtype=np.uint32)
            t_ns = np.full(len(tag), START_NS + k * 10**9, np.int64)
            yield Batch(one, tag, t_ns, v[mine], q[mine], t_ns, np.zeros(len(tag), np.uint8))


def _ids(tags: int) -> tuple[str, ...]:
    return tuple(f"st-{i // 30:04d}.v{i % 30:02d}" for i in range(tags))


def _plant(n: int) -> Plant:
    tags = {}
    for id in _ids(n):
        station, name = id.partition(".")[0], Text("测点", "Point")
        tags[id] = Tag(id=id, quantity=Quantity.PRESSURE, unit="m", name=name, station=station, period_s=1.0)
    return plant_with(tags, {})


def _common(plant: Plant) -> list[AlarmDefinition]:
    """Those of the loop."""

    def of(id: str) -> list[AlarmDefinition]:
        return charts.rows(id, window_s=float(WINDOW_S), least_sd=LEAST_SD)

    return [row for id in plant.tags for row in (*by_sample.rows([id]), *of(id))]


def _rules(plant: Plant) -> list[AlarmDefinition]:
    """Those of the loop, with a rate that looks back over ten minutes, silence and the stations' lines."""
    window = {"window_s": 600.0, "setpoint": -600.0, "deadband": 9.0}
    rows = [row for row in _common(plant) if row.kind is not FindingKind.RATE]
    rows += [definition(f"{id}:fall", FindingKind.RATE, tag=id, **window) for id in plant.tags]
    rows += [definition(f"{id}:stale", FindingKind.STALE, tag=id) for id in plant.tags]
    stations = dict.fromkeys(tag.station for tag in plant.tags.values())
    rows += [definition(f"{one}:line", FindingKind.COMMUNICATION, station=one) for one in stations]
    return rows
