"""Years of L-Town twins: by seed a town, its instruments, and leaks as BattLeDIM 2020 has them.

Number, diameter, growth and repair follow its two configurations (2018, 2019): four old leaks that grow
before the year and go on through it, five abrupt and seven growing ones that nobody mends, four abrupt and
three growing ones of 15 mm and more that are mended after weeks. Demand rises by 24 % to the middle of the
year, as the published inflows do. EPANET's results are kept by the week, so that what was reckoned before a
kill is not reckoned again.
"""

import hashlib
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bench.ltown_twin import (
    CACHE,
    GAUGE_NOISE_M,
    GAUGE_OFFSET_M,
    GAUGE_STEP_M,
    METER_NOISE,
    Record,
    network_files,
)
from bench.ltown_water import (
    JUNCTION_NOISE,
    PER_DAY,
    PER_WEEK,
    STEP_S,
    WANDER,
    WANDER_S,
    Errors,
    Hole,
    Water,
    areas,
    broken,
    network_of,
    opened,
    walk,
    wanted,
    wrong,
)
from core.model.network import LinkKind
from core.model.sample import Floats

FORM = 1
"""Of what is kept: another wherever the water itself becomes another, here or in `ltown_water`."""
SEASON, YEAR_D = 0.12, 365
_HELD = ("pressure_m", "flow_m3h", "level_m", "leak_m3h")


@dataclass(frozen=True, slots=True)
class Kind:
    """So many leaks; diameter_m, grows_d, lasts_d: from and to. grows_d is 0 of abrupt ones, lasts_d None of
    those that nobody mends."""

    n: int
    diameter_m: tuple[float, float]
    grows_d: tuple[float, float] = (0.0, 0.0)
    lasts_d: tuple[float, float] | None = None


OLD = Kind(4, (0.0088, 0.0118), (17, 60))
NEW = (
    Kind(4, (0.0150, 0.0203), lasts_d=(14, 51)),
    Kind(5, (0.0093, 0.0150)),
    Kind(3, (0.0160, 0.0188), (22, 49), (46, 63)),
    Kind(7, (0.0119, 0.0152), (41, 77)),
)


@dataclass(frozen=True, slots=True)
class Length:
    """Days. history: before the year; a whole number of weeks. quiet: of it, without a leak. share: so much
    of the leaks' number, growth and life."""

    history: int = 140
    quiet: int = 28
    year: int = YEAR_D
    share: float = 1.0


WHOLE, SHORT = Length(), Length(history=35, quiet=21, year=49, share=0.2)


@dataclass(frozen=True, slots=True)
class Year(Record):
    """From the history's beginning; the year begins with value `first`. leak_m3h: a column for each of
    `leaks`."""

    leaks: tuple[Hole, ...]
    first: int


def holes(data: Path, seed: int, length: Length) -> tuple[Hole, ...]:
    """Each on a pipe of its own, behind an inlet's valve; old ones first, then by their beginning."""
    network = network_of(network_files(data)[0])
    area = areas(network)
    pipes = [
        link.id
        for link in network.links.values()
        if link.kind is LinkKind.PIPE and area[link.a] != "inlet" and link.open
    ]
    rng, first = np.random.default_rng([seed, 5]), length.history * PER_DAY
    end = first + length.year * PER_DAY
    kinds = [replace(kind, n=max(1, round(kind.n * length.share))) for kind in (OLD, *NEW)]
    chosen = iter(rng.choice(pipes, sum(kind.n for kind in kinds), replace=False).tolist())
    found = list[Hole]()
    for kind in kinds:
        for _ in range(kind.n):
            grows, lasts = (_days(rng, span, length.share) for span in (kind.grows_d, kind.lasts_d))
            if kind.grows_d == OLD.grows_d:
                start = int(rng.integers(length.quiet * PER_DAY, first - grows))
            else:
                start = first + int(
                    rng.integers(length.year * PER_DAY // 25, length.year * PER_DAY * 9 // 10)
                )
            stop = min(end, start + lasts) if kind.lasts_d else end
            wide = round(float(rng.uniform(*kind.diameter_m)), 5)
            found.append(Hole(str(next(chosen)), wide, start, start + grows, stop - 1))
    return tuple(sorted(found, key=lambda hole: hole.start))


def _days(rng: np.random.Generator, span: tuple[float, float] | None, share: float) -> int:
    """Values."""
    return round(float(rng.uniform(*span)) * share * PER_DAY) if span else 0


def year(data: Path, seed: int, length: Length = WHOLE, cache: Path = CACHE) -> Year:
    inp, gauges = network_files(data)
    leaks, n = holes(data, seed, length), (length.history + length.year) * PER_DAY
    of = repr((FORM, gauges, seed, length, leaks)).encode()
    made = hashlib.sha256(inp.read_bytes() + of).hexdigest()[:24]
    folder, parts, before = cache / f"year-{seed}-{made}", list[Water](), None
    folder.mkdir(parents=True, exist_ok=True)
    for a in range(0, n, PER_WEEK):
        span = range(a, min(n, a + PER_WEEK))
        file = folder / f"{a // PER_WEEK:03}.npz"
        if not file.exists():
            _keep(file, _flowed(inp, gauges, seed, leaks, span, length, before))
            print(f"twin {seed}: day {span.stop // PER_DAY} of {n // PER_DAY}", file=sys.stderr, flush=True)
        before = _kept(file)
        parts.append(before)
    pressure, flow, level, lost = (np.concatenate([getattr(p, name) for p in parts]) for name in _HELD)
    return _measured(seed, Year(pressure, flow, level, lost, leaks, length.history * PER_DAY))


def _keep(file: Path, water: Water) -> None:
    part = file.with_suffix(f".{os.getpid()}.npz")
    whole = asdict(water)
    np.savez_compressed(part, **(whole | {name: whole[name].astype(np.float32) for name in _HELD}))
    part.replace(file)


def _kept(file: Path) -> Water:
    with np.load(file) as kept:
        pressure, flow, level, lost = (kept[name].astype(np.float64) for name in _HELD)
        return Water(pressure, flow, level, lost, float(kept["level_end_m"]), float(kept["pump"]))


def _flowed(
    inp: Path,
    gauges: tuple[str, ...],
    seed: int,
    leaks: tuple[Hole, ...],
    span: range,
    length: Length,
    before: Water | None,
) -> Water:
    errors, at = Errors(), np.arange(span.start, span.stop)
    with opened(inp) as project:
        junctions, usual = wanted(project)
        usual *= wrong(project, seed, errors, len(junctions))
        rng = np.random.default_rng([seed, 6, span.start])
        white = JUNCTION_NOISE * rng.normal(size=(len(span), len(junctions)))
        share = np.maximum(0, 1 + white + _wander(seed, span.stop)[span.start :, None])
        demand = usual[at % PER_WEEK] * share * _season(at / PER_DAY - length.history)[:, None]
        openings = dict(zip(broken(project, leaks), leaks, strict=True))
        return walk(project, gauges, junctions, demand, span, openings, before)


def _wander(seed: int, n: int) -> Floats:
    """The whole town's, of values from the beginning on, in `ltown_water`'s measure."""
    keeps, level = float(np.exp(-STEP_S / WANDER_S)), 0.0
    found = np.empty(n)
    for k, step in enumerate(np.random.default_rng([seed, 7]).normal(size=n).tolist()):
        level = keeps * level + (1 - keeps**2) ** 0.5 * step
        found[k] = level
    return WANDER * found


def _season(day: Floats) -> Floats:
    """By the day of the year."""
    return 1 + SEASON * (1 - np.cos(2 * np.pi * day / YEAR_D))


def _measured(seed: int, true: Year) -> Year:
    rng, shape = np.random.default_rng([seed, 8]), true.pressure_m.shape
    told = true.pressure_m + rng.uniform(-GAUGE_OFFSET_M, GAUGE_OFFSET_M, shape[1])
    told += GAUGE_NOISE_M * rng.normal(size=shape)
    flow = true.flow_m3h * (1 + METER_NOISE * rng.normal(size=true.flow_m3h.shape))
    step = GAUGE_STEP_M
    return replace(
        true,
        pressure_m=np.round(told / step) * step,
        flow_m3h=flow,
        level_m=np.round(true.level_m / step) * step,
    )
