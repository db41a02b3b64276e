"""Conditions of other rows put together: all, any, or so many of them.

A stage after the other detectors: its members are their conditions, each with its own deadband and delays,
and it looks at how they stand, never at the order in which they came to be known. What changes at one time is
judged when time has gone on, so that what happens together is seen together; its own delays run from there,
in the time of its members' tags. A composite of composites is judged after them.

A member whose tags are not Good, or stale by an alarm of their own, is unknown: it counts neither for nor
against. What it could decide is left undecided, by name: nothing is raised or cleared by it.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.voting import CLOCKED, Ballot, Decision, in_order, judged_tags, time_tags
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Int64s
from core.runtime.numbering import Mask, Numbering, Numbers


class _Change(NamedTuple):
    """Of a member, by its alarm's id: active or not. Of a tag, by its number: not Good or Good again; by its
    number from -1 down: stale or heard again."""

    t_ns: int
    what: str | int
    on: bool


class Composite:
    """definitions: of all its members, by id; stale: those that say that a tag is silent. newest: source time
    of the newest sample by tag number, as the engine keeps it."""

    def __init__(
        self,
        rows: Sequence[AlarmDefinition],
        definitions: Mapping[str, AlarmDefinition],
        stale: Iterable[AlarmDefinition],
        plant: Plant,
        tags: Numbering,
        newest: Int64s,
    ) -> None:
        self._names, self._newest = tags.names, newest
        self._active: set[str | int] = set()
        self._bad: Mask = np.zeros(len(tags), np.bool_)
        self._any_bad = False
        self._ballots: list[Ballot] = []
        self._of: dict[str | int, list[Ballot]] = {}
        built: dict[str, Ballot] = {}
        for row in in_order(rows):
            members = {id: definitions[id] for vote in row.members for id in vote}
            below = [built[id] for id in members if id in built]
            judged = {id: _numbers(judged_tags(of, plant), tags) for id, of in members.items()}
            own = _numbers({tag for of in members.values() for tag in time_tags(of, plant)}, tags)
            time = np.unique(np.concatenate([own, *(other.time for other in below)]))
            clocked = any(of.kind in CLOCKED for of in members.values()) or any(b.clocked for b in below)
            built[row.id] = ballot = Ballot(row, judged, time, clocked, newest, tags.names)
            self._ballots.append(ballot)
            for what in ballot.known_by:
                self._of.setdefault(what, []).append(ballot)
        self._silence = _silence(stale, self._of, tags) if built else {}
        self._watched: Mask = np.zeros(len(tags), np.bool_)
        self._watched[[what for what in self._of if isinstance(what, int) and what >= 0]] = True

    @property
    def tags(self) -> Numbers:
        """Those in whose time it lives."""
        numbers = [ballot.time for ballot in self._ballots]
        return np.unique(np.concatenate(numbers)) if numbers else np.empty(0, np.intp)

    def why(self, alarm: str) -> Decision:
        """What an alarm's members decide now."""
        return next(ballot.decision for ballot in self._ballots if ballot.row.id == alarm)

    def update(self, s: Slice, found: Iterable[Finding]) -> list[Finding]:
        """found: what the other detectors said of the same slice."""
        return self._advance([*self._conditions(found), *self._qualities(s)], None)

    def tick(self, now_ns: int, found: Iterable[Finding]) -> list[Finding]:
        """Only composites with a member that is judged by the clock live by the clock too."""
        return self._advance(self._conditions(found), now_ns)

    def _conditions(self, found: Iterable[Finding]) -> list[_Change]:
        changes: list[_Change] = []
        for finding in found if self._of else ():
            if finding.verb in (Verb.RAISE, Verb.CLEAR):
                for what in (finding.alarm, self._silence.get(finding.alarm)):
                    if what in self._of:
                        changes.append(_Change(finding.t_ns, what, finding.verb is Verb.RAISE))
        return changes

    def _qualities(self, s: Slice) -> list[_Change]:
        if not self._of or (s.all_good and not self._any_bad):
            return []
        changes: list[_Change] = []
        good = s.good if s.once else np.logical_and.reduceat(s.good, s.first)
        for i in np.flatnonzero(self._watched[s.tags] & (~good | self._bad[s.tags])).tolist():
            column, tag = s.column(i), int(s.tags[i])
            bad = np.concatenate(([self._bad[tag]], ~column.good))
            for k in np.flatnonzero(bad[1:] != bad[:-1]).tolist():
                changes.append(_Change(int(column.t_ns[k]), tag, bool(bad[k + 1])))
            self._bad[tag] = bad[-1]
        self._any_bad = bool(self._bad.any())
        return changes

    def _advance(self, changes: list[_Change], clock_ns: int | None) -> list[Finding]:
        findings: list[Finding] = []
        if not changes and not any(ballot.waits for ballot in self._ballots):
            return findings
        changes.sort(key=lambda change: change.t_ns)
        for ballot in self._ballots:  # those that others rest on come first
            own = [change for change in changes if ballot in self._of[change.what]]
            if not own and not ballot.waits:
                continue
            said = self._vote(ballot, own, clock_ns)
            findings += said
            if more := self._conditions(said):
                changes = sorted([*changes, *more], key=lambda change: change.t_ns)
        for change in changes:
            if isinstance(change.what, str) or change.what < 0:
                (self._active.add if change.on else self._active.discard)(change.what)
        return findings

    def _vote(self, ballot: Ballot, changes: Iterable[_Change], clock_ns: int | None) -> list[Finding]:
        findings: list[Finding] = []
        for t_ns, together in groupby(changes, key=lambda change: ballot.time_of(change.t_ns, clock_ns)):
            findings += ballot.until(t_ns)
            for change in together:
                ballot.cast(change.what, change.on)
            ballot.changed(t_ns)
        if (now_ns := ballot.now_ns(clock_ns)) is not None:
            findings += ballot.until(now_ns)
        return findings

    def snapshot(self) -> State:
        return {
            "active": sorted(what for what in self._active if isinstance(what, str)),
            "silent": [self._names[-1 - what] for what in self._active if isinstance(what, int)],
            "bad": [self._names[number] for number in np.flatnonzero(self._bad).tolist()],
            "ballots": {ballot.row.id: ballot.snapshot() for ballot in self._ballots if ballot.stirred},
        }

    def restore(self, state: State) -> None:
        place = {name: number for number, name in enumerate(self._names)}
        silent = (-1 - place[name] for name in state["silent"] if name in place)
        self._active = {what for what in (*state["active"], *silent) if what in self._of}
        self._bad[[place[name] for name in state["bad"] if name in place]] = True
        self._any_bad = bool(self._bad.any())
        for ballot in self._ballots:
            for what in ballot.known_by:
                bad = isinstance(what, int) and what >= 0 and bool(self._bad[what])
                ballot.cast(what, bad or what in self._active)
            ballot.restore(state["ballots"].get(ballot.row.id))


def _silence(
    stale: Iterable[AlarmDefinition], of: Mapping[str | int, object], tags: Numbering
) -> dict[str, int]:
    """By the id of an alarm that says that a tag is stale: what changes with it."""
    by_id = {row.id: tags.get(row.tag or "") for row in stale}
    return {id: -1 - number for id, number in by_id.items() if number is not None and -1 - number in of}


def _numbers(names: Iterable[str], tags: Numbering) -> Numbers:
    found = sorted({number for name in names if (number := tags.get(name)) is not None})
    return np.array(found, np.intp)
