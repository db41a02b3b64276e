"""Units as printed on a tag, for checking expressions: a dimension, and the factor to its base unit.

Base units: m, s, kg; what has no such measure (pH, NTU, degrees) is a dimension of its own. Factors are those
of `collectors.units`, and those that only algebra needs (SI Brochure, 9th edition, 2019).
"""

from dataclasses import dataclass

from collectors.units import LINES

_HOUR = 3600.0
Exponents = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """factor: how many base units one of it is."""

    dimension: Exponents = ()
    factor: float = 1.0

    def times(self, other: "Unit", power: int = 1) -> "Unit":
        exponents = dict(self.dimension)
        for base, exponent in other.dimension:
            exponents[base] = exponents.get(base, 0) + power * exponent
        kept = tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))
        return Unit(kept, self.factor * other.factor**power)

    def __str__(self) -> str:
        """The dimension, in base units: `m3 s-1`."""
        named = (base if exponent == 1 else f"{base}{exponent}" for base, exponent in self.dimension)
        return " ".join(named) or "a plain number"


def _unit(factor: float, **exponents: int) -> Unit:
    return Unit(tuple(sorted(exponents.items())), factor)


_OF_A_LINE: dict[str, tuple[float, dict[str, int]]] = {
    "length, m": (1.0, {"m": 1}),
    "volume, m3": (1.0, {"m": 3}),
    "flow, m3/s": (1.0, {"m": 3, "s": -1}),
    "speed, m/s": (1.0, {"m": 1, "s": -1}),
    "concentration, mg/L": (0.001, {"kg": 1, "m": -3}),
    "pressure, Pa": (1.0, {"kg": 1, "m": -1, "s": -2}),
}
"""What a line of `collectors.units` is measured in. A metre of water column is a length here."""

UNITS: dict[str, Unit] = {
    unit: _unit(base * factor, **exponents)
    for line, (base, exponents) in _OF_A_LINE.items()
    for unit, (factor, _) in LINES[line].items()
    if (line, unit) != ("pressure, Pa", "m")
} | {
    "1": Unit(),
    "%": _unit(0.01),
    "m2": _unit(1.0, m=2),
    "s": _unit(1.0, s=1),
    "min": _unit(60.0, s=1),
    "h": _unit(_HOUR, s=1),
    "d": _unit(24 * _HOUR, s=1),
    "kg": _unit(1.0, kg=1),
    "kg/h": _unit(1 / _HOUR, kg=1, s=-1),
    "kg/d": _unit(1 / (24 * _HOUR), kg=1, s=-1),
    "kW": _unit(1e3, kg=1, m=2, s=-3),
    "kWh": _unit(3.6e6, kg=1, m=2, s=-2),
    "kWh/m3": _unit(3.6e6, kg=1, m=-1, s=-2),
    "Hz": _unit(1.0, s=-1),
    "rpm": _unit(1 / 60, s=-1),
}
"""What algebra is known of. Any other unit is a dimension of its own."""


def unit_of(printed: str) -> Unit:
    return UNITS.get(printed) or Unit(((printed, 1),))
