"""When each smart meter sends what: most every hour, some late and many readings at once.

Meters read themselves at every full hour. A tenth of them save their battery and upload every 6 to 24
hours. Everything follows from the meter's name, so that a restart changes no habit.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOUR_S = 3600
LATE_SHARE = 0.1
DUPLICATE_SHARE = 0.005
MOST_READINGS = 48
"""In one message; a longer backlog takes several."""


def _draw(text: str, n: int) -> int:
    """A number in 0..n-1 that only depends on `text`."""
    return zlib.crc32(text.encode()) % n


@dataclass(frozen=True, slots=True)
class Habit:
    """delay_s: after the full hour. every_h: hours between uploads; those at hours with
    hour % every_h == phase."""

    delay_s: int
    every_h: int = 1
    phase: int = 0

    @classmethod
    def of(cls, meter: str) -> "Habit":
        delay_s = 30 + _draw(f"{meter} delay", HOUR_S - 120)
        if _draw(f"{meter} late", 1000) >= 1000 * LATE_SHARE:
            return cls(delay_s)
        every_h = 6 + _draw(f"{meter} every", 19)
        return cls(delay_s, every_h, _draw(f"{meter} phase", every_h))

    def due(self, now_s: float) -> int:
        """The newest hour (since 1970) whose reading should have been sent by now."""
        hour = int(now_s - self.delay_s) // HOUR_S
        return hour - (hour - self.phase) % self.every_h


def sent_twice(meter: str, hour: int) -> bool:
    """Some uploads come twice, as after a lost acknowledgement."""
    return _draw(f"{meter} {hour} twice", 10_000) < 10_000 * DUPLICATE_SHARE


def to_send(last: int, due: int, oldest: int) -> range:
    """The hours of the next message, given the last one acknowledged and the oldest still known."""
    first = max(last + 1, oldest)
    return range(first, min(due, first + MOST_READINGS - 1) + 1)


class Sent:
    """The last hour of every meter that the broker acknowledged: the meters' own small history.
    A meter never heard of begins at `first_hour`."""

    def __init__(self, file: Path, first_hour: int) -> None:
        self._file = file
        self._first = first_hour
        try:
            self._last: dict[str, int] = json.loads(file.read_text())
        except FileNotFoundError:
            self._last = {}
        self._changed = False

    def last(self, meter: str) -> int:
        return self._last.get(meter, self._first)

    def acknowledge(self, hours: Mapping[str, int]) -> None:
        for meter, hour in hours.items():
            if hour > self.last(meter):
                self._last[meter] = hour
                self._changed = True

    def begin(self, meters: tuple[str, ...]) -> None:
        """Writes down where every meter begins, so that a restart does not skip what was not yet due."""
        for meter in meters:
            self._last.setdefault(meter, self._first)
        self._changed = True
        self.save()

    def save(self) -> None:
        """Atomic; nothing when nothing changed."""
        if self._changed:
            fresh = self._file.with_suffix(".new")
            fresh.write_text(json.dumps(self._last))
            fresh.replace(self._file)
            self._changed = False
