"""Noise that depends only on a key and on time, so that a town that restarts continues.

White, of instruments (`shaken`), and coloured (`Wander`): first-order autoregressive series
(Ornstein-Uhlenbeck processes on a grid), unit variance. Innovations are drawn by blocks of the grid from a
counter-based generator (Philox, Salmon et al. 2011) keyed by (key, block); a block's state is the sum over
the blocks before it, cut off after `MEMORY` time constants.
"""

from collections import OrderedDict

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Seconds = npt.NDArray[np.int64]
Times = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
HALF, LOW = np.uint64(32), np.uint64(2**32 - 1)

BLOCK = 96
MEMORY = 7.0
"""Time constants after which the past is forgotten: e^-7 of it is left."""
BLOCKS_KEPT = 512


def normals(key: int, block: int, shape: tuple[int, ...]) -> Floats:
    """Standard normal numbers that only depend on `key` (uint64) and `block` (any integer)."""
    keys = np.array([key % 2**64, block % 2**64], np.uint64)
    return np.random.Generator(np.random.Philox(key=keys)).standard_normal(shape)


def key_of(seed: int, name: str) -> int:
    """A key of its own for each use of one seed."""
    return int(np.random.SeedSequence([seed, *name.encode()]).generate_state(1, np.uint64)[0])


def drawn(seed: int, name: str) -> np.random.Generator:
    """Numbers of whatever bears this name: what else there is changes none of them."""
    return np.random.default_rng(key_of(seed, name))


def shaken(keys: Keys, t_ns: Times) -> Floats:
    """Standard normal numbers that only depend on a key and a time, (n_times, n_keys): SplitMix64 (Steele
    et al. 2014) of both, two of its halves by Box and Muller."""
    bits = _mixed(keys + _mixed(t_ns.astype(np.uint64))[:, None])
    radius = np.sqrt(-2 * np.log(((bits >> HALF) + 1) / 2**32))
    normal: Floats = radius * np.cos(2 * np.pi * (bits & LOW) / 2**32)
    return normal


def _mixed(of: Keys) -> Keys:
    of = of + np.uint64(0x9E3779B97F4A7C15)
    of = (of ^ (of >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    of = (of ^ (of >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return of ^ (of >> np.uint64(31))


class Wander:
    """n independent series with time constants `tau_s`, linear between points of a grid of `grid_s`."""

    def __init__(self, key: int, tau_s: npt.ArrayLike, grid_s: int) -> None:
        self._key, self._grid_s = key, grid_s
        self._rho = np.exp(-grid_s / np.asarray(tau_s, np.float64))
        self._scale = np.sqrt(1 - self._rho**2)
        self._n = len(self._rho)
        self._before = 1 + int(np.max(np.asarray(tau_s)) * MEMORY / (BLOCK * grid_s))
        self._decay = self._rho ** np.arange(BLOCK - 1, -1, -1)[:, None]
        self._innovations: OrderedDict[int, Floats] = OrderedDict()
        self._blocks: OrderedDict[int, Floats] = OrderedDict()

    def at(self, t_s: npt.ArrayLike) -> Floats:
        """Values at times in UTC seconds, shape (len(t_s), n). Close times are cheap, scattered ones not."""
        t = np.atleast_1d(np.asarray(t_s, np.float64)) / self._grid_s
        whole = np.floor(t).astype(np.int64)
        first = int(whole.min()) // BLOCK
        last = (int(whole.max()) + 1) // BLOCK
        series = np.concatenate([self._block(b) for b in range(first, last + 1)])
        at = whole - first * BLOCK
        share = (t - whole)[:, None]
        return series[at] * (1 - share) + series[at + 1] * share

    def _drawn(self, block: int) -> Floats:
        if block in self._innovations:
            return self._innovations[block]
        return _kept(self._innovations, block, normals(self._key, block, (BLOCK, self._n)) * self._scale)

    def _block(self, block: int) -> Floats:
        if block in self._blocks:
            return self._blocks[block]
        state = np.zeros(self._n)
        for k in range(self._before, 0, -1):
            state = state * self._rho**BLOCK + (self._decay * self._drawn(block - k)).sum(axis=0)
        values = self._drawn(block).copy()
        for i in range(BLOCK):
            values[i] += self._rho * (values[i - 1] if i else state)
        return _kept(self._blocks, block, values)


def _kept(cache: OrderedDict[int, Floats], block: int, values: Floats) -> Floats:
    cache[block] = values
    if len(cache) > BLOCKS_KEPT:
        cache.popitem(last=False)
    return values
