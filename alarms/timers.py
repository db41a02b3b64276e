"""On-delay, off-delay and deadband in event time, for one condition.

A condition annunciates when it was true without a break for the on-delay; it returns to normal when the
opposite (beyond the deadband) held without a break for the off-delay. A sample that says nothing (Bad), or
a gap in time, breaks a wait and starts it anew; neither ever changes the state.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.model.sample import Int64s

Mask = npt.NDArray[np.bool_]
SECOND = 1_000_000_000


@dataclass(slots=True)
class Timer:
    """since_ns: when the pending change began to be true; None when none is pending. last_ns: the newest
    sample that counted."""

    on_delay_ns: int
    off_delay_ns: int
    gap_ns: int
    active: bool = False
    since_ns: int | None = None
    last_ns: int | None = None

    def run(self, t_ns: Int64s, enter: Mask, leave: Mask, valid: Mask) -> list[tuple[int, bool]]:
        """Changes of state as (index, active), for samples ascending in time. enter / leave: the alarm's
        condition and the condition for its end; never both."""
        changes: list[tuple[int, bool]] = []
        breaks = self._breaks(t_ns, valid)
        runs = {True: _runs(enter & valid, breaks), False: _runs(leave & valid, breaks)}
        i, n = 0, len(t_ns)
        while i < n:
            wanted = not self.active
            starts, ends = runs[wanted]
            at = int(np.searchsorted(ends, i, side="right"))
            j = max(i, int(starts[at])) if at < len(starts) else n
            if j > i:
                self.since_ns = None
            if j == n:
                break
            if self.since_ns is None or breaks[j]:
                self.since_ns = int(t_ns[j])
            i = int(ends[at])
            delay_ns = self.on_delay_ns if wanted else self.off_delay_ns
            fire = j + int(np.searchsorted(t_ns[j:i], self.since_ns + delay_ns))
            if fire < i:
                self.active, self.since_ns = wanted, None
                changes.append((fire, wanted))
                i = fire + 1
        self.last_ns = int(t_ns[-1])
        return changes

    def due(self, now_ns: int) -> bool:
        """True when a pending change became due by the clock alone; the state changes with it."""
        if self.since_ns is None:
            return False
        if now_ns - self.since_ns < (self.off_delay_ns if self.active else self.on_delay_ns):
            return False
        self.active, self.since_ns = not self.active, None
        return True

    def _breaks(self, t_ns: Int64s, valid: Mask) -> Mask:
        """True where a wait cannot carry over from the sample before."""
        before = np.empty_like(t_ns)
        before[0] = t_ns[0] if self.last_ns is None else self.last_ns
        before[1:] = t_ns[:-1]
        breaks = (t_ns - before > self.gap_ns) | ~valid
        return np.asarray(breaks, np.bool_)

    def snapshot(self) -> list[int | bool | None]:
        return [self.active, self.since_ns, self.last_ns]

    def restore(self, state: list[int | bool | None]) -> None:
        active, self.since_ns, self.last_ns = state
        self.active = bool(active)


def _runs(hits: Mask, breaks: Mask) -> tuple[Int64s, Int64s]:
    """First and one-past-last indices of the unbroken runs of hits."""
    at = np.flatnonzero(hits)
    if not len(at):
        return at, at
    apart = (np.diff(at) > 1) | breaks[at[1:]]
    starts = at[np.concatenate(([True], apart))]
    return starts, at[np.concatenate((apart, [True]))] + 1
