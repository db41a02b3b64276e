"""The gate before the spool: CPU a sample to judge times, clocks, marks and plausibility of a poll."""

import time

import numpy as np

from bench.figures import Figure
from collectors.intake.intake import Intake
from collectors.intake.limits import TimeLimits
from core.model.sample import Batch, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.source import SourceFacts
from core.runtime.clock import AnchoredClock

GOAL_US = 0.3
SECOND = 1_000_000_000
NOW = 1_764_000_000 * SECOND


def run(short: bool) -> list[Figure]:
    """Polls of 30 to 1,000 tags, a second apart."""
    polls = 500 if short else 3000
    figures = [
        Figure(f"CPU a sample, polls of {n}", _us(n, polls), "us", GOAL_US, "lower") for n in (30, 100, 1000)
    ]
    encoded = _encoded(100, polls)
    figures.append(Figure("CPU a sample, encoding polls of 100", encoded, "us", None, "lower"))
    return figures


def _us(n: int, polls: int) -> float:
    """CPU microseconds a sample, the least of five runs."""
    batches = _batches(n, polls)
    took = []
    for _ in range(5):
        gate = _intake(n).gate("bench", SourceFacts())
        started = time.process_time()
        for batch in batches:
            gate.judge(batch)
        took.append(time.process_time() - started)
    return 1e6 * min(took) / (n * polls)


def _encoded(n: int, polls: int) -> float:
    batches = _batches(n, polls)
    started = time.process_time()
    for batch in batches:
        batch.encode()
    return 1e6 * (time.process_time() - started) / (n * polls)


def _intake(n: int) -> Intake:
    tags = {id: _tag(id) for id in _names(n)}

    return Intake(None, None, tags, AnchoredClock(), TimeLimits())  # type: ignore[arg-type]


def _tag(id: str) -> Tag:
    name = Text("压力", "pressure")
    return Tag(
        id=id, quantity=Quantity.PRESSURE, unit="m", name=name, station="st", period_s=1.0, low=-5, high=100
    )


def _names(n: int) -> tuple[str, ...]:
    return tuple(f"st-01.p{i}" for i in range(n))


def _batches(n: int, polls: int) -> list[Batch]:
    rng, names = np.random.default_rng(1), Names.one("bench", _names(n))
    tag, zeros = np.arange(n, dtype=np.uint32), np.zeros(n, np.uint32)
    made = []
    for k in range(polls):
        t_ns = np.full(n, NOW + k * SECOND)
        v = rng.uniform(20, 60, n)
        made.append(Batch(names, tag, t_ns, v, zeros, t_ns + 10**6, np.zeros(n, np.uint8)))
    return made
