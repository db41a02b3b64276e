"""Whether a figure that was noted again and again is flat, by a line through it."""

from dataclasses import dataclass

import numpy as np

BLOCKS, SURE = 8, 3.0
Series = list[tuple[float, float]]
"""Seconds since the beginning, and the figure."""


@dataclass(frozen=True)
class Line:
    """growth: an hour; give: its standard error."""

    mean: float
    growth: float
    give: float
    hours: float

    def leaks(self, a_day: float) -> bool:
        """It grew by more than it may in a whole day, or surely at a rate that comes to more in a day."""
        return self.growth * self.hours > a_day or self.growth - SURE * self.give > a_day / 24

    def __str__(self) -> str:
        return f"mean {self.mean:9.2f}, an hour {self.growth:+8.3f} ± {self.give:.3f}"


def fitted(series: Series, from_s: float) -> Line:
    """By least squares through the means of BLOCKS stretches: neighbours are alike, so that each for itself
    would make the line look surer than it is."""
    settled = np.array([one for one in series if one[0] >= from_s])
    blocks = np.array([part.mean(axis=0) for part in np.array_split(settled, BLOCKS)])
    hours, values = blocks[:, 0] / 3600, blocks[:, 1]
    growth, at_0 = np.polyfit(hours, values, 1)
    off = ((values - growth * hours - at_0) ** 2).sum() / (BLOCKS - 2)
    give = np.sqrt(off / ((hours - hours.mean()) ** 2).sum())
    return Line(float(values.mean()), float(growth), float(give), float(np.ptp(settled[:, 0])) / 3600)
