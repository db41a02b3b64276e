"""A telephone call as the exchange tells of it, and groups of calls that speak of one matter.

No number stands here: whose call it was is sealed in the vault, under the call's own id in the place of an
account.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.model.telephone import NumberKind


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Stage(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCall:
    """call: the exchange's id of it, unique. began_ns: first heard of. agents: users whom it rings at, or who
    answered. accounts: whose number it is, when it rang. shown_ns: when an agent first saw, on its card, the
    incident `incident` that reaches the caller (HL-42). report: what came of it."""

    id: str
    call: str
    direction: Direction
    stage: Stage
    began_ns: int
    answered_ns: int | None = None
    ended_ns: int | None = None
    kind: NumberKind = NumberKind.WITHHELD
    queue: str | None = None
    agents: tuple[str, ...] = ()
    answered_by: str | None = None
    cause: str | None = None
    accounts: tuple[str, ...] = ()
    shown_ns: int | None = None
    incident: str | None = None
    report: str | None = None
    seq: int = 0

    @property
    def knew_before(self) -> bool | None:
        """Whether the banner stood on the card when the call was answered; None of a call without one, or
        one that nobody answered."""
        if self.incident is None or self.answered_ns is None:
            return None
        return self.shown_ns is not None and self.shown_ns <= self.answered_ns


class ClusterState(StrEnum):
    OPEN = "open"
    OVER = "over"


class SymptomGroup(StrEnum):
    """Symptoms that one cause has (facts-water 4.10)."""

    SUPPLY = "supply"
    LEAK = "leak"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCluster:
    """More reports of one kind from one zone than chance brings (HL-30, HL-36). n: reports; premises: of so
    many different buildings; p: the chance of so many; expected: by the baseline, in `window_s`. reports:
    their ids. x, y: their middle, in the plant's coordinates. work_order: what was opened or linked. back_ns:
    since when the instruments of its incident are all back; after_back: reports of its kind since then, which
    hold up that water is back. OVER with a back_ns: it ended because the instruments are back. zones: all of
    them where it is of several; regional: the whole town rings, and it is the one finding of that."""

    id: str
    zone: str
    group: SymptomGroup
    state: ClusterState
    opened_ns: int
    first_ns: int
    last_ns: int
    window_s: float
    n: int
    premises: int
    expected: float
    p: float
    reports: tuple[str, ...] = ()
    x: float | None = None
    y: float | None = None
    incident: str | None = None
    work_order: str | None = None
    back_ns: int | None = None
    after_back: int = 0
    zones: tuple[str, ...] = ()
    regional: bool = False
    seq: int = 0

    @property
    def everywhere(self) -> tuple[str, ...]:
        return self.zones or (self.zone,)


_CALLS = "calls:"
_GROUPS = {group.value: group for group in SymptomGroup}


def calls_alarm(zone: str, group: SymptomGroup) -> str:
    """The alarm that says that there is a cluster of this group in this zone."""
    return f"{_CALLS}{zone}:{group.value}"


def told_by(alarm: str) -> tuple[str, SymptomGroup] | None:
    """Zone and group of the callers' alarm; None of an instrument's."""
    if not alarm.startswith(_CALLS):
        return None
    zone, _, name = alarm.removeprefix(_CALLS).rpartition(":")
    group = _GROUPS.get(name)
    return (zone, group) if zone and group else None  # a tag or a zone may be called `calls`, or `calls:a`
