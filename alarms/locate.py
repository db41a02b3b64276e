"""Where a burst probably is: pipes ranked by how well a leak at each explains the fall of the pressures.

Sensitivity method (Pudar and Liggett 1992, J. Hydraul. Eng. 118:1031) on the hub's own model, as a Bayesian
matched filter: for every junction of the zone a leak of the estimated size, at the present demand, predicts
the fall at each gauge. At first falls are differences of one gauge's own medians, later what its hours tell
beside those of the days before (`hours`), so unknown offsets cancel. The model's error is allowed for as an
unknown scale (size and roughness wrong together), an unknown common part (the same head lost upstream of all
gauges) and an error in proportion to each predicted fall.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from alarms.hours import HOUR_NS, Hours, compare, cut_drains, demand_of
from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.finding import Finding
from core.model.incident import Candidate, Location
from core.model.network import LinkKind, Network, NodeKind
from core.model.plant import Plant
from core.model.sample import Floats
from core.ports.hydraulics import Hydraulics

UNKNOWN_SD_M = 0.05
NEAR_M = 300.0
KEEP = 20
BELIEF = 0.9
METHOD = "epanet_sensitivity"


@dataclass(frozen=True, slots=True)
class Wrong:
    """How far the model may be off. scale_sd: in all falls together; shape_sd: in each, a share of it;
    floor_m: in each; common_m and common_share (of their median): in all by the same height."""

    scale_sd: float
    shape_sd: float
    floor_m: float
    common_m: float
    common_share: float


AT_FIRST = Wrong(0.35, 0.04, 0.02, 0.02, 0.08)
"""Set on 160 bursts of the demo town (seeds 11-14); the bench measures on other seeds."""
BY_HOURS = Wrong(0.10, 0.04, 0.01, 0.005, 0.02)
"""Set on 60 leaks of six towns like L-Town (seeds 101-106); the bench measures on other seeds."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of a burst. gauges: model nodes; fall_m, sd_m: of their pressures."""

    zone: str
    t_ns: int
    size_m3h: float
    inflow_before_m3h: float
    gauges: tuple[str, ...]
    fall_m: tuple[float, ...]
    sd_m: tuple[float, ...]


def observe(finding: Finding, plant: Plant) -> Observation | None:
    """From a burst finding's evidence; None when it names no gauge that the model knows."""
    if finding.zone is None or finding.size_m3h is None or finding.limit is None:
        return None
    gauges, falls, sds = [], [], []
    for tag_id in finding.tags:
        fall, tag = finding.evidence.get(f"fall_m:{tag_id}"), plant.tags.get(tag_id)
        if isinstance(fall, float) and tag is not None and tag.node in plant.network.nodes:
            sd = finding.evidence.get(f"fall_sd_m:{tag_id}", UNKNOWN_SD_M)
            gauges.append(str(tag.node))
            falls.append(fall)
            sds.append(float(sd))
    if not gauges:
        return None
    return Observation(
        zone=finding.zone,
        t_ns=finding.t_ns,
        size_m3h=finding.size_m3h,
        inflow_before_m3h=max(finding.limit, 0.0),
        gauges=tuple(gauges),
        fall_m=tuple(falls),
        sd_m=tuple(sds),
    )


def locate(inp: Path, network: Network, seen: Observation) -> Location | None:
    """The zone's pipes, the likeliest first, and where to begin; None when it has none. Raises
    HydraulicError."""
    hydraulics = EpanetHydraulics.open(inp)
    try:
        falls = predicted_falls(hydraulics, _junctions(network, seen.zone), seen)
    finally:
        hydraulics.close()
    noise = np.diag(np.array(seen.sd_m) ** 2)
    return _believed(network, seen.zone, falls, np.array(seen.fall_m), noise, AT_FIRST, seen.t_ns)


def locate_by_hours(inp: Path, network: Network, hours: Hours) -> Location | None:
    """As `locate`; None also where the hours tell too little. Raises HydraulicError."""
    hydraulics = EpanetHydraulics.open(inp)
    try:
        cut_drains(hydraulics, hours)
        fell = compare(hydraulics, hours)
        if fell is None:
            return None
        demand = demand_of(hydraulics, hours, fell.usual_m3h, fell.drained_m3h)
        junctions = _junctions(network, hours.zone)
        falls = _falls(hydraulics, junctions, fell.gauges, demand, fell.size_m3h)
    finally:
        hydraulics.close()
    scale = float(np.hypot(BY_HOURS.scale_sd, fell.size_sd_m3h / fell.size_m3h))
    wrong = replace(BY_HOURS, scale_sd=scale)
    at_ns = int(hours.t_ns[-1]) + HOUR_NS
    return _believed(network, hours.zone, falls, fell.fall_m, fell.noise_m2, wrong, at_ns)


def _junctions(network: Network, zone: str) -> list[str]:
    return [n.id for n in network.nodes.values() if n.zone == zone and n.kind is NodeKind.JUNCTION]


def _believed(
    network: Network, zone: str, falls: Floats, fall_m: Floats, noise_m2: Floats, wrong: Wrong, t_ns: int
) -> Location | None:
    """falls: predicted, of each of the zone's junctions."""
    row = {junction: i for i, junction in enumerate(_junctions(network, zone))}
    pipes = [
        link.id
        for link in network.links.values()
        if link.kind is LinkKind.PIPE and link.open and link.a in row and link.b in row
    ]
    if not pipes:
        return None
    ends = np.array([(row[network.links[p].a], row[network.links[p].b]) for p in pipes])
    length = np.array([network.links[p].length_m for p in pipes])
    belief = posterior(falls[ends].mean(axis=1), fall_m, noise_m2, length, wrong)
    return ranked(network, pipes, belief, t_ns)


def predicted_falls(hydraulics: Hydraulics, junctions: list[str], seen: Observation) -> Floats:
    """Fall at each gauge, m, for a leak of the estimated size at each junction, (junctions, gauges)."""
    base = hydraulics.base_demand_m3h
    in_zone = [hydraulics.network.nodes[node].zone == seen.zone for node in hydraulics.nodes]
    own = float(base[in_zone].sum())
    demand = base * (seen.inflow_before_m3h / own) if own > 0 else base.copy()
    return _falls(hydraulics, junctions, seen.gauges, demand, seen.size_m3h)


def _falls(
    hydraulics: Hydraulics, junctions: list[str], gauges: tuple[str, ...], demand: Floats, size_m3h: float
) -> Floats:
    index = {node: i for i, node in enumerate(hydraulics.nodes)}
    at = [index[gauge] for gauge in gauges]
    hydraulics.set_demand(demand)
    before = hydraulics.solve().pressure_m[at]
    falls = np.empty((len(junctions), len(at)))
    for i, junction in enumerate(junctions):
        leaking = demand.copy()
        leaking[index[junction]] += size_m3h
        hydraulics.set_demand(leaking)
        falls[i] = before - hydraulics.solve().pressure_m[at]
    return falls


def posterior(falls: Floats, fall_m: Floats, noise_m2: Floats, prior: Floats, wrong: Wrong) -> Floats:
    """Belief in each candidate, summing to 1. falls: (candidates, gauges), predicted; fall_m (gauges,): seen,
    and noise_m2 how it varies by itself."""
    common = wrong.common_m + wrong.common_share * abs(float(np.median(fall_m)))
    log = np.empty(len(falls))
    for i, fall in enumerate(falls):
        cov = noise_m2 + np.diag(wrong.floor_m**2 + (wrong.shape_sd * fall) ** 2)
        cov += common**2 + np.outer(wrong.scale_sd * fall, wrong.scale_sd * fall)
        off = fall_m - fall
        _, log_det = np.linalg.slogdet(cov)
        log[i] = -0.5 * (off @ np.linalg.solve(cov, off) + log_det)
    belief = prior * np.exp(log - log.max())
    return np.asarray(belief / belief.sum())


def ranked(network: Network, pipes: list[str], belief: Floats, t_ns: int) -> Location:
    """By their own belief, as it is shown. A search begins where most belief lies within NEAR_M of pipe path:
    that is oftener near the truth than the likeliest pipe. A pipe that alone holds over half of it is where a
    search begins. It is always one of those that are named."""
    order = np.argsort(-belief)[: 3 * KEEP]
    far = {pipes[i]: network.path_m(pipes[i]) for i in order.tolist()}
    near = {
        pipe: sum(
            b for other, b in zip(pipes, belief.tolist(), strict=True) if d.get(other, np.inf) <= NEAR_M
        )
        for pipe, d in far.items()
    }
    share = dict(zip(pipes, belief.tolist(), strict=True))
    likeliest = pipes[order[0]]
    crowded = min(far, key=lambda pipe: (-near[pipe], -share[pipe]))
    begin = likeliest if share[likeliest] > 0.5 else crowded
    middles = {pipe: network.middle(pipe) for pipe in (*list(far)[:KEEP], begin)}
    candidates = tuple(
        Candidate(link=p, share=share[p], x=x, y=y, street=network.links[p].street)
        for p, (x, y) in middles.items()
    )
    return Location(
        candidates=candidates,
        at_ns=t_ns,
        radius_m=_radius(far[begin], share),
        method=METHOD,
        begin=begin,
        begin_share=near[begin],
        begin_m=NEAR_M,
    )


def _radius(far_m: dict[str, float], share: dict[str, float]) -> float:
    """Path distance from where a search begins, within which BELIEF lies, m."""
    held = 0.0
    for pipe in sorted(share, key=lambda pipe: far_m.get(pipe, np.inf)):
        held += share[pipe]
        if held >= BELIEF:
            return float(far_m.get(pipe, np.inf))
    return float("inf")
