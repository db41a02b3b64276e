"""Control charts of many tags in columns: a robust baseline, an EWMA and a two-sided CUSUM, every sample.

EWMA: Roberts 1959, Technometrics 1:239. CUSUM: Page 1954, Biometrika 41:100, in its tabular form. Both as in
Montgomery, Introduction to Statistical Quality Control, chapter 9, on standardised values z.
The baseline is a recursive Huber estimate of centre and scale (Huber 1964, Ann. Math. Stat. 35:73): no sample
moves it by more than CLIP standard deviations' worth, so a spike hardly does and a step does so slowly.
"""

import numpy as np
import numpy.typing as npt

from core.model.sample import Floats
from core.runtime.numbering import Mask

OUTLIER = 10.0
"""A single sample counts for at most so many standard deviations: a spike passes within a few samples."""
CLIP = 3.0
PER_SD = 1.0 / 0.7971243
"""A standard deviation over the mean of |z| clipped at CLIP, for normally distributed z."""
CAP = 2.0
"""A CUSUM goes no higher than so many times its limit, so that it comes down again when the shift is over."""
BLOCK = 8_192
"""Lanes at once: what is worked on stays in the processor's near cache."""
Planes = npt.NDArray[np.float64]
STATE = 5
MEAN, SD, EWMA, UP, DOWN = range(STATE)
SETTINGS = 9
RATE, WEIGHT, ALLOW_UP, ALLOW_DOWN, CAPS, LEAST, HIGH, LOW, MOST = range(SETTINGS)
"""RATE: how much of a new sample the baseline takes; 0 freezes it. ALLOW_UP, ALLOW_DOWN: infinite where that
side does not count. HIGH, LOW: of the EWMA, MOST: of the CUSUM; infinite where there is no such chart."""


def take(state: Planes, settings: Planes, x: Floats) -> Mask:
    """One sample of each lane, Good; the state changes in place. Where a chart is beyond its limit."""
    beyond = np.empty(len(x), np.bool_)
    size = -(-len(x) // -(-len(x) // BLOCK)) if len(x) else BLOCK
    for at in range(0, len(x), size):
        lanes = slice(at, at + size)
        beyond[lanes] = _take(state[:, lanes], settings[:, lanes], x[lanes])
    return beyond


def _take(state: Planes, settings: Planes, x: Floats) -> Mask:
    mean, sd, ewma, up, down = state
    rate, weight, allow_up, allow_down, caps, least, high, low, most = settings
    z = x - mean
    z /= sd
    np.clip(z, -OUTLIER, OUTLIER, out=z)
    t = z - ewma
    t *= weight
    ewma += t
    np.subtract(z, allow_up, out=t)
    up += t
    np.clip(up, 0.0, caps, out=up)
    np.add(z, allow_down, out=t)
    down -= t
    np.clip(down, 0.0, caps, out=down)
    np.clip(z, -CLIP, CLIP, out=z)
    z *= rate
    np.multiply(z, sd, out=t)
    mean += t
    np.abs(z, out=z)
    z *= PER_SD
    z -= rate
    z *= sd
    sd += z
    np.maximum(sd, least, out=sd)
    beyond: Mask = ewma > high
    beyond |= ewma < low
    beyond |= up > most
    beyond |= down > most
    return beyond
