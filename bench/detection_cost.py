"""What detection costs: a sample, a midnight, memory, at 1,000 to 100,000 tags; where a burst is, by network.

Every kind of detector that learns, of districts that have lived sixteen days (`detection_town`), on one core:
CPU of a tick in which every tag has a value, every 15 minutes, and of that after midnight, when what is
expected is fitted anew. Cost and memory must grow no faster than the tags: the largest town by the smallest,
in one run. Rules of one tag alone are measured by `rules`. Then a burst is located in the demo town, L-Town
and a network given by `--test` (ky10 of the wntr wheel), each as one district with twenty gauges: how long
EPANET takes for a leak at every junction, the dictionary, and how long the whole answer takes.
"""

import gc
import tempfile
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alarms.engine import Engine
from alarms.locate import Observation, locate, predicted_falls
from bench import detection_town as town
from bench.burst import CONFIG
from bench.figures import Figure
from bench.ltown_twin import network_files
from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.finding import FindingKind
from core.model.network import NodeKind
from core.model.sample import Floats, Names

SIZES, SHORT_SIZES, SHORT_DAYS = (1_000, 10_000, 100_000), (100, 1_000), 2
SAMPLES = 20_000
"""Timed at least, in ticks without a midnight."""
GROWS = 1.25
"""A sample, or a tag, of the largest town beside one of the smallest: the same, but for what runs differ."""
GAUGES, SHARE, NOISE_M, SEED = 20, 0.05, 0.02, 8
ZONE = "district"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one town. tick_us, midnight_us: CPU a sample, of other ticks and of the first after midnight."""

    tags: int
    made_s: float
    tick_us: float
    midnight_us: float
    bytes_a_tag: float


def measure(data: Path, test: Path | None, short: bool) -> list[Figure]:
    sizes, days = (SHORT_SIZES, SHORT_DAYS) if short else (SIZES, town.LEARN_DAYS)
    told = town.values((days + 1) * town.PER_DAY)
    known = town.learned(told, days)
    costs = [cost(tags // town.PER_DISTRICT, known, told, days) for tags in sizes]
    figures = [*(figure for one in costs for figure in _of(one)), *_growth(costs)]
    if not short:
        figures += [_of_kind(kind, known, told, days) for kind in _kinds()]
    networks = {"demo town": CONFIG / "network.inp", "L-Town": network_files(data)[0]}
    networks |= {test.stem: test} if test else {}
    return figures + [f for name, inp in networks.items() for f in located(name, inp, short)]


def cost(districts: int, known: dict[str, bytes], told: Floats, days: int) -> Cost:
    began = time.process_time()
    made, _ = town.engine(districts)
    made_s = time.process_time() - began
    del made
    gc.collect()
    tracemalloc.start()
    engine, names = town.engine(districts)
    town.teach(engine, districts, known)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    tick_us, midnight_us = _timed(engine, names, districts, told, days)
    tags = districts * town.PER_DISTRICT
    return Cost(tags, made_s, tick_us, midnight_us, kept / tags)


def _timed(engine: Engine, names: Names, districts: int, told: Floats, days: int) -> tuple[float, float]:
    """The first tick only fills the bins again. A midnight's own bin is complete with the sample after it."""
    tags, first, took = districts * town.PER_DISTRICT, days * town.PER_DAY, list[float]()
    for tick in range(first, first + 2 + min(town.PER_DAY - 2, max(1, SAMPLES // tags))):
        batch = town.batch(tick, told[tick], names, districts)
        began = time.process_time()
        engine.update(batch)
        took.append(1e6 * (time.process_time() - began) / tags)
    return float(np.median(took[2:])), took[1]


def _of(one: Cost) -> list[Figure]:
    name = f"{one.tags:,} tags: "
    return [
        Figure(f"{name}a sample", one.tick_us, "us", None, "lower"),
        Figure(f"{name}a sample, tick after midnight (refit)", one.midnight_us, "us", None, "lower"),
        Figure(f"{name}memory for 1,000", one.bytes_a_tag / 1e3, "MB", None, "lower"),
        Figure(f"{name}made from its rows", one.made_s, "s", None, "lower"),
    ]


def _growth(costs: list[Cost]) -> list[Figure]:
    small, large = costs[0], costs[-1]
    made = (large.made_s / large.tags) / (small.made_s / small.tags)
    name = f"{large.tags:,} by {small.tags:,} tags: "
    return [
        Figure(f"{name}a sample", large.tick_us / small.tick_us, "x", GROWS, "lower"),
        Figure(f"{name}a sample after midnight", large.midnight_us / small.midnight_us, "x", GROWS, "lower"),
        Figure(f"{name}memory of a tag", large.bytes_a_tag / small.bytes_a_tag, "x", GROWS, "lower"),
        Figure(f"{name}a tag made from its rows", made, "x", None, "lower"),
    ]


def _kinds() -> list[FindingKind]:
    return list(dict.fromkeys(row.kind for row in town.rows(1)))


def _of_kind(kind: FindingKind, known: dict[str, bytes], told: Floats, days: int) -> Figure:
    """One kind's rows alone: what they take of a tick, by the tags of the whole town."""
    districts = SIZES[0] // town.PER_DISTRICT
    engine, names = town.engine(districts, kind)
    town.teach(engine, districts, known)
    tick_us, _ = _timed(engine, names, districts, told, days)
    n = len([row for row in town.rows(1) if row.kind is kind])
    return Figure(f"{kind}, {n} rows for {town.PER_DISTRICT} tags: a sample", tick_us, "us", None, "lower")


def located(name: str, inp: Path, short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-detection-cost-") as folder:
        return _located(name, one_district(inp, Path(folder)), short)


def one_district(inp: Path, folder: Path) -> Path:
    """The model with all of its junctions in one."""
    hydraulics = EpanetHydraulics.open(inp)
    nodes = hydraulics.network.nodes.values()
    hydraulics.close()
    tags = [f" NODE {node.id} {ZONE}" for node in nodes if node.kind is NodeKind.JUNCTION]
    head, _, rest = inp.read_text(errors="replace").partition("[TAGS]")
    after = rest[rest.index("[") :] if "[" in rest else ""
    tagged = folder / "one.inp"
    tagged.write_text("\n".join([(head + after).partition("[END]")[0], "[TAGS]", *tags, "[END]", ""]))
    return tagged


def _located(name: str, inp: Path, short: bool) -> list[Figure]:
    hydraulics = EpanetHydraulics.open(inp)
    network, base = hydraulics.network, float(hydraulics.base_demand_m3h.sum())
    rng, junctions = np.random.default_rng(SEED), [n.id for n in network.nodes.values() if n.zone == ZONE]
    gauges = tuple(rng.choice(junctions, min(GAUGES, len(junctions)), replace=False).tolist())
    truth = str(rng.choice(junctions))
    blank = Observation(ZONE, 0, SHARE * base, base, gauges, (0.0,) * len(gauges), (NOISE_M,) * len(gauges))
    fall_m = predicted_falls(hydraulics, [truth], blank)[0]
    noisy = tuple((fall_m + NOISE_M * rng.standard_normal(len(gauges))).tolist())
    seen = Observation(ZONE, 0, SHARE * base, base, gauges, noisy, blank.sd_m)
    began = time.process_time()
    predicted_falls(hydraulics, junctions[:50] if short else junctions, seen)
    dictionary_s = time.process_time() - began
    hydraulics.close()
    size = f"{len(junctions):,} junctions"
    figures = [Figure(f"{name}: dictionary", dictionary_s, f"s, {size}", None, "lower")]
    if short:
        return figures
    began = time.process_time()
    where = locate(inp, network, seen)
    whole_s = time.process_time() - began
    if where is None:
        raise ValueError(f"{name}: nothing is located")
    return [*figures, Figure(f"{name}: the whole answer", whole_s, "s", None, "lower")]
