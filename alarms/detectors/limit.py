"""High and low limits with deadband and delays, and a second, worse limit that escalates.

ISA-18.2-2016 clause 10 (deadband, on-delay, off-delay). Only Good samples count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from alarms.columns import Column
from alarms.detectors.detector import State
from alarms.timers import SECOND, Timer
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats


@dataclass(slots=True)
class Watch:
    """One definition: sign +1 for a high limit, -1 for a low one; worse is the escalation's timer."""

    row: AlarmDefinition
    sign: float
    main: Timer
    worse: Timer | None


class Limits:
    """All limits of a plant. gap_ns: event time, by tag, after which a wait for a delay starts anew."""

    def __init__(self, rows: Iterable[AlarmDefinition], gap_ns: Mapping[str, int]) -> None:
        self._by_tag: dict[str, list[Watch]] = {}
        for row in rows:
            if row.tag is None or row.setpoint is None:
                raise ValueError(f"alarm {row.id}: a limit needs a tag and a setpoint")
            gap = gap_ns[row.tag]
            sign = 1.0 if row.kind is FindingKind.LIMIT_HIGH else -1.0
            worse = timer_of(row, gap) if row.escalate_at is not None else None
            self._by_tag.setdefault(row.tag, []).append(Watch(row, sign, timer_of(row, gap), worse))

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self._by_tag)

    def update(self, columns: Mapping[str, Column]) -> list[Finding]:
        findings: list[Finding] = []
        for tag, column in columns.items():
            for watch in self._by_tag.get(tag, ()):
                findings += _judge(watch, column)
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def snapshot(self) -> State:
        return {
            watch.row.id: [watch.main.snapshot(), watch.worse.snapshot() if watch.worse else None]
            for watches in self._by_tag.values()
            for watch in watches
        }

    def restore(self, state: State) -> None:
        for watches in self._by_tag.values():
            for watch in watches:
                main, worse = state.get(watch.row.id, (None, None))
                if main is not None:
                    watch.main.restore(main)
                if worse is not None and watch.worse is not None:
                    watch.worse.restore(worse)


def timer_of(row: AlarmDefinition, gap_ns: int) -> Timer:
    return Timer(int(row.on_delay_s * SECOND), int(row.off_delay_s * SECOND), gap_ns)


def _judge(watch: Watch, column: Column) -> list[Finding]:
    row = watch.row
    assert row.setpoint is not None
    changes = [
        (i, Verb.RAISE if on else Verb.CLEAR) for i, on in _cross(watch.main, watch, row.setpoint, column)
    ]
    if watch.worse is not None and row.escalate_at is not None:
        for i, on in _cross(watch.worse, watch, row.escalate_at, column):
            if on or watch.main.active:
                changes.append((i, Verb.ESCALATE if on else Verb.UPDATE))
        changes.sort(key=lambda change: change[0])
    return [_finding(row, column, i, verb) for i, verb in changes]


def _cross(timer: Timer, watch: Watch, limit: float, column: Column) -> list[tuple[int, bool]]:
    beyond = watch.sign * (column.v - limit)
    with np.errstate(invalid="ignore"):
        enter, leave = beyond > 0, _within(beyond, watch.row.deadband)
    return timer.run(column.t_ns, enter, leave, column.good)


def _within(beyond: Floats, deadband: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(beyond <= -deadband, np.bool_)


def _finding(row: AlarmDefinition, column: Column, i: int, verb: Verb) -> Finding:
    worse = verb is Verb.ESCALATE
    return Finding(
        alarm=row.id,
        kind=row.kind,
        verb=verb,
        t_ns=int(column.t_ns[i]),
        tags=(row.tag or "",),
        zone=row.zone,
        value=float(column.v[i]),
        limit=row.escalate_at if worse else row.setpoint,
    )
