"""CPU per OPC UA notification and notifications per second, beside asyncua's and node-opcua's clients."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import Figure
from bench.node_opcua import PROJECT, node_modules
from bench.path_field import free_port

PUBLISH_MS = 100
CHANGE_MS, HASTE_MS = 1000, 500
"""At 1 Hz every client takes all that is offered on a quiet machine: rates are told apart by more."""


@contextmanager
def plant(items: int, change_ms: int = CHANGE_MS) -> Iterator[str]:
    """node-opcua's server with so many items, each of which changes every change_ms; its URL."""
    port = free_port()
    environment = os.environ | {"NODE_PATH": str(node_modules())}
    with tempfile.TemporaryDirectory() as folder:
        argv = ["node", str(PROJECT / "serve.cjs"), str(port), str(items), folder]
        pipe = subprocess.PIPE
        server = subprocess.Popen(
            argv, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        assert server.stdin is not None and server.stdout is not None
        try:
            while server.stdout.readline().strip() != "ready":
                if server.poll() is not None:
                    raise RuntimeError("node-opcua's server did not start")
            server.stdin.write(f"every {change_ms}\n")
            server.stdin.flush()
            yield f"opc.tcp://127.0.0.1:{port}/plant"
        finally:
            server.kill()
            server.wait()


def client(
    which: str, url: str, items: int, seconds: float, sampling_ms: int = CHANGE_MS
) -> dict[str, float]:
    """One client in a process of its own."""
    arguments = [url, str(items), str(seconds), str(PUBLISH_MS), str(sampling_ms)]
    argv = [sys.executable, "-m", "bench.opcua_client", which, *arguments]
    if which == "node-opcua":
        argv = ["node", str(PROJECT / "subscribe.cjs"), *arguments]
    environment = os.environ | {"NODE_PATH": str(node_modules())}
    done = subprocess.run(
        argv, capture_output=True, text=True, env=environment, timeout=300, cwd=Path(__file__).parents[1]
    )
    if done.returncode:
        raise RuntimeError(f"{which}: {done.stderr[-500:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def run(short: bool) -> list[Figure]:
    items, seconds, rounds = (3000, 4.0, 1) if short else (10_000, 30.0, 2)
    figures, us, per_s = _offered(items, CHANGE_MS, seconds, rounds)
    figures += [
        Figure("asyncua's CPU a notification / ours", us["asyncua"] / us["ours"], "times", 8.0, "higher"),
        Figure(
            "node-opcua's CPU a notification / ours", us["node-opcua"] / us["ours"], "times", 1.0, "higher"
        ),
        Figure(
            "our notifications / node-opcua's", per_s["ours"] / per_s["node-opcua"], "times", 0.95, "higher"
        ),
    ]
    more, _, per_s = _offered(10_000, HASTE_MS, seconds, rounds)
    most = per_s["ours"] / per_s["asyncua"]
    return [*figures, *more, Figure("our notifications / asyncua's then", most, "times", 2.0, "higher")]


def _offered(
    items: int, change_ms: int, seconds: float, rounds: int
) -> tuple[list[Figure], dict[str, float], dict[str, float]]:
    """Each client's figures, its CPU a notification (us) and its notifications a second."""
    cost: dict[str, list[float]] = {"ours": [], "asyncua": [], "node-opcua": []}
    rate: dict[str, list[float]] = {name: [] for name in cost}
    with plant(items, change_ms) as url:
        for _ in range(rounds):
            for name in cost:
                found = client(name, url, items, seconds, change_ms)
                cost[name].append(1e6 * found["cpu_s"] / max(found["notifications"], 1))
                rate[name].append(found["notifications"] / found["seconds"])
    us = {name: statistics.median(values) for name, values in cost.items()}
    per_s = {name: statistics.median(values) for name, values in rate.items()}
    offered = f"{1000 * items / change_ms:,.0f}/s offered"
    figures = [Figure(f"{offered}: CPU a notification, {name}", us[name], "us", None, "lower") for name in us]
    figures += [
        Figure(f"{offered}: notifications, {name}", per_s[name], "/s", None, "higher") for name in per_s
    ]
    return figures, us, per_s
