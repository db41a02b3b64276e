"""The band that is called usual: the middle nine tenths of past means, widened by their own width. One source
for the hotline's card and the public page, so that both tell the same of one reading. Means are of the
historian's buckets, which no Bad sample is in."""

from collections.abc import Mapping

import numpy as np

from core.model.sample import Floats
from core.model.tag import Quantity

HOUR_NS = 3_600_000_000_000
SPAN_NS = 28 * 24 * HOUR_NS
NEEDED_HOURS = 7 * 24
"""Of the water's quality: all hours of four weeks; below a week of hours nothing is called usual."""
_NEVER_NONE = frozenset({Quantity.FREE_CHLORINE, Quantity.TOTAL_CHLORINE})
"""Of what must always be there, nothing at all is never usual."""

LEAST_MARGIN: Mapping[Quantity, float] = {
    Quantity.PRESSURE: 3.0,
    Quantity.FREE_CHLORINE: 0.05,
    Quantity.TOTAL_CHLORINE: 0.05,
    Quantity.TURBIDITY: 0.05,
    Quantity.PH: 0.1,
}
"""In the quantity's unit: an instrument that hardly moves is not unusual for a step of this size."""


def widened(low: float, high: float, quantity: Quantity) -> tuple[float, float]:
    """From the 5th and 95th percentile to the band outside which a reading is told as unusual. One reading
    in ten lies outside the percentiles on any good day."""
    margin = max(high - low, LEAST_MARGIN.get(quantity, 0.0))
    least = low / 2 if quantity in _NEVER_NONE else 0.0
    return max(least, low - margin), high + margin


def middle(means: Floats) -> tuple[float, float] | None:
    """The 5th and 95th percentile of a quality's hourly means over `SPAN_NS`; None of too few."""
    if len(means) < NEEDED_HOURS:
        return None
    low, high = np.percentile(means, [5, 95])
    return float(low), float(high)
