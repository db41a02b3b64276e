"""What the public may know: the whole of what crosses to the portal, and nothing else.

Every field here was chosen to be published. There is no station, valve, pipe, live pressure, account or
name in it, and no way to put one in.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.model.clock import Anchor
from core.model.text import Text


class ReadingState(StrEnum):
    """What may be said of a reading (facts-water 4.6), in words; normal is never a colour."""

    NORMAL = "normal"
    WATCH = "watch"
    VERIFYING = "verifying"
    MAINTENANCE = "maintenance"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A provisional 15-minute median after quality control. at_ns: the end of its window. usual_*: the
    band of the past four weeks that the state is judged by, None while there are too few."""

    parameter: str
    unit: str
    state: ReadingState
    value: float | None = None
    at_ns: int | None = None
    usual_low: float | None = None
    usual_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    id: str
    name: Text
    readings: tuple[Reading, ...]
    streets: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStreet:
    name: Text
    numbers: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNotice:
    id: str
    version: int
    kind: str
    area: str
    title: Text
    body: Text
    advice: Text
    starts_ns: int
    published_ns: int
    streets: tuple[PublicStreet, ...]
    connections: int | None = None
    """Affected connections, None below ten."""
    eta_earliest_ns: int | None = None
    eta_latest_ns: int | None = None
    next_update_ns: int | None = None
    progress: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSnapshot:
    """seq rises by one with each; the portal refuses one that does not."""

    seq: int
    made_ns: int
    clock: Anchor
    utility: Text
    hotline: str
    areas: tuple[Area, ...]
    notices: tuple[PublicNotice, ...]
