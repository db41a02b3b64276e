"""An instrument that says of itself that it cannot be believed: one instrument alarm a tag.

Codes that mean "nobody answered" are not its business (see `communication`), nor is one in maintenance; both
freeze it.
OPC UA Part 8, 6.3 (IEC 62541-8): the reasons of Bad.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from alarms.columns import Column
from alarms.detectors.detector import State
from alarms.detectors.limit import timer_of
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.quality import COMMUNICATION, Codes, Status, is_bad, reason

_REASON = np.uint32(0xFFFF0000)
_SILENT = np.array(sorted({*COMMUNICATION, Status.BAD_WAITING_FOR_INITIAL_DATA}), np.uint32)


def silent(q: Codes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True where the code says that nobody answered (yet)."""
    return np.isin(q & _REASON, _SILENT)


class BadQuality:
    """gap_ns is not needed: a Bad sample stands until the next one, so a wait runs through silence."""

    def __init__(self, rows: Iterable[AlarmDefinition]) -> None:
        self._rows: dict[str, AlarmDefinition] = {}
        for row in rows:
            if row.tag is None:
                raise ValueError(f"alarm {row.id}: bad quality is a tag's")
            self._rows[row.tag] = row
        self._timers = {tag: timer_of(row, 1 << 62) for tag, row in self._rows.items()}
        self._code: dict[str, int] = {}

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self._rows)

    def update(self, columns: Mapping[str, Column]) -> list[Finding]:
        findings: list[Finding] = []
        for tag, column in columns.items():
            if (row := self._rows.get(tag)) is None:
                continue
            timer = self._timers[tag]
            if not (timer.active or timer.since_ns or tag in self._code) and column.good.all():
                continue
            mute = silent(column.q) | ((column.q & _REASON) == Status.BAD_OUT_OF_SERVICE)
            bad = is_bad(column.q)
            for i, on in timer.run(column.t_ns, bad & ~mute, ~bad, ~mute):
                findings.append(_finding(row, int(column.t_ns[i]), on, int(column.q[i])))
            self._code[tag] = int(column.q[-1])
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        findings: list[Finding] = []
        for tag, timer in self._timers.items():
            if timer.since_ns is not None and timer.due(now_ns):
                findings.append(_finding(self._rows[tag], now_ns, timer.active, self._code.get(tag, 0)))
        return findings

    def snapshot(self) -> State:
        rows = self._rows
        return {
            rows[tag].id: [timer.snapshot(), self._code.get(tag, 0)]
            for tag, timer in self._timers.items()
            if tag in self._code
        }

    def restore(self, state: State) -> None:
        for tag, row in self._rows.items():
            if row.id in state:
                timer, self._code[tag] = state[row.id]
                self._timers[tag].restore(timer)


def _finding(row: AlarmDefinition, t_ns: int, on: bool, code: int) -> Finding:
    return Finding(
        alarm=row.id,
        kind=row.kind,
        verb=Verb.RAISE if on else Verb.CLEAR,
        t_ns=t_ns,
        tags=(row.tag or "",),
        zone=row.zone,
        evidence={"reason": reason(code)},
    )
