"""Modbus TCP: CPU per request beside pymodbus, libmodbus, modbus-serial and C; paced; pipelined (P1-P3)."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.path_plant import VALUES
from bench.peers.node_red import MODULES, NODE_RED, node
from bench.peers.running import NotInstalled, taken

SOURCES = Path(__file__).parent / "modbus_c"
CONNECTIONS, REGISTERS = 100, 60
DEVICES, PERIOD_S = 500, 0.25
SLOW_MS, DEPTH = 5, 8
NODE_LOAD = Path(__file__).parent / "peers" / "modbus_serial.cjs"
REQUEST_GOALS = {"pymodbus": 5.0, "libmodbus in C": 1.0, "modbus-serial": 4.0, "C epoll": 0.35}
POLL_GOALS = {"pymodbus": 5.0, "modbus-serial": 3.0, "Node-RED": 6.0}


def _built(folder: Path, name: str, *libraries: str) -> Path:
    """Raises CalledProcessError where cc or libmodbus-dev is missing."""
    to = folder / name
    subprocess.run(["cc", "-O2", "-o", to, SOURCES / f"{name}.c", *libraries], check=True)
    return to


@contextmanager
def _serving(server: Path, delay_ms: float = 0) -> Iterator[int]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    command = [str(server), str(port), str(delay_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield port
        finally:
            process.kill()


def _told(*command: object, within_s: float) -> tuple[int, float]:
    """Requests done and CPU seconds that a client printed."""
    words = [str(word) for word in command]
    environment = os.environ | {"NODE_PATH": str(MODULES)}
    out = subprocess.run(
        words, check=True, capture_output=True, text=True, timeout=within_s + 60, env=environment
    ).stdout.split()
    return int(out[-2]), float(out[-1])


def _load(what: str, port: int, n: int, registers: int, seconds: float, depth: int = 1) -> tuple[int, float]:
    python = (sys.executable, "-m", "bench.modbus_load")
    return _told(*python, what, port, n, registers, seconds, depth, within_s=seconds)


def _us(told: tuple[int, float]) -> float:
    return told[1] / max(told[0], 1) * 1e6


def run(short: bool) -> list[Figure]:
    rounds, seconds = (1, 3.0) if short else (3, 6.0)
    with tempfile.TemporaryDirectory() as folder:
        server = _built(Path(folder), "server")
        client = _built(Path(folder), "client", "-lmodbus", "-lpthread")
        limit = _built(Path(folder), "epoll")
        return [
            *_saturating(server, client, limit, rounds, seconds),
            *_paced(server, rounds, seconds),
            *_pipelined(server, rounds, seconds),
        ]


def _modbus_serial() -> tuple[str, Path] | None:
    """npm's modbus-serial; None, and one line that says why, where it is not installed."""
    try:
        return node(), NODE_LOAD
    except NotInstalled as missing:
        print(f"modbus-serial is left out: {missing}", file=sys.stderr)
        return None


def _saturating(server: Path, client: Path, limit: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    size = (CONNECTIONS, REGISTERS)
    serial = _modbus_serial()
    us: dict[str, list[float]] = {"ours": [], "pymodbus": [], "libmodbus in C": [], "C epoll": []}
    with _serving(server) as port:
        for _ in range(rounds):
            us["ours"].append(_us(_load("ours", port, *size, seconds)))
            us["pymodbus"].append(_us(_load("pymodbus", port, *size, seconds)))
            for name, program in (("libmodbus in C", client), ("C epoll", limit)):
                us[name].append(_us(_told(program, port, *size, seconds, within_s=seconds)))
            if serial:
                told = _told(*serial, "saturating", port, *size, seconds, within_s=seconds)
                us.setdefault("modbus-serial", []).append(_us(told))
    ours = median(us.pop("ours"))
    yield Figure("CPU per request, 100 connections x 60 registers", ours, "us", None, "lower")
    for name, taken_us in us.items():
        yield Figure(f"  the same by {name}", median(taken_us), "us", None, "lower")
    for name, taken_us in us.items():
        ratio, goal = median(taken_us) / ours, REQUEST_GOALS[name]
        yield Figure(f"CPU per request, {name} / ours", ratio, "times", goal, "higher")


def _paced(server: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    serial = _modbus_serial()
    us: dict[str, list[float]] = {"ours": [], "pymodbus": []}
    for _ in range(rounds):
        with _serving(server) as port:
            size = (DEVICES, REGISTERS)
            us["ours"].append(_us(_load("paced-ours", port, *size, seconds)))
            us["pymodbus"].append(_us(_load("paced-pymodbus", port, *size, seconds)))
            if serial:
                told = _told(*serial, "paced", port, *size, seconds, within_s=seconds)
                us.setdefault("modbus-serial", []).append(_us(told))
        red = asyncio.run(taken(NODE_RED, seconds, DEVICES, PERIOD_S))
        if red:
            us.setdefault("Node-RED", []).append(_us((red.values // VALUES, red.cpu_s)))
    ours = median(us.pop("ours"))
    yield Figure("CPU per poll to batches, 500 devices x 4 Hz, 30 floats", ours, "us", None, "lower")
    for name, taken_us in us.items():
        yield Figure(f"  read and decoded only, by {name}", median(taken_us), "us", None, "lower")
    for name, taken_us in us.items():
        ratio, goal = median(taken_us) / ours, POLL_GOALS[name]
        yield Figure(f"CPU per paced poll, {name} / ours", ratio, "times", goal, "higher")


def _pipelined(server: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    ours, py = [], []
    with _serving(server, SLOW_MS) as port:
        for _ in range(rounds):
            ours.append(_load("ours", port, 1, REGISTERS, seconds, DEPTH)[0] / seconds)
            py.append(_load("pymodbus", port, 1, REGISTERS, seconds, DEPTH)[0] / seconds)
    yield Figure("requests to one device of 5 ms, 8 outstanding", median(ours), "/s", None, "higher")
    yield Figure("  by pymodbus with 8 callers", median(py), "/s", None, "higher")
    yield Figure("pipelining, in pymodbus'", median(ours) / median(py), "times", 6, "higher")
