"""Parts a network into metered areas of like size with few pipes between them.

Agglomeration: the smallest cluster joins the neighbour with which it shares most pipes, until as many are
left as wanted; then junctions on a border move where most of their pipes go (one pass of the idea of
Kernighan and Lin, 1970).
"""

import heapq
from collections import Counter

from core.model.network import LinkKind, Network, NodeKind

PASSES = 3
LARGEST = 1.6
"""Of the mean size: no move makes an area larger."""
PIPE, CONTROLLED = 10, 1
"""What a pipe counts, and what a pump or a valve: a border runs there by nature."""


def partition(network: Network, demand_m3h: dict[str, float], areas: int) -> dict[str, int]:
    """Area of every junction, numbered from 0 by the order of their first junctions. As many as `areas`,
    or one for each part of the network that no link joins to another."""
    junctions = [node.id for node in network.nodes.values() if node.kind is NodeKind.JUNCTION]
    sizes = _sizes(junctions, demand_m3h)
    label = {node: k for k, node in enumerate(junctions)}
    _merge(network, label, [sizes[node] for node in junctions], areas)
    for _ in range(PASSES):
        _move(network, label, sizes, LARGEST / areas)
    order = {area: n for n, area in enumerate(dict.fromkeys(label[node] for node in junctions))}
    return {node: order[label[node]] for node in junctions}


def _sizes(junctions: list[str], demand_m3h: dict[str, float]) -> dict[str, float]:
    """Of each junction, all together 1: half by its demand, half by being one."""
    total = sum(max(demand_m3h.get(node, 0.0), 0.0) for node in junctions) or 1.0
    return {
        node: 0.5 * max(demand_m3h.get(node, 0.0), 0.0) / total + 0.5 / len(junctions) for node in junctions
    }


def _merge(network: Network, label: dict[str, int], size: list[float], areas: int) -> None:
    shared: list[Counter[int]] = [Counter() for _ in size]
    for link in network.links.values():
        if link.a in label and link.b in label and label[link.a] != label[link.b]:
            weight = PIPE if link.kind is LinkKind.PIPE and link.open else CONTROLLED
            shared[label[link.a]][label[link.b]] += weight
            shared[label[link.b]][label[link.a]] += weight
    members: dict[int, list[str]] = {k: [node] for node, k in label.items()}
    queue = [(size[k], k) for k in members]
    heapq.heapify(queue)
    while len(members) > areas and queue:
        was, k = heapq.heappop(queue)
        if k not in members or was != size[k] or not shared[k]:
            continue
        into = max(shared[k], key=lambda other: (shared[k][other], -size[other], -other))
        members[into] += members.pop(k)
        size[into] += size[k]
        for other, weight in shared[k].items():
            del shared[other][k]
            if other != into:
                shared[other][into] += weight
                shared[into][other] += weight
        heapq.heappush(queue, (size[into], into))
    for k, nodes in members.items():
        label.update(dict.fromkeys(nodes, k))


def _move(network: Network, label: dict[str, int], size: dict[str, float], largest: float) -> None:
    """A junction with at most one pipe into its own area goes where more of its pipes lead."""
    total = dict.fromkeys(label.values(), 0.0)
    for node, area in label.items():
        total[area] += size[node]
    for node, own in list(label.items()):
        near = Counter(
            label[other]
            for link in network.links_at[node]
            if (other := link.b if link.a == node else link.a) in label
        )
        if not near or near[own] > 1:
            continue
        best, pipes = near.most_common(1)[0]
        if pipes > near[own] and total[best] + size[node] <= largest:
            label[node] = best
            total[best] += size[node]
            total[own] -= size[node]
