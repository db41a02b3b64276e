"""What the hours since a burst's or a leak's beginning tell, beside the same hours of the days before.

Each hour's pressures are compared with what the hub's model makes of that hour's inflow, outflows and tank
levels, and this difference with its median at the same hour of the days before: a gauge's offset cancels, and
what the model has wrong every day. What is left is the fall that the leak makes; it grows clearer with each
hour. Its size is what flows in beyond the usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.model.network import NodeKind
from core.model.plant import Plant, Zone
from core.model.sample import Floats, Int64s
from core.model.tag import Quantity
from core.ports.hydraulics import Hydraulics

HOUR_NS = 3_600 * 10**9
DAY, WEEK = 24, 168
LEAST_DAYS, LEAST_KNOWN = 3, 0.5
"""Days before in which an hour is known; share of the hours in which a gauge is."""
ALIKE_HOURS = 3.0
"""Errors of neighbouring hours are alike: so many tell as much as one."""
CLEAR = 2.0
"""Standard deviations by which more must flow in than usual."""
MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Hours:
    """Of a zone, means by the hour without a gap, NaN where unknown. began_ns: of the leak. net_m3h (n,):
    what flows in and not out again; drains: links by which it flows out, drained_m3h (n, drains); gauges:
    model nodes, pressure_m (n, gauges); level_m (n, tanks)."""

    zone: str
    began_ns: int
    t_ns: Int64s
    net_m3h: Floats
    drains: tuple[str, ...]
    drained_m3h: Floats
    gauges: tuple[str, ...]
    pressure_m: Floats
    tanks: tuple[str, ...]
    level_m: Floats


@dataclass(frozen=True, slots=True)
class Fell:
    """size_sd_m3h: how well the size is known. usual_m3h, drained_m3h: what the zone uses and passes on
    meanwhile, without the leak. fall_m (gauges,), noise_m2 (gauges, gauges): of its mean over the hours."""

    size_m3h: float
    size_sd_m3h: float
    usual_m3h: float
    drained_m3h: Floats
    gauges: tuple[str, ...]
    fall_m: Floats
    noise_m2: Floats


def tags_of(zone: Zone, plant: Plant) -> tuple[str, ...]:
    """What `hours_of` wants to know."""
    return (*zone.inflow, *zone.outflow, *_gauges(zone, plant).values(), *_tanks(plant).values())


def hours_of(zone: Zone, plant: Plant, began_ns: int, t_ns: Int64s, mean: Mapping[str, Floats]) -> Hours:
    """mean: of each tag of `tags_of`, by the hour."""
    drains = {tag: link for tag in zone.outflow if (link := plant.tags[tag].link) in plant.network.links}
    gauges, tanks = _gauges(zone, plant), _tanks(plant)

    def columns(tags: list[str]) -> Floats:
        return np.column_stack([mean[tag] for tag in tags]) if tags else np.empty((len(t_ns), 0))

    return Hours(
        zone=zone.id,
        began_ns=began_ns,
        t_ns=t_ns,
        net_m3h=columns([*zone.inflow]).sum(axis=1) - columns([*zone.outflow]).sum(axis=1),
        drains=tuple(str(link) for link in drains.values()),
        drained_m3h=columns([*drains]),
        gauges=tuple(gauges),
        pressure_m=columns([*gauges.values()]),
        tanks=tuple(tanks),
        level_m=columns([*tanks.values()]),
    )


def _gauges(zone: Zone, plant: Plant) -> dict[str, str]:
    """By node."""
    tags = (tag for tag in plant.tags_of(zone.id) if tag.quantity is Quantity.PRESSURE)
    return {tag.node: tag.id for tag in tags if tag.node is not None and tag.node in plant.network.nodes}


def _tanks(plant: Plant) -> dict[str, str]:
    nodes = plant.network.nodes
    levels = (tag for tag in plant.tags.values() if tag.quantity is Quantity.LEVEL and tag.node in nodes)
    return {tag.node: tag.id for tag in levels if tag.node and nodes[tag.node].kind is NodeKind.TANK}


def compare(hydraulics: Hydraulics, hours: Hours) -> Fell | None:
    """None where too little is known of before or since, or no more flows in than usual. hydraulics: not yet
    stepped."""
    before = np.flatnonzero(hours.t_ns + HOUR_NS <= hours.began_ns)
    known = np.isfinite(hours.net_m3h) & np.isfinite(hours.drained_m3h).all(axis=1)
    since = np.flatnonzero((hours.t_ns >= hours.began_ns) & known)
    of_day = (hours.t_ns // HOUR_NS) % DAY
    over = _over(hours.net_m3h, before, since, of_day)
    if over is None:
        return None
    size, size_sd = over
    lost = np.zeros(len(hours.t_ns))
    lost[since] = size
    usual = np.where(known, np.maximum(hours.net_m3h - lost, 0.0), np.nan)
    rows = np.concatenate((before[known[before]], since))
    off = np.full(hours.pressure_m.shape, np.nan)
    off[rows] = hours.pressure_m[rows] - _modelled(hydraulics, hours, usual, rows)
    heard = np.isfinite(off[since]).mean(axis=0) >= LEAST_KNOWN if len(since) else np.zeros(0, np.bool_)
    base = _usual_by_hour(off, before, of_day)
    heard &= np.isfinite(base[of_day[since]]).all(axis=0)
    if not heard.any():
        return None
    off, base = off[:, heard], base[:, heard]
    wander = off[before] - base[of_day[before]]
    wander = wander[np.isfinite(wander).all(axis=1)]
    if len(wander) < LEAST_DAYS * DAY / 2:
        return None
    n, days = len(since), max(1.0, len(before) / DAY)
    alike = ALIKE_HOURS * (1 / n + 1.6 / (days * min(n, DAY)))
    return Fell(
        size_m3h=size,
        size_sd_m3h=size_sd,
        usual_m3h=float(usual[since].mean()),
        drained_m3h=hours.drained_m3h[since].mean(axis=0),
        gauges=tuple(gauge for gauge, one in zip(hours.gauges, heard.tolist(), strict=True) if one),
        fall_m=-np.nanmean(off[since] - base[of_day[since]], axis=0),
        noise_m2=np.atleast_2d(np.cov(wander.T)) * min(1.0, alike),
    )


def _over(net: Floats, before: Int64s, since: Int64s, of_day: Int64s) -> tuple[float, float] | None:
    """How much more flows in than at the same hours of the days before and a week before; its deviation."""
    base = _usual_by_hour(net[:, None], before, of_day)[:, 0]
    if not len(since):
        return None
    week = np.where(since >= WEEK, net[since - WEEK], np.nan)
    week[~np.isin(since - WEEK, before)] = np.nan
    day = base[of_day[since]]
    expected = np.where(np.isfinite(week), (week + day) / 2, day)
    size = float(np.mean(net[since] - expected))
    wander = np.abs(net[before] - base[of_day[before]])
    wander = wander[np.isfinite(wander)]
    if not (np.isfinite(size) and len(wander)):
        return None
    sd = MAD * float(np.median(wander)) * (ALIKE_HOURS / len(since)) ** 0.5
    return (size, sd) if size > CLEAR * sd else None


def _usual_by_hour(x: Floats, before: Int64s, of_day: Int64s) -> Floats:
    """The median at each hour of the day, (24, columns); NaN where fewer than LEAST_DAYS days tell."""
    base = np.full((DAY, x.shape[1]), np.nan)
    for hour in range(DAY):
        rows = x[before[of_day[before] == hour]]
        told = np.isfinite(rows).sum(axis=0) >= LEAST_DAYS
        base[hour, told] = np.nanmedian(rows[:, told], axis=0)
    return base


def _modelled(hydraulics: Hydraulics, hours: Hours, usual: Floats, rows: Int64s) -> Floats:
    """The model's pressure at the gauges in each of the rows. A tank of which little is known is as full as
    the model has it."""
    at = [hydraulics.nodes.index(gauge) for gauge in hours.gauges]
    found = np.empty((len(rows), len(at)))
    levels = {
        tank: _filled(hours.level_m[rows, column])
        for column, tank in enumerate(hours.tanks)
        if np.isfinite(hours.level_m[rows, column]).mean() >= LEAST_KNOWN
    }
    for i, row in enumerate(rows.tolist()):
        for tank, level in levels.items():
            hydraulics.set_level(tank, float(level[i]))
        hydraulics.set_demand(demand_of(hydraulics, hours, float(usual[row]), hours.drained_m3h[row]))
        found[i] = hydraulics.solve().pressure_m[at]
    return found


def _filled(x: Floats) -> Floats:
    known = np.flatnonzero(np.isfinite(x))
    return np.interp(np.arange(len(x)), known, x[known])


def cut_drains(hydraulics: Hydraulics, hours: Hours) -> None:
    """What flows out is drawn where it leaves, as it was measured; the model's own link is shut."""
    for link in hours.drains:
        hydraulics.set_open(link, False)


def demand_of(hydraulics: Hydraulics, hours: Hours, usual_m3h: float, drained_m3h: Floats) -> Floats:
    """Each node's, when the zone uses so much and passes so much on."""
    nodes, base = hydraulics.network.nodes, hydraulics.base_demand_m3h
    own = np.array([nodes[node].zone == hours.zone for node in hydraulics.nodes])
    total = float(base[own].sum())
    demand = base.copy()
    if total > 0:
        demand[own] *= usual_m3h / total
    for link, flow in zip(hours.drains, drained_m3h.tolist(), strict=True):
        ends = (hydraulics.network.links[link].a, hydraulics.network.links[link].b)
        end = next((end for end in ends if nodes[end].zone == hours.zone), ends[0])
        demand[hydraulics.nodes.index(end)] += flow
    return demand
