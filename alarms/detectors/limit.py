"""High and low limits with deadband and delays, and a second, worse limit that escalates.

ISA-18.2-2016 clause 10 (deadband, on-delay, off-delay). Only Good samples count.
"""

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from alarms.columns import Column, Slice
from alarms.definitions import ids_of
from alarms.detectors.detector import State
from alarms.timers import Timers, timers_of
from alarms.watched import Watched
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats
from core.runtime.numbering import Mask, Numbering, Numbers


class _Change(NamedTuple):
    """at: of the sample in its slice or column."""

    at: int
    row: int
    worse: bool
    on: bool


class _Side:
    """One limit of each row, in values of which the higher are the worse ones (a low limit's times -1):
    beyond `enter` is an alarm, at most `leave` is none any more. NaN: no such limit."""

    def __init__(self, enter: Floats, deadband: Floats, timers: Timers) -> None:
        self.enter, self.leave, self.timers = enter, enter - deadband, timers

    def cross(self, rows: Numbers, x: Floats) -> tuple[Mask, Mask]:
        """Beyond the limit, and back within it by the deadband; neither for NaN."""
        return x > self.enter[rows], x <= self.leave[rows]

    def calm(self, rows: Numbers) -> tuple[Floats, Floats]:
        """From what value to what value nothing changes; an empty span while a change is pending."""
        on, rest = self.timers.active[rows], self.timers.at_rest(rows)
        low = np.where(on, np.nextafter(self.leave[rows], np.inf), -np.inf)
        high = np.where(on, np.inf, self.enter[rows])
        return np.where(rest, low, np.inf), np.where(rest, np.where(np.isnan(high), np.inf, high), -np.inf)


class Limits:
    """All limits of a plant, a column of each figure. gap_ns: event time, by tag, after which a wait for a
    delay starts anew.

    Nearly always nothing happens: of each tag it is known between which two values none of its limits
    changes, and what lies there is not looked at any further.
    """

    def __init__(self, rows: Sequence[AlarmDefinition], gap_ns: Mapping[str, int], tags: Numbering) -> None:
        self._rows, rows = rows, list(rows)
        for row in rows:
            if row.tag is None or row.setpoint is None:
                raise ValueError(f"alarm {row.id}: a limit needs a tag and a setpoint")
        names = [row.tag or "" for row in rows]
        self._ids = ids_of(self._rows)
        self._watched = Watched(names, tags)
        high = [row.kind is FindingKind.LIMIT_HIGH for row in rows]
        self._sign = np.where(np.array(high, np.bool_), 1.0, -1.0)
        setpoint = np.array([row.setpoint for row in rows], np.float64)
        worse = np.array([_figure(row.escalate_at) for row in rows], np.float64)
        deadband = np.array([row.deadband for row in rows], np.float64)
        own = (row.escalate_deadband for row in rows)
        worse_deadband = np.where(np.isnan(given := np.array([_figure(one) for one in own])), deadband, given)
        timers, n = timers_of(rows, [gap_ns[name] for name in names]).twice(), len(rows)
        self._main = _Side(self._sign * setpoint, deadband, timers.part(0, n))
        self._worse = _Side(self._sign * worse, worse_deadband, timers.part(n, 2 * n))
        enter = np.concatenate((self._main.enter, self._worse.enter))
        self._both = _Side(enter, np.concatenate((deadband, worse_deadband)), timers)
        self._has_worse = ~np.isnan(worse)
        self._low, self._high = np.full(len(tags), -np.inf), np.full(len(tags), np.inf)
        self._settle(self.tags)

    @property
    def tags(self) -> Numbers:
        return np.unique(self._watched.number)

    def update(self, s: Slice) -> list[Finding]:
        if s.stepped is not None:
            self._begin_anew(s.stepped)
        calm = (s.v >= self._low[s.place]) & (s.v <= self._high[s.place])
        if calm.all():
            return []
        if not s.once:
            calm = np.logical_and.reduceat(calm, s.first)
        stirred = np.flatnonzero(~calm)  # NaN too
        number = s.tags[stirred]
        at, rows = self._watched.of(number)
        at = stirred[at]
        alone = s.first[at] == s.last[at]
        findings = [_finding(self._rows[c.row], s, c) for c in self._step(s, s.first[at[alone]], rows[alone])]
        for i, row in zip(at[~alone].tolist(), rows[~alone].tolist(), strict=True):
            column = s.column(i)
            findings += [_finding(self._rows[row], column, change) for change in self._walk(row, column)]
        self._settle(number)
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def _begin_anew(self, number: Numbers) -> None:
        _, rows = self._watched.of(number)
        self._both.timers.begin_anew(np.concatenate((rows, rows + len(self._sign))))
        self._settle(number)

    def _settle(self, number: Numbers) -> None:
        """Between which values nothing changes for these tags, now that their limits have been judged."""
        at, rows = self._watched.of(number)
        low, high = np.full(len(number), -np.inf), np.full(len(number), np.inf)
        least, most = self._both.calm(np.concatenate((rows, rows + len(self._sign))))
        at, upward = np.concatenate((at, at)), np.tile(self._sign[rows] > 0, 2)
        np.maximum.at(low, at, np.where(upward, least, -most))
        np.minimum.at(high, at, np.where(upward, most, -least))
        self._low[number], self._high[number] = low, high

    def _step(self, s: Slice, at: Numbers, rows: Numbers) -> list[_Change]:
        """One sample for each of these rows."""
        n, has = len(self._sign), np.flatnonzero(self._has_worse[rows])
        x, two = self._sign[rows] * s.v[at], np.concatenate((rows, rows[has] + n))
        at, x = np.concatenate((at, at[has])), np.concatenate((x, x[has]))
        timers = self._both.timers
        fired = np.flatnonzero(timers.step(two, s.t_ns[at], *self._both.cross(two, x), s.good[at]))
        at, two = at[fired], two[fired]
        told = zip(at.tolist(), (two % n).tolist(), (two >= n).tolist(), timers.active[two], strict=True)
        changes = sorted(_Change(i, row, worse, bool(on)) for i, row, worse, on in told)
        return [c for c in changes if not c.worse or c.on or timers.active[c.row]]

    def _walk(self, row: int, column: Column) -> list[_Change]:
        """Many samples of one row. That it is less bad again is told only while it is active."""
        at_first = bool(self._main.timers.active[row])
        main = self._run(row, column, worse=False)
        if not self._has_worse[row]:
            return main
        worse = self._run(row, column, worse=True)

        def active(at: int) -> bool:
            return next((c.on for c in reversed(main) if c.at <= at), at_first)

        return sorted([*main, *(c for c in worse if c.on or active(c.at))])

    def _run(self, row: int, column: Column, *, worse: bool) -> list[_Change]:
        side = self._worse if worse else self._main
        enter, leave = side.cross(np.array([row]), self._sign[row] * column.v)
        changes = side.timers.run(row, column.t_ns, enter, leave, column.good)
        return [_Change(at, row, worse, on) for at, on in changes]

    def standing(self, ids: Container[str]) -> set[str]:
        """Those of these rows that are active."""
        return {
            id for row in np.flatnonzero(self._main.timers.active).tolist() if (id := self._ids[row]) in ids
        }

    def returning(self) -> set[str]:
        """Those of these rows that are active only until their off-delay is over."""
        return {self._ids[row] for row in np.flatnonzero(self._main.timers.returning).tolist()}

    def snapshot(self) -> State:
        return {
            "main": self._main.timers.snapshot(self._ids),
            "worse": self._worse.timers.snapshot(self._ids),
        }

    def restore(self, state: State) -> None:
        self._main.timers.restore(self._ids, state["main"])
        self._worse.timers.restore(self._ids, state["worse"])
        self._settle(self.tags)


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
