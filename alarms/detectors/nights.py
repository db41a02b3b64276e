"""A district's inflow at night, night after night: what rises and stays is a leak.

Between 02:00 and 05:00 people use least and leaks lose most, so the minimum night flow shows a leak that a
day's demand hides (Farley and Trow 2003, Losses in Water Distribution Networks, chapter 4). A night is
compared with what such a night (working day or weekend, drawn toward its own weekday) was before; windows of
one to seven nights are tested at once, so that a large step is told next morning and slow growth when it has
come to stay (a generalised likelihood ratio over unknown onset: Basseville and Nikiforov 1993, chapter 2).
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from alarms.detectors.detector import State
from alarms.detectors.expected_week import weekday
from alarms.detectors.spread import MAD
from core.model.sample import Floats, Int64s

FROM_H, UNTIL_H = 2, 5
WINDOWS = ((1, 5.5), (2, 5.0), (4, 4.5), (7, 4.5))
"""Nights that are tested together, and the bar of their mean in its own standard deviations."""
KEPT, BASE = 91, 28
"""Nights that are remembered, and nights before a window that say what is usual."""
LEAST, LEAST_OF_CLASS, LEAST_SPREAD = 14, 3, 7
"""Nights before anything is said; of the same class; of which the spread is taken."""
LEAST_M3H, LEAST_SHARE, LEAST_SIGMA = 1.0, 0.05, 0.02
"""What is worth looking for, and the least spread to be believed; the shares are of the usual night."""
OVER_SHARE, OVER_NIGHTS, USUAL_AFTER = 0.4, 2, 14
"""Below this share of the leak for so many nights it is over; after so many nights it is the usual flow."""
_PRIOR = 4.0


class Told(StrEnum):
    FOUND = "found"
    GREW = "grew"
    LESS = "less"
    BACK = "back"
    REBASED = "rebased"


@dataclass(slots=True)
class Leak:
    """onset, seen: days since 1970-01-01, local. back: nights on which the flow was at its old level. told:
    not of one that is known from elsewhere, as a burst whose alarm said it, and that has not grown since."""

    onset: int
    seen: int
    size_m3h: float
    score: float
    nights: int
    told: bool = True
    back: int = 0


class Morning(NamedTuple):
    """What a night told. by_m3h: of the change itself. usual: m3/h, without the leak."""

    what: Told
    leak: Leak
    by_m3h: float
    flow: float
    usual: float


class _Shift(NamedTuple):
    nights: int
    size: float
    score: float
    ratio: float


class Nights:
    """day, flow, residual: of each remembered night, (n,), the flow m3/h as it would be at the level of now;
    NaN where it is not to be learned from."""

    def __init__(self) -> None:
        self.day: Int64s = np.empty(0, np.int64)
        self.flow: Floats = np.empty(0)
        self._residual: Floats = np.empty(0)
        self.leak: Leak | None = None

    def hear(self, day: int, flow: float) -> Morning | None:
        """A night's mean inflow, m3/h. Nights are told in order, each once; an unknown one is not told."""
        self.day = np.append(self.day, day)[-KEPT:]
        self.flow = np.append(self.flow, flow)[-KEPT:]
        self._residual = np.append(self._residual, np.nan)[-KEPT:]
        if self.leak is not None:
            return self._watch(self.leak)
        shift = self._shift()
        if shift is not None and shift.size < 0:
            self._lift(shift.size, len(self.day) - shift.nights)
        elif shift is not None:
            onset = int(self.day[-shift.nights])
            self.leak = Leak(onset, day, shift.size, shift.score, shift.nights)
            self._residual[-shift.nights :] = np.nan
            usual = self._usual(len(self.day) - 1, len(self.day) - shift.nights)
            return self._morning(Told.FOUND, self.leak, shift.size, usual)
        else:
            self._residual[-1] = flow - self._usual(len(self.day) - 1, len(self.day) - 1)
        return None

    def know(self, day: int, size_m3h: float) -> None:
        """Others have told of so much more, or less, from this day on: before that night is heard."""
        if self.leak is not None and (self.leak.told or self.leak.size_m3h + size_m3h >= LEAST_M3H):
            self.leak.size_m3h, self.leak.seen = max(0.0, self.leak.size_m3h + size_m3h), day
        elif self.leak is not None:
            self.flow[int(np.searchsorted(self.day, self.leak.onset)) :] = np.nan
            self.leak = None
        elif size_m3h > 0:
            self.leak = Leak(day, day, size_m3h, 0.0, 0, told=False)

    def _watch(self, leak: Leak) -> Morning | None:
        """None also of what ends or lessens and was never told here."""
        today, first = int(self.day[-1]), int(np.searchsorted(self.day, leak.onset))
        usual = self._usual(len(self.day) - 1, first)
        leak.back = leak.back + 1 if self.flow[-1] - usual < OVER_SHARE * leak.size_m3h else 0
        if leak.back >= OVER_NIGHTS:
            self.leak = None
            self.flow[first : len(self.day) - leak.back] = np.nan
            return self._morning(Told.BACK, leak, -leak.size_m3h, usual)
        if leak.back:
            return None
        if today - leak.seen >= USUAL_AFTER:
            self.settle()
            return self._morning(Told.REBASED, leak, 0.0, usual)
        shift = self._shift(leak)
        if shift is None:
            return None
        leak.size_m3h, leak.seen = leak.size_m3h + shift.size, today
        leak.score, leak.nights = shift.score, shift.nights
        if shift.size < 0:
            return self._morning(Told.LESS, leak, shift.size, usual)
        what, leak.told = Told.GREW if leak.told else Told.FOUND, True
        return self._morning(what, leak, shift.size, usual)

    def _morning(self, what: Told, leak: Leak, by: float, usual: float) -> Morning | None:
        return Morning(what, leak, by, float(self.flow[-1]), usual) if leak.told else None

    def settle(self) -> None:
        """What is open is the usual flow from now on."""
        if self.leak is not None:
            self._lift(self.leak.size_m3h, int(np.searchsorted(self.day, self.leak.onset)))
            self.leak = None

    def _lift(self, by: float, before: int) -> None:
        """The nights before are remembered as if they had been at the new level."""
        self.flow[:before] += by
        self._residual[before:] = np.nan

    def _shift(self, leak: Leak | None = None) -> _Shift | None:
        """The clearest change that the last nights share, up or down; beside an open leak, beyond it."""
        n, known = len(self.day), self._residual[np.isfinite(self._residual)][-BASE:]
        if n <= LEAST or len(known) < LEAST_SPREAD:
            return None
        level = abs(float(np.nanmedian(self.flow[-BASE:])))
        sigma = max(MAD * float(np.median(np.abs(known - np.median(known)))), LEAST_SIGMA * level, 1e-9)
        least, best = max(LEAST_M3H, LEAST_SHARE * level), None
        for nights, bar in WINDOWS:
            over = self._over(nights, leak)
            if over is None:
                continue
            size = float(over.mean())
            score = abs(size) * nights**0.5 / sigma
            if abs(size) >= least and score > bar and (best is None or score / bar > best.ratio):
                best = _Shift(nights, size, score, score / bar)
        return best

    def _over(self, nights: int, leak: Leak | None) -> Floats | None:
        """How far each of the last nights lies above its usual flow; None where one is unknown, or they do
        not all lie on one side."""
        n = len(self.day)
        first = n - nights if leak is None else int(np.searchsorted(self.day, leak.onset))
        if first <= 0 or (leak is not None and self.day[-nights] <= leak.seen):
            return None
        beyond = 0.0 if leak is None else leak.size_m3h
        over = np.array([self.flow[i] - self._usual(i, first) - beyond for i in range(n - nights, n)])
        return over if np.isfinite(over).all() and abs(np.sign(over).sum()) == nights else None

    def _usual(self, of: int, before: int) -> float:
        """What the night with this place would be by the nights before another."""
        first = int(np.searchsorted(self.day, self.day[before] - BASE))
        flow, on = self.flow[first:before], weekday(self.day[first:before])
        mine = int(weekday(self.day[of : of + 1])[0])
        known = np.isfinite(flow)
        same = flow[known & ((on >= 5) == (mine >= 5))]
        if len(same) < LEAST_OF_CLASS:
            return float("nan")
        base, own = float(np.median(same)), flow[known & (on == mine)]
        return base + len(own) / (len(own) + _PRIOR) * (float(np.median(own)) - base) if len(own) else base

    def snapshot(self) -> State:
        return {
            "day": self.day.tolist(),
            "flow": self.flow.tobytes(),
            "residual": self._residual.tobytes(),
            "leak": None if self.leak is None else asdict(self.leak),
        }

    def restore(self, state: State) -> None:
        self.day = np.array(state["day"], np.int64)
        self.flow = np.frombuffer(state["flow"]).copy()
        self._residual = np.frombuffer(state["residual"]).copy()
        self.leak = None if state["leak"] is None else Leak(**state["leak"])
