"""A tag: one measured quantity at one place."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text


class Quantity(StrEnum):
    FLOW = "flow"
    PRESSURE = "pressure"
    LEVEL = "level"
    VOLUME = "volume"
    """A meter's cumulative register, m3."""
    FREE_CHLORINE = "free_chlorine"
    TOTAL_CHLORINE = "total_chlorine"
    """What is left of chloramine."""
    TURBIDITY = "turbidity"
    PH = "ph"
    CONDUCTIVITY = "conductivity"
    TEMPERATURE = "temperature"
    REDOX = "redox"
    """Oxidation-reduction potential."""
    TOC = "toc"
    """Total organic carbon."""
    STATUS = "status"
    """0 or 1: a pump stopped or running, a door, a mode."""
    SPEED = "speed"


QUALITY = frozenset(
    {
        Quantity.FREE_CHLORINE,
        Quantity.TOTAL_CHLORINE,
        Quantity.TURBIDITY,
        Quantity.PH,
        Quantity.CONDUCTIVITY,
        Quantity.TEMPERATURE,
        Quantity.REDOX,
        Quantity.TOC,
    }
)
"""Quantities of water quality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """What is known of a tag beforehand.

    unit: as printed (`m`, `m3/h`, `mg/L`, `NTU`, `uS/cm`, `Cel`, `pH`, `m3`); pressures are metres of
    water. period_s: expected interval between samples, real seconds. low/high: what the instrument can
    physically mean; outside is Bad out of range. station: what is lost together when its line is cut.
    node/link: its place in the network model. public: may appear, as an area's median, on the portal.
    """

    id: str
    quantity: Quantity
    unit: str
    name: Text
    station: str
    period_s: float
    zone: str | None = None
    low: float | None = None
    high: float | None = None
    node: str | None = None
    link: str | None = None
    public: bool = False
