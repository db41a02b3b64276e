"""BattLeDIM 2020's score, EUR: water saved by those reports that find a leak, less what crews cost.

A report names a pipe and a time. It finds the leak that runs then and is nearest by pipe path, of those
within 300 m that no report has found before (Vrachimis et al. 2022, J. Water Resour. Plann. Manage. 148(12));
it is worth the water that is still to be lost, less a share of the crew's cost by distance. Near to found
leaks only it is worth nothing; near to none it is false and costs a crew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.ltown_water import STEP_S
from core.model.sample import Floats

PRICE, CREW, NEAR_M = 0.80, 500.0, 300.0
MOST_FALSE_OF = 0.5
"""Reports of which more are false than so many have found nothing: naming all pipes must not pay."""
Far = Mapping[str, Mapping[str, float]]
"""By leaking pipe, metres along pipes to each other."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A leak. m3h: of each value of the year, 0 while it does not run. start, end: its first and last."""

    pipe: str
    m3h: Floats
    start: int
    end: int

    def euro(self, since: int) -> float:
        """What is lost from that value on costs so much."""
        return PRICE * float(self.m3h[since:].sum()) * STEP_S / 3600


@dataclass(frozen=True, slots=True)
class Report:
    """value: of the year; below 0 it is of no account."""

    value: int
    pipe: str


@dataclass(frozen=True, slots=True)
class Score:
    """euro: official. found: which leak, by the report's place in time. false, again: how many reports."""

    euro: float
    found: dict[int, int]
    false: int
    again: int

    @property
    def counted(self) -> float:
        """Nothing, where too many are false."""
        told = len(self.found) + self.false + self.again
        return 0.0 if self.false > MOST_FALSE_OF * told else self.euro


def score(reports: Sequence[Report], leaks: Sequence[Lost], far: Far) -> Score:
    euro, found, false, again = 0.0, dict[int, int](), 0, 0
    counted = sorted((report for report in reports if report.value >= 0), key=lambda report: report.value)
    for n, report in enumerate(counted):
        near = {
            i: x
            for i, leak in enumerate(leaks)
            if leak.start <= report.value <= leak.end
            and (x := far[leak.pipe].get(report.pipe, np.inf)) <= NEAR_M
        }
        left = near.keys() - found.values()
        if left:
            best = min(left, key=lambda i: (near[i], i))
            found[n] = best
            euro += leaks[best].euro(report.value) - near[best] / NEAR_M * CREW
        elif near:
            again += 1
        else:
            false += 1
            euro -= CREW
    return Score(euro, found, false, again)
