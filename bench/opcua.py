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
CHANGE_MS = 1000


@contextmanager
def plant(items: int) -> Iterator[str]:
    """node-opcua's server with so many items, each of which changes once a second; its URL."""
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
            server.stdin.write(f"every {CHANGE_MS}\n")
            server.stdin.flush()
            yield f"opc.tcp://127.0.0.1:{port}/plant"
        finally:
            server.kill()
            server.wait()


def client(which: str, url: str, items: int, seconds: float) -> dict[str, float]:
    """One client in a process of its own."""
    arguments = [url, str(items), str(seconds), str(PUBLISH_MS)]
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
    cost: dict[str, list[float]] = {"ours": [], "asyncua": [], "node-opcua": []}
    rate: dict[str, list[float]] = {name: [] for name in cost}
    with plant(items) as url:
        for _ in range(rounds):
            for name in cost:
                found = client(name, url, items, seconds)
                cost[name].append(1e6 * found["cpu_s"] / max(found["notifications"], 1))
                rate[name].append(found["notifications"] / found["seconds"])
    us = {name: statistics.median(values) for name, values in cost.items()}
    per_s = {name: statistics.median(values) for name, values in rate.items()}
    figures = [
        Figure(f"CPU a notification, {name}", value, "us", None, "lower") for name, value in us.items()
    ]
    figures += [
        Figure(f"notifications of {items:,} offered, {name}", value, "/s", None, "higher")
        for name, value in per_s.items()
    ]
    return [
        *figures,
        Figure("asyncua's CPU a notification / ours", us["asyncua"] / us["ours"], "times", 8.0, "higher"),
        Figure(
            "node-opcua's CPU a notification / ours", us["node-opcua"] / us["ours"], "times", 1.0, "higher"
        ),
        Figure("our notifications / asyncua's", per_s["ours"] / per_s["asyncua"], "times", None, "higher"),
        Figure(
            "our notifications / node-opcua's", per_s["ours"] / per_s["node-opcua"], "times", 0.95, "higher"
        ),
    ]
