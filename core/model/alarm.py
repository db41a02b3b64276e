"""Alarms as ISA-18.2 / IEC 62682 know them: facts are stored, the state's name is derived."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.finding import FindingKind
from core.model.quality import Status
from core.model.text import Text


class AlarmClass(StrEnum):
    PROCESS = "process"
    INSTRUMENT = "instrument"
    COMMUNICATION = "communication"
    SYSTEM = "system"
    PUBLIC_HEALTH = "public_health"


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
    again. on/off_delay_s: event time. window_s: what the detector looks back over, where it does.
    priority: 1 highest .. 4. response_min: time the operator has.
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
    window_s: float | None = None
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    latching: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The orthogonal facts of one definition's alarm.

    id: the definition's. occurrence: counts RAISE from 1. seq: counts every change, so that a command
    names exactly what its author saw. raised_ns / cleared_ns: event time of the last of each.
    """

    id: str
    active: bool = False
    acked: bool = True
    latched: bool = False
    shelved_until_ns: int | None = None
    suppressed_by: tuple[str, ...] = ()
    out_of_service: bool = False
    quality: int = Status.GOOD
    occurrence: int = 0
    seq: int = 0
    priority: int = 3
    tag: str | None = None
    zone: str | None = None
    value: float | None = None
    limit: float | None = None
    raised_ns: int | None = None
    cleared_ns: int | None = None
    acked_by: str | None = None
    incident: str | None = None

    @property
    def state(self) -> State:
        if self.out_of_service:
            return State.OOSRV
        if self.suppressed_by:
            return State.DSUPR
        if self.shelved_until_ns is not None:
            return State.SHLVD
        if self.active:
            return State.ACKED if self.acked else State.UNACK
        if self.latched:
            return State.LTCH_ACK if self.acked else State.LTCH_UNACK
        return State.NORM if self.acked else State.RTNUN


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One change of an alarm, with whose clock and whose hand. before/after: ISA codes.
    spool_seq: the row that caused it; unique with alarm and event, so a replay after a kill is harmless."""

    alarm: str
    occurrence: int
    event: str
    before: State
    after: State
    event_ns: int
    commit_ns: int
    spool_seq: int | None = None
    value: float | None = None
    limit: float | None = None
    quality: int = Status.GOOD
    actor: str | None = None
    reason: str | None = None
    incident: str | None = None
