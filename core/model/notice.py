"""Outage and quality notices: drafted by the hub, published by people."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text


class NoticeKind(StrEnum):
    EMERGENCY_OUTAGE = "emergency_outage"
    PLANNED_OUTAGE = "planned_outage"
    LOW_PRESSURE = "low_pressure"
    WATER_QUALITY = "water_quality"
    DISCOLOURED = "discoloured"
    BOIL = "boil"
    DO_NOT_DRINK = "do_not_drink"
    DO_NOT_USE = "do_not_use"


class NoticeState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    RESTORED = "restored"
    WITHDRAWN = "withdrawn"


class Progress(StrEnum):
    """The stages a citizen is shown."""

    REPORTED = "reported"
    LOCATED = "located"
    ISOLATED = "isolated"
    REPAIRING = "repairing"
    REFILLING = "refilling"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetExtent:
    """A street and the house numbers on it that lose water; the whole street below ten connections."""

    street: str
    name: Text
    numbers: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """(incident, kind) is unique in the ledger. A version is immutable once published; a change makes the
    next. author, approved_by, published_by: user names, or "hub". eta_*: the estimate is a range.
    undone: a person took back the hub's draft."""

    id: str
    incident: str | None
    kind: NoticeKind
    state: NoticeState
    zone: str
    version: int = 1
    title: Text
    body: Text
    advice: Text
    author: str
    drafted_ns: int
    starts_ns: int
    eta_earliest_ns: int | None = None
    eta_latest_ns: int | None = None
    next_update_ns: int | None = None
    streets: tuple[StreetExtent, ...] = ()
    accounts_affected: int = 0
    progress: tuple[tuple[Progress, int], ...] = ()
    approved_by: str | None = None
    approved_ns: int | None = None
    published_by: str | None = None
    published_ns: int | None = None
    undone: bool = False
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One account within a notice's footprint. Unique (notice, account); never leaves the hub."""

    id: str
    notice: str
    account: str
    supply: str
    """no_water | low_pressure | quality."""
    reason: str
