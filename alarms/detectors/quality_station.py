"""Has the water at a station changed? Each quantity's distance from what was usual just before, in its own
robust spreads; then how unlikely it is that so many of the last values lie outside by chance.

CANARY's scheme: prediction from the last values, residual, binomial event discriminator (Hart, McKenna,
Klise, Cruz & Wilson 2007, World Environmental and Water Resources Congress; McKenna, Wilson & Klise 2008,
J. AWWA 100:1, 74). The prediction is the median of the last values that were not outside.
"""

from dataclasses import dataclass, replace
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
    """An event began, or was over: z: of each quantity, in spreads; NaN where unknown. usual, spread: of
    each. probability: that it is no chance, where that is what was judged. rebased: it was not seen to end,
    but has stood for so long that it is how the water is."""

    begins: bool
    z: Floats
    usual: Floats
    spread: Floats
    probability: float | None
    rebased: bool = False


class Wander:
    """How far each quantity wanders by itself: a high quantile of its last residuals. least: of each, a
    spread below which none is believed."""

    def __init__(self, least: Floats) -> None:
        m = len(least)
        self._least, self.learned = least, 0
        self.past = np.full((PAST, m), np.nan, np.float32)
        self.spread = np.full(m, np.nan)

    def learn(self, away: Floats) -> None:
        if not np.isfinite(away).any():
            return
        self.past[self.learned % PAST] = away
        self.learned += 1
        if self.learned % EVERY == 0:
            self._settle()

    def _settle(self) -> None:
        past = np.sort(np.abs(self.past), axis=0)
        known = np.isfinite(past).sum(axis=0)
        place = np.maximum(0, np.ceil(QUANTILE * known).astype(np.intp) - 1)
        spread = np.maximum(past[place, np.arange(past.shape[1])], self._least)
        self.spread = np.where(known >= LEAST, spread, np.nan)

    def restore(self, past: bytes, spread: bytes, learned: int) -> None:
        self.past = np.frombuffer(past, np.float32).reshape(PAST, -1).copy()
        self.spread, self.learned = np.frombuffer(spread), learned


class QualityStation:
    """least: see `Wander`. bar: see BAR. now: of its newest values, as if an event began."""

    def __init__(self, least: Floats, bar: float = BAR) -> None:
        self.bar, m = bar, len(least)
        self.active = False
        self._wander = Wander(least)
        self._before = np.full((BEFORE, m), np.nan)
        self._usual = np.full(m, np.nan)
        self._outside = np.zeros(OF, np.int64)
        self._at = self._lasted = self._silent = 0
        self.now: Moment | None = None

    def step(self, v: Floats) -> Moment | None:
        """The next values, one a quantity, NaN where unknown."""
        if not np.isfinite(v).any():
            self._miss()
            return None
        self._silent = 0
        away = v - self._usual
        z = away / self._wander.spread
        known = np.isfinite(z)
        if not known.any():
            if not self.active:
                self._accept(v, away)
            return None
        was = self.active
        outside = bool((np.abs(z[known]) > self.bar).any())
        self._outside = np.roll(self._outside, -1)
        self._outside[-1] = outside
        probability = float(_SURE[self._outside.sum()])
        self.now = now = Moment(True, z, self._usual, self._wander.spread, probability)
        if not was:
            self.active = outside and probability >= SURE
            self._lasted = 0
            if not outside:
                self._accept(v, away)
        else:
            self._lasted += 1
            self.active = bool(self._outside[-LAST:].any()) and self._lasted < HELD
            if self._lasted >= HELD:
                self._forget()
        if self.active is was:
            return None
        return replace(now, begins=self.active, rebased=was and self._lasted >= HELD)

    def _miss(self) -> None:
        """Nothing is known of this bin. Probes that tell less often than the grid leave such bins between any
        two values; after a silence of a whole `BEFORE` what is usual is no news of now."""
        self._silent += 1
        if self._silent == BEFORE and not self.active:
            self._forget()

    def _forget(self) -> None:
        self._before[:], self._usual = np.nan, np.full(len(self._usual), np.nan)

    def _accept(self, v: Floats, away: Floats) -> None:
        """It counts as usual."""
        self._before[self._at % BEFORE] = v
        self._at += 1
        ranked, column = np.sort(self._before, axis=0), np.arange(len(v))
        known = np.isfinite(ranked).sum(axis=0)
        middle = np.minimum(known // 2, BEFORE - 1)
        self._usual = np.where(known >= _KNOWN, ranked[middle, column], np.nan)
        self._wander.learn(away)

    def snapshot(self) -> State:
        wander = self._wander
        columns = (self._before, self._usual, wander.past, wander.spread, self._outside)
        return {
            "columns": [column.tobytes() for column in columns],
            "counts": [self._at, wander.learned, self._lasted, self.active, self._silent],
        }

    def restore(self, state: State) -> None:
        before, usual, past, spread, outside = state["columns"]
        self._at, learned, self._lasted, self.active, self._silent = state["counts"]
        self._before = np.frombuffer(before).reshape(BEFORE, -1).copy()
        self._usual, self._outside = np.frombuffer(usual), np.frombuffer(outside, np.int64)
        self._wander.restore(past, spread, learned)
