"""A tag: one measured quantity at one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

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


class WorksRole(StrEnum):
    """What a tag of a works says of it on a wall's strip of works. Several of one role: flows are summed, of
    the others the worst counts."""

    OUTLET_PRESSURE = "outlet_pressure"
    OUTLET_FLOW = "outlet_flow"
    OUTLET_TURBIDITY = "outlet_turbidity"
    OUTLET_CHLORINE = "outlet_chlorine"
    CLEAR_WELL = "clear_well"
    """The level of the tank that the pumps draw from."""
    PUMP = "pump"


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
OF_ROLE: Mapping[WorksRole, frozenset[Quantity]] = MappingProxyType(
    {
        WorksRole.OUTLET_PRESSURE: frozenset({Quantity.PRESSURE}),
        WorksRole.OUTLET_FLOW: frozenset({Quantity.FLOW}),
        WorksRole.OUTLET_TURBIDITY: frozenset({Quantity.TURBIDITY}),
        WorksRole.OUTLET_CHLORINE: frozenset({Quantity.FREE_CHLORINE, Quantity.TOTAL_CHLORINE}),
        WorksRole.CLEAR_WELL: frozenset({Quantity.LEVEL}),
        WorksRole.PUMP: frozenset({Quantity.STATUS}),
    }
)
"""What a tag of each role measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """What is known of a tag beforehand.

    unit: as printed (`m`, `m3/h`, `mg/L`, `NTU`, `uS/cm`, `Cel`, `pH`, `m3`); pressures are metres of
    water. period_s: expected interval between samples, real seconds. low/high: what the instrument can
    physically mean; outside is Bad out of range. station: what is lost together when its line is cut.
    node/link: its place in the network model. public: may appear, as an area's median, on the portal.
    role: of a works' own, where its zone is one.
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
    role: WorksRole | None = None
