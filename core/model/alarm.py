"""Alarms as ISA-18.2 / IEC 62682 know them: facts are stored, the state's name is derived."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.account import Role
from core.model.finding import FindingKind
from core.model.quality import Status
from core.model.tag import Quantity
from core.model.text import Text

FLEETING_NS, STALE_NS = 30_000_000_000, 86_400_000_000_000


class AlarmClass(StrEnum):
    PROCESS = "process"
    INSTRUMENT = "instrument"
    COMMUNICATION = "communication"
    SYSTEM = "system"
    SECURITY = "security"
    PUBLIC_HEALTH = "public_health"
    HIGHLY_MANAGED = "highly_managed"
    """Never shelved, whoever asks."""


class Side(StrEnum):
    """On which side of what it is compared with a value must lie to be an alarm."""

    ABOVE = "above"
    BELOW = "below"
    EITHER = "either"


EXPECTED_WEEK = "expected_week"
"""In place of a tag to compare with: what the tag itself usually is at this moment of the week."""


class State(StrEnum):
    """ISA-18.2 codes. Derived, never stored; precedence OOSRV > DSUPR > SHLVD > the rest."""

    NORM = "NORM"
    UNACK = "UNACK"
    ACKED = "ACKED"
    RTNUN = "RTNUN"
    LTCH_UNACK = "LTCH_UNACK"
    LTCH_ACK = "LTCH_ACK"
    SHLVD = "SHLVD"
    DSUPR = "DSUPR"
    OOSRV = "OOSRV"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmDefinition:
    """One rationalised row. A row without `action` (what the operator does) is an event, not an alarm.

    kind: which detector speaks for it. tag, zone or station: what it watches. setpoint, escalate_at,
    deadband: in the tag's unit (per hour for a rate); beyond escalate_at the alarm is worse and annunciates
    again; escalate_deadband: of that limit, None for the same as the other's. reference: what the value is
    compared with, a tag, EXPECTED_WEEK or a constant in the tag's unit;
    side: where it must lie from there; relative: setpoint and deadband are percent of the reference.
    least_sd: of a chart's baseline, in the tag's unit, least to be believed; weight: of the newest sample in
    an EWMA; allowance: of a CUSUM, in standard deviations. quantities: of a station's, those that are looked
    at; none for all that its detector knows. members: of a composite, votes, each of the ids of the alarms
    that cast it; needs: how many of them, or quantities of a quality event. on/off_delay_s: event time.
    window_s: what the detector looks back over, where it does.
    priority: 1 highest .. 4. response_min: time the operator has. ack_required: false lets it go back to
    normal by itself. shelve_max_min: less than the priority's own limit; None for that. confirm_action: how
    the operator sees that it is true; owner_role: who answers; escalation_policy: who is told when nobody
    does; display_link ({tag}, {zone} stand for its own), procedure_link: where to look. config: version of
    the approved row.
    """

    id: str
    name: Text
    alarm_class: AlarmClass
    priority: int
    cause: Text
    consequence: Text
    action: Text
    response_min: float
    kind: FindingKind = FindingKind.LIMIT_HIGH
    tag: str | None = None
    zone: str | None = None
    station: str | None = None
    setpoint: float | None = None
    escalate_at: float | None = None
    deadband: float = 0.0
    escalate_deadband: float | None = None
    window_s: float | None = None
    reference: float | str | None = None
    side: Side = Side.EITHER
    relative: bool = False
    least_sd: float | None = None
    weight: float = 0.2
    allowance: float = 0.5
    quantities: tuple[Quantity, ...] = ()
    members: tuple[tuple[str, ...], ...] = ()
    needs: int = 1
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    latching: bool = False
    ack_required: bool = True
    shelve_max_min: float | None = None
    group: str | None = None
    confirm_action: Text | None = None
    owner_role: Role | None = None
    escalation_policy: str | None = None
    display_link: str | None = None
    procedure_link: str | None = None
    config: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """until_ns: absolute, persisted. once: it ends sooner, when the alarm next clears. note: why."""

    until_ns: int
    once: bool
    by: str
    note: str
    since_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfService:
    """permit: the number of the paper that allows it. approved_by: another person than `by`. note: why."""

    permit: str
    by: str
    approved_by: str | None
    note: str
    since_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chatter:
    """An alarm that comes and goes is held as one occurrence. since_ns: the raise that was too many; last_ns:
    when it last came or went; up: whether its condition is true just now. Event time."""

    since_ns: int
    last_ns: int
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The orthogonal facts of one definition's alarm.

    id: the definition's. occurrence: counts RAISE from 1. seq: counts every change, so that a command
    names exactly what its author saw. raised_ns / cleared_ns: event time of the last of each; back_ns: when
    what it watches was back, where its detector believed that later. priority: now;
    worst: of this occurrence. shelves: how often in a row without leaving the shelf for good. realarms: of
    this occurrence. suppressed_by: the rules that hold it, by id; suppressed_ns: since the first of them.
    config: version of the definition. raises: how often it came since it was last normal, or over and
    answered. recent_ns: event time of its last raises, three at most. answered: somebody acknowledged or
    shelved this occurrence. chatter: while it is held; `active` then says that it is held, not that it is so
    just now.
    """

    id: str
    active: bool = False
    acked: bool = True
    latched: bool = False
    shelf: Shelf | None = None
    suppressed_by: tuple[str, ...] = ()
    suppressed_ns: int | None = None
    oos: OutOfService | None = None
    quality: int = Status.GOOD
    occurrence: int = 0
    seq: int = 0
    priority: int = 3
    worst: int = 4
    shelves: int = 0
    realarms: int = 0
    config: str = ""
    tag: str | None = None
    zone: str | None = None
    value: float | None = None
    limit: float | None = None
    raised_ns: int | None = None
    cleared_ns: int | None = None
    back_ns: int | None = None
    acked_by: str | None = None
    incident: str | None = None
    answered: bool = False
    raises: int = 0
    recent_ns: tuple[int, ...] = ()
    chatter: Chatter | None = None

    @property
    def state(self) -> State:
        if self.oos:
            return State.OOSRV
        if self.suppressed_by:
            return State.DSUPR
        if self.shelf:
            return State.SHLVD
        return self.core

    @property
    def core(self) -> State:
        """The state without the overlays (shelved, suppressed by design, out of service)."""
        if self.active:
            return State.ACKED if self.acked else State.UNACK
        if self.latched:
            return State.LTCH_ACK if self.acked else State.LTCH_UNACK
        return State.NORM if self.acked else State.RTNUN

    @property
    def fleeting(self) -> bool:
        """Its last occurrence was over before anybody could act, and nobody did."""
        if self.active or self.answered or self.raised_ns is None or self.cleared_ns is None:
            return False
        return self.cleared_ns - self.raised_ns < FLEETING_NS

    def stale(self, now_ns: int) -> bool:
        """It has stood for longer than a day."""
        return self.active and self.raised_ns is not None and now_ns - self.raised_ns > STALE_NS

    @property
    def withheld(self) -> bool:
        """An overlay keeps it from being annunciated."""
        return self.state in (State.OOSRV, State.DSUPR, State.SHLVD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a detector went by: see `core.model.finding.Finding`."""

    tags: tuple[str, ...]
    evidence: dict[str, float | str]
    score: float | None = None
    size_m3h: float | None = None


NOTIFIED = "notified"
"""An entry's event that is none of the table of states: somebody was told of the alarm, or could not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """What happened to an alarm, with whose clock and whose hand: enough to do it again (`alarms.states`).

    rows: of the table of transitions; none for a pair without one, and for what was `refused`, by name.
    before / after: ISA codes. event_ns: by the source's clock; commit_ns: the hub's. spool_seq: the row that
    caused it; unique with alarm and event, so a replay after a kill is harmless. quality, incident: of the
    alarm afterwards. seen: the occurrence and state a command was for. facts: of a restart, the whole alarm
    as it stood, and in `note` its digest: who replays from here needs nothing older. found: what the detector
    went by, for people; nothing is done again by it. The rest is as in `alarms.states.Cause`.
    """

    alarm: str
    occurrence: int
    event: str
    before: State
    after: State
    event_ns: int
    commit_ns: int
    rows: tuple[int, ...] = ()
    refused: str | None = None
    spool_seq: int | None = None
    value: float | None = None
    limit: float | None = None
    quality: int = Status.GOOD
    actor: str | None = None
    rule: str | None = None
    note: str | None = None
    incident: str | None = None
    seen: tuple[int, int] | None = None
    until_ns: int | None = None
    limit_ns: int | None = None
    once: bool = False
    supervisor: bool = False
    permit: str | None = None
    approved_by: str | None = None
    priority: int | None = None
    latching: bool = False
    ack_required: bool = True
    config: str | None = None
    began_ns: int | None = None
    facts: Alarm | None = None
    found: Found | None = None
