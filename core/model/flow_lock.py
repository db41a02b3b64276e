"""What takes no new work (WO-31): a person, a crew, an area or a service that was put out of use; and what
crews earned by taking orders from the pool (WO-14)."""

from dataclasses import dataclass
from enum import StrEnum


class Lockable(StrEnum):
    USER = "user"
    CREW = "crew"
    ZONE = "zone"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLock:
    """id: `kind:subject`. It holds while it stands in the ledger."""

    id: str
    kind: Lockable
    subject: str
    reason: str
    by: str
    at_ns: int


class Earned(StrEnum):
    GRABBED = "grabbed"
    DROPPED = "dropped"
    """Given back after it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrabPoint:
    """points: < 0 for an order that was dropped. easy: a planned one, of which nobody takes more than their
    share."""

    id: str
    crew: str
    work_order: str
    why: Earned
    points: int
    easy: bool
    at_ns: int
