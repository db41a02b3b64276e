"""Places that lie far from each other along the pipes (the k-centre heuristic of Gonzalez, 1985)."""

import heapq
from collections.abc import Sequence

from simulators.city.plan import City, Pipe


def spread(city: City, zone: str, taken: Sequence[str], n: int) -> list[str]:
    """`n` nodes of `zone`: each the farthest, along pipes, from those in `taken` and those chosen before."""
    nodes = {junction.id for junction in city.junctions_of(zone)}
    at = city.pipes_at()
    chosen: list[str] = []
    while len(chosen) < n:
        far = _distances(at, nodes, [*taken, *chosen])
        chosen.append(max(sorted(nodes), key=lambda node: far.get(node, 0.0)))
    return chosen


def _distances(at: dict[str, list[Pipe]], nodes: set[str], starts: Sequence[str]) -> dict[str, float]:
    reached: dict[str, float] = {}
    queue = [(0.0, start) for start in starts]
    while queue:
        far, node = heapq.heappop(queue)
        if node in reached or node not in nodes:
            continue
        reached[node] = far
        for pipe in at[node]:
            heapq.heappush(queue, (far + pipe.length_m, pipe.b if pipe.a == node else pipe.a))
    return reached
