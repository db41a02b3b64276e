"""A foreign network seen as a city: areas, streets and sources laid over what is there."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import epanet.toolkit as en

from core.adapters.epanet_hydraulics import follow_chlorine, hold_demands
from core.model.network import Link, LinkKind, Network, NodeKind
from core.model.text import Text
from simulators.city.names import districts, pinyin, streets
from simulators.city.plan import City, Dma, Junction, Pipe
from simulators.partition import partition

JUNCTIONS_OF_AREA, MOST_AREAS = 60, 10
LONGEST_STREET, SHARPEST_BEND_DEG = 14, 50.0
SOURCE_CHLORINE_MG_L, START_CHLORINE_MG_L, BULK_PER_DAY = 0.6, 0.4, -0.5
ACCURACY = 0.0005
LENGTHS_OFF = 3.0
"""Coordinates are scaled to metres when drawn pipes are this much longer or shorter than real ones."""


@dataclass(slots=True)
class Placed:
    """network: as it was. zone: of every node. sources: names of zones that are no areas. scale: metres a
    unit of its coordinates; origin: in its units."""

    network: Network
    city: City
    zone: dict[str, str]
    sources: dict[str, Text] = field(default_factory=dict)
    scale: float = 1.0
    origin: tuple[float, float] = (0.0, 0.0)

    def metres(self, x: float, y: float) -> tuple[float, float]:
        """A place of the network in metres from its south-west corner."""
        return round((x - self.origin[0]) * self.scale, 2), round((y - self.origin[1]) * self.scale, 2)


def draw_over(network: Network, demand_m3h: dict[str, float], seed: int) -> Placed:
    """Areas and streets for `network`; the seed only names streets."""
    junctions = [node for node in network.nodes.values() if node.kind is NodeKind.JUNCTION]
    areas = min(MOST_AREAS, max(1, round(len(junctions) / JUNCTIONS_OF_AREA)))
    area_of = partition(network, demand_m3h, areas) if junctions else {}
    placed = Placed(network, City(), {node: f"dma-{n + 1:02d}" for node, n in area_of.items()})
    placed.scale = _metres_a_unit(network)
    placed.origin = (min(n.x for n in network.nodes.values()), min(n.y for n in network.nodes.values()))
    names = districts()
    for zone in dict.fromkeys(placed.zone.values()):
        mean = sum(demand_m3h[node] for node, its in placed.zone.items() if its == zone)
        number = int(zone[-2:])
        name = next(names, None) or Text(f"第{number}片区", f"Area {number}")
        placed.city.dmas[zone] = Dma(zone, name, mean)
    _name_sources(placed)
    _copy_pipes(placed, demand_m3h)
    _name_streets(placed)
    return placed


def save_network(inp: Path, placed: Placed, out: Path) -> None:
    """`inp` in m3/h with zones and streets as tags, one steady demand a junction, chlorine at its sources."""
    project = en.createproject()
    try:
        en.open(project, str(inp), os.devnull, "")
        en.setflowunits(project, en.CMH)
        hold_demands(project)
        en.setoption(project, en.ACCURACY, ACCURACY)
        _dose(project)
        for index in range(1, en.getcount(project, en.NODECOUNT) + 1):
            node = placed.network.nodes[en.getnodeid(project, index)]
            en.settag(project, en.NODE, index, placed.zone.get(node.id, ""))
            en.setcoord(project, index, *placed.metres(node.x, node.y))
        for index in range(1, en.getcount(project, en.LINKCOUNT) + 1):
            id = en.getlinkid(project, index)
            if (pipe := placed.city.pipes.get(id)) and pipe.street:
                en.settag(project, en.LINK, index, pipe.street)
            for n, (x, y) in enumerate(placed.network.links[id].vertices, 1):
                en.setvertex(project, index, n, *placed.metres(x, y))
        en.saveinpfile(project, str(out))
    finally:
        en.deleteproject(project)


def _dose(project: object) -> None:
    """Chlorine for a model that follows none."""
    if en.getqualtype(project)[0] == en.CHEM:
        return
    en.setqualtype(project, en.NONE, "", "", "")
    follow_chlorine(project)
    for node in range(1, en.getcount(project, en.NODECOUNT) + 1):
        source = en.getnodetype(project, node) == en.RESERVOIR
        en.setnodevalue(project, node, en.INITQUAL, SOURCE_CHLORINE_MG_L if source else START_CHLORINE_MG_L)
    for link in range(1, en.getcount(project, en.LINKCOUNT) + 1):
        if en.getlinktype(project, link) in (en.PIPE, en.CVPIPE):
            en.setlinkvalue(project, link, en.KBULK, BULK_PER_DAY)


def _metres_a_unit(network: Network) -> float:
    ratios = []
    for link in network.links.values():
        a, b = network.nodes[link.a], network.nodes[link.b]
        apart = math.hypot(a.x - b.x, a.y - b.y)
        if apart > 0 and link.length_m > 0 and not link.vertices:
            ratios.append(link.length_m / apart)
    scale = median(ratios) if ratios else 1.0
    return scale if max(scale, 1 / scale) > LENGTHS_OFF else 1.0


def _name_sources(placed: Placed) -> None:
    """Reservoirs become plants, tanks part of the trunk."""
    plants = 0
    for node in placed.network.nodes.values():
        if node.kind is NodeKind.RESERVOIR:
            plants += 1
            placed.zone[node.id] = f"plant-{plants}"
            placed.sources[f"plant-{plants}"] = Text(f"{plants} 号水源", f"Source {plants}")
        elif node.kind is NodeKind.TANK:
            placed.zone[node.id] = "trunk"
            placed.sources["trunk"] = Text("蓄水设施", "Storage")


def _copy_pipes(placed: Placed, demand_m3h: dict[str, float]) -> None:
    """Into the city: pipes, and junctions that have one in their own area."""
    for link in placed.network.links.values():
        zone = placed.zone[link.a]
        if link.kind is not LinkKind.PIPE or zone != placed.zone[link.b] or zone not in placed.city.dmas:
            continue
        material = link.material or ""
        placed.city.pipes[link.id] = Pipe(
            link.id, link.a, link.b, link.length_m, round(link.diameter_mm), 0, material
        )
        for id in (link.a, link.b):
            node = placed.network.nodes[id]
            placed.city.junctions[id] = Junction(
                id, *placed.metres(node.x, node.y), node.elevation_m, zone, demand_m3h[id]
            )
    alive = {junction.zone for junction in placed.city.junctions.values()}
    placed.city.dmas = {id: dma for id, dma in placed.city.dmas.items() if id in alive}


def _name_streets(placed: Placed) -> None:
    names = streets()
    for n, run in enumerate(_runs(placed), 1):
        name = next(names, None) or Text(f"支路{n}", f"Branch Road {n}")
        zone = placed.zone[placed.network.links[run[0]].a]
        street = pinyin(name)
        placed.city.streets[street] = name, zone
        placed.city.dmas[zone].streets.append(street)
        for pipe in run:
            placed.city.pipes[pipe].street = street


def _runs(placed: Placed) -> Iterator[list[str]]:
    """Pipes that go on nearly straight, at most LONGEST_STREET of them, the widest first."""
    free = dict(sorted(placed.city.pipes.items(), key=lambda item: -item[1].diameter_mm))
    at = placed.city.pipes_at()
    while free:
        first = free.pop(next(iter(free)))
        run = [first.id]
        for tip in (first.b, first.a):
            last = first
            while len(run) < LONGEST_STREET:
                ahead = [pipe for pipe in at[tip] if pipe.id in free]
                bends = [(_bend_deg(placed.network, last.id, tip, pipe.id), pipe.id) for pipe in ahead]
                if not bends or min(bends)[0] > SHARPEST_BEND_DEG:
                    break
                last = free.pop(min(bends)[1])
                tip = last.b if last.a == tip else last.a
                run.append(last.id)
        yield run


def _bend_deg(network: Network, one: str, at: str, other: str) -> float:
    """By how much a walk from `one` through the node `at` into `other` turns."""
    turn = _heading(network, network.links[other], at) - _heading(network, network.links[one], at) - math.pi
    return abs(math.degrees(math.remainder(turn, 2 * math.pi)))


def _heading(network: Network, link: Link, at: str) -> float:
    """Of `link` as seen from its end `at`, radians."""
    here, there = network.nodes[at], network.nodes[link.b if link.a == at else link.a]
    return math.atan2(there.y - here.y, there.x - here.x)
