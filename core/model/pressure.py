"""An area's service pressure as the public may know it: of an hour that is past, of the whole area."""

from dataclasses import dataclass

import msgspec

METRES_A_MPA = 1e6 / (1000 * 9.80665)
"""Of water."""
LEAST_MPA = 0.14
"""At the ends of the network, by DBJ41/T 105-2010 (Henan), 3; elsewhere it is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureHour:
    """least: MPa, what it was held against. median: MPa, of the area's gauges. kept: the share of their
    quarter hours with the least or more, 0 to 1. Both None where too few gauges told enough."""

    start_ns: int
    published_ns: int
    least: float
    median: float | None = None
    kept: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureMonth:
    """Of an area in a Shanghai month (`2026-11`); hours ascend, and each stands once."""

    zone: str
    month: str
    hours: tuple[PressureHour, ...] = ()

    @classmethod
    def of(cls, content: bytes) -> "PressureMonth":
        """Raises msgspec.MsgspecError."""
        return msgspec.json.decode(content, type=cls)

    @property
    def content(self) -> bytes:
        return msgspec.json.encode(self)


def pressure_part(zone: str, month: str) -> str:
    """Of the part of the signed snapshot that holds it."""
    return f"pressure/{zone}/{month}"
