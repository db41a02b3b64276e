"""What an outage cost the customers, and what the supervising authority is told of it (WO-29, WO-34)."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text


class OutageStart(StrEnum):
    """What was seen first: the instruments, a caller, or a valve that was closed."""

    TELEMETRY = "telemetry"
    CALL = "call"
    VALVE = "valve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """A time that water was off and that is over; its connections and their minutes."""

    off_ns: int
    back_ns: int
    no_water: int
    customer_minutes: float
    low_minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """id: the incident's. cause: the failure mode where it is known, else the incident's kind. no_water,
    low_pressure: connections; customer_minutes: of those without water, low_minutes: of those with little.
    off_ns: since when crews have stopped their water, from which minutes count; None while it is only
    suspected whom it concerns. restored_ns: None while it lasts; the minutes are then those of `at_ns`.
    earlier: where it was off before, restored, and is off or suspected again; the minutes are of all."""

    id: str
    kind: str
    cause: str
    zone: str | None
    started_ns: int
    start: OutageStart
    at_ns: int
    restored_ns: int | None = None
    off_ns: int | None = None
    no_water: int = 0
    low_pressure: int = 0
    customer_minutes: float = 0.0
    low_minutes: float = 0.0
    order: str | None = None
    earlier: tuple[Off, ...] = ()

    @property
    def lasts(self) -> bool:
        return self.restored_ns is None

    @property
    def cut_off(self) -> int:
        """Connections that crews have left without water, the most at once."""
        now = 0 if self.off_ns is None else self.no_water
        return max(now, *(one.no_water for one in self.earlier), 0)


class ReportState(StrEnum):
    """draft: made by the hub; a person files it, or says why it need not be."""

    DRAFT = "draft"
    FILED = "filed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityReport:
    """id: the incident's. reasons: named, why it must be told. number: the authority's receipt."""

    id: str
    state: ReportState
    reasons: tuple[str, ...]
    made_ns: int
    due_ns: int
    title: Text
    body: Text
    zone: str | None = None
    decided_by: str | None = None
    decided_ns: int | None = None
    number: str | None = None
    note: str | None = None
    seq: int = 0
