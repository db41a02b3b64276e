"""Where samples come from: a connection to the field, and what is known of its health."""

import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from core.ports.spool import Sink

EVER_NS = 1 << 62
ROUND_TRIPS = 512
"""How many of the newest round trips a connection or device remembers."""


class Breaker(StrEnum):
    """Of a device behind a connection. closed: it is read as planned; open: it is left alone until the
    next probe; probing: one request is out to see whether it answers again."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


@dataclass(slots=True)
class RoundTrips:
    """The newest `ROUND_TRIPS` round trips, in seconds."""

    newest: deque[float] = field(default_factory=lambda: deque(maxlen=ROUND_TRIPS))

    def took(self, seconds: float) -> None:
        self.newest.append(seconds)

    def quantile(self, share: float) -> float | None:
        """share: 0 to 1, nearest rank; None before the first answer."""
        ordered = sorted(self.newest)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else None


@dataclass(slots=True)
class DeviceFacts:
    """Health of one device behind a connection: a Modbus unit, an OPC UA server, a meter. Counts since
    start. last_good_ns: when it last answered well, UTC ns, 0 for never; cause: of its present trouble,
    in one line for an engineer; skew_s: median of receive minus source time, where it stamps itself;
    clock_cause: what is wrong with its clock, in one line."""

    breaker: Breaker = Breaker.CLOSED
    last_good_ns: int = 0
    failures_in_row: int = 0
    cause: str | None = None
    failures: dict[str, int] = field(default_factory=dict)
    probe_at_ns: int = 0
    skew_s: float | None = None
    clock_cause: str | None = None
    round_trips: RoundTrips = field(default_factory=RoundTrips)

    def count(self, cause: str, n: int = 1) -> None:
        self.failures[cause] = self.failures.get(cause, 0) + n


@dataclass(slots=True)
class SourceFacts:
    """Health of one connection, for /metrics and the health page. Counts since start.

    cause: of its present trouble, in one line; tag_causes: the same by tag, only of tags in trouble of
    their own (an illegal address, an unknown node); insecure: runs without encryption by
    `allow_insecure`; certificate_expires_ns: of the hub's own certificate on this connection, UTC ns;
    pending: received and not yet acknowledged. device_of: which of `devices` a tag belongs to, where the
    driver says so; devices_well: devices beside those in `devices`, too many to list and all of them well;
    skew_s, clock_cause: as of a device, of everything the connection brings. frozen: how likely tags are
    stuck, 0 to 1, of those that are not at 0. followed_ns: of a connection that tells changes only, up to
    when every change is known to have been told, plant time of receipt; 0 for any other. max_silence_s: real
    seconds within which it tells every value again; infinite where its server vouches for it.
    """

    connected: bool = False
    samples: int = 0
    bad: int = 0
    connects: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    missed_slots: int = 0
    refused: int = 0
    """Payloads that could not be read; each is in quarantine."""
    shed: int = 0
    """Polled samples given up because the spool was full."""
    last_good_ns: int = 0
    cause: str | None = None
    devices: dict[str, DeviceFacts] = field(default_factory=dict)
    tag_causes: dict[str, str] = field(default_factory=dict)
    round_trips: RoundTrips = field(default_factory=RoundTrips)
    insecure: bool = False
    certificate_expires_ns: int | None = None
    pending: int = 0
    devices_well: int = 0
    device_of: dict[str, str] = field(default_factory=dict)
    skew_s: float | None = None
    clock_cause: str | None = None
    frozen: dict[str, float] = field(default_factory=dict)
    followed_ns: int = 0
    max_silence_s: float = math.inf

    def silence_ns(self, speed: float) -> int:
        """`max_silence_s` in plant time. speed: plant seconds in a real one."""
        return min(EVER_NS, int(min(self.max_silence_s * speed * 1e9, float(EVER_NS))))

    def count(self, cause: str, n: int = 1) -> None:
        self.failures[cause] = self.failures.get(cause, 0) + n


class Source(Protocol):
    """One connection. Everything it does toward the field is reading."""

    @property
    def id(self) -> str:
        """`modbus:st-01`: also the `source` of its batches."""
        ...

    @property
    def facts(self) -> SourceFacts: ...

    async def run(self, sink: Sink) -> None:
        """Connect, then read until cancelled. A lost connection is a ConnectionError, raised after one
        Bad sample for each of its tags was put; the supervisor connects again with back-off."""
        ...
