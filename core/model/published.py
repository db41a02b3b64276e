"""The published record: what the public was told of each hour, and how much of it was measured, for ever.

It is provisional on-line data after automatic checks, never a verdict (WQ-01). A value that was published is
not edited: late data make a new version, and the old one is kept beside it (WQ-29).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.model.limits import AppliedLimit
from core.model.tag import Quantity

PARAMETERS = (Quantity.FREE_CHLORINE, Quantity.TOTAL_CHLORINE, Quantity.TURBIDITY, Quantity.PH)
"""What is published of the water, in its order."""
EXPECTED = 60
"""Minutes of an hour."""


class HourState(StrEnum):
    """What is said of an hour (facts-water 4.6); never normal by default."""

    NORMAL = "normal"
    WATCH = "watch"
    VERIFYING = "verifying"
    NOT_EVALUATED = "not_evaluated"
    """There is a value, and too little history to call it usual."""
    MAINTENANCE = "maintenance"
    NO_DATA = "no_data"
    INSTRUMENT_FAULT = "instrument_fault"
    """Two persons say so, by evidence; what was published before stands among the corrections."""


CODES: Mapping[HourState, int] = {
    HourState.NORMAL: 1,
    HourState.WATCH: 1,
    HourState.NOT_EVALUATED: 2,
    HourState.VERIFYING: 3,
    HourState.INSTRUMENT_FAULT: 4,
    HourState.MAINTENANCE: 8,
    HourState.NO_DATA: 9,
}
"""Data-quality codes of the provisional level (facts-water 4.6, `waterhub-dq-1`)."""


class Amended(StrEnum):
    """Why an hour has another version."""

    LATE_DATA = "late_data"
    HELD = "held"
    """A person had held it back."""
    INSTRUMENT_FAULT = "instrument_fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """median: of the hour's valid minutes. high15, low15: the highest and lowest 15-minute median that ended
    in it. In the parameter's unit, None below three quarters of valid minutes; low15 of older records too.
    published_ns: when this version was. held_until_ns: a person holds its values back, until then at most;
    None of all others."""

    start_ns: int
    state: HourState
    published_ns: int
    n_valid: int
    n_expected: int = EXPECTED
    median: float | None = None
    high15: float | None = None
    low15: float | None = None
    version: int = 1
    held_until_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A version that no longer stands."""

    hour: Hour
    at_ns: int
    why: Amended


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDay:
    """One parameter of one area on one Shanghai day (`2026-11-22`); hours ascend, and each stands once.
    limit: what its hours were judged by beside the usual range; None where nothing limited them."""

    id: str
    zone: str
    parameter: str
    unit: str
    day: str
    hours: tuple[Hour, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    limit: AppliedLimit | None = None

    @property
    def month(self) -> str:
        return self.day[:7]


def day_id(zone: str, parameter: str, day: str) -> str:
    return f"{zone}:{parameter}:{day}"


def part_name(zone: str, month: str) -> str:
    """Of the part of the signed snapshot that holds an area's month."""
    return f"record/{zone}/{month}"
