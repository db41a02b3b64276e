"""The chunk coding gives back every bit, and few bytes for what instruments really send."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.historian_rows import ROW
from core.adapters.sqlite_historian_blocks import pack_blocks, unpack_block
from core.adapters.sqlite_historian_code import MS, pack, pack_run
from core.adapters.sqlite_historian_decode import unpack
from core.adapters.sqlite_historian_fresh import pack_fresh, unpack_fresh

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


@given(st.lists(ROWS, min_size=1, max_size=5), st.data())
def test_blocks_of_many_tags_give_every_bit_back_whole_or_one_tag_at_a_time(tags, data):
    rows = np.concatenate([rows_of(samples) for samples in tags])
    rows["tag"] = np.repeat(np.arange(len(tags)) * 3 + 5, [len(samples) for samples in tags])
    cuts = np.flatnonzero(rows["tag"][1:] != rows["tag"][:-1]) + 1
    kept = data.draw(st.lists(st.sampled_from([0, *cuts.tolist()]), unique=True))
    edges = sorted({0, len(rows), *kept})
    blocks = list(pack_blocks(rows, edges))
    assert len(blocks) == len(edges) - 1
    for block, low, high in zip(blocks, edges, edges[1:], strict=False):
        mine = rows[low:high]
        back = unpack_block(block)
        assert (back["tag"] == mine["tag"]).all() and bits(back) == bits(mine)
        for tag in {*mine["tag"].tolist(), 4, 6, 1000}:
            assert bits(unpack_block(block, tag)) == bits(mine[mine["tag"] == tag])


@given(ROWS, st.booleans())
def test_fresh_rows_come_back_to_the_bit_also_as_earlier_versions_kept_them(samples, alike):
    rows = rows_of(samples)
    if alike:
        rows["t"], rows["q"], rows["v"] = rows["t"][0], rows["q"][0], rows["v"][0]
    assert unpack_fresh(pack_fresh(rows)).tobytes() == rows.tobytes()
    assert unpack_fresh(rows.tobytes()).tobytes() == rows.tobytes()
