"""How a zone's inflow is judged, by how often its meters tell it: steps of minutes to hours where they do
so at least every quarter of an hour (`steps`), shifts of hours against days where not (`level_shift`)."""

from dataclasses import dataclass

import numpy as np

from alarms.detectors.expected_week import SLOT_NS
from alarms.detectors.level_shift import BAR, LongSpread, shift_pairs, shifts
from alarms.detectors.spread import Spread
from alarms.detectors.steps import Pair, pairs_for, steps
from core.model.sample import Floats

FLOOR, SLOW_FLOOR, ALONE_FLOOR, MARGIN = 5.5, 8.0, 6.5, 1.4
"""The bar over which a step counts, in robust standard deviations: at least FLOOR, SLOW_FLOOR for windows of
hours, ALONE_FLOOR where no gauge helps, and MARGIN times the usual daily peak."""


@dataclass(frozen=True, slots=True)
class Pace:
    """back, settle: bins for which, and over which, the inflow must be at its old level for an event to be
    over. rare: the meters tell less than every quarter of an hour."""

    pairs: tuple[Pair, ...]
    rare: bool
    back: int
    settle: int

    def spread(self, gauges: int) -> Spread | LongSpread:
        """gauges: pressures in the zone."""
        if self.rare:
            return LongSpread([np.inf] + [BAR] * (len(self.pairs) - 1))
        floors = [SLOW_FLOOR if pair.slow else FLOOR for pair in self.pairs]
        return Spread(floors if gauges else [ALONE_FLOOR] * len(floors), MARGIN)

    def pressure_spread(self, gauges: int) -> Spread | LongSpread:
        return LongSpread([1.0] * gauges) if self.rare else Spread([1.0] * gauges, 1.0)

    def spoiled(self, reason: str, onset: int) -> slice:
        """Which of the past bins an event's end leaves unfit to compare with. onset: of the event, from the
        end. What was lost until the repair; where meters are rare, what was before a new usual level."""
        if reason == "back":
            return slice(onset, None)
        return slice(onset) if self.rare else slice(0)

    def steps(self, r: Floats, n: int, sigma: Floats) -> Floats:
        """Of each pair at the last n of r, (n, pairs). sigma: what is known of their usual wandering."""
        return shifts(r, self.pairs, n, float(sigma[0])) if self.rare else steps(r, self.pairs, n)


def pace_for(width_ns: int) -> Pace:
    if width_ns > SLOT_NS:
        return Pace(shift_pairs(width_ns), rare=True, back=2, settle=4)
    return Pace(pairs_for(width_ns), rare=False, back=10, settle=15)
