"""On-delay, off-delay and deadband in event time, for one condition.

A condition annunciates when it was true without a break for the on-delay; it returns to normal when the
opposite (beyond the deadband) held without a break for the off-delay. A sample that says nothing (Bad), or
a gap in time, breaks a wait and starts it anew; neither ever changes the state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.model.alarm import AlarmDefinition
from core.model.sample import Int64s
from core.runtime.numbering import Mask, Numbers, Places

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


_NONE = np.iinfo(np.int64).min


class Timers:
    """Many conditions, each as `Timer` is one, in columns. Delays and gap: of each, ns."""

    def __init__(self, on_delay_ns: Int64s, off_delay_ns: Int64s, gap_ns: Int64s) -> None:
        n = len(on_delay_ns)
        self._on, self._off, self._gap = on_delay_ns, off_delay_ns, gap_ns
        self.active: Mask = np.zeros(n, np.bool_)
        self._since = np.full(n, _NONE, np.int64)
        self._last = np.full(n, _NONE, np.int64)

    def twice(self) -> "Timers":
        """As many again after these, with the same delays: of a part, see `part`."""
        return Timers(*(np.tile(column, 2) for column in (self._on, self._off, self._gap)))

    def part(self, first: int, end: int) -> "Timers":
        """Some of these by themselves, numbered from 0: the same conditions, not others like them."""
        rows = slice(first, end)
        some = Timers(self._on[rows], self._off[rows], self._gap[rows])
        some.active, some._since, some._last = self.active[rows], self._since[rows], self._last[rows]
        return some

    def step(self, rows: Numbers, t_ns: Int64s, enter: Mask, leave: Mask, valid: Mask) -> Mask:
        """One sample for each of these conditions, none of them twice: whose state changed."""
        active, since = self.active[rows], self._since[rows]
        wanted = np.where(active, leave, enter) & valid
        anew = (since == _NONE) | (t_ns - self._last[rows] > self._gap[rows])
        since = np.where(anew, t_ns, since)
        changed = wanted & (t_ns - since >= np.where(active, self._off[rows], self._on[rows]))
        self._since[rows] = np.where(wanted & ~changed, since, _NONE)
        self._last[rows] = t_ns
        self.active[rows] = active ^ changed
        return np.asarray(changed, np.bool_)

    def run(self, row: int, t_ns: Int64s, enter: Mask, leave: Mask, valid: Mask) -> list[tuple[int, bool]]:
        """Many samples of one condition: see `Timer.run`."""
        timer = Timer(int(self._on[row]), int(self._off[row]), int(self._gap[row]))
        timer.restore(self._state(row))
        changes = timer.run(t_ns, enter, leave, valid)
        self._restore(row, timer.snapshot())
        return changes

    def due(self, now_ns: int) -> list[int]:
        """Conditions whose pending change became due by the clock alone; their state changes with it."""
        waiting = np.flatnonzero(self._since != _NONE)
        delay = np.where(self.active[waiting], self._off[waiting], self._on[waiting])
        due = waiting[now_ns - self._since[waiting] >= delay]
        self.active[due] ^= True
        self._since[due] = _NONE
        rows: list[int] = due.tolist()
        return rows

    def begin_anew(self, rows: Numbers) -> None:
        """A change that these conditions wait for has to wait its whole delay from the next sample on."""
        self._since[rows] = _NONE

    def reset(self, rows: Numbers) -> None:
        """These conditions are neither active nor waiting."""
        self.active[rows], self._since[rows] = False, _NONE

    def at_rest(self, rows: Numbers) -> Mask:
        """Of these conditions, those without a pending change: only the opposite of what they are moves
        them, whenever the next sample comes."""
        return np.asarray(self._since[rows] == _NONE, np.bool_)

    def resting(self, rows: Places) -> Mask:
        """Of these conditions, those that are neither active nor waiting."""
        return np.asarray(~self.active[rows] & (self._since[rows] == _NONE), np.bool_)

    @property
    def returning(self) -> Mask:
        """Conditions that are active, though the newest sample has left the alarm: their off-delay runs."""
        return np.asarray(self.active & (self._since != _NONE), np.bool_)

    @property
    def stirred(self) -> Mask:
        """Conditions that are active or waiting; of the others there is nothing to keep."""
        return np.asarray(self.active | (self._since != _NONE), np.bool_)

    def snapshot(self, ids: Sequence[str]) -> dict[str, list[int | bool | None]]:
        """By the ids of the conditions; those at rest are left out."""
        return {ids[row]: self._state(row) for row in np.flatnonzero(self.stirred).tolist()}

    def restore(self, ids: Sequence[str], state: Mapping[str, list[int | bool | None]]) -> None:
        for row, id in enumerate(ids) if state else ():
            if id in state:
                self._restore(row, state[id])

    def _state(self, row: int) -> list[int | bool | None]:
        since, last = int(self._since[row]), int(self._last[row])
        return [bool(self.active[row]), *(None if t == _NONE else t for t in (since, last))]

    def _restore(self, row: int, state: list[int | bool | None]) -> None:
        active, since, last = state
        self.active[row] = bool(active)
        self._since[row] = _NONE if since is None else since
        self._last[row] = _NONE if last is None else last


def timer_of(row: AlarmDefinition, gap_ns: int) -> Timer:
    return Timer(int(row.on_delay_s * SECOND), int(row.off_delay_s * SECOND), gap_ns)


def timers_of(rows: Sequence[AlarmDefinition], gap_ns: Sequence[int] | Int64s) -> Timers:
    """A condition for each row."""
    on = np.array([int(row.on_delay_s * SECOND) for row in rows], np.int64)
    off = np.array([int(row.off_delay_s * SECOND) for row in rows], np.int64)
    return Timers(on, off, np.array(gap_ns, np.int64))


def _runs(hits: Mask, breaks: Mask) -> tuple[Int64s, Int64s]:
    """First and one-past-last indices of the unbroken runs of hits."""
    at = np.flatnonzero(hits)
    if not len(at):
        return at, at
    apart = (np.diff(at) > 1) | breaks[at[1:]]
    starts = at[np.concatenate(([True], apart))]
    return starts, at[np.concatenate((apart, [True]))] + 1
