"""Service clocks: how soon the utility promised to do what, of one order, and what held it up."""

from dataclasses import dataclass
from enum import StrEnum


class ClockName(StrEnum):
    """What was promised. inform: the caller is told what came of it. stop_water: 止水. restore: water is
    back. reply: an answer in substance. public_notice: of a notice, not an order: the public is told."""

    INFORM = "inform"
    ACCEPT = "accept"
    ARRIVE = "arrive"
    STOP_WATER = "stop_water"
    REPAIR = "repair"
    RESTORE = "restore"
    REPLY = "reply"
    CALLBACK = "callback"
    PUBLIC_NOTICE = "public_notice"


UNPAUSABLE = frozenset({ClockName.ACCEPT, ClockName.ARRIVE, ClockName.STOP_WATER})
"""Nothing excuses a crew that has not come, or water that still runs."""


class CalendarKind(StrEnum):
    ALWAYS = "always"
    WORKING_DAYS = "working_days"


class PauseReason(StrEnum):
    """The only reasons for which a clock may stand still (WO-09)."""

    AWAIT_PERMIT = "await_permit"
    """占道、破路审批。"""
    AWAIT_THIRD_PARTY = "await_third_party"
    AWAIT_CUSTOMER = "await_customer"
    UNSAFE_WEATHER = "unsafe_weather"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClock:
    """id: `ORDER:CLOCK`, or `ORDER:CLOCK:2` once opened again (round 2). order: or the notice.
    start_ns: when it began; due_ns:
    as promised, without pauses; it does not change when the profile does. stopped_ns: what was promised is
    done. void_ns: nobody waits for it any more (the order was cancelled). told: the rungs of the ladder, in
    per cent, that were told. acked: a person has taken it on, and the ladder stops."""

    id: str
    order: str
    clock: ClockName
    calendar: CalendarKind
    start_ns: int
    due_ns: int
    round: int = 1
    running: bool = True
    stopped_ns: int | None = None
    void_ns: int | None = None
    provisional: bool = False
    source: str = ""
    told: tuple[int, ...] = ()
    acked_by: str | None = None
    acked_ns: int | None = None
    note: str | None = None

    @property
    def pausable(self) -> bool:
        return self.clock not in UNPAUSABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """evidence: what proves it: a permit's number, a photo's id, a message. until_ns: None while it lasts."""

    id: str
    order: str
    reason: PauseReason
    evidence: str
    by: str
    from_ns: int
    until_ns: int | None = None
    ended_by: str | None = None

    @property
    def open(self) -> bool:
        return self.until_ns is None
