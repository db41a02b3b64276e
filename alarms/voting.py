"""One composite's members, how they vote, and its own delays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import Any

from alarms.columns import NEVER
from alarms.detectors.cross_check import compared
from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from core.model.plant import Plant
from core.model.sample import Int64s
from core.runtime.numbering import Numbers

CLOCKED = frozenset({FindingKind.STALE, FindingKind.COMMUNICATION, FindingKind.BAD_QUALITY})
"""Kinds that are judged by the hub's clock too: silence has no time of its own."""
_OF_INSTRUMENTS = CLOCKED | {FindingKind.FLATLINE, FindingKind.SPIKE, FindingKind.DRIFT}
"""What speaks of an instrument is known exactly when the instrument cannot be believed."""


class Decision(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    MEMBER_UNKNOWN = "member_unknown"


def decide(votes: Iterable[bool | None], needs: int) -> Decision:
    """votes: cast, not cast, or None where that is unknown (Kleene's strong logic)."""
    cast = unknown = 0
    for vote in votes:
        cast += vote is True
        unknown += vote is None
    if cast >= needs:
        return Decision.MET
    return Decision.NOT_MET if cast + unknown < needs else Decision.MEMBER_UNKNOWN


class Ballot:
    """judged: by member the numbers of the tags by whose quality it is known. time: of the tags in whose time
    the composite lives. clocked: it lives by the hub's clock too. due_ns: of a change that is not judged yet;
    since_ns: when what a change of state waits for began; newest_ns: its own time, which never goes back."""

    def __init__(
        self,
        row: AlarmDefinition,
        judged: Mapping[str, Numbers],
        time: Numbers,
        clocked: bool,
        newest: Int64s,
        names: Sequence[str],
    ) -> None:
        self.row, self.time, self.clocked = row, time, clocked
        self._judged, self._newest, self._names, self._new = judged, newest, names, False
        self._on: set[str | int] = set()
        self.active, self.newest_ns, self.decision = False, NEVER, Decision.NOT_MET
        self.due_ns: int | None = None
        self.since_ns: int | None = None

    @property
    def known_by(self) -> list[str | int]:
        """Ids of its members; of the tags that they are known by the numbers, for quality and for silence."""
        tags = {tag for numbers in self._judged.values() for tag in numbers.tolist()}
        return [*self._judged, *tags, *(-1 - tag for tag in tags)]

    @property
    def waits(self) -> bool:
        return self.due_ns is not None or self.since_ns is not None or self._new

    @property
    def stirred(self) -> bool:
        return self.active or self.waits or bool(self._on)

    def cast(self, what: str | int, on: bool) -> None:
        """See `known_by`: a member is active, or a tag not Good, or silent."""
        (self._on.add if on else self._on.discard)(what)

    def changed(self, t_ns: int) -> None:
        self.due_ns = self.newest_ns = t_ns

    def now_ns(self, clock_ns: int | None) -> int | None:
        """Its time by now; None for none yet."""
        now_ns = int(self._newest[self.time].max(initial=NEVER))
        if self.clocked and clock_ns is not None:
            now_ns = max(now_ns, clock_ns)
        if now_ns == NEVER:
            return None
        if self._new:
            self.changed(now_ns)
            self._new = False
        return now_ns

    def time_of(self, t_ns: int, clock_ns: int | None) -> int:
        """When a change found at t_ns counts from; of one that the clock brought, what its own time is."""
        if clock_ns is not None and not self.clocked:
            t_ns = int(self._newest[self.time].max(initial=NEVER))
        return max(t_ns, self.newest_ns)

    def until(self, t_ns: int) -> Iterator[Finding]:
        """What comes of the time before t_ns."""
        if self.due_ns is not None and self.due_ns < t_ns:
            self.decision = decide(self._votes(), self.row.needs)
            wanted = Decision.NOT_MET if self.active else Decision.MET
            began_ns = self.due_ns if self.since_ns is None else self.since_ns
            self.since_ns = began_ns if self.decision is wanted else None
            self.due_ns = None
        if self.since_ns is None:
            return
        wait_s = self.row.off_delay_s if self.active else self.row.on_delay_s
        fires_ns = self.since_ns + int(wait_s * SECOND)
        if fires_ns < t_ns:
            self.active, self.since_ns = not self.active, None
            yield self._finding(fires_ns)

    def _votes(self) -> list[bool | None]:
        return [self._vote(vote) for vote in self.row.members]

    def _vote(self, members: Sequence[str]) -> bool | None:
        said = [id in self._on if self._known(id) else None for id in members]
        if True in said:
            return True
        return None if None in said else False

    def _known(self, member: str) -> bool:
        on = self._on
        return not any(number in on or -1 - number in on for number in self._judged[member].tolist())

    def _finding(self, t_ns: int) -> Finding:
        votes, row = self._votes(), self.row
        cast = [id for vote in row.members for id in vote if id in self._on]
        unknown = [id for vote in row.members for id in vote if not self._known(id)]
        of_cast = dict.fromkeys(self._names[n] for id in cast for n in self._judged[id].tolist())
        evidence: dict[str, float | str] = {
            "reason": self.decision.value,
            "needs": float(row.needs),
            "of": float(len(votes)),
            "active": ", ".join(cast),
        }
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=Verb.RAISE if self.active else Verb.CLEAR,
            t_ns=t_ns,
            tags=tuple(of_cast),
            zone=row.zone,
            value=float(sum(vote is True for vote in votes)),
            limit=float(row.needs),
            evidence=evidence | ({"unknown": ", ".join(unknown)} if unknown else {}),
        )

    def snapshot(self) -> list[Any]:
        return [self.active, self.due_ns, self.since_ns, self.newest_ns, self.decision.value]

    def restore(self, kept: Sequence[Any] | None) -> None:
        """None: it was at rest, or is new; how its members stand is then judged with the next sample."""
        if kept is not None:
            self.active, self.due_ns, self.since_ns, self.newest_ns, decision = kept
            self.decision = Decision(decision)
        else:
            self._new = bool(self._on)


def in_order(rows: Sequence[AlarmDefinition]) -> list[AlarmDefinition]:
    """Each after those it rests on."""
    by_id = {row.id: row for row in rows}
    below = {row.id: [id for vote in row.members for id in vote if id in by_id] for row in rows}
    return [by_id[id] for id in TopologicalSorter(below).static_order()]


def judged_tags(row: AlarmDefinition, plant: Plant) -> tuple[str, ...]:
    """By whose quality a member is known; none for what speaks of instruments, and for a composite, which
    holds its state by itself."""
    return () if row.kind in _OF_INSTRUMENTS else time_tags(row, plant)


def time_tags(row: AlarmDefinition, plant: Plant) -> tuple[str, ...]:
    """In whose time a member's condition changes."""
    if row.tag is not None:
        of = (row.reference,) if isinstance(row.reference, str) and row.reference in plant.tags else ()
        return (row.tag, *of)
    zone = plant.zones.get(row.zone or "")
    if row.kind is FindingKind.BURST and zone is not None:
        return (*zone.inflow, *zone.outflow)
    if row.kind is FindingKind.CROSS_CHECK and zone is not None:
        return tuple(tag.id for tag in compared(plant, zone.id))
    if row.station is not None:
        return tuple(tag.id for tag in plant.tags_at(row.station))
    return ()
