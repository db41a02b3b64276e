"""What was commanded and what is, apart for longer than the equipment takes: a pump that does not start,
a valve that does not travel. The hub only looks; it commands nothing.

ISA-18.2-2016, 3.1 (discrepancy alarm). The wait is the row's on-delay and counts from the command: a new
command begins it anew, for the equipment has its time again.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.paired import Moment, Paired, pair
from alarms.timers import timers_of
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.runtime.numbering import Numbering, Numbers


class Discrepancy:
    """A row's tag is what is, its reference what was commanded: a tag, or a constant for what always is to
    be so. setpoint: what they may differ by, 0 for switches and modes. command: what was last commanded."""

    def __init__(self, rows: Sequence[AlarmDefinition], gap_ns: Mapping[str, int], tags: Numbering) -> None:
        self._rows, rows = rows, list(rows)
        self._ids = [row.id for row in rows]
        self._paired = Paired(rows, gap_ns, tags)
        self._timers = timers_of(rows, self._paired.gap_ns[0])
        self._tolerance = np.array([row.setpoint or 0.0 for row in rows], np.float64)
        self._deadband = np.array([row.deadband for row in rows], np.float64)
        self._command = np.full(len(rows), np.nan)

    @property
    def tags(self) -> Numbers:
        return self._paired.tags

    def update(self, s: Slice) -> list[Finding]:
        self._timers.begin_anew(self._paired.stepped(s))
        return [finding for moment in self._paired.moments(s) for finding in self._judge(moment)]

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def _judge(self, m: Moment) -> list[Finding]:
        rows, tolerance = m.rows, self._tolerance[m.rows]
        same = np.abs(m.reference - self._command[rows]) <= tolerance  # never for NaN, the first one
        if len(anew := np.flatnonzero(m.known & ~same)):
            self._command[rows[anew]] = m.reference[anew]
            self._timers.begin_anew(rows[anew])
        apart = np.abs(m.v - m.reference) - tolerance
        leave = apart <= -np.minimum(self._deadband[rows], tolerance)
        changed = self._timers.step(rows, m.t_ns, apart > 0, leave, m.known)
        return [self._finding(m, i) for i in np.flatnonzero(changed).tolist()]

    def _finding(self, m: Moment, i: int) -> Finding:
        at = int(m.rows[i])
        row = self._rows[at]
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=Verb.RAISE if self._timers.active[at] else Verb.CLEAR,
            t_ns=int(m.t_ns[i]),
            tags=pair(row),
            zone=row.zone,
            value=float(m.v[i]),
            limit=float(m.reference[i]),
            evidence={"actual": float(m.v[i]), "commanded": float(m.reference[i])},
        )

    def returning(self) -> set[str]:
        """Those of these rows that are active only until their off-delay is over."""
        return {self._ids[row] for row in np.flatnonzero(self._timers.returning).tolist()}

    def snapshot(self) -> State:
        return {
            "paired": self._paired.snapshot(),
            "timers": self._timers.snapshot(self._ids),
            "commands": dict(zip(self._ids, self._command.tolist(), strict=True)),
        }

    def restore(self, state: State) -> None:
        self._paired.restore(state["paired"])
        self._timers.restore(self._ids, state["timers"])
        for row, id in enumerate(self._ids):
            self._command[row] = state["commands"].get(id, np.nan)
