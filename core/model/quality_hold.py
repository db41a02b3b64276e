"""Publication of on-line quality, held by a person for a few hours at most (WQ-06)."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.published import Hour
from core.model.shanghai import local


class HoldEnd(StrEnum):
    """A person let go, its time was over, or what was held is a confirmed exceedance."""

    RELEASED = "released"
    TIME_OVER = "time_over"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityHold:
    """Of one parameter of an area. until_ns: fixed when it begins, never moved. standing: what it held is not
    published yet. hours: what the published record would have said meanwhile; kept."""

    id: str
    zone: str
    parameter: str
    reason: str
    by: str
    began_ns: int
    until_ns: int
    standing: bool = True
    end: HoldEnd | None = None
    ended_ns: int | None = None
    ended_by: str | None = None
    hours: tuple[Hour, ...] = ()

    def holds(self, now_ns: int) -> bool:
        """Its time is its own, whether or not anybody has written down that it is over."""
        return self.ended_ns is None and self.began_ns <= now_ns < self.until_ns

    @property
    def last_ns(self) -> int:
        """When it ended, or will at the latest."""
        return self.until_ns if self.ended_ns is None else min(self.ended_ns, self.until_ns)

    @property
    def month(self) -> str:
        """In which it is counted: `2026-11`."""
        return f"{local(self.began_ns):%Y-%m}"
