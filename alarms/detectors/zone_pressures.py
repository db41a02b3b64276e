"""What a district's pressures say of a step in its inflow. Pressures are (bins, gauges), m."""

import numpy as np

from alarms.detectors.inflow_change import Drops
from alarms.detectors.steps import Pair, columns_steps
from core.model.sample import Floats


def agreement(p: Floats, pair: Pair, sigma_m: Floats) -> str:
    """Do they fall with the step that ends with them? yes, no, unknown."""
    if not p.shape[1] or len(p) < pair.after + 3:
        return "unknown"
    fall = -columns_steps(p, Pair(pair.after, min(pair.before, len(p) - pair.after)), 1)[0]
    z = fall / sigma_m
    z = z[np.isfinite(z)]
    if not len(z):
        return "unknown"
    return "yes" if np.median(z) > 0.5 and np.max(z) > 1.5 else "no"


def drops(tags: tuple[str, ...], p: Floats, start: int, sigma_m: Floats) -> Drops | None:
    """How far they fell from row `start` on; None where too little was before."""
    if not tags or start < 3:
        return None
    before, after = p[max(0, start - 15) : start], p[start:][:30]
    fall = np.array([_median(before[:, i]) - _median(after[:, i]) for i in range(len(tags))])
    return Drops(tags, fall, sigma_m.copy())


def _median(x: Floats) -> float:
    x = x[np.isfinite(x)]
    return float(np.median(x)) if len(x) else float("nan")
