"""The pipe network as a graph: distances along pipes, isolation segments, who loses water.

Segments follow Walski (1993): the largest part of the network between closed isolation valves. A valve
sits at one end of one link, so that closing it parts the link from that node.
"""

import heapq
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt


class NodeKind(StrEnum):
    JUNCTION = "junction"
    RESERVOIR = "reservoir"
    TANK = "tank"


class LinkKind(StrEnum):
    PIPE = "pipe"
    PUMP = "pump"
    VALVE = "valve"


@dataclass(frozen=True, slots=True)
class Node:
    """x, y and elevation_m in metres (local plane; y northward)."""

    id: str
    kind: NodeKind
    x: float
    y: float
    elevation_m: float
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """a and b are node ids. open: the model's own belief. vertices: the drawn bends between a and b."""

    id: str
    kind: LinkKind
    a: str
    b: str
    length_m: float
    diameter_mm: float
    open: bool = True
    zone: str | None = None
    street: str | None = None
    material: str | None = None
    vertices: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class IsolationValve:
    """Stands on `link`, right at `node`."""

    id: str
    link: str
    node: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Isolation:
    """What it takes to part a link from the rest: valves to close; links and nodes inside the segment;
    nodes_cut_off: nodes, inside it or beyond, that no open path joins to a source any more."""

    valves: tuple[str, ...]
    links: frozenset[str]
    nodes: frozenset[str]
    nodes_cut_off: frozenset[str]


@dataclass(frozen=True)
class Network:
    nodes: dict[str, Node]
    links: dict[str, Link]
    valves: dict[str, IsolationValve] = field(default_factory=dict)

    @cached_property
    def links_at(self) -> dict[str, list[Link]]:
        """The links that end at each node."""
        at: dict[str, list[Link]] = {node: [] for node in self.nodes}
        for link in self.links.values():
            at[link.a].append(link)
            at[link.b].append(link)
        return at

    @cached_property
    def _valve_at(self) -> dict[tuple[str, str], IsolationValve]:
        return {(valve.link, valve.node): valve for valve in self.valves.values()}

    @cached_property
    def _boxes(self) -> tuple[list[Link], npt.NDArray[np.float64]]:
        """Each link with the least and the greatest x, then y, of its line."""
        boxes = []
        for link in self.links.values():
            xs, ys = zip(*self.line(link), strict=True)
            boxes.append((min(xs), max(xs), min(ys), max(ys)))
        return list(self.links.values()), np.array(boxes, np.float64).reshape(-1, 4)

    def line(self, link: Link) -> tuple[tuple[float, float], ...]:
        """The drawn pipe, from end to end."""
        a, b = self.nodes[link.a], self.nodes[link.b]
        return ((a.x, a.y), *link.vertices, (b.x, b.y))

    def links_about(self, x: float, y: float, reach_m: float) -> list[Link]:
        """Those that may come so near to a place, east-west and north-south: all that do, and few that do
        not."""
        links, boxes = self._boxes
        away = np.max([boxes[:, 0] - x, x - boxes[:, 1], boxes[:, 2] - y, y - boxes[:, 3]], axis=0)
        return [links[n] for n in np.flatnonzero(away <= reach_m)]

    def middle(self, link_id: str) -> tuple[float, float]:
        """The point half-way along the drawn pipe."""
        link = self.links[link_id]
        points = np.array(self.line(link))
        steps = np.hypot(*np.diff(points, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        half = along[-1] / 2
        return (
            float(np.interp(half, along, points[:, 0])),
            float(np.interp(half, along, points[:, 1])),
        )

    def path_m(self, link_id: str) -> dict[str, float]:
        """Distance along pipes from the middle of `link_id` to the middle of every reachable link, m
        (the pipe-path distance that BattLeDIM scores by)."""
        start = self.links[link_id]
        reached: dict[str, float] = {}
        queue = [(start.length_m / 2, start.a), (start.length_m / 2, start.b)]
        heapq.heapify(queue)
        while queue:
            far, node = heapq.heappop(queue)
            if node in reached:
                continue
            reached[node] = far
            for link in self.links_at[node]:
                other = link.b if link.a == node else link.a
                if other not in reached:
                    heapq.heappush(queue, (far + link.length_m, other))
        far_m = {
            link.id: min(reached[end] for end in (link.a, link.b) if end in reached) + link.length_m / 2
            for link in self.links.values()
            if link.a in reached or link.b in reached
        }
        far_m[link_id] = 0.0
        return far_m

    def isolate(self, link_id: str) -> Isolation:
        """The segment that holds `link_id`, and who is left without water when it is closed."""
        links, nodes, valves = {link_id}, set[str](), set[str]()
        pending = [link_id]
        while pending:
            link = self.links[pending.pop()]
            for end in (link.a, link.b):
                if valve := self._valve_at.get((link.id, end)):
                    valves.add(valve.id)
                elif end not in nodes:
                    nodes.add(end)
                    self._spread(end, links, valves, pending)
        wet = self._supplied(without=links)
        return Isolation(
            valves=tuple(sorted(valve for valve in valves if self.valves[valve].open)),
            links=frozenset(links),
            nodes=frozenset(nodes),
            nodes_cut_off=frozenset(self.nodes.keys() - wet) | frozenset(nodes),
        )

    def cut_off(self, valves: Iterable[str]) -> frozenset[str]:
        """Nodes that no open path joins to a source while these valves are shut; unknown ones are passed
        over."""
        shut = {self.valves[valve].link for valve in valves if valve in self.valves}
        return frozenset(self.nodes.keys() - self._supplied(without=shut)) if shut else frozenset()

    def _spread(self, node: str, links: set[str], valves: set[str], pending: list[str]) -> None:
        """Carry a segment from `node` into every link that no valve parts from it."""
        for link in self.links_at[node]:
            if valve := self._valve_at.get((link.id, node)):
                valves.add(valve.id)
            elif link.id not in links:
                links.add(link.id)
                pending.append(link.id)

    def _supplied(self, without: Set[str]) -> set[str]:
        """Nodes that an open path joins to a reservoir or tank, not using the links in `without`."""
        wet = {node.id for node in self.nodes.values() if node.kind is not NodeKind.JUNCTION}
        pending = list(wet)
        while pending:
            node = pending.pop()
            for link in self.links_at[node]:
                other = link.b if link.a == node else link.a
                if other not in wet and link.id not in without and self._passes(link):
                    wet.add(other)
                    pending.append(other)
        return wet

    def _passes(self, link: Link) -> bool:
        ends = (self._valve_at.get((link.id, end)) for end in (link.a, link.b))
        return link.open and all(valve is None or valve.open for valve in ends)

    def xy(self, nodes: Iterable[str]) -> npt.NDArray[np.float64]:
        """Coordinates, shape (n, 2), metres."""
        return np.array([(self.nodes[n].x, self.nodes[n].y) for n in nodes], np.float64).reshape(-1, 2)
