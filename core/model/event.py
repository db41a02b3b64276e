"""A ledger event: the outbox row, the event stream's message and the link between rooms."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    ALARM = "alarm"
    INCIDENT = "incident"
    WORK_ORDER = "work_order"
    NOTICE = "notice"
    MAINTENANCE = "maintenance"
    """subject: the tag or station, as `data.scope` says."""
    ANNOTATION = "annotation"
    """Somebody wrote beside trends, or took it back. `data.tags`."""
    PROPOSAL = "proposal"
    MASTER = "master"
    """What is not as approved; subject: of the difference."""
    ACTIVITY = "activity"
    CALL = "call"
    """Somebody is called, or no longer. subject: the incident, or the area."""
    NOTIFICATION = "notification"
    """Somebody was told something, or could not be. subject: the call."""
    FLOOD = "flood"
    """Of an operator position, as `data.position` says."""
    REPORT = "report"
    """Somebody told the utility something. Nothing of who."""
    PHONE_CALL = "phone_call"
    """Somebody rings up. Nothing of who it is."""
    CALL_CLUSTER = "call_cluster"
    """Several report one thing from one zone."""
    MASS_CALLS = "mass_calls"
    """So many ring up that the hotline works by its short way; or no longer."""
    SHIFT = "shift"
    """A shift's log was noted in, handed over or taken. subject: the shift."""
    DISPATCH = "dispatch"
    """A dispatch order was issued, read back or ended. Nothing of what it says."""
    QUALITY_HOLD = "quality_hold"
    """Publication of on-line quality is held, or no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """id: the ledger's, ascending without reuse; 0 until written. subject: the id of what changed.
    data: its public facts as JSON values, nothing personal."""

    kind: EventKind
    subject: str
    t_ns: int
    zone: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    id: int = 0
