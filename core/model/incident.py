"""Many alarms, one cause: an incident."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.model.text import Text


class IncidentKind(StrEnum):
    BURST = "burst"
    LEAK = "leak"
    WATER_QUALITY = "water_quality"
    LOW_PRESSURE = "low_pressure"
    PUMP_TRIP = "pump_trip"
    COMMUNICATION = "communication"
    INSTRUMENT = "instrument"


class IncidentState(StrEnum):
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    RESTORED = "restored"
    CLOSED = "closed"
    FALSE_ALARM = "false_alarm"
    MERGED = "merged"
    """People put it together with another, `merged_into`."""


GOING_ON = (IncidentState.SUSPECTED, IncidentState.CONFIRMED)
"""Its signals are not back."""
OPEN = (*GOING_ON, IncidentState.RESTORED)
"""Nobody has ended it."""


class Sign(StrEnum):
    """What an alarm says of the water."""

    INFLOW_UP = "inflow_up"
    NIGHT_FLOW_UP = "night_flow_up"
    PRESSURE_DOWN = "pressure_down"
    TANK_FALL = "tank_fall"
    PUMP_STOPPED = "pump_stopped"
    WATER_QUALITY = "water_quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pipe that may be the one. share: its part of the belief over all pipes, 0..1. x, y: its middle, m."""

    link: str
    share: float
    x: float
    y: float
    street: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Likely pipes, the likeliest first. begin: the one about which most of the belief lies, where a search
    begins: a crew searches a neighbourhood, not a pipe; begin_share: so much of it, within `begin_m` of pipe
    path; none in older records, which have that pipe first. radius_m: pipe path from there within which nine
    tenths of it lie."""

    candidates: tuple[Candidate, ...]
    at_ns: int
    radius_m: float
    method: str
    begin: str | None = None
    begin_share: float | None = None
    begin_m: float | None = None

    @property
    def place(self) -> Candidate | None:
        """Where a search is to begin: the one whose street the order and the screens name."""
        begun = (one for one in self.candidates if one.link == self.begin)
        return next(begun, self.candidates[0] if self.candidates else None)

    @property
    def first(self) -> str | None:
        """The pipe of that place."""
        return self.begin or (self.place.link if self.place else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An alarm within an incident, with the named reason why it was put there. occurrence, last_ns: of its
    newest raise there; raised_ns: of the first, by `clock`, which may be `clock_s` off."""

    alarm: str
    occurrence: int
    raised_ns: int
    why: str
    last_ns: int | None = None
    clock: str = ""
    clock_s: float = 0.0
    sign: Sign | None = None


GIVEN_UP = {"rebased": "level_taken_for_usual", "unconfirmed": "never_confirmed"}
"""How a detector ends that has not seen its matter end, as the incident's record names it."""
RAISED_AGAIN = "raised_again"


def _since_raised(why: tuple[str, ...]) -> int:
    return max((n for n, one in enumerate(why) if one == RAISED_AGAIN), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """first_out: the member with the earliest source time, or all that may be where clocks cannot tell. why:
    named reasons of its state ("burst_step_and_pressure_agree"). size_m3h: estimated loss. evidence: figures
    people may read. apart: alarms that people took out of it. zones: more than `zone`, of the incidents that
    were `merged` into it; touched: of alarms that joined from beside. back_ns: since when its instruments
    are back, once it is over. root: the alarm that is the likeliest
    cause, score: which share of the signs of such a cause is seen, 0..1. held: people took back what the hub
    had decided by itself, and it decides no more."""

    id: str
    kind: IncidentKind
    state: IncidentState
    opened_ns: int
    zone: str | None = None
    title: Text
    members: tuple[Member, ...] = ()
    first_out: tuple[str, ...] = ()
    location: Location | None = None
    size_m3h: float | None = None
    confirmed_ns: int | None = None
    closed_ns: int | None = None
    why: tuple[str, ...] = ()
    evidence: dict[str, float | str] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    merged_into: str | None = None
    root: str | None = None
    score: float | None = None
    held: bool = False
    back_ns: int | None = None
    seq: int = 0

    @property
    def given_up(self) -> bool:
        """A detector of it ended without having seen it end, and none has raised it again since."""
        return any(why in self.why[_since_raised(self.why) :] for why in GIVEN_UP.values())
