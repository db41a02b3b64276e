"""Work on the network or its instruments that is known beforehand, and explains alarms while it goes on."""

from dataclasses import dataclass
from enum import StrEnum


class ActivityKind(StrEnum):
    """What is done; which alarms it explains: `alarms.expected`."""

    FLUSHING = "flushing"
    VALVE_WORK = "valve_work"
    CALIBRATION = "calibration"
    TEST = "test"
    OUTAGE = "outage"
    """A planned interruption that the public was told of: its notice makes, moves and ends it."""


class ActivityState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    """Its alarms are withheld: from its start to its end and the grace after it."""
    OVERRUN = "overrun"
    """Its time is over and alarms of it still stand: they are heard again, until it is ended or extended."""
    ENDED = "ended"
    CANCELLED = "cancelled"


OPEN = (ActivityState.PLANNED, ActivityState.RUNNING, ActivityState.OVERRUN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """zones, tags: where. rows: of the master alarm database, of a test. start_ns, end_ns: plant time.
    grace_s: plant time after the end in which its effects may last. by: who entered it; who: who does it;
    work: the order or permit it is done on. approved_by: another person, without whom alarms of priority 1
    are not withheld. ended_by: None when time ended it."""

    id: str
    kind: ActivityKind
    start_ns: int
    end_ns: int
    by: str
    asked_ns: int
    zones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    grace_s: float = 0.0
    who: str = ""
    work: str = ""
    note: str = ""
    state: ActivityState = ActivityState.PLANNED
    approved_by: str | None = None
    ended_ns: int | None = None
    ended_by: str | None = None
    seq: int = 0

    @property
    def until_ns(self) -> int:
        """When its alarms are heard again, whatever comes."""
        return self.end_ns + round(self.grace_s * 1_000_000_000)
