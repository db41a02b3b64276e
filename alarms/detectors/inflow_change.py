"""What is known of a burst, and what happened to it."""

from dataclasses import dataclass

import numpy as np

from core.model.finding import Verb
from core.model.sample import Floats

BACK_SHARE = 0.4


@dataclass(slots=True)
class Burst:
    """An open event. onset, seen: bins. before_m3h: the level before; raised_m3h: its size at first.
    unconfirmed: bins for which one that was told between two ends of a bin has waited for the bins to
    show it too; None once they have."""

    onset: int
    seen: int
    size_m3h: float
    before_m3h: float
    score: float
    agrees: str
    window_bins: int
    refined: int = 0
    back: int = 0
    raised_m3h: float = 0.0
    unconfirmed: int | None = None

    @property
    def back_m3h(self) -> float:
        """Below it the inflow, less what is expected, is back."""
        return self.before_m3h + BACK_SHARE * max(self.size_m3h, self.raised_m3h)


@dataclass(frozen=True, slots=True)
class Drops:
    """Fall of each pressure over an event: medians before less medians after, m; NaN where unknown."""

    tags: tuple[str, ...]
    drop_m: Floats
    sigma_m: Floats


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to the event by `t_ns`, the end of a bin or of a window between two. back_ns: of its end,
    the first bin in which the inflow was back."""

    verb: Verb
    t_ns: int
    burst: Burst
    inflow_m3h: float
    expected_m3h: float
    reason: str
    drops: Drops | None
    back_ns: int | None = None


def returned(burst: Burst, k: int, tail: Floats) -> int:
    """The bin in which the inflow came back. tail: what was not expected, m3/h, in the bins up to k by which
    the end was believed. The one that best parts those above the old level from those at it."""
    above = np.where(np.isfinite(tail), np.where(tail < burst.back_m3h, -1, 1), 0)
    return k - len(tail) + 1 + int(np.argmax(np.concatenate(([0], np.cumsum(above)))))
