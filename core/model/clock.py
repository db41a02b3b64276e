"""Simulated time, as one anchor that every process can read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anchor:
    """At real time `real_ns` (UTC) it was `sim_ns` (UTC), and since then time runs `speed` times as fast."""

    real_ns: int
    sim_ns: int
    speed: float = 1.0

    def at(self, real_ns: int) -> int:
        """The simulated time, UTC ns, at a real time."""
        return self.sim_ns + round((real_ns - self.real_ns) * self.speed)


REAL = Anchor(0, 0, 1.0)
"""The anchor of a real plant: simulated time is real time."""
