"""A little water for the detectors: a district's inflow and pressures with the statistics of real ones."""

from dataclasses import dataclass

import numpy as np

from core.model.sample import Batch, Names

MINUTE = 60_000_000_000
MONDAY = 1_792_944_000_000_000_000 // (86_400 * 10**9) * 86_400 * 10**9
TAGS = ("dma-01.inflow", "dma-01.p1", "dma-01.p2", "dma-01.p3")


@dataclass(frozen=True)
class Water:
    """Columns by minute, or what `district` was told: t_ns (n,), inflow m3/h (n,), pressures m (n, 3)."""

    t_ns: np.ndarray
    inflow: np.ndarray
    pressures: np.ndarray

    def batch(self, start: int = 0, end: int | None = None) -> Batch:
        """Minutes start..end of all four tags, as they would be read: minute by minute."""
        t = self.t_ns[start:end]
        values = np.column_stack((self.inflow, self.pressures))[start:end]
        n, tags = values.shape
        stamps = np.repeat(t, tags)
        index = np.tile(np.arange(tags, dtype=np.uint32), n)
        zero = np.zeros(n * tags, np.uint32)
        return Batch(
            Names.one("record", TAGS), index, stamps, values.ravel(), zero, stamps, zero.astype(np.uint8)
        )


def district(
    seed: int,
    days: int,
    *,
    mean: float = 70.0,
    sd: float = 0.07,
    rho_1h: float = 0.65,
    burst: tuple[float, float, float] | None = None,
    gauges_see_it: bool = True,
    every_s: int = 60,
) -> Water:
    """sd: robust share about the usual hour; rho_1h: its autocorrelation at one hour; burst: first minute,
    end, size as a share of the mean. Values are multiples of 1/64 or 1/128, so that sums are exact."""
    rng = np.random.default_rng(seed)
    n = days * 86_400 // every_s
    hour = (np.arange(n) * every_s / 3600 + 8) % 24
    day = 1 + 0.35 * np.sin((hour - 9) / 24 * 2 * np.pi) + 0.35 * np.exp(-(((hour - 7.5) / 1.5) ** 2))
    keep = rho_1h ** (every_s / 3600)
    shocks = rng.standard_normal(n) * np.sqrt(1 - keep**2)
    wander = np.empty(n)
    state = 0.0
    for i, shock in enumerate(shocks.tolist()):
        state = keep * state + shock
        wander[i] = state
    flow = mean * (day - 0.1 + sd * wander + 0.015 * rng.standard_normal(n))
    lost = np.zeros(n)
    if burst:
        first, end, share = burst
        lost[round(first * 60 / every_s) : round(end * 60 / every_s)] = share * mean
    head = (flow / mean) ** 1.85
    gauges = np.stack([30 - (0.8 + 0.3 * i) * head for i in range(3)], axis=1)
    if gauges_see_it:
        gauges -= np.outer(lost / mean, [0.4, 0.9, 1.6])
    gauges += 0.02 * rng.standard_normal(gauges.shape)
    t_ns = MONDAY + np.arange(1, n + 1, dtype=np.int64) * (every_s * MINUTE // 60)
    return Water(t_ns, np.round((flow + lost) * 64) / 64, np.round(gauges * 128) / 128)
