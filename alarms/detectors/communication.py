"""A station nobody hears: one alarm for it, however many tags it has.

Raised when at least half of the station's tags that were ever heard are Bad because nobody answered.
Lost communication is never low pressure (house rule 1).
"""

from collections.abc import Iterable, Sequence

import numpy as np

from alarms.columns import Column, Slice
from alarms.detectors.bad_quality import silent
from alarms.detectors.detector import State
from alarms.timers import Timer, timer_of
from alarms.watched import Watched
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Int64s
from core.runtime.numbering import Mask, Numbering, Numbers

LOST_SHARE = 0.5
_NOBODY = np.zeros(0, np.bool_)


class Station:
    """One definition's station: which of its tags were heard, and which are silent now."""

    def __init__(self, row: AlarmDefinition, tags: tuple[str, ...]) -> None:
        self.row, self.tags = row, tags
        self.timer: Timer = timer_of(row, 1 << 62)
        self.heard: set[str] = set()
        self.silent: dict[str, None] = {}
        """In the order in which they fell silent."""

    @property
    def calm(self) -> bool:
        """An answer of a tag that was heard before changes nothing."""
        return not self.silent and not self.timer.active

    def update(self, seen: Sequence[tuple[str, Column]]) -> list[Finding]:
        before = dict(self.silent)
        self.heard.update(tag for tag, _ in seen)
        spoken = sorted(
            (t_ns, tag, mute)
            for tag, column in seen
            for t_ns, mute in zip(column.t_ns.tolist(), silent(column.q).tolist(), strict=True)
        )
        t_ns, many = self._history(spoken)
        lost = many >= LOST_SHARE * len(self.heard)
        changes = self.timer.run(t_ns, lost, ~lost, np.ones(len(t_ns), np.bool_))
        return [self.finding(int(t_ns[i]), on, _after(before, spoken, int(t_ns[i]))) for i, on in changes]

    def _history(self, spoken: Sequence[tuple[int, str, bool]]) -> tuple[Int64s, Int64s]:
        """How many tags are silent after each instant at which any of them spoke."""
        after: dict[int, int] = {}
        for t_ns, tag, mute in spoken:
            _note(self.silent, tag, mute)
            after[t_ns] = len(self.silent)
        return np.array(list(after), np.int64), np.array(list(after.values()), np.int64)

    def finding(self, t_ns: int, on: bool, mute: tuple[str, ...]) -> Finding:
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=Verb.RAISE if on else Verb.CLEAR,
            t_ns=t_ns,
            tags=mute or self.tags,
            zone=self.row.zone,
            value=float(len(mute)),
            evidence={"station": self.row.station or "", "tags": float(len(self.heard))},
        )


class Communication:
    """Stations, by row. A slice in which everybody answered touches only stations with trouble, and those
    with tags that were never heard."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, tags: Numbering) -> None:
        self.stations: list[Station] = []
        for row in {row.station: row for row in rows}.values():
            if row.station is None:
                raise ValueError(f"alarm {row.id}: communication is a station's")
            self.stations.append(Station(row, tuple(tag.id for tag in plant.tags_at(row.station))))
        self._names = [name for station in self.stations for name in station.tags]
        self._station = np.repeat(np.arange(len(self.stations)), [len(one.tags) for one in self.stations])
        self._watched = Watched(self._names, tags)
        self._heard = np.zeros(len(self._names), np.bool_)
        self._calm = np.ones(len(self.stations), np.bool_)

    @property
    def tags(self) -> Numbers:
        return self._watched.number

    def update(self, s: Slice) -> list[Finding]:
        pairs = self._watched.pairs(s)
        mute = _muted(s)
        if mute is None and self._calm.all() and self._heard[pairs.rows].all():
            return []
        at, rows = pairs.where(np.arange(pairs.n))
        station = self._station[rows]
        calm = self._calm[station]
        stirred = np.unique(station[~calm if mute is None else ~calm | mute[at]])
        findings: list[Finding] = []
        for n in stirred.tolist():
            mine = station == n
            places = zip(at[mine].tolist(), rows[mine].tolist(), strict=True)
            findings += self._judge(n, [(self._names[row], s.column(i)) for i, row in places])
        if not self._heard[rows].all():
            for row in rows[~self._heard[rows]].tolist():
                self.stations[self._station[row]].heard.add(self._names[row])
            self._heard[rows] = True
        return findings

    def _judge(self, n: int, seen: list[tuple[str, Column]]) -> list[Finding]:
        station = self.stations[n]
        findings = station.update(seen)
        self._calm[n] = station.calm
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        findings = []
        for n in np.flatnonzero(~self._calm).tolist():
            one = self.stations[n]
            if one.timer.since_ns is not None and one.timer.due(now_ns):
                findings.append(one.finding(now_ns, one.timer.active, tuple(one.silent)))
                self._calm[n] = one.calm
        return findings

    def snapshot(self) -> State:
        """heard: the stations' tags one after another, a byte each."""
        stirred = [self.stations[n] for n in np.flatnonzero(~self._calm).tolist()]
        return {
            "rows": [[one.row.id, len(one.tags)] for one in self.stations],
            "heard": self._heard.tobytes(),
            "stirred": {one.row.id: [one.timer.snapshot(), list(one.silent)] for one in stirred},
        }

    def restore(self, state: State) -> None:
        """A station whose tags are other ones now hears each of them anew; that it was lost stands."""
        heard, kept, start = np.frombuffer(state["heard"], np.bool_), {}, 0
        for id, n in state["rows"]:
            kept[id] = heard[start : start + n]
            start += n
        start = 0
        for n, one in enumerate(self.stations):
            mine = slice(start, start + len(one.tags))
            start = mine.stop
            if len(before := kept.get(one.row.id, _NOBODY)) == len(one.tags):
                self._heard[mine] = before
                one.heard = {tag for tag, was in zip(one.tags, before.tolist(), strict=True) if was}
            if one.row.id in state["stirred"]:
                timer, mute = state["stirred"][one.row.id]
                one.timer.restore(timer)
                one.silent = dict.fromkeys(tag for tag in mute if tag in one.tags)
                one.heard |= one.silent.keys()
            self._calm[n] = one.calm


def _muted(s: Slice) -> Mask | None:
    """Tags with a sample that says that nobody answered; None when there is none."""
    if s.all_good:
        return None
    told = np.flatnonzero(~s.good)
    told = told[silent(s.q[told])]
    if not len(told):
        return None
    mute = np.zeros(len(s.number), np.bool_)
    mute[told] = True
    return mute if s.once else np.logical_or.reduceat(mute, s.first)


def _note(silence: dict[str, None], tag: str, mute: bool) -> None:
    if mute:
        silence[tag] = None
    else:
        silence.pop(tag, None)


def _after(before: dict[str, None], spoken: Sequence[tuple[int, str, bool]], t_ns: int) -> tuple[str, ...]:
    """The silent tags after an instant, from those before the first."""
    silence = dict(before)
    for at, tag, mute in spoken:
        if at > t_ns:
            break
        _note(silence, tag, mute)
    return tuple(silence)
