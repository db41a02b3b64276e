"""A payload's unit into the tag's.

Factors are exact by definition (BIPM SI Brochure; the bar and the conventional metre of water, 9,806.65 Pa,
by ISO 80000-4; gallons and feet by NIST SP 811).
"""

from typing import NamedTuple

_PA_PER_M = 9806.65
_FT3, _GAL_US, _GAL_UK = 0.028316846592, 0.003785411784, 0.00454609


class Linear(NamedTuple):
    factor: float
    add: float = 0.0


_TO: dict[str, dict[str, Linear]] = {
    "m3": {"L": Linear(1e-3), "ft3": Linear(_FT3), "gal_us": Linear(_GAL_US), "gal_uk": Linear(_GAL_UK)},
    "m3/h": {
        "L/h": Linear(1e-3),
        "L/min": Linear(0.06),
        "L/s": Linear(3.6),
        "m3/s": Linear(3600.0),
        "m3/d": Linear(1 / 24),
        "gpm_us": Linear(60 * _GAL_US),
    },
    "m": {
        "Pa": Linear(1 / _PA_PER_M),
        "kPa": Linear(1e3 / _PA_PER_M),
        "bar": Linear(1e5 / _PA_PER_M),
        "MPa": Linear(1e6 / _PA_PER_M),
        "psi": Linear(6894.757293168 / _PA_PER_M),
        "mm": Linear(1e-3),
        "cm": Linear(1e-2),
    },
    "Cel": {"K": Linear(1.0, -273.15), "degF": Linear(5 / 9, -160 / 9)},
    "uS/cm": {"mS/cm": Linear(1e3), "S/m": Linear(1e4)},
    "mg/L": {"ug/L": Linear(1e-3), "g/L": Linear(1e3)},
    "V": {"mV": Linear(1e-3)},
}


def conversion(said: str | None, tag: str) -> Linear | None:
    """None when the one cannot be made into the other; the identity when the payload names no unit."""
    if said is None or said == tag:
        return Linear(1.0)
    return _TO.get(tag, {}).get(said)


def units_into(tag: str) -> list[str]:
    return list(_TO.get(tag, {}))
