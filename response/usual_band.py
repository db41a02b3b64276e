"""The band that is called usual: the middle nine tenths of past means, widened by their own width."""

from collections.abc import Mapping

from core.model.tag import Quantity

LEAST_MARGIN: Mapping[Quantity, float] = {
    Quantity.PRESSURE: 3.0,
    Quantity.FREE_CHLORINE: 0.05,
    Quantity.TURBIDITY: 0.05,
    Quantity.PH: 0.1,
}
"""In the quantity's unit: an instrument that hardly moves is not unusual for a step of this size."""


def widened(low: float, high: float, quantity: Quantity) -> tuple[float, float]:
    """From the 5th and 95th percentile to the band outside which a reading is told as unusual. One reading
    in ten lies outside the percentiles on any good day."""
    margin = max(high - low, LEAST_MARGIN.get(quantity, 0.0))
    return max(0.0, low - margin), high + margin
