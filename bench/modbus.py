"""Modbus TCP: CPU per request against pymodbus and libmodbus, paced polling, and pipelining."""

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.figures import Figure

SOURCES = Path(__file__).parent / "modbus_c"
CONNECTIONS, REGISTERS = 100, 60
DEVICES = 500
SLOW_MS, DEPTH = 5, 8


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
    out = subprocess.run(
        words, check=True, capture_output=True, text=True, timeout=within_s + 60
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
        return [
            *_saturating(server, client, rounds, seconds),
            *_paced(server, rounds, seconds),
            *_pipelined(server, rounds, seconds),
        ]


def _saturating(server: Path, client: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    size = (CONNECTIONS, REGISTERS)
    ours, py, c = [], [], []
    with _serving(server) as port:
        for _ in range(rounds):
            ours.append(_us(_load("ours", port, *size, seconds)))
            py.append(_us(_load("pymodbus", port, *size, seconds)))
            c.append(_us(_told(client, port, *size, seconds, within_s=seconds)))
    yield Figure("CPU per request, 100 connections x 60 registers", median(ours), "us", None, "lower")
    yield Figure("  the same by pymodbus", median(py), "us", None, "lower")
    yield Figure("  the same by libmodbus in C", median(c), "us", None, "lower")
    yield Figure("pymodbus' CPU per request, in ours", median(py) / median(ours), "times", 5, "higher")
    yield Figure("libmodbus' CPU per request, in ours", median(c) / median(ours), "times", 1, "higher")


def _paced(server: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    ours, py = [], []
    with _serving(server) as port:
        for _ in range(rounds):
            ours.append(_us(_load("paced-ours", port, DEVICES, REGISTERS, seconds)))
            py.append(_us(_load("paced-pymodbus", port, DEVICES, REGISTERS, seconds)))
    yield Figure("CPU per poll to batches, 500 devices x 4 Hz, 30 floats", median(ours), "us", None, "lower")
    yield Figure("  read and decoded only, by pymodbus", median(py), "us", None, "lower")
    yield Figure("pymodbus' CPU per paced poll, in ours", median(py) / median(ours), "times", 5, "higher")


def _pipelined(server: Path, rounds: int, seconds: float) -> Iterator[Figure]:
    ours, py = [], []
    with _serving(server, SLOW_MS) as port:
        for _ in range(rounds):
            ours.append(_load("ours", port, 1, REGISTERS, seconds, DEPTH)[0] / seconds)
            py.append(_load("pymodbus", port, 1, REGISTERS, seconds, DEPTH)[0] / seconds)
    yield Figure("requests to one device of 5 ms, 8 outstanding", median(ours), "/s", None, "higher")
    yield Figure("  by pymodbus with 8 callers", median(py), "/s", None, "higher")
    yield Figure("pipelining, in pymodbus'", median(ours) / median(py), "times", 6, "higher")
