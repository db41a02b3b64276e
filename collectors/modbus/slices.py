"""One clock for every poll of a process: due work is called in slices, replies are decoded in slices.

A timer and a decoding for each device is what polling costs most (500 devices at 4 Hz), so connections share
one timer, and what was answered within a few milliseconds is decoded together.
"""

import asyncio
import heapq
import math
from collections.abc import Callable, Sequence

import numpy as np

from core.model.sample import Int64s
from core.ports.clock import Clock

GRID_S = 0.01
"""Wake-ups lie on multiples of this."""
FINEST_S = 0.05
LAG_S = 0.002
"""By how much wake-ups are late on purpose: uvloop counts whole milliseconds from when its turn began, and a
wake-up that comes too early costs another."""
GATHER_S = 0.004
"""How long after the first reply of a slice the others are waited for before all are decoded."""

Call = Callable[[float], None]


def slot_s(period_s: float) -> float:
    """The grid on which polls of a period lie: a tenth of it, 50 to 250 ms. A finer one wakes the process for
    fewer polls each time, and waking is much of what a poll costs."""
    return min(max(round(period_s / 10, 2), FINEST_S), 0.25)


def phase_of(share: float, period_s: float) -> float:
    """Where in its period a device is polled, on the period's grid. share: 0 up to 1, the device's own."""
    slot = slot_s(period_s)
    return math.floor(share * period_s / slot) * slot


def following(now: float, phase_s: float, period_s: float) -> float:
    """The first slot after `now`."""
    return (math.floor((now - phase_s) / period_s + 1e-6) + 1) * period_s + phase_s


class Slices:
    """Calls functions at their time (real, monotonic seconds), never early, up to `GRID_S` and `LAG_S`
    late."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[float, int, Call]] = []
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._wakes_at = math.inf
        self._gathering: list[Call] = []
        self._gathers: asyncio.TimerHandle | None = None

    def stamps(self, moments: Sequence[float]) -> Int64s:
        """What the plant's clock said at moments of the monotonic one, not long ago. For many at once: to ask
        it for each of them costs as much as validating a reply."""
        now, now_ns = self._clock.monotonic(), self._clock.now_ns()
        ago_ns = (now - np.array(moments)) * (1e9 * self._clock.anchor.speed)
        return now_ns - ago_ns.astype(np.int64)

    def at(self, when: float, call: Call) -> None:
        """`call(now)` once `when` has come. Not to be taken back: the call looks whether it still applies."""
        self._number += 1
        heapq.heappush(self._due, (when, self._number, call))
        if when < self._wakes_at:
            self._arm()

    def soon(self, call: Call) -> None:
        """`call(now)` when the replies that are on their way have come. To be asked once for each slice."""
        self._gathering.append(call)
        if self._gathers is None:
            self._gathers = asyncio.get_running_loop().call_later(GATHER_S, self._gathered)

    def no_more(self, call: Call) -> None:
        """They have all come: `soon` is taken back."""
        if call in self._gathering:
            self._gathering.remove(call)
            if not self._gathering and self._gathers is not None:
                self._gathers.cancel()
                self._gathers = None

    def _gathered(self) -> None:
        calls, self._gathering, self._gathers = self._gathering, [], None
        now = self._clock.monotonic()
        for call in calls:
            call(now)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        at = math.ceil(self._due[0][0] / GRID_S) * GRID_S
        delay = max(0.0, at - self._clock.monotonic()) + LAG_S
        self._timer = asyncio.get_running_loop().call_later(delay, self._tick)
        self._wakes_at = at

    def _tick(self) -> None:
        now, due = self._clock.monotonic(), self._due
        self._wakes_at = -math.inf  # what is asked for meanwhile is armed below
        try:
            while due and due[0][0] <= now:
                heapq.heappop(due)[2](now)
        finally:
            self._timer, self._wakes_at = None, math.inf
            if due:
                self._arm()
