"""When somebody is at home for a crew that has to come in (WO-18)."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What was agreed, as the order carries it. slot: `DATE:ID` of the configuration's slot."""

    slot: str
    start_ns: int
    end_ns: int


class AppointmentState(StrEnum):
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One booking of one order; moved, it ends and another begins. id: the order's and a number. reason: why
    it was moved or cancelled, by whom (`ended_by`) and when."""

    id: str
    order: str
    slot: str
    start_ns: int
    end_ns: int
    state: AppointmentState
    by: str
    at_ns: int
    reason: str | None = None
    ended_by: str | None = None
    ended_ns: int | None = None
