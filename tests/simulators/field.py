"""A board and processes of the town for tests: real files, real processes, real ports."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from simulators.board import BoardWriter

ROOT = Path(__file__).parents[2]
STOP_S = 2.0
"""A process stops within a second; the other one is for a machine that does much else."""


class TestBoard:
    """What the tests' instruments show; every `show` is one tick."""

    __test__ = False

    def __init__(self, data: Path, tags: list[str]) -> None:
        self._writer = BoardWriter.open(data / "town", tags)
        self._slot = {tag: slot for slot, tag in enumerate(tags)}
        self.t_ns = np.full(len(tags), 1_780_000_000_000_000_000, np.int64)
        self.v = np.zeros(len(tags))
        self.q = np.zeros(len(tags), np.uint32)
        self._writer.write(self.t_ns, self.v, self.q)

    def show(self, readings: Mapping[str, float | tuple[float, int]], t_ns: int | None = None) -> None:
        for tag, reading in readings.items():
            v, q = reading if isinstance(reading, tuple) else (reading, 0)
            slot = self._slot[tag]
            self.v[slot], self.q[slot] = v, q
            self.t_ns[slot] = t_ns or self.t_ns[slot] + 1_000_000_000
        self._writer.write(self.t_ns, self.v, self.q)


@contextmanager
def process(
    module: str, *args: str | Path, ready_s: float = 20.0
) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """A process of the town, once it has said that it is ready; killed at the end."""
    run = [sys.executable, "-m", module, *map(str, args)]
    child = subprocess.Popen(run, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ})
    try:
        assert child.stdout is not None
        while True:
            line = child.stdout.readline()
            assert line, f"{module} ended with {child.wait(ready_s)} before it was ready"
            said = json.loads(line)
            if "ready" in said:
                break
        yield child, said
    finally:
        child.kill()
        child.wait(5)
        if child.stdout:
            child.stdout.close()
