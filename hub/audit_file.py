"""How hub and auditor see each other live: a file each, written anew every few seconds."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.model.condition import Severity
from core.ports.clock import Clock
from core.runtime import health_words as words
from core.runtime.health import Health

BEAT, AUDIT = "calls.beat", "auditor.json"
BEAT_S = 1.0
SILENT_S = 60.0
"""Without a sign of life for so long, it is told."""
LOOK_S = 5.0


def beat(file: Path, wall_s: Callable[[], float] = time.time) -> None:
    """The hub's: at most every BEAT_S. A disk that takes nothing is told by others."""
    with suppress(OSError):
        if not file.exists() or wall_s() - file.stat().st_mtime >= BEAT_S:
            write(file, {"at_s": wall_s()})


def write(file: Path, content: dict[str, Any]) -> None:
    """Whole or not at all."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(content, ensure_ascii=False))
    fresh.replace(file)


def age_s(file: Path, wall_s: Callable[[], float] = time.time) -> float | None:
    """Since it was written; None when it is not there."""
    try:
        return max(0.0, wall_s() - file.stat().st_mtime)
    except OSError:
        return None


class AuditWatch:
    """The hub's eye on the auditor."""

    def __init__(self, data: Path, health: Health, clock: Clock, silent_s: float = SILENT_S) -> None:
        self._file, self._health, self._clock, self._silent_s = data / AUDIT, health, clock, silent_s

    async def run(self) -> None:
        """Until cancelled."""
        began_s = self._clock.monotonic()
        while True:
            self.look(self._clock.monotonic() - began_s)
            await self._clock.sleep(LOOK_S)

    def look(self, up_s: float) -> None:
        """up_s: how long the hub has been up; it does not complain of an auditor that starts with it."""
        age = age_s(self._file)
        if age is not None and age <= self._silent_s:
            self._health.clear("auditor_silent")
            self._found(json.loads(self._file.read_text()))
        elif up_s > self._silent_s:
            detail = "never seen" if age is None else f"last seen {age:.0f} s ago"
            self._health.set("auditor_silent", Severity.ALARM, *words.AUDITOR_SILENT, detail=detail)

    def _found(self, audit: dict[str, Any]) -> None:
        if found := audit.get("silences"):
            detail = "; ".join(str(one["alarm"]) for one in found[:3])
            self._health.set("calls_silent", Severity.ALARM, *words.CALLS_SILENT, detail=detail)
        else:
            self._health.clear("calls_silent")
