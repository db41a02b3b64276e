"""An instrument that says of itself that it cannot be believed: one instrument alarm a tag.

Codes that mean "nobody answered" are not its business; they freeze it (see `communication`).
OPC UA Part 8, 6.3 (IEC 62541-8): the reasons of Bad.
"""

from collections.abc import Sequence

import numpy as np

from alarms.columns import Column, Slice
from alarms.definitions import ids_of
from alarms.detectors.detector import State
from alarms.timers import timers_of
from alarms.watched import Watched
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.quality import COMMUNICATION, Codes, Status, is_bad, reason
from core.runtime.numbering import Mask, Numbering, Numbers

_SILENT = np.zeros(1 << 16, np.bool_)
"""By the upper half of a code, its class and reason."""
_SILENT[[code >> 16 for code in (*COMMUNICATION, Status.BAD_WAITING_FOR_INITIAL_DATA)]] = True


def silent(q: Codes) -> Mask:
    """True where the code says that nobody answered (yet)."""
    return np.asarray(_SILENT[q >> 16], np.bool_)


class BadQuality:
    """A Bad sample stands until the next one, so a wait runs through silence: there is no gap."""

    def __init__(self, rows: Sequence[AlarmDefinition], tags: Numbering) -> None:
        by_tag = {row.tag: row for row in rows}
        if (untagged := by_tag.get(None)) is not None:
            raise ValueError(f"alarm {untagged.id}: bad quality is a tag's")
        one_each = list(by_tag.values())
        self._rows = rows if len(rows) == len(one_each) else one_each
        names = [row.tag or "" for row in one_each]
        self._ids = ids_of(self._rows)
        self._watched = Watched(names, tags)
        self._timers = timers_of(one_each, [1 << 62] * len(names))
        self._code: Codes = np.zeros(len(names), np.uint32)
        self._followed = np.zeros(len(names), np.bool_)
        """Active, waiting, or last seen not Good: of the others a Good sample changes nothing."""
        self._calm = True

    @property
    def tags(self) -> Numbers:
        return self._watched.number

    def update(self, s: Slice) -> list[Finding]:
        if self._calm and s.all_good:
            return []
        pairs, many = self._watched.apart(s)
        use = np.flatnonzero(self._followed[pairs.rows] | ~s.good[pairs.at])
        at, rows = pairs.where(use)
        findings = self._step(s, at, rows)
        self._follow(rows)
        for i, row in many:
            column = s.column(i)
            if self._followed[row] or not column.good.all():
                findings += self._walk(row, column)
                self._follow(np.array([row]))
        self._calm = not self._followed.any()
        return findings

    def _follow(self, rows: Numbers) -> None:
        self._followed[rows] = ~self._timers.resting(rows) | (self._code[rows] != 0)

    def _step(self, s: Slice, at: Numbers, rows: Numbers) -> list[Finding]:
        t_ns, q = s.t_ns[at], s.q[at]
        mute, bad = silent(q), is_bad(q)
        changed = self._timers.step(rows, t_ns, bad & ~mute, ~bad, ~mute)
        self._code[rows] = q
        return [
            self._finding(int(rows[i]), int(t_ns[i]), int(q[i])) for i in np.flatnonzero(changed).tolist()
        ]

    def _walk(self, row: int, column: Column) -> list[Finding]:
        mute, bad = silent(column.q), is_bad(column.q)
        findings = []
        for i, on in self._timers.run(row, column.t_ns, bad & ~mute, ~bad, ~mute):
            findings.append(self._finding(row, int(column.t_ns[i]), int(column.q[i]), on))
        self._code[row] = column.q[-1]
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        if self._calm:
            return []
        return [self._finding(row, now_ns, int(self._code[row])) for row in self._timers.due(now_ns)]

    def snapshot(self) -> State:
        followed = np.flatnonzero(self._followed).tolist()
        return {
            "timers": self._timers.snapshot(self._ids),
            "codes": {self._ids[row]: int(self._code[row]) for row in followed},
        }

    def restore(self, state: State) -> None:
        self._timers.restore(self._ids, state["timers"])
        codes = state["codes"]
        self._code = np.array([codes.get(id, 0) for id in self._ids], np.uint32)
        self._followed = self._timers.stirred | (self._code != 0)
        self._calm = not self._followed.any()

    def _finding(self, at: int, t_ns: int, code: int, on: bool | None = None) -> Finding:
        """on: as the condition now is, unless said otherwise."""
        row = self._rows[at]
        active = bool(self._timers.active[at]) if on is None else on
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=Verb.RAISE if active else Verb.CLEAR,
            t_ns=t_ns,
            tags=(row.tag or "",),
            zone=row.zone,
            evidence={"reason": reason(code)},
        )
