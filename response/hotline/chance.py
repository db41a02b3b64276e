"""How many reports chance brings, and how unlikely more are (facts-water 4.10).

Counts are over-dispersed: a negative binomial of the expected mean whose variance is PHI times the mean.
The expected rate is the posterior of a Gamma prior, worth a year, with what was really heard.
"""

from collections.abc import Mapping
from math import exp, lgamma, log, log1p
from types import MappingProxyType

from core.model.phone_call import SymptomGroup

YEAR_S = 365 * 86_400.0
PRIOR_A_YEAR: Mapping[SymptomGroup, float] = MappingProxyType(
    {SymptomGroup.SUPPLY: 30.0, SymptomGroup.LEAK: 10.0, SymptomGroup.QUALITY: 2.6}
)
"""Reports of 1,000 connections a year [P]."""
PRIOR_S = YEAR_S
PHI = 1.15
"""Variance over mean of counts [P]."""
BY_HOUR = (
    *(0.25, 0.15, 0.1, 0.1, 0.15, 0.4, 1.0, 1.6, 1.8, 1.7, 1.5, 1.4),
    *(1.3, 1.1, 1.1, 1.1, 1.2, 1.4, 1.6, 1.6, 1.3, 1.0, 0.7, 0.45),
)
"""Calls of each hour of the day against its mean [P]."""
_TERMS = 400


def rate(group: SymptomGroup, connections: int, heard: int, heard_s: float) -> float:
    """Expected reports a second, over the day. heard: of this group, from this zone, in heard_s until now,
    without what clusters explained."""
    prior = PRIOR_A_YEAR[group] * connections / 1000.0 / YEAR_S
    return (prior * PRIOR_S + heard) / (PRIOR_S + heard_s)


def expected(rate_s: float, window_s: float, hour: int) -> float:
    """Reports of a window at this hour of the day; a window of a day has no hour."""
    factor = 1.0 if window_s >= 86_400 else BY_HOUR[hour % 24] * 24 / sum(BY_HOUR)
    return rate_s * window_s * factor


def at_least(k: int, mean: float, phi: float = PHI) -> float:
    """P(X >= k), summed from the rare end so that small chances stay exact."""
    if k <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if phi <= 1.0:
        terms = (exp(x * log(mean) - mean - lgamma(x + 1)) for x in range(k, k + _TERMS))
    else:
        size = mean / (phi - 1.0)
        base = size * -log(phi)
        more = log1p(-1.0 / phi)
        terms = (
            exp(lgamma(x + size) - lgamma(size) - lgamma(x + 1) + base + x * more)
            for x in range(k, k + _TERMS)
        )
    return min(1.0, sum(terms))
