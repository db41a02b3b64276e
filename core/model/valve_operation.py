"""A valve that was turned: the log that says what stands shut, and whether all was opened again (WO-21)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Turning(StrEnum):
    CLOSE = "close"
    OPEN = "open"


MOST_TURNS: Mapping[Turning, float] = MappingProxyType({Turning.CLOSE: 1_000, Turning.OPEN: 100_000})
"""In one entry: one opening may be of what was shut in several."""


class Direction(StrEnum):
    """Which way the spindle closes: not all valves of a town close to the right."""

    CLOCKWISE = "clockwise"
    ANTICLOCKWISE = "anticlockwise"


class StoppedBy(StrEnum):
    """How the water was stopped for a repair (止水)."""

    VALVES = "valves"
    """By valves that stand in the log."""
    BY_OTHERS = "by_others"
    """Somebody else had shut them: another crew, the plant, a property's own people."""
    UNDER_PRESSURE = "under_pressure"
    """带压抢修: a clamp under pressure, no valve was needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValveTurns:
    """A valve's turns for one order, as far as they were counted. shut: it is not open again."""

    valve: str
    closed: float
    opened: float
    shut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ValveOperation:
    """turns: of the spindle, in this operation; 0 for one that nobody counted; not_known: nor will
    anybody, as was said. closes: the valve's closing
    direction as the operator found it. at_ns: when the hub wrote it; done_ns: when it was done, by the
    operator's phone; claimed_ns: what that said instead, where it cannot be (`response.field_time`). act: of
    the phone that made it. taken_back_by, taken_back_ns: it was a slip, and counts nowhere."""

    id: str
    work_order: str
    valve: str
    turning: Turning
    turns: float
    closes: Direction
    operator: str
    at_ns: int
    done_ns: int | None = None
    note: str | None = None
    claimed_ns: int | None = None
    not_known: bool = False
    act: str | None = None
    taken_back_by: str | None = None
    taken_back_ns: int | None = None

    @property
    def stands(self) -> bool:
        return self.taken_back_ns is None

    @property
    def when_ns(self) -> int:
        return self.done_ns or self.at_ns
