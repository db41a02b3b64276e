"""Values that no water can have: a register map that has shifted, a byte order that has changed (F21).

Drivers know an instrument's own range (Bad out of range). Here is what remains: tags without a stated range,
numbers that only a wrong reading of the bytes makes, and the neighbours of values that went out of range
together. They are kept and Uncertain, so that nothing is alarmed by them.
"""

import numpy as np
import numpy.typing as npt

from core.model.sample import Floats
from core.model.tag import Quantity, Tag

TINY = 1e-30
"""Smaller than anything measured and not zero: 2.4e-41 is 120.0 with its words exchanged."""
_ONE = np.uint64(1)
_TINY_BITS = np.uint64(np.array(TINY).view(np.uint64) << _ONE) - _ONE
LEAST_LOST, LOST_SHARE = 2, 0.5
"""When so many of a station's values in one batch, and so large a share, are out of range at once, the
others of the station are not to be believed either."""

_USUAL: dict[tuple[Quantity, str], tuple[float, float]] = {
    (Quantity.PRESSURE, "m"): (-20.0, 2_500.0),
    (Quantity.PRESSURE, "kPa"): (-200.0, 25_000.0),
    (Quantity.FLOW, "m3/h"): (-200_000.0, 200_000.0),
    (Quantity.FLOW, "L/s"): (-55_000.0, 55_000.0),
    (Quantity.LEVEL, "m"): (-500.0, 1_000.0),
    (Quantity.VOLUME, "m3"): (-1e9, 1e12),
    (Quantity.FREE_CHLORINE, "mg/L"): (-1.0, 100.0),
    (Quantity.TOTAL_CHLORINE, "mg/L"): (-1.0, 100.0),
    (Quantity.TURBIDITY, "NTU"): (-1.0, 10_000.0),
    (Quantity.PH, "pH"): (-2.0, 16.0),
    (Quantity.CONDUCTIVITY, "uS/cm"): (-10.0, 1_000_000.0),
    (Quantity.TEMPERATURE, "Cel"): (-60.0, 200.0),
    (Quantity.REDOX, "mV"): (-2_000.0, 2_000.0),
    (Quantity.TOC, "mg/L"): (-1.0, 1_000.0),
}
"""The hub's own bounds, wider than any waterworks: for tags whose file states none."""


def bounds(tag: Tag | None) -> tuple[float, float]:
    """Of a tag that states no range of its own; infinite where nothing is known."""
    low, high = _USUAL.get((tag.quantity, tag.unit), (-np.inf, np.inf)) if tag else (-np.inf, np.inf)
    if tag is None:
        return low, high
    return (low if tag.low is None else -np.inf), (high if tag.high is None else np.inf)


def most_of(low: Floats, high: Floats) -> np.uint64 | None:
    """The magnitude from which at least one of these tags is beyond its usual bounds, for `strange`."""
    least = float(np.minimum(np.abs(low), np.abs(high)).min(initial=np.inf))
    return None if least == np.inf else np.uint64(np.array(least).view(np.uint64) << _ONE)


def strange(v: Floats, most: np.uint64 | None) -> bool:
    """Quick: False only when no `odd` is True. Magnitudes order as their bits do."""
    bits = v.view(np.uint64) << _ONE
    tiny = bits - _ONE < _TINY_BITS
    return 1 in (tiny if most is None else tiny | (bits > most)).tobytes()


def odd(v: Floats, low: Floats, high: Floats) -> npt.NDArray[np.bool_]:
    """True for values that only a wrong reading of bytes makes. NaN is not: it is Bad already."""
    size = np.abs(v)
    return np.asarray(((size < TINY) & (size > 0)) | (v < low) | (v > high), np.bool_)


def doubted(gone: npt.NDArray[np.bool_], station: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Samples not to be believed: those that are gone, and everything of a station of which many are at
    once. station: a number for each sample."""
    lost = np.bincount(station, gone)[station]
    share = lost / np.bincount(station)[station]
    return np.asarray(gone | ((lost >= LEAST_LOST) & (share >= LOST_SHARE)), np.bool_)
