"""The chunk coding gives back every bit, and few bytes for what instruments really send."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.historian_rows import ROW
from core.adapters.sqlite_historian_blocks import pack_blocks, unpack_block
from core.adapters.sqlite_historian_code import MS, pack, pack_run
from core.adapters.sqlite_historian_decode import unpack
from core.adapters.sqlite_historian_fresh import Fresh, pack_fresh, unpack_fresh

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


@given(ROWS, st.booleans(), st.integers(0, 3))
def test_fresh_rows_come_back_to_the_bit_also_as_earlier_versions_kept_them(samples, alike, step):
    rows = rows_of(samples)
    if alike:
        rows["t"], rows["q"], rows["v"] = rows["t"][0], rows["q"][0], rows["v"][0]
    rows["tag"] = 2**32 - 3 + step * np.arange(len(rows), dtype=np.uint64)
    assert unpack_fresh(pack_fresh(rows)).tobytes() == rows.tobytes()
    assert unpack_fresh(rows.tobytes()).tobytes() == rows.tobytes()
    assert unpack_fresh(with_bits(rows)).tobytes() == rows.tobytes()


def with_bits(rows):
    """Columns as an earlier version wrote them: a bit tells which is one number."""
    parts, same = [], 0
    for i, name in enumerate(ROW.names):
        column = np.ascontiguousarray(rows[name])
        bits = column.view(f"<u{column.itemsize}")
        if (bits == bits[0]).all():
            same, column = same | 1 << i, column[:1]
        parts.append(column.tobytes())
    return b"".join((struct.pack("<4sIB", b"WHF1", len(rows), same), *parts))


def test_one_poll_of_decimals_takes_two_bytes_a_sample_as_it_comes():
    rows = signal(5_000, 0.01)
    rows["tag"], rows["t"], rows["r"] = np.arange(5_000) + 7, rows["t"][0], rows["r"][0]
    assert len(pack_fresh(rows)) < 2 * len(rows) + 100


@given(st.lists(st.lists(st.integers(0, 500), max_size=150), max_size=90))
def test_what_is_fresh_is_given_out_by_tag_in_its_order_of_arrival(writes):
    fresh, expected, number = Fresh(), {}, 0
    for write in writes:
        rows = np.zeros(len(write), ROW)
        rows["tag"], rows["t"] = sorted(write), number + np.arange(len(write))
        number += len(write)
        fresh.add(rows)
        for row in rows:
            expected.setdefault(int(row["tag"]), []).append(int(row["t"]))
    got = {}
    for some in fresh.slices():
        assert not set(got) & set(some["tag"].tolist())
        for tag, t in zip(some["tag"].tolist(), some["t"].tolist(), strict=True):
            got.setdefault(tag, []).append(t)
    assert got == expected
    assert list(got) == sorted(got)
    some = [tag for tag in (0, 7, 499, 500) if tag in expected]
    asked = fresh.tags([499, 0, 500, 7])
    for tag in some:
        assert asked["t"][asked["tag"] == tag].tolist() == expected[tag]
    assert len(asked) == sum(len(expected[tag]) for tag in some)
