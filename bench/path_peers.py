"""The same field collected by others, one after the other in the run of `bench.path` (P11)."""

import asyncio
from collections.abc import Iterator

from bench.figures import Figure
from bench.peers.collectd import COLLECTD
from bench.peers.node_red import NODE_RED
from bench.peers.running import taken
from bench.peers.telegraf import TELEGRAF
from bench.peers.thingsboard import THINGSBOARD

GOALS = ((TELEGRAF, 2.0), (NODE_RED, 5.0), (COLLECTD, 12.0), (THINGSBOARD, 30.0))


def beside(ours: float, seconds: float) -> Iterator[Figure]:
    """ours: samples a core-second of the hub at 60,000/s. A peer that is not installed is left out."""
    for peer, goal in GOALS:
        seen = asyncio.run(taken(peer, seconds))
        if seen is None:
            continue
        load = f"{peer.name}, {peer.devices} devices at {1 / peer.period_s:g} Hz"
        yield Figure(f"{load}: samples", seen.rate, "/core-s", None, "higher")
        yield Figure(f"{load}: CPU", 100 * seen.cpu_s / seen.lasted_s, "% of a core", None, "lower")
        yield Figure(f"{load}: of the samples due", 100 * seen.values / seen.due, "%", None, "higher")
        yield Figure(f"samples a core-second, ours / {peer.name}", ours / seen.rate, "x", goal, "higher")
