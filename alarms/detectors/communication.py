"""A station nobody hears: one alarm for it, however many tags it has.

Raised when at least half of the station's tags that were ever heard are Bad because nobody answered.
Lost communication is never low pressure (house rule 1).
"""

from collections.abc import Iterable, Mapping

import numpy as np

from alarms.columns import Column
from alarms.detectors.bad_quality import silent
from alarms.detectors.detector import State
from alarms.detectors.limit import timer_of
from alarms.timers import Timer
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Int64s

LOST_SHARE = 0.5


class Station:
    """One definition's station: which of its tags were heard, and which are silent now."""

    def __init__(self, row: AlarmDefinition, tags: tuple[str, ...]) -> None:
        self.row, self.tags = row, tags
        self.timer: Timer = timer_of(row, 1 << 62)
        self.silent: dict[str, bool] = {}

    @property
    def mute(self) -> tuple[str, ...]:
        return tuple(tag for tag, is_mute in self.silent.items() if is_mute)

    def update(self, columns: Mapping[str, Column]) -> list[Finding]:
        seen = [(tag, columns[tag]) for tag in self.tags if tag in columns]
        quiet = not any(self.silent.values()) and all(column.good.all() for _, column in seen)
        if quiet and not self.timer.active:
            self.silent |= dict.fromkeys((tag for tag, _ in seen), False)
            return []
        t_ns, mute = self._history(seen)
        lost = np.array([len(tags) >= LOST_SHARE * len(self.silent) for tags in mute], np.bool_)
        changes = self.timer.run(t_ns, lost, ~lost, np.ones(len(t_ns), np.bool_))
        return [self.finding(int(t_ns[i]), on, mute[i]) for i, on in changes]

    def _history(self, seen: list[tuple[str, Column]]) -> tuple[Int64s, list[tuple[str, ...]]]:
        """The station's silent tags after each instant at which any of its tags spoke."""
        spoken = sorted(
            (int(t), tag, bool(mute))
            for tag, column in seen
            for t, mute in zip(column.t_ns, silent(column.q), strict=True)
        )
        after: dict[int, tuple[str, ...]] = {}
        for t, tag, mute in spoken:
            self.silent[tag] = mute
            after[t] = self.mute
        return np.array(list(after), np.int64), list(after.values())

    def finding(self, t_ns: int, on: bool, mute: tuple[str, ...]) -> Finding:
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=Verb.RAISE if on else Verb.CLEAR,
            t_ns=t_ns,
            tags=mute or self.tags,
            zone=self.row.zone,
            value=float(len(mute)),
            evidence={"station": self.row.station or "", "tags": float(len(self.silent))},
        )


class Communication:
    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant) -> None:
        self.stations: dict[str, Station] = {}
        for row in rows:
            if row.station is None:
                raise ValueError(f"alarm {row.id}: communication is a station's")
            tags = tuple(tag.id for tag in plant.tags.values() if tag.station == row.station)
            self.stations[row.station] = Station(row, tags)
        self._station_of = {tag: one for one in self.stations.values() for tag in one.tags}

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self._station_of)

    def update(self, columns: Mapping[str, Column]) -> list[Finding]:
        spoke = {id(one): one for tag in columns if (one := self._station_of.get(tag))}
        return [finding for one in spoke.values() for finding in one.update(columns)]

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        waiting = (one for one in self.stations.values() if one.timer.since_ns is not None)
        return [one.finding(now_ns, one.timer.active, one.mute) for one in waiting if one.timer.due(now_ns)]

    def snapshot(self) -> State:
        return {one.row.id: [one.timer.snapshot(), one.silent] for one in self.stations.values()}

    def restore(self, state: State) -> None:
        for one in self.stations.values():
            if one.row.id in state:
                timer, silence = state[one.row.id]
                one.timer.restore(timer)
                one.silent = {tag: mute for tag, mute in silence.items() if tag in one.tags}
