"""The one Clock of a process: real time for a plant, an anchored faster time for a demo."""

import asyncio
import json
import time
from dataclasses import asdict
from pathlib import Path

from core.durable_file import replace_file
from core.model.clock import REAL, Anchor


class AnchoredClock:
    """`core.ports.clock.Clock` by an anchor; with `REAL` it is the host's own clock."""

    def __init__(self, anchor: Anchor = REAL) -> None:
        self._anchor = anchor

    @property
    def anchor(self) -> Anchor:
        return self._anchor

    def now_ns(self) -> int:
        return self._anchor.at(time.time_ns())

    monotonic = staticmethod(time.monotonic)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def read_anchor(path: Path) -> Anchor | None:
    """The anchor of a data folder; None when there is no file, which means real time."""
    try:
        fields = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return Anchor(int(fields["real_ns"]), int(fields["sim_ns"]), float(fields["speed"]))


def clock_of(data: Path) -> AnchoredClock:
    """The clock that every process of a data folder goes by."""
    return AnchoredClock(read_anchor(data / "clock.json") or REAL)


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Atomic, so that a process that starts meanwhile reads a whole anchor."""
    replace_file(path, json.dumps(asdict(anchor)).encode())
