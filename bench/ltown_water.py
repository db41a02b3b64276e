"""L-Town's water by EPANET as it is, not as its model says: with a seed's errors, and one leak."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
_OPENING = "leak"


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


@dataclass(frozen=True, slots=True)
class Water:
    """pressure_m (n, gauges), flow_m3h (n, METERS), level_m and leak_m3h (n,): every STEP_S. level_end_m,
    pump: after it, 1 where the pump runs."""

    pressure_m: Floats
    flow_m3h: Floats
    level_m: Floats
    leak_m3h: Floats
    level_end_m: float
    pump: float


def network_of(inp: Path) -> Network:
    with _opened(inp) as project:
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
    with _opened(inp) as project:
        junctions, factor = _wanted(project)
        rng = np.random.default_rng([seed, 1])
        _roughen(project, rng, errors.roughness)
        factor *= rng.uniform(1 - errors.demand, 1 + errors.demand, len(junctions))
        hold_demands(project)
        if leak is not None:
            _break(project, leak)
        if before is not None:
            en.setnodevalue(project, en.getnodeindex(project, TANK), en.TANKLEVEL, before.level_end_m)
            en.setlinkvalue(project, en.getlinkindex(project, PUMP), en.INITSTATUS, before.pump)
        noise = _noise(np.random.default_rng([seed, 2, span.start]), len(span), len(junctions))
        usual = factor[np.arange(span.start, span.stop) % PER_WEEK]
        demand = usual * np.maximum(0, 1 + errors.wanders * noise)
        return _walk(project, gauges, junctions, demand, span, leak)


@contextmanager
def _opened(inp: Path) -> Iterator[Any]:
    project = en.createproject()
    try:
        en.open(project, str(inp), os.devnull, "")
        en.setflowunits(project, en.CMH)
        en.setdemandmodel(project, en.PDA, MINIMUM_PRESSURE_M, REQUIRED_PRESSURE_M, DEMAND_EXPONENT)
        en.setoption(project, en.EMITEXPON, 0.5)
        yield project
    finally:
        en.deleteproject(project)


def _wanted(project: Any) -> tuple[list[int], Floats]:
    """Junctions with a demand, and what the model says of it, m3/h, (values of a week, junctions)."""
    nodes = range(1, en.getcount(project, en.NODECOUNT) + 1)
    week = np.zeros((PER_WEEK, len(nodes)))
    for node in nodes:
        if en.getnodetype(project, node) != en.JUNCTION:
            continue
        for category in range(1, en.getnumdemands(project, node) + 1):
            if base := en.getbasedemand(project, node, category):
                week[:, node - 1] += base * _pattern(project, en.getdemandpattern(project, node, category))
    used = np.flatnonzero(week.any(axis=0))
    return (used + 1).tolist(), week[:, used]


def _pattern(project: Any, index: int) -> Floats:
    if not index:
        return np.ones(PER_WEEK)
    n = en.getpatternlen(project, index)
    return np.resize([en.getpatternvalue(project, index, k + 1) for k in range(n)], PER_WEEK)


def _roughen(project: Any, rng: np.random.Generator, share: float) -> None:
    for link in range(1, en.getcount(project, en.LINKCOUNT) + 1):
        by = rng.uniform(1 - share, 1 + share)
        if en.getlinktype(project, link) == en.PIPE:
            en.setlinkvalue(project, link, en.ROUGHNESS, by * en.getlinkvalue(project, link, en.ROUGHNESS))


def _break(project: Any, leak: Leak) -> None:
    """A junction on the pipe, from which water is lost once its emitter is set."""
    pipe = en.getlinkindex(project, leak.pipe)
    a, b = en.getlinknodes(project, pipe)
    low, high = (en.getnodevalue(project, end, en.ELEVATION) for end in (a, b))
    length, wide, rough = (en.getlinkvalue(project, pipe, x) for x in (en.LENGTH, en.DIAMETER, en.ROUGHNESS))
    name = en.getnodeid(project, b)
    opening = en.addnode(project, _OPENING, en.JUNCTION)
    en.setnodevalue(project, opening, en.ELEVATION, low + leak.along * (high - low))
    en.setlinknodes(project, pipe, a, opening)
    en.setlinkvalue(project, pipe, en.LENGTH, length * leak.along)
    rest = en.addlink(project, _OPENING, en.PIPE, _OPENING, name)
    en.setpipedata(project, rest, length * (1 - leak.along), wide, rough, 0.0)


def _noise(rng: np.random.Generator, n: int, junctions: int) -> Floats:
    """(n, junctions), as a share: white by junction, slow for all together."""
    keeps, slow = np.exp(-STEP_S / WANDER_S), np.empty(n)
    level = rng.normal()
    for k, step in enumerate(rng.normal(size=n).tolist()):
        level = keeps * level + np.sqrt(1 - keeps**2) * step
        slow[k] = level
    return JUNCTION_NOISE * rng.normal(size=(n, junctions)) + WANDER * slow[:, None]


def _walk(
    project: Any,
    gauges: tuple[str, ...],
    junctions: list[int],
    demand: Floats,
    span: range,
    leak: Leak | None,
) -> Water:
    at = [en.getnodeindex(project, gauge) for gauge in gauges]
    meters = [en.getlinkindex(project, meter) for meter in METERS]
    tank = en.getnodeindex(project, TANK)
    opening = en.getnodeindex(project, _OPENING) if leak else 0
    rows, coefficient = np.empty((len(span), len(at) + len(meters) + 2)), 0.0
    for what, seconds in ((en.DURATION, DAY_S * 10_000), (en.HYDSTEP, STEP_S), (en.PATTERNSTEP, STEP_S)):
        en.settimeparam(project, what, seconds)
    en.openH(project)
    en.initH(project, en.INITFLOW)
    for row, value in enumerate(span):
        for junction, wanted in zip(junctions, demand[row].tolist(), strict=True):
            en.setnodevalue(project, junction, en.BASEDEMAND, wanted)
        if leak and value == leak.start:
            en.runH(project)
            coefficient = leak.size_m3h / np.sqrt(en.getnodevalue(project, opening, en.PRESSURE))
            en.setnodevalue(project, opening, en.EMITTER, coefficient)
        en.runH(project)
        rows[row] = [
            *(en.getnodevalue(project, node, en.PRESSURE) for node in at),
            *(en.getlinkvalue(project, meter, en.FLOW) for meter in meters),
            en.getnodevalue(project, tank, en.PRESSURE),
            en.getnodevalue(project, opening, en.DEMAND) if coefficient else 0.0,
        ]
        left = STEP_S
        while left > 0:  # a tank that is full or empty ends a step early
            left -= en.nextH(project)
            if left > 0:
                en.runH(project)
    pump = float(en.getlinkvalue(project, meters[-1], en.STATUS) > 0)
    level, n = float(en.getnodevalue(project, tank, en.PRESSURE)), len(at)
    return Water(rows[:, :n], rows[:, n:-2], rows[:, -2], rows[:, -1], level, pump)
