"""The chunk coding gives back every bit, and few bytes for what instruments really send."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.historian_rows import ROW
from core.adapters.sqlite_historian_code import MS, pack, pack_run, unpack

T = st.integers(-(2**63), 2**63 - 1)
VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**6), 10**6).map(lambda k: k / 100),
    st.integers(-(10**6), 10**6).map(lambda k: k * 0.01),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 2.0**53, 1e308, 5e-324]),
    st.none(),
)
ROWS = st.lists(
    st.tuples(T, VALUES, st.integers(0, 2**31 - 1), st.integers(0, 2**62), st.integers(0, 255)),
    min_size=1,
    max_size=80,
    unique_by=lambda row: row[0],
)


def rows_of(samples):
    rows = np.zeros(len(samples), ROW)
    for i, (t, v, q, r, flags) in enumerate(sorted(samples, key=lambda sample: sample[0])):
        rows[i] = (7, t, np.nan if v is None else v, q | (1 << 31 if v is None else 0), r, flags)
    return rows


def bits(rows):
    return (
        rows["t"].tolist(),
        np.ascontiguousarray(rows["v"]).view(np.int64).tolist(),
        rows["q"].tolist(),
        (rows["r"] // MS).tolist(),
        rows["flags"].tolist(),
    )


@given(ROWS)
def test_every_bit_comes_back(samples):
    rows = rows_of(samples)
    assert bits(unpack(pack(rows), 7)) == bits(rows)


@given(ROWS, st.data())
def test_a_run_cut_anywhere_is_the_same_samples(samples, data):
    rows = rows_of(samples)
    inner = data.draw(st.sets(st.integers(1, len(rows) - 1))) if len(rows) > 1 else set()
    packed = pack_run(rows, [0, *sorted(inner), len(rows)])
    assert bits(np.concatenate([unpack(piece, 7) for piece in packed])) == bits(rows)


def signal(n, step):
    rows = np.zeros(n, ROW)
    rows["t"] = 1_795_000_000_000_000_000 + np.arange(n) * 10**9
    rows["r"] = rows["t"] + 4_000_000
    rows["v"] = (3000 + np.cumsum(np.random.default_rng(1).integers(-3, 4, n))) * step
    return rows


@pytest.mark.parametrize(("step", "most"), [(0.01, 0.6), (0.1, 0.6), (1.0, 0.6), (0.013, 5.0)])
def test_an_hour_of_a_transmitter_takes_few_bytes_a_sample(step, most):
    assert len(pack(signal(3600, step))) / 3600 < most
