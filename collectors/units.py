"""Units a device may give its values in, and how they become the tag's.

Factors are exact by definition (SI brochure; US gallon 231 cubic inches; foot 0.3048 m; pound-force per
square inch from 0.45359237 kg, 9.80665 m/s2 and 0.0254 m), a metre of water column is the conventional
9806.65 Pa, and 1 ppm in water is taken as 1 mg/L. NTU and FNU are different methods, and never converted.
"""

_GALLON_M3 = 3.785411784e-3
_PSI_PA = 0.45359237 * 9.80665 / 0.0254**2

LINES: dict[str, dict[str, tuple[float, float]]] = {
    "pressure, Pa": {
        "Pa": (1, 0),
        "hPa": (1e2, 0),
        "mbar": (1e2, 0),
        "kPa": (1e3, 0),
        "MPa": (1e6, 0),
        "bar": (1e5, 0),
        "m": (9806.65, 0),
        "psi": (_PSI_PA, 0),
    },
    "length, m": {"m": (1, 0), "cm": (1e-2, 0), "mm": (1e-3, 0), "ft": (0.3048, 0)},
    "flow, m3/s": {
        "m3/s": (1, 0),
        "m3/min": (1 / 60, 0),
        "m3/h": (1 / 3600, 0),
        "m3/d": (1 / 86400, 0),
        "L/s": (1e-3, 0),
        "L/min": (1e-3 / 60, 0),
        "L/h": (1e-3 / 3600, 0),
        "ML/d": (1e3 / 86400, 0),
        "US gal/min": (_GALLON_M3 / 60, 0),
    },
    "volume, m3": {
        "m3": (1, 0),
        "L": (1e-3, 0),
        "mL": (1e-6, 0),
        "mm3": (1e-9, 0),
        "ML": (1e3, 0),
        "US gal": (_GALLON_M3, 0),
    },
    "concentration, mg/L": {
        "mg/L": (1, 0),
        "ppm": (1, 0),
        "ug/L": (1e-3, 0),
        "ppb": (1e-3, 0),
        "g/L": (1e3, 0),
    },
    "conductivity, S/m": {"uS/cm": (1e-4, 0), "mS/cm": (1e-1, 0), "S/m": (1, 0), "mS/m": (1e-3, 0)},
    "temperature, K": {"Cel": (1, 273.15), "K": (1, 0), "degF": (5 / 9, 459.67 * 5 / 9)},
    "turbidity, NTU": {"NTU": (1, 0), "mNTU": (1e-3, 0)},
    "turbidity, FNU": {"FNU": (1, 0), "mFNU": (1e-3, 0)},
    "speed, m/s": {"m/s": (1, 0), "ft/s": (0.3048, 0)},
}
"""Factor and offset to the unit named with each quantity."""


def conversion(given: str | None, wanted: str) -> tuple[float, float]:
    """Factor and offset that make a value in `given` one in `wanted`. given: None is as wanted.

    Raises ValueError when one cannot become the other.
    """
    if given is None or given == wanted:
        return 1.0, 0.0
    for units in LINES.values():
        if given in units and wanted in units:
            (factor, offset), (by, less) = units[given], units[wanted]
            return factor / by, (offset - less) / by
    raise ValueError(f"{given} cannot be converted to {wanted}")


def near(unit: str) -> tuple[str, ...]:
    """Every other unit that can become `unit`."""
    return tuple(sorted({u for units in LINES.values() if unit in units for u in units} - {unit}))
