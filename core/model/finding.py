"""What a detector says: only on change, always with its evidence."""

from dataclasses import dataclass, field
from enum import StrEnum


class FindingKind(StrEnum):
    LIMIT_HIGH = "limit_high"
    LIMIT_LOW = "limit_low"
    RATE = "rate"
    STALE = "stale"
    FLATLINE = "flatline"
    BAD_QUALITY = "bad_quality"
    COMMUNICATION = "communication"
    BURST = "burst"
    DEVIATION = "deviation"
    DISCREPANCY = "discrepancy"
    EWMA = "ewma"
    CUSUM = "cusum"
    COMPOSITE = "composite"
    QUALITY_EVENT = "quality_event"
    LEAK = "leak"
    """Of a district's inflow at night."""
    SPIKE = "spike"
    """A reading that leaps away and comes back."""
    DRIFT = "drift"
    """An instrument that wanders off from its sibling, day by day."""
    CROSS_CHECK = "cross_check"
    """Readings of a zone that do not bear each other out."""
    LEVEL_CONTROL = "level_control"
    """What fills a tank runs or stands at a level at which it never did."""
    CONDITION = "condition"
    """Of the hub itself: no detector's, and no row of a plant's."""
    CALLS = "calls"
    """Several customers report one thing: likewise no detector's."""


class Verb(StrEnum):
    RAISE = "raise"
    CLEAR = "clear"
    ESCALATE = "escalate"
    """Still active, and worse: the size or the severity grew."""
    UPDATE = "update"
    """Still active, better known: a refined size or place. Never annunciated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """alarm: the id of the alarm definition it speaks for. t_ns: event time. score: how sure, in robust
    standard deviations or as a share, the detector says which in `evidence`. size_m3h: estimated flow of
    a burst. tags: what it was seen in, the first the strongest. late: from backfilled data; stored as a
    retrospective event, never annunciated. began_ns: of what was found later than it began, its first sign:
    it belongs to what is near in time to that; of an end that was seen later than it came, when it came."""

    alarm: str
    kind: FindingKind
    verb: Verb
    t_ns: int
    tags: tuple[str, ...]
    zone: str | None = None
    value: float | None = None
    limit: float | None = None
    score: float | None = None
    size_m3h: float | None = None
    late: bool = False
    began_ns: int | None = None
    evidence: dict[str, float | str] = field(default_factory=dict)
