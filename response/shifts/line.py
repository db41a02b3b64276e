"""A line of a shift's log: one thing, what happened to it in the shift, and how it stands."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text

LOOKED_BACK_NS = 14 * 86_400 * 1_000_000_000
"""What was opened or issued longer before the shift and ended in it stands in its own record alone."""


class Section(StrEnum):
    """Of the log, in its order."""

    STANDING = "standing"
    WITHHELD = "withheld"
    INCIDENTS = "incidents"
    ORDERS = "orders"
    DISPATCH = "dispatch"
    NOTICES = "notices"
    DUTIES = "duties"
    SOURCES = "sources"
    OVER = "over"
    PLANNED = "planned"
    NOTES = "notes"


class Matter(StrEnum):
    """What a line is about, and where it leads."""

    ALARM = "alarm"
    PROPOSAL = "proposal"
    INCIDENT = "incident"
    ORDER = "order"
    DISPATCH = "dispatch"
    NOTICE = "notice"
    DUTY = "duty"
    FIRE_SERVICE = "fire_service"
    CALLBACKS = "callbacks"
    MAINTENANCE = "maintenance"
    ACTIVITY = "activity"
    ANNOTATION = "annotation"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that happened in the shift: so often, last at that time and by them. what: `raised`, or the
    state that was reached."""

    what: str
    at_ns: int
    by: str | None = None
    n: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """id: of what the line leads to. since_ns: since when it stands, or when it was opened. state: as its
    matter has them. awaits: what is due (a service clock, `update`), or what it is about; due_ns: when;
    overdue: it should have been. until_ns: when a shelf, a maintenance or work ends. crew: who has an order.
    text: what a person wrote, as of a note or a shelf. open: somebody still has to see to it."""

    section: Section
    matter: Matter
    id: str
    title: Text
    open: bool
    since_ns: int | None = None
    zone: str | None = None
    state: str | None = None
    said: tuple[Said, ...] = ()
    priority: int | None = None
    awaits: str | None = None
    due_ns: int | None = None
    overdue: bool = False
    until_ns: int | None = None
    crew: str | None = None
    by: str | None = None
    text: str | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """What a log tells of: from its beginning up to its end (not included), and until when the next shift
    lasts."""

    from_ns: int
    to_ns: int
    next_until_ns: int

    def has(self, t_ns: int | None) -> bool:
        return t_ns is not None and self.from_ns <= t_ns < self.to_ns
