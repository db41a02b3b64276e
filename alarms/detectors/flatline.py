"""An instrument that has stopped moving while its peers move: stuck.

Peers are the tags of the same quantity in the same zone that have a flatline alarm too; an instrument
without any is never judged, since still water and a stuck gauge look the same from one place.
"""

from collections.abc import Iterable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from alarms.bins import Bins, Rows
from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.gathered import Gathered
from alarms.timers import SECOND, timer_of
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Floats
from core.runtime.numbering import Numbering, Numbers

PARTS = 12
FILLED = 0.75
"""A window counts when this share of its parts holds Good samples."""


class _Group:
    """Tags of one quantity and zone. setpoint: a range smaller than this, in the tag's unit, over window_s
    is no movement."""

    def __init__(self, rows: list[AlarmDefinition]) -> None:
        self.rows = rows
        self.least = np.array([row.setpoint for row in rows], np.float64)
        width_ns = int(max(row.window_s or 0.0 for row in rows) * SECOND) // PARTS
        self.bins = Bins([row.tag or "" for row in rows], width_ns)
        self.timers = [timer_of(row, 3 * width_ns) for row in rows]
        self.low = np.full((PARTS - 1, len(rows)), np.nan)
        self.high = self.low.copy()

    def advance(self, rows: Rows) -> list[Finding]:
        """Judges what `bins` gave out."""
        return self._judge(rows, self._range(rows))

    def _range(self, rows: Rows) -> Floats:
        """Highest less lowest over the window ending with each bin, (n, tags); NaN where too little is
        known."""
        low, high = np.concatenate((self.low, rows.low)), np.concatenate((self.high, rows.high))
        self.low, self.high = low[-(PARTS - 1) :], high[-(PARTS - 1) :]
        lows, highs = sliding_window_view(low, PARTS, axis=0), sliding_window_view(high, PARTS, axis=0)
        spread = np.fmax.reduce(highs, axis=2) - np.fmin.reduce(lows, axis=2)
        return np.where(np.isfinite(lows).mean(axis=2) >= FILLED, spread, np.nan)

    def _judge(self, rows: Rows, spread: Floats) -> list[Finding]:
        known = np.isfinite(spread)
        moves = known & (np.nan_to_num(spread) >= self.least)
        still = known & ~moves
        peers = known.sum(axis=1, keepdims=True) - known
        moving = moves.sum(axis=1, keepdims=True) - moves
        stuck = still & (peers > 0) & (2 * moving >= peers)
        t_ns = self.bins.times(rows)
        findings: list[Finding] = []
        for i, (row, timer) in enumerate(zip(self.rows, self.timers, strict=True)):
            for at, on in timer.run(t_ns, stuck[:, i], moves[:, i], known[:, i]):
                findings.append(_finding(row, int(t_ns[at]), on, float(spread[at, i])))
        return findings


class Flatline:
    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, tags: Numbering) -> None:
        groups: dict[tuple[str | None, str], list[AlarmDefinition]] = {}
        for row in rows:
            if row.tag is None or row.setpoint is None or row.window_s is None:
                raise ValueError(f"alarm {row.id}: flatline needs a tag, a setpoint and a window")
            groups.setdefault((row.zone, plant.tags[row.tag].quantity), []).append(row)
        self._groups = [_Group(members) for members in groups.values()]
        self._gathered = Gathered([group.bins for group in self._groups], tags)

    @property
    def tags(self) -> Numbers:
        return self._gathered.tags

    def update(self, s: Slice) -> list[Finding]:
        """What a source by exception need not repeat is no sign that the instrument is stuck."""
        sent = s.sent()
        if sent is None:
            return []
        return [f for n, done in self._gathered.add(sent) for f in self._groups[n].advance(done)]

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def snapshot(self) -> State:
        self._gathered.settle()
        return {
            group.bins.tags[0]: [
                group.bins.snapshot(),
                [timer.snapshot() for timer in group.timers],
                group.low.tobytes(),
                group.high.tobytes(),
            ]
            for group in self._groups
        }

    def restore(self, state: State) -> None:
        self._gathered.forget()
        for group in self._groups:
            bins, timers, low, high = state.get(group.bins.tags[0], (None, (), b"", b""))
            if bins is None or not group.bins.fits(bins):
                continue
            group.bins.restore(bins)
            for timer, kept in zip(group.timers, timers, strict=True):
                timer.restore(kept)
            group.low = np.frombuffer(low).reshape(PARTS - 1, -1).copy()
            group.high = np.frombuffer(high).reshape(PARTS - 1, -1).copy()


def _finding(row: AlarmDefinition, t_ns: int, on: bool, spread: float) -> Finding:
    return Finding(
        alarm=row.id,
        kind=row.kind,
        verb=Verb.RAISE if on else Verb.CLEAR,
        t_ns=t_ns,
        tags=(row.tag or "",),
        zone=row.zone,
        value=spread,
        limit=row.setpoint,
    )
