"""L-Town's water by EPANET as it is, not as its model says: with a seed's errors, and its leaks."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from math import pi, sqrt
from pathlib import Path
from typing import Any

import epanet.toolkit as en
import numpy as np

from core.adapters.epanet_hydraulics import (
    DEMAND_EXPONENT,
    MINIMUM_PRESSURE_M,
    REQUIRED_PRESSURE_M,
    hold_demands,
)
from core.adapters.epanet_network import read_network
from core.model.network import LinkKind, Network, NodeKind
from core.model.sample import Floats

STEP_S, DAY_S = 300, 86_400
PER_DAY, PER_WEEK = DAY_S // STEP_S, 7 * DAY_S // STEP_S
TANK, PUMP, METERS = "T1", "PUMP_1", ("p227", "p235", "PUMP_1")
JUNCTION_NOISE, WANDER, WANDER_S = 0.3, 0.02, 6 * 3600.0
"""Of a junction's demand, from value to value; of the whole town's, and its time constant: with them the
inflow of an hour wanders by 2 % from week to week, the published one by 1.4 %."""
DISCHARGE = 0.75


@dataclass(frozen=True, slots=True)
class Errors:
    """The most by which the town differs from its model, shares. wanders: 1 or 0."""

    roughness: float = 0.10
    demand: float = 0.10
    wanders: float = 1.0


NO_ERRORS = Errors(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Leak:
    """size_m3h: at the pressure it finds when it begins. start: the value with which it begins. along: where
    on the pipe, from end a, 0..1."""

    pipe: str
    size_m3h: float
    start: int
    along: float = 0.5

    def coefficient(self, value: int, pressure_m: Callable[[], float]) -> float | None:
        """Of its emitter, from this value on; None where nothing changes."""
        return self.size_m3h / sqrt(pressure_m()) if value == self.start else None


@dataclass(frozen=True, slots=True)
class Hole:
    """As BattLeDIM has leaks: open from value `start` to `end`, `full` where it has grown to its diameter,
    which it does evenly."""

    pipe: str
    diameter_m: float
    start: int
    full: int
    end: int
    along: float = 0.5

    def coefficient(self, value: int, pressure_m: Callable[[], float]) -> float | None:
        if not self.start <= value <= self.end:
            return 0.0
        grown = min(1.0, (value - self.start + 1) / (self.full - self.start + 1))
        area = pi / 4 * (self.diameter_m * grown) ** 2
        return DISCHARGE * area * sqrt(2 * 9.81) * 3600


@dataclass(frozen=True, slots=True)
class Water:
    """pressure_m (n, gauges), flow_m3h (n, METERS), level_m (n,), leak_m3h (n, leaks): every STEP_S.
    level_end_m, pump: after it, 1 where the pump runs."""

    pressure_m: Floats
    flow_m3h: Floats
    level_m: Floats
    leak_m3h: Floats
    level_end_m: float
    pump: float


def network_of(inp: Path) -> Network:
    with opened(inp) as project:
        return read_network(project, inp)


def areas(network: Network) -> dict[str, str]:
    """Each node's, as pressure-reducing valves and the pump part them: `a` the largest, `c` the tank's, `b`
    the other, `inlet` between a reservoir and its valve."""
    of, parts = dict[str, int](), list[list[str]]()
    for first in network.nodes:
        if first in of:
            continue
        of[first], part, pending = len(parts), list[str](), [first]
        while pending:
            part.append(pending.pop())
            pipes = [link for link in network.links_at[part[-1]] if link.kind is LinkKind.PIPE]
            for end in {end for pipe in pipes for end in (pipe.a, pipe.b)} - of.keys():
                of[end] = len(parts)
                pending.append(end)
        parts.append(part)
    names, named = iter("ab"), dict[str, str]()
    for part in sorted(parts, key=len, reverse=True):
        kinds = {network.nodes[node].kind for node in part}
        name = "inlet" if NodeKind.RESERVOIR in kinds else "c" if NodeKind.TANK in kinds else next(names)
        named |= dict.fromkeys(part, name)
    return named


def flowed(
    inp: Path,
    gauges: tuple[str, ...],
    seed: int,
    errors: Errors,
    span: range,
    leak: Leak | None = None,
    before: Water | None = None,
) -> Water:
    """Values `span` of the town, counted from the beginning of its week, going on from `before`. The model's
    week begins on a Tuesday."""
    with opened(inp) as project:
        junctions, factor = wanted(project)
        factor *= wrong(project, seed, errors, len(junctions))
        holes = () if leak is None else (leak,)
        opening = broken(project, holes)
        noise = _noise(np.random.default_rng([seed, 2, span.start]), len(span), len(junctions))
        usual = factor[np.arange(span.start, span.stop) % PER_WEEK]
        demand = usual * np.maximum(0, 1 + errors.wanders * noise)
        return walk(project, gauges, junctions, demand, span, dict(zip(opening, holes, strict=True)), before)


@contextmanager
def opened(inp: Path) -> Iterator[Any]:
    project = en.createproject()
    try:
        en.open(project, str(inp), os.devnull, "")
        en.setflowunits(project, en.CMH)
        en.setdemandmodel(project, en.PDA, MINIMUM_PRESSURE_M, REQUIRED_PRESSURE_M, DEMAND_EXPONENT)
        en.setoption(project, en.EMITEXPON, 0.5)
        yield project
    finally:
        en.deleteproject(project)


def wanted(project: Any) -> tuple[list[int], Floats]:
    """Junctions with a demand, and what the model says of it, m3/h, (values of a week, junctions)."""
    nodes = range(1, en.getcount(project, en.NODECOUNT) + 1)
    week = np.zeros((PER_WEEK, len(nodes)))
    pattern = cache(lambda index: _pattern(project, index))
    for node in nodes:
        if en.getnodetype(project, node) != en.JUNCTION:
            continue
        for category in range(1, en.getnumdemands(project, node) + 1):
            if base := en.getbasedemand(project, node, category):
                week[:, node - 1] += base * pattern(en.getdemandpattern(project, node, category))
    used = np.flatnonzero(week.any(axis=0))
    return (used + 1).tolist(), week[:, used]


def _pattern(project: Any, index: int) -> Floats:
    if not index:
        return np.ones(PER_WEEK)
    n = en.getpatternlen(project, index)
    return np.resize([en.getpatternvalue(project, index, k + 1) for k in range(n)], PER_WEEK)


def wrong(project: Any, seed: int, errors: Errors, junctions: int) -> Floats:
    """Makes the pipes rougher and smoother than the model says, and holds demands; each junction's factor."""
    rng = np.random.default_rng([seed, 1])
    _roughen(project, rng, errors.roughness)
    hold_demands(project)
    return rng.uniform(1 - errors.demand, 1 + errors.demand, junctions)


def _roughen(project: Any, rng: np.random.Generator, share: float) -> None:
    for link in range(1, en.getcount(project, en.LINKCOUNT) + 1):
        by = rng.uniform(1 - share, 1 + share)
        if en.getlinktype(project, link) == en.PIPE:
            en.setlinkvalue(project, link, en.ROUGHNESS, by * en.getlinkvalue(project, link, en.ROUGHNESS))


def broken(project: Any, leaks: Sequence[Leak | Hole]) -> list[str]:
    """A junction on each pipe, from which water is lost once its emitter is set."""
    return [_break(project, leak, f"leak{n}") for n, leak in enumerate(leaks)]


def _break(project: Any, leak: Leak | Hole, called: str) -> str:
    pipe = en.getlinkindex(project, leak.pipe)
    a, b = en.getlinknodes(project, pipe)
    low, high = (en.getnodevalue(project, end, en.ELEVATION) for end in (a, b))
    length, wide, rough = (en.getlinkvalue(project, pipe, x) for x in (en.LENGTH, en.DIAMETER, en.ROUGHNESS))
    name = en.getnodeid(project, b)
    opening = en.addnode(project, called, en.JUNCTION)
    en.setnodevalue(project, opening, en.ELEVATION, low + leak.along * (high - low))
    en.setlinknodes(project, pipe, a, opening)
    en.setlinkvalue(project, pipe, en.LENGTH, length * leak.along)
    rest = en.addlink(project, called, en.PIPE, called, name)
    en.setpipedata(project, rest, length * (1 - leak.along), wide, rough, 0.0)
    return called


def _noise(rng: np.random.Generator, n: int, junctions: int) -> Floats:
    """(n, junctions), as a share: white by junction, slow for all together."""
    keeps, slow = np.exp(-STEP_S / WANDER_S), np.empty(n)
    level = rng.normal()
    for k, step in enumerate(rng.normal(size=n).tolist()):
        level = keeps * level + np.sqrt(1 - keeps**2) * step
        slow[k] = level
    return JUNCTION_NOISE * rng.normal(size=(n, junctions)) + WANDER * slow[:, None]


def walk(
    project: Any,
    gauges: tuple[str, ...],
    junctions: list[int],
    demand: Floats,
    span: range,
    leaks: Mapping[str, Leak | Hole],
    before: Water | None,
) -> Water:
    """leaks: by the junction that stands for each."""
    at = [en.getnodeindex(project, gauge) for gauge in gauges]
    meters = [en.getlinkindex(project, meter) for meter in METERS]
    tank = en.getnodeindex(project, TANK)
    openings = {en.getnodeindex(project, name): leak for name, leak in leaks.items()}
    emits = dict.fromkeys(openings, 0.0)
    rows = np.empty((len(span), len(at) + len(meters) + 1))
    lost = np.zeros((len(span), len(openings)))
    _begin(project, before)
    for row, value in enumerate(span):
        for junction, flow in zip(junctions, demand[row].tolist(), strict=True):
            en.setnodevalue(project, junction, en.BASEDEMAND, flow)
        for opening, leak in openings.items():
            coefficient = leak.coefficient(value, partial(_pressure, project, opening))
            if coefficient is not None:
                en.setnodevalue(project, opening, en.EMITTER, coefficient)
                emits[opening] = coefficient
        en.runH(project)
        rows[row] = [
            *(en.getnodevalue(project, node, en.PRESSURE) for node in at),
            *(en.getlinkvalue(project, meter, en.FLOW) for meter in meters),
            en.getnodevalue(project, tank, en.PRESSURE),
        ]
        lost[row] = [en.getnodevalue(project, node, en.DEMAND) if c else 0.0 for node, c in emits.items()]
        left = STEP_S
        while left > 0:  # a tank that is full or empty ends a step early
            left -= en.nextH(project)
            if left > 0:
                en.runH(project)
    pump = float(en.getlinkvalue(project, meters[-1], en.STATUS) > 0)
    level, n = float(en.getnodevalue(project, tank, en.PRESSURE)), len(at)
    return Water(rows[:, :n], rows[:, n:-1], rows[:, -1], lost, level, pump)


def _begin(project: Any, before: Water | None) -> None:
    if before is not None:
        en.setnodevalue(project, en.getnodeindex(project, TANK), en.TANKLEVEL, before.level_end_m)
        en.setlinkvalue(project, en.getlinkindex(project, PUMP), en.INITSTATUS, before.pump)
    for what, seconds in ((en.DURATION, DAY_S * 10_000), (en.HYDSTEP, STEP_S), (en.PATTERNSTEP, STEP_S)):
        en.settimeparam(project, what, seconds)
    en.openH(project)
    en.initH(project, en.INITFLOW)


def _pressure(project: Any, node: int) -> float:
    """As it is at this moment."""
    en.runH(project)
    return float(en.getnodevalue(project, node, en.PRESSURE))
