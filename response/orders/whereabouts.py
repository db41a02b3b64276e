"""Where an order's crew has to dig, as its phone keeps it for a place without a network: the likely pipes,
the valves to shut and those beside them, and a sketch of the mains around."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from core.model.incident import Incident, Location
from core.model.network import Link, LinkKind
from core.model.plant import Plant
from core.model.text import Text
from core.model.work_order import WorkOrder
from response.notices.outline import latlon
from response.site import place_stands

MOST_PIPES, MOST_VALVES, MOST_DRAWN = 3, 4, 150
LEAST_M, MOST_M = 120.0, 600.0
"""How far the sketch reaches from its middle, m."""
MARGIN = 1.25
_ROUNDED_M = 1.0
"""What a sketch in whole metres may bring nearer."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyPipe:
    """share: of the belief, 0..1; None where people know the pipe. away_m: of its middle from where the crew
    begins, m."""

    link: str
    street: Text | None
    diameter_mm: int
    share: float | None
    away_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyValve:
    """to_shut: one of those that part the pipe from the rest. away_m: from the likely place, m; x, y: on the
    sketch."""

    valve: str
    street: Text | None
    diameter_mm: int
    to_shut: bool
    away_m: int | None
    x: int | None
    y: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A main as a line; metres east and north of the sketch's middle. likely: its place among the likely
    pipes, 1 the likeliest; 0 for the others."""

    line: tuple[tuple[int, int], ...]
    likely: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """likely: the likeliest first. begin: the pipe about which most of the belief lies, with its share within
    begin_m of pipe path. radius_m: pipe path from it within which nine tenths of the belief lie; None where
    people know the place. lat, lon: WGS-84. reach_m: of the sketch, to each side."""

    likely: tuple[LikelyPipe, ...] = ()
    begin: LikelyPipe | None = None
    begin_m: int | None = None
    radius_m: int | None = None
    lat: float | None = None
    lon: float | None = None
    reach_m: int = 0
    mains: tuple[Drawn, ...] = ()
    valves: tuple[NearbyValve, ...] = ()


def whereabouts(plant: Plant, order: WorkOrder, incident: Incident | None) -> Whereabouts:
    location = incident.location if incident and not place_stands(order) else None
    shares = dict(_likely(plant, order, location))
    begin = _begin(plant, location)
    first = begin.link if begin else next(iter(shares), "")
    likely = tuple(_pipe(plant, link, share, first) for link, share in shares.items())
    if order.x is None or order.y is None:
        return Whereabouts(likely=likely, valves=tuple(_valve(plant, v, None, True) for v in order.valves))
    middle = (order.x, order.y)
    valves = tuple(_valves(plant, order, middle))
    far = [float(one.away_m) for one in valves if one.to_shut and one.away_m is not None]
    far += [_apart(middle, plant.network.middle(link)) for link in shares]
    reach_m = min(MOST_M, max(LEAST_M, *(MARGIN * one for one in far), LEAST_M))
    at = latlon(middle, plant.utility.origin) if plant.utility.origin else None
    return Whereabouts(
        likely=likely,
        begin=begin,
        begin_m=round(location.begin_m) if begin and location and location.begin_m else None,
        radius_m=round(location.radius_m) if location and location.radius_m else None,
        lat=at[0] if at else None,
        lon=at[1] if at else None,
        reach_m=round(reach_m),
        mains=tuple(_mains(plant, middle, reach_m, list(shares))),
        valves=valves,
    )


def _begin(plant: Plant, location: Location | None) -> LikelyPipe | None:
    if location is None or location.begin not in plant.network.links:
        return None
    return _pipe(plant, location.begin or "", location.begin_share, location.begin or "")


def _likely(plant: Plant, order: WorkOrder, location: Location | None) -> Iterable[tuple[str, float | None]]:
    found = location.candidates if location else ()
    known = [(one.link, one.share) for one in found if one.link in plant.network.links]
    if known:
        return known[:MOST_PIPES]
    own = _own(plant, order)
    return [(own, None)] if own is not None else []


def _own(plant: Plant, order: WorkOrder) -> str | None:
    """Of the pipes between the order's valves the one at its place."""
    links = [link for link in order.links if link in plant.network.links]
    if order.x is None or order.y is None:
        return links[0] if links else None
    place = (order.x, order.y)
    return min(links, key=lambda link: _apart(plant.network.middle(link), place), default=None)


def _pipe(plant: Plant, id: str, share: float | None, first: str) -> LikelyPipe:
    link, network = plant.network.links[id], plant.network
    away_m = round(_apart(network.middle(first), network.middle(id)))
    return LikelyPipe(
        link=id,
        street=_street(plant, link),
        diameter_mm=round(link.diameter_mm),
        share=None if share is None else round(share, 3),
        away_m=away_m,
    )


def _street(plant: Plant, link: Link | None) -> Text | None:
    street = plant.streets.get(link.street or "") if link else None
    return street.name if street else None


def _valves(plant: Plant, order: WorkOrder, middle: Point) -> Iterator[NearbyValve]:
    """Those to shut first, then the nearest others."""
    mine = [_valve(plant, id, middle, True) for id in order.valves]
    yield from sorted(mine, key=lambda v: (v.away_m is None, v.away_m, v.valve))
    nodes, valves = plant.network.nodes, plant.network.valves.items()
    placed = ((nodes[one.node], id) for id, one in valves if one.node in nodes and id not in order.valves)
    away = ((round(_apart(middle, (node.x, node.y))), id) for node, id in placed)
    yield from (_valve(plant, id, middle, False) for _, id in nsmallest(MOST_VALVES, away))


def _valve(plant: Plant, id: str, middle: Point | None, to_shut: bool) -> NearbyValve:
    standing = plant.network.valves.get(id)
    link = plant.network.links.get(standing.link) if standing else None
    node = plant.network.nodes.get(standing.node) if standing else None
    placed = node is not None and middle is not None
    x, y = (node.x - middle[0], node.y - middle[1]) if node and middle else (0.0, 0.0)
    return NearbyValve(
        valve=id,
        street=_street(plant, link),
        diameter_mm=round(link.diameter_mm) if link else 0,
        to_shut=to_shut,
        away_m=round(math.hypot(x, y)) if placed else None,
        x=round(x) if placed else None,
        y=round(y) if placed else None,
    )


def _mains(plant: Plant, middle: Point, reach_m: float, likely: list[str]) -> Iterator[Drawn]:
    """Those that come into the sketch, the likely ones last, so that they lie on top."""
    near: list[tuple[float, str, tuple[tuple[int, int], ...]]] = []
    about = {link.id: link for link in plant.network.links_about(*middle, reach_m + _ROUNDED_M)}
    for link in (about | {id: plant.network.links[id] for id in likely}).values():
        if link.kind is LinkKind.PIPE:
            line = tuple((round(x - middle[0]), round(y - middle[1])) for x, y in plant.network.line(link))
            off_m = min(max(abs(x), abs(y)) for x, y in line)
            if off_m <= reach_m or link.id in likely:
                near.append((off_m, link.id, line))
    drawn = sorted(near)[:MOST_DRAWN]
    ranks = {id: likely.index(id) + 1 if id in likely else 0 for _, id, _ in drawn}
    order = sorted(drawn, key=lambda one: (ranks[one[1]] > 0, -ranks[one[1]]))
    yield from (Drawn(line=line, likely=ranks[id]) for _, id, line in order)


def _apart(one: Point, other: Point) -> float:
    return math.hypot(one[0] - other[0], one[1] - other[1])
