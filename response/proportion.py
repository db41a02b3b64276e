"""Shares with how far they can be believed: a share without its n says nothing."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""Of the standard normal distribution, two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """hits of n; low, high: Wilson's 95 % score interval (Wilson 1927), without continuity correction. share,
    low and high are None of nothing."""

    hits: int
    n: int

    @property
    def share(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Always within 0 and 1, and around the share, for 0 and for n hits too."""
        if not self.n:
            return None
        p, n, z2 = self.hits / self.n, self.n, Z95 * Z95
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))

    @property
    def words(self) -> str:
        """`99.7 % (99.1–99.9)`; `–` of nothing."""
        if (share := self.share) is None or (interval := self.interval) is None:
            return "–"
        low, high = interval
        return f"{share:.1%} ({100 * low:.1f}–{100 * high:.1f})".replace("%", " %")
