"""From `waterhub run` to polling and an API that answers, its weight then, and what idling costs (P13, P15).

Hubs that have run before, of 10, 100, 334 and 500 Modbus devices of 30 values with seven rules a tag, polled
once a second, then with two rules a tag, alone and with an OPC UA and an MQTT connection configured;
beside them Node-RED, which only reads and decodes, and Telegraf, which only reads and writes.
Start is wall time from the beginning of the process until values come and HTTP answers, so it depends on what
else the machine does; the CPU spent by then stands beside it.
"""

import asyncio
from collections.abc import Iterator

from bench.figures import Figure
from bench.path import Load, Outcome, measured
from bench.path_plant import VALUES
from bench.peers.node_red import NODE_RED
from bench.peers.running import Taken, taken
from bench.peers.telegraf import TELEGRAF

GOAL_START_S, GOAL_MB, GOAL_EVERY_MB = 1.5, 120.0, 180.0
IDLE, LARGE, TELEGRAFS = 100, 334, 500
"""Devices: beside Node-RED idling; 10,000 tags, beside Node-RED starting; beside Telegraf idling."""


def run(short: bool) -> list[Figure]:
    seconds = 10.0 if short else 30.0
    ours = {devices: measured(Load(devices, 1.0), seconds) for devices in (10, IDLE, LARGE)}
    figures = [figure for devices, seen in ours.items() for figure in _of(devices, seen)]
    few = measured(Load(LARGE, 1.0, few_rules=True), seconds)
    every = measured(Load(LARGE, 1.0, few_rules=True, every_driver=True), seconds)
    tags = f"{LARGE * VALUES:,} tags, two rules each"
    figures += [
        Figure(f"{tags}: CPU to polling and API", few.start_cpu_s, "s", None, "lower"),
        Figure(f"{tags}: resident memory", few.rss_mb, "MB", GOAL_MB, "lower"),
        Figure(f"{tags}, every driver: CPU to polling and API", every.start_cpu_s, "s", None, "lower"),
        Figure(f"{tags}, every driver: resident memory", every.rss_mb, "MB", GOAL_EVERY_MB, "lower"),
    ]
    figures += _beside_node_red(ours, seconds)
    return [*figures, *_beside_telegraf(seconds)]


def _of(devices: int, seen: Outcome) -> Iterator[Figure]:
    tags = f"{devices * VALUES:,} tags"
    yield Figure(f"{tags}: start to polling and API", seen.start_s, "s", GOAL_START_S, "lower")
    yield Figure(f"{tags}: CPU until then", seen.start_cpu_s, "s", None, "lower")
    yield Figure(f"{tags}: resident memory", seen.rss_mb, "MB", GOAL_MB, "lower")
    yield Figure(f"{tags} at 1 Hz: CPU", _share(seen), "% of a core", None, "lower")


def _beside_node_red(ours: dict[int, Outcome], seconds: float) -> Iterator[Figure]:
    large, idle = (asyncio.run(taken(NODE_RED, seconds, devices, 1.0)) for devices in (LARGE, IDLE))
    if large is None or idle is None:
        return
    hub, tags = ours[LARGE], f"{LARGE * VALUES:,} values"
    yield Figure(f"Node-RED, {tags}: start to values and HTTP", large.start_s, "s", None, "lower")
    yield Figure(f"Node-RED, {tags}: CPU until then", large.start_cpu_s, "s", None, "lower")
    yield Figure(f"Node-RED, {tags}: resident memory", large.rss_mb, "MB", None, "lower")
    yield Figure("start, ours / Node-RED", hub.start_s / large.start_s, "x", 0.75, "lower")
    yield Figure("resident memory, ours / Node-RED", hub.rss_mb / large.rss_mb, "x", 0.75, "lower")
    yield Figure(f"Node-RED, {IDLE} devices at 1 Hz: CPU", _share(idle), "% of a core", None, "lower")
    ratio = _share(ours[IDLE]) / _share(idle)
    yield Figure(f"CPU at {IDLE} devices at 1 Hz, ours / Node-RED", ratio, "x", 0.5, "lower")


def _beside_telegraf(seconds: float) -> Iterator[Figure]:
    peer = asyncio.run(taken(TELEGRAF, seconds, TELEGRAFS, 1.0))
    if peer is None:
        return
    hub = measured(Load(TELEGRAFS, 1.0), seconds)
    load = f"{TELEGRAFS} devices at 1 Hz"
    yield Figure(f"{TELEGRAFS * VALUES:,} tags at 1 Hz: CPU", _share(hub), "% of a core", None, "lower")
    yield Figure(f"Telegraf to InfluxDB, {load}: CPU", _share(peer), "% of a core", None, "lower")
    yield Figure(f"CPU at {load}, ours / Telegraf", _share(hub) / _share(peer), "x", 1.0, "lower")


def _share(seen: Outcome | Taken) -> float:
    """CPU in per cent of one core."""
    return 100 * seen.cpu_s / seen.lasted_s
