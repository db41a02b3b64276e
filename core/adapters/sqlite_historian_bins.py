"""Roll-ups: what an aggregate needs to know of a window, so that it need not read the samples."""

import zlib

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import Rows
from core.model.quality import is_bad
from core.model.sample import Floats, Int64s
from core.ports.historian import Buckets

MINUTE_NS = 60 * 10**9
HOUR_NS = 60 * MINUTE_NS

BIN = np.dtype([("t", "<i8"), ("n", "<i8"), ("low", "<f8"), ("high", "<f8"), ("sum", "<f8")])
"""One window that holds at least one Good or Uncertain sample; t is its start, UTC ns."""
Bins = npt.NDArray[np.void]


def bins_of(rows: Rows, start_ns: int, width_ns: int) -> Bins:
    """One tag's rows, ascending in t, by windows that begin at start_ns + k x width_ns."""
    rows = rows[~is_bad(rows["q"])]
    t, v = rows["t"], np.ascontiguousarray(rows["v"])
    return _reduced(start_ns + (t - start_ns) // width_ns * width_ns, np.ones(len(t), np.int64), v, v, v)


def merged(bins: Bins, start_ns: int, width_ns: int) -> Bins:
    """Bins, ascending, into wider windows (several bins of one window may come)."""
    at = start_ns + (bins["t"] - start_ns) // width_ns * width_ns
    return _reduced(at, bins["n"], bins["low"], bins["high"], bins["sum"])


def _reduced(at: Int64s, n: Int64s, low: Floats, high: Floats, total: Floats) -> Bins:
    if not len(at):
        return np.empty(0, BIN)
    first = np.flatnonzero(np.diff(at, prepend=at[0] - 1))
    bins = np.empty(len(first), BIN)
    bins["t"] = at[first]
    bins["n"] = np.add.reduceat(n, first)
    bins["low"] = np.minimum.reduceat(low, first)
    bins["high"] = np.maximum.reduceat(high, first)
    bins["sum"] = np.add.reduceat(total, first)
    return bins


def pack_bins(bins: Bins) -> bytes:
    """A few bins as they are, more deflated by byte planes; the first byte tells."""
    plain = bins.tobytes()
    if len(bins) < 4:
        return b"\0" + plain
    planes = np.frombuffer(plain, np.uint8).reshape(len(bins), BIN.itemsize).T
    return b"\1" + zlib.compress(planes.tobytes(), 1)


def unpack_bins(data: bytes) -> Bins:
    if data[0] == 0:
        return np.frombuffer(data, BIN, offset=1)
    planes = np.frombuffer(zlib.decompress(data[1:]), np.uint8).reshape(BIN.itemsize, -1)
    return np.ascontiguousarray(planes.T).view(BIN).ravel()


def buckets(bins: Bins, start_ns: int, end_ns: int, width_ns: int) -> Buckets:
    """Every window from start to end, the empty ones too; bins ascend and none straddles a window."""
    bins = merged(bins, start_ns, width_ns)
    windows = max(0, -((start_ns - end_ns) // width_ns))
    at = (bins["t"] - start_ns) // width_ns
    n = np.zeros(windows, np.int64)
    n[at] = bins["n"]
    low, high, mean = (np.full(windows, np.nan) for _ in range(3))
    low[at], high[at] = bins["low"], bins["high"]
    mean[at] = bins["sum"] / bins["n"]
    return Buckets(start_ns + np.arange(windows, dtype=np.int64) * width_ns, n, low, high, mean)
