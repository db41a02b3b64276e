"""Units as printed on a tag, for checking expressions: a dimension, and the factor to its base unit.

Base units: m, s, kg; what has no such measure (pH, NTU, degrees) is a dimension of its own. Factors are
exact by definition (SI Brochure, 9th edition, 2019; 1 L = 1 dm3).
"""

from dataclasses import dataclass

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


UNITS: dict[str, Unit] = {
    "1": Unit(),
    "%": _unit(0.01),
    "m": _unit(1.0, m=1),
    "cm": _unit(0.01, m=1),
    "mm": _unit(0.001, m=1),
    "m2": _unit(1.0, m=2),
    "m3": _unit(1.0, m=3),
    "L": _unit(0.001, m=3),
    "s": _unit(1.0, s=1),
    "min": _unit(60.0, s=1),
    "h": _unit(_HOUR, s=1),
    "d": _unit(24 * _HOUR, s=1),
    "m3/h": _unit(1 / _HOUR, m=3, s=-1),
    "m3/s": _unit(1.0, m=3, s=-1),
    "m3/d": _unit(1 / (24 * _HOUR), m=3, s=-1),
    "L/s": _unit(0.001, m=3, s=-1),
    "L/min": _unit(0.001 / 60, m=3, s=-1),
    "m/s": _unit(1.0, m=1, s=-1),
    "kg": _unit(1.0, kg=1),
    "mg/L": _unit(0.001, kg=1, m=-3),
    "ug/L": _unit(1e-6, kg=1, m=-3),
    "kg/h": _unit(1 / _HOUR, kg=1, s=-1),
    "kg/d": _unit(1 / (24 * _HOUR), kg=1, s=-1),
    "Pa": _unit(1.0, kg=1, m=-1, s=-2),
    "kPa": _unit(1e3, kg=1, m=-1, s=-2),
    "bar": _unit(1e5, kg=1, m=-1, s=-2),
    "MPa": _unit(1e6, kg=1, m=-1, s=-2),
    "kW": _unit(1e3, kg=1, m=2, s=-3),
    "kWh": _unit(3.6e6, kg=1, m=2, s=-2),
    "kWh/m3": _unit(3.6e6, kg=1, m=-1, s=-2),
    "Hz": _unit(1.0, s=-1),
    "rpm": _unit(1 / 60, s=-1),
}
"""What algebra is known of. Any other unit is a dimension of its own."""


def unit_of(printed: str) -> Unit:
    return UNITS.get(printed) or Unit(((printed, 1),))
