"""High and low limits with deadband and delays, and a second, worse limit that escalates.

ISA-18.2-2016 clause 10 (deadband, on-delay, off-delay). Only Good samples count.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from alarms.columns import Column, Slice
from alarms.detectors.detector import State
from alarms.timers import Mask, Timers, timers_of
from alarms.watched import Watched
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats
from core.runtime.numbering import Numbering, Numbers


class _Change(NamedTuple):
    """at: of the sample in its slice or column."""

    at: int
    row: int
    worse: bool
    on: bool


class Limits:
    """All limits of a plant, a column of each figure. gap_ns: event time, by tag, after which a wait for a
    delay starts anew."""

    def __init__(self, rows: Iterable[AlarmDefinition], gap_ns: Mapping[str, int], tags: Numbering) -> None:
        self._rows = list(rows)
        for row in self._rows:
            if row.tag is None or row.setpoint is None:
                raise ValueError(f"alarm {row.id}: a limit needs a tag and a setpoint")
        names = [row.tag or "" for row in self._rows]
        self.tags, self._ids = frozenset(names), [row.id for row in self._rows]
        self._watched = Watched(names, tags)
        high = [row.kind is FindingKind.LIMIT_HIGH for row in self._rows]
        self._sign = np.where(np.array(high, np.bool_), 1.0, -1.0)
        self._limit = np.array([row.setpoint for row in self._rows], np.float64)
        self._worse = np.array([_figure(row.escalate_at) for row in self._rows], np.float64)
        self._has_worse = ~np.isnan(self._worse)
        self._deadband = np.array([row.deadband for row in self._rows], np.float64)
        gaps = [gap_ns[name] for name in names]
        self._main_timers, self._worse_timers = timers_of(self._rows, gaps), timers_of(self._rows, gaps)

    def update(self, s: Slice) -> list[Finding]:
        at, rows, many = self._watched.apart(s)
        findings = [_finding(self._rows[c.row], s, c) for c in self._step(s, at, rows)]
        for i, row in many:
            column = s.column(i)
            findings += [_finding(self._rows[row], column, change) for change in self._walk(row, column)]
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def _step(self, s: Slice, at: Numbers, rows: Numbers) -> list[_Change]:
        """One sample for each of these rows."""
        t_ns, v, good = s.t_ns[at], s.v[at], s.good[at]
        enter, leave = self._cross(rows, v, self._limit)
        fired = np.flatnonzero(self._main_timers.step(rows, t_ns, enter, leave, good))
        changes = [(int(at[i]), int(rows[i]), False) for i in fired]
        if (has := self._has_worse[rows]).any():
            at, rows, t_ns, v, good = at[has], rows[has], t_ns[has], v[has], good[has]
            enter, leave = self._cross(rows, v, self._worse)
            fired = np.flatnonzero(self._worse_timers.step(rows, t_ns, enter, leave, good))
            changes += [(int(at[i]), int(rows[i]), True) for i in fired]
        told = [_Change(*c, bool(self._timers(c[2]).active[c[1]])) for c in sorted(changes)]
        return [c for c in told if not c.worse or c.on or self._main_timers.active[c.row]]

    def _walk(self, row: int, column: Column) -> list[_Change]:
        """Many samples of one row. That it is less bad again is told only while it is active."""
        at_first = bool(self._main_timers.active[row])
        main = self._run(row, column, worse=False)
        if not self._has_worse[row]:
            return main
        worse = self._run(row, column, worse=True)

        def active(at: int) -> bool:
            return next((c.on for c in reversed(main) if c.at <= at), at_first)

        return sorted([*main, *(c for c in worse if c.on or active(c.at))])

    def _run(self, row: int, column: Column, *, worse: bool) -> list[_Change]:
        enter, leave = self._cross(np.array([row]), column.v, self._worse if worse else self._limit)
        changes = self._timers(worse).run(row, column.t_ns, enter, leave, column.good)
        return [_Change(at, row, worse, on) for at, on in changes]

    def _cross(self, rows: Numbers, v: Floats, limit: Floats) -> tuple[Mask, Mask]:
        """Beyond the limit, and back within it by the deadband; neither for NaN."""
        beyond = self._sign[rows] * (v - limit[rows])
        return beyond > 0, beyond <= -self._deadband[rows]

    def _timers(self, worse: bool) -> Timers:
        return self._worse_timers if worse else self._main_timers

    def snapshot(self) -> State:
        return {
            "main": self._main_timers.snapshot(self._ids),
            "worse": self._worse_timers.snapshot(self._ids),
        }

    def restore(self, state: State) -> None:
        self._main_timers.restore(self._ids, state["main"])
        self._worse_timers.restore(self._ids, state["worse"])


def _figure(value: float | None) -> float:
    return np.nan if value is None else value


def _finding(row: AlarmDefinition, of: Slice | Column, change: _Change) -> Finding:
    verbs = (Verb.UPDATE, Verb.ESCALATE) if change.worse else (Verb.CLEAR, Verb.RAISE)
    return Finding(
        alarm=row.id,
        kind=row.kind,
        verb=verbs[change.on],
        t_ns=int(of.t_ns[change.at]),
        tags=(row.tag or "",),
        zone=row.zone,
        value=float(of.v[change.at]),
        limit=row.escalate_at if change.worse and change.on else row.setpoint,
    )
