"""How long after its beginning a burst is told, by where in the minute it begins.

The demo town on a seed that nothing was tuned on: nine days to learn from, then bursts in one district, each
begun at another second of a minute, read every five seconds through `alarms.engine`.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from alarms.engine import Engine
from bench.figures import Figure
from collectors.replay.files import read
from core.model.finding import FindingKind, Verb
from core.model.plant import Plant
from core.model.sample import Batch, Names
from hub.check import read as read_configuration
from simulators.record import START_NS, network_of, record
from simulators.truth import make_truth
from simulators.world import World

CONFIG = Path(__file__).parents[1] / "configs" / "demo"
SEED = 2026
DAYS = 9 + 9 / 24
ZONE, PIPE = "dma-07", "P07037"
SIZES_M3H = (30.0, 40.0, 60.0)
PHASES_S = range(0, 60, 5)
READ_S, FIRST_S, PATIENCE_S = 5, 900, 600
S = 1_000_000_000
WITHIN_S = 60.0


def run(short: bool) -> list[Figure]:
    plant = read_configuration(CONFIG).plant
    phases = PHASES_S[2::3] if short else PHASES_S
    with tempfile.TemporaryDirectory(prefix="bench-phase-") as folder:
        truth = make_truth(CONFIG, network_of(CONFIG), Path(folder), SEED)
        learned = _learned(plant, Path(folder) / "town.npz")
        figures = []
        for size in SIZES_M3H:
            late = [_late_s(plant, truth, learned, size, phase) for phase in phases]
            figures += _figures(size, np.array(late))
    return figures


def _engine(plant: Plant, past: bool) -> Engine:
    rows = [row for row in read_configuration(CONFIG).definitions if row.kind is FindingKind.BURST]
    return Engine(plant, rows, past=past)


def _learned(plant: Plant, out: Path) -> bytes:
    record(CONFIG, days=DAYS, seed=SEED, out=out)
    engine = _engine(plant, past=True)
    for batch in read(out):
        engine.update(batch)
    return engine.snapshot()


def _late_s(plant: Plant, truth: Path, learned: bytes, size_m3h: float, phase_s: int) -> float:
    """Seconds from the burst's first to the time at which it is told; infinite where it never is."""
    engine = _engine(plant, past=False)
    assert engine.restore(learned)
    begins_ns = START_NS + round(DAYS * 86_400) * S
    world = World(CONFIG, truth, SEED, begins_ns)
    onset_ns = begins_ns + (FIRST_S + phase_s) * S
    try:
        for batch in _read(world, onset_ns, size_m3h):
            for finding in engine.update(batch):
                if finding.verb is Verb.RAISE and finding.zone == ZONE:
                    return (finding.t_ns - onset_ns) / S
    finally:
        world.close()
    return float("inf")


def _read(world: World, onset_ns: int, size_m3h: float) -> Iterator[Batch]:
    burst = {"command": "burst", "zone": ZONE, "pipe": PIPE, "flow_m3h": size_m3h}
    names = Names.one("town", world.tags)
    index = np.arange(len(world.tags), dtype=np.uint32)
    flags = np.zeros(len(index), np.uint8)
    for t_ns in range(world.now_ns + READ_S * S, onset_ns + PATIENCE_S * S, READ_S * S):
        seen = world.advance(t_ns)
        yield Batch(names, index, seen.t_ns, seen.v, seen.q, seen.t_ns, flags)
        if t_ns == onset_ns:
            world.order(burst)


def _figures(size_m3h: float, late_s: np.ndarray) -> list[Figure]:
    name = f"{size_m3h:g} m3/h, told after: "
    goal = WITHIN_S if size_m3h == max(SIZES_M3H) else None
    return [
        Figure(f"{name}least", float(late_s.min()), "s", None, "lower"),
        Figure(f"{name}median", float(np.median(late_s)), "s", None, "lower"),
        Figure(f"{name}worst", float(late_s.max()), "s", goal, "lower"),
    ]
