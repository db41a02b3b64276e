"""Roll-ups keep every bit of their bounds and counts, sums to the last digits, and few bytes."""

import zlib
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.historian_rows import ROW
from core.adapters.sqlite_historian_bins import (
    HOUR_NS,
    Bins,
    bins_of,
    pack_bin_run,
    pack_bins,
    stacked_bins,
    unpack_bins,
)
from core.adapters.sqlite_historian_code import pack
from core.adapters.sqlite_historian_decode import Columns, unpack

VALUES = st.one_of(
    st.integers(-(10**6), 10**6).map(lambda k: k / 100),
    st.integers(-(10**6), 10**6).map(lambda k: k * 0.01),
    st.floats(-1e12, 1e12),
    st.sampled_from([0.0, -0.0, 5e-324, 1e300, 1 / 3]),
)
WINDOWS = st.lists(
    st.tuples(st.integers(-(2**20), 2**20), st.lists(VALUES, min_size=1, max_size=8)),
    max_size=20,
    unique_by=lambda window: window[0],
)


OLD = np.dtype([("t", "<i8"), ("n", "<i8"), ("low", "<f8"), ("high", "<f8"), ("sum", "<f8")])


def bins_from(windows):
    rows = [(at * HOUR_NS, len(v), min(v), max(v), sum(v)) for at, v in sorted(windows)]
    t, n, low, high, total = zip(*rows, strict=True) if rows else ((),) * 5
    floats = (np.array(column, np.float64) for column in (low, high, total))
    return Bins(np.array(t, np.int64), np.array(n, np.int64), *floats)


def same(packed, chunks):
    """What is unpacked is these chunks' bins, each told which chunk's it is."""
    got, of = unpack_bins(packed, HOUR_NS)
    order = np.argsort(of, kind="stable")
    assert of[order].tolist() == [i for i, bins in enumerate(chunks) for _ in bins.t]
    got, want = got.take(order), stacked_bins(chunks)
    assert got.t.tolist() == want.t.tolist()
    assert got.n.tolist() == want.n.tolist()
    assert got.low.view(np.int64).tolist() == want.low.view(np.int64).tolist()
    assert got.high.view(np.int64).tolist() == want.high.view(np.int64).tolist()
    most = np.maximum(np.abs(want.low), np.abs(want.high)) * want.n
    assert (np.abs(got.sum - want.sum) <= 2e-12 * most).all()


@given(st.lists(WINDOWS, min_size=1, max_size=8))
def test_roll_ups_of_many_chunks_come_back_each_as_it_was_whatever_form_it_has(chunks):
    want = [bins_from(windows) for windows in chunks]
    same([pack_bins(bins, HOUR_NS) for bins in want], want)


@given(WINDOWS, st.data())
def test_a_run_of_roll_ups_cut_anywhere_is_the_same(windows, data):
    bins = bins_from(windows)
    inner = data.draw(st.lists(st.integers(0, len(windows)), max_size=4))
    edges = [0, *sorted(inner), len(windows)]
    same(
        pack_bin_run(bins, edges, HOUR_NS),
        [bins.take(slice(low, high)) for low, high in pairwise(edges)],
    )


@given(st.lists(WINDOWS, min_size=1, max_size=3))
def test_roll_ups_as_earlier_versions_kept_them_are_still_read(chunks):
    """A few as they are, more deflated by byte planes."""
    want = [bins_from(windows) for windows in chunks]
    packed = []
    for bins in want:
        old = np.array(list(zip(*bins, strict=True)), OLD)
        planes = np.frombuffer(old.tobytes(), np.uint8).reshape(len(old), OLD.itemsize).T
        deflated = b"\1" + zlib.compress(planes.tobytes(), 1)
        packed.append(deflated if len(old) >= 4 else b"\0" + old.tobytes())
    same([*packed, pack_bins(want[0], HOUR_NS)], [*want, want[0]])


def walk(n, step, period_s=60):
    rows = np.zeros(n, ROW)
    rows["tag"], rows["t"] = 7, 1_795_000_000 * 10**9 // HOUR_NS * HOUR_NS
    rows["t"] += np.arange(n) * period_s * 10**9
    rows["v"] = (3000 + np.cumsum(np.random.default_rng(1).integers(-3, 4, n))) * step
    return rows


def test_a_day_of_hours_takes_a_few_bytes_each():
    bins = bins_of(walk(1440, 0.01), HOUR_NS)
    assert len(pack_bins(bins, HOUR_NS)) < 9 * len(bins.t)
    assert len(pack_bins(bins_of(walk(1440, 0.0137), HOUR_NS), HOUR_NS)) < 27 * len(bins.t)


CHUNKS = st.lists(
    st.lists(
        st.tuples(st.integers(-(2**62), 2**62), st.none() | VALUES, st.sampled_from([0, 0x40940000])),
        min_size=1,
        max_size=12,
        unique_by=lambda sample: sample[0],
    ),
    min_size=1,
    max_size=8,
)


@given(CHUNKS, st.integers(0, 3))
def test_many_chunks_are_read_as_each_alone(chunks, again):
    """Some of one layout, some not."""
    every = []
    for samples in chunks:
        rows = np.zeros(len(samples), ROW)
        for i, (t, v, q) in enumerate(sorted(samples, key=lambda sample: sample[0])):
            rows[i] = (7, t, np.nan if v is None else v, q | (1 << 31 if v is None else 0), t, 3)
        every.append(rows)
    every += every[:1] * again
    columns = Columns([pack(rows) for rows in every])
    whole = np.concatenate(every)
    assert columns.sizes.tolist() == [len(rows) for rows in every]
    assert columns.t.tolist() == whole["t"].tolist()
    assert columns.q.tolist() == whole["q"].tolist()
    assert columns.v.view(np.int64).tolist() == np.ascontiguousarray(whole["v"]).view(np.int64).tolist()
    for rows in every:
        back = unpack(pack(rows), 7)
        assert (back["t"] == rows["t"]).all() and (back["flags"] == rows["flags"]).all()
