"""Has the water at a station changed? Each quantity's distance from what was usual just before, in its own
robust spreads; then how unlikely it is that so many of the last values lie outside by chance.

CANARY's scheme: prediction from the last values, residual, binomial event discriminator (Hart, McKenna,
Klise, Cruz & Wilson 2007, World Environmental and Water Resources Congress; McKenna, Wilson & Klise 2008,
J. AWWA 100:1, 74). The prediction is the median of the last values that were not outside.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from alarms.detectors.detector import State
from core.model.sample import Floats

BAR = 4.0
"""Outside: so many spreads away. Chosen, with the windows, on the first half of GECCO 2017
(`python -m bench quality_real`)."""
BEFORE, OF, LAST = 30, 4, 2
"""Values for the prediction; of the discriminator; and so many usual ones end an event."""
OUTSIDE, SURE = 0.01, 0.995
"""How often a value lies outside by chance; from what probability on it is no chance."""
HELD = 60
"""After so many values it is no event but the water of now: what is usual is learned anew."""
PAST, LEAST, EVERY = 1440, 720, 60
"""Residuals that the spread is from, how many it needs, and after how many it is settled again."""
QUANTILE = 0.99
_KNOWN = BEFORE // 3


def sure(outside: int) -> float:
    """That so many outside, of OF, are no chance."""
    fewer = (comb(OF, n) * OUTSIDE**n * (1 - OUTSIDE) ** (OF - n) for n in range(outside))
    return sum(fewer)


_SURE = np.array([sure(n) for n in range(OF + 1)])


@dataclass(frozen=True, slots=True)
class Moment:
    """An event began, or was over: z: of each quantity, in spreads; NaN where unknown. usual: of each."""

    row: int
    begins: bool
    z: Floats
    usual: Floats
    probability: float


class QualityStation:
    """least: of each quantity, a spread below which none is believed. bar: see BAR."""

    def __init__(self, least: Floats, bar: float = BAR) -> None:
        self.least, self.bar, m = least, bar, len(least)
        self.active = False
        self._before = np.full((BEFORE, m), np.nan)
        self._usual = np.full(m, np.nan)
        self._past = np.full((PAST, m), np.nan, np.float32)
        self._spread = np.full(m, np.nan)
        self._outside = np.zeros(OF, np.int64)
        self._at = self._learned = self._lasted = 0

    def advance(self, values: Floats) -> list[Moment]:
        """values: (rows, quantities), NaN where unknown."""
        return [moment for row in range(len(values)) if (moment := self._step(row, values[row])) is not None]

    def _step(self, row: int, v: Floats) -> Moment | None:
        away = v - self._usual
        z = away / self._spread
        known = np.isfinite(z)
        if not known.any():
            if not self.active:
                self._accept(v, away)
            return None
        was, usual = self.active, self._usual
        outside = bool((np.abs(z[known]) > self.bar).any())
        self._outside = np.roll(self._outside, -1)
        self._outside[-1] = outside
        probability = float(_SURE[self._outside.sum()])
        if not was:
            self.active = outside and probability >= SURE
            self._lasted = 0
            if not outside:
                self._accept(v, away)
        else:
            self._lasted += 1
            self.active = bool(self._outside[-LAST:].any()) and self._lasted < HELD
            if self._lasted >= HELD:
                self._before[:], self._usual = np.nan, np.full(len(v), np.nan)
        return None if self.active is was else Moment(row, self.active, z, usual, probability)

    def _accept(self, v: Floats, away: Floats) -> None:
        """It counts as usual."""
        self._before[self._at % BEFORE] = v
        self._at += 1
        ranked, column = np.sort(self._before, axis=0), np.arange(len(v))
        known = np.isfinite(ranked).sum(axis=0)
        middle = np.minimum(known // 2, BEFORE - 1)
        self._usual = np.where(known >= _KNOWN, ranked[middle, column], np.nan)
        if not np.isfinite(away).any():
            return
        self._past[self._learned % PAST] = away
        self._learned += 1
        if self._learned % EVERY == 0:
            self._settle()

    def _settle(self) -> None:
        past = np.sort(np.abs(self._past), axis=0)
        known = np.isfinite(past).sum(axis=0)
        place = np.maximum(0, np.ceil(QUANTILE * known).astype(np.intp) - 1)
        spread = np.maximum(past[place, np.arange(past.shape[1])], self.least)
        self._spread = np.where(known >= LEAST, spread, np.nan)

    def snapshot(self) -> State:
        columns = (self._before, self._usual, self._past, self._spread, self._outside)
        return {
            "columns": [column.tobytes() for column in columns],
            "counts": [self._at, self._learned, self._lasted, self.active],
        }

    def restore(self, state: State) -> None:
        before, usual, past, spread, outside = state["columns"]
        self._before = np.frombuffer(before).reshape(BEFORE, -1).copy()
        self._usual, self._spread = np.frombuffer(usual), np.frombuffer(spread)
        self._past = np.frombuffer(past, np.float32).reshape(PAST, -1).copy()
        self._outside = np.frombuffer(outside, np.int64)
        self._at, self._learned, self._lasted, self.active = state["counts"]
