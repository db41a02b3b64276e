"""What every historian promises, run on each adapter."""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model.conservation import Fate, summed
from core.model.quality import Status
from core.model.sample import Batch, Flag, Names, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from tests.books import fates

S = 10**9
NOON = 1_795_000_000 * S // (3600 * S) * 3600 * S


def tag(id, period_s):
    return Tag(id=id, quantity=Quantity.FLOW, unit="m3/h", name=Text(id, id), station="s", period_s=period_s)


TAGS = {"fast": tag("fast", 1), "slow": tag("slow", 60), "meter": tag("meter", 3600)}


def batch(*samples):
    return Batch.of("test", [Sample(*s) for s in samples])


def columns(series):
    return series.t_ns.tolist(), [None if np.isnan(v) else v for v in series.v], series.q.tolist()


async def test_samples_come_back_exactly_whatever_their_value(historian):
    values = [
        0.0,
        -0.0,
        0.1,
        0.1 + 0.2,
        1e-300,
        -1.7e308,
        5e-324,
        2.0**53 + 2,
        1 / 3,
        3.14,
        1234.56,
        7 * 0.01,
    ]
    samples = [Sample("fast", NOON + i, v, q=0x40940000) for i, v in enumerate(values)]
    await historian.write([Batch.of("test", samples)])
    series = await historian.read("fast", NOON, NOON + 100)
    assert series.v.view(np.int64).tolist() == np.array(values).view(np.int64).tolist()
    assert series.t_ns.tolist() == [s.t_ns for s in samples]
    assert series.q.tolist() == [0x40940000] * len(values)


async def test_a_bad_sample_keeps_its_reason_and_has_no_value(historian):
    await historian.write([batch(("fast", NOON, 1.5), ("fast", NOON + S, None, Status.BAD_TIMEOUT))])
    series = await historian.read("fast", NOON, NOON + 2 * S)
    assert columns(series) == ([NOON, NOON + S], [1.5, None], [0, int(Status.BAD_TIMEOUT)])


async def test_the_end_of_a_range_is_open_and_an_unknown_tag_is_empty(historian):
    await historian.write([batch(*(("fast", NOON + i * S, float(i)) for i in range(5)))])
    assert columns(await historian.read("fast", NOON + S, NOON + 3 * S))[1] == [1.0, 2.0]
    assert len(await historian.read("fast", NOON + 3 * S, NOON + 3 * S)) == 0
    assert len(await historian.read("nobody", 0, 2**62)) == 0


async def test_a_second_value_for_a_time_replaces_and_counts_as_duplicate(historian):
    assert fates(await historian.write([batch(("fast", NOON, 1.0), ("slow", NOON, 1.0))])) == (2, 0, 0)
    assert fates(await historian.write([batch(("fast", NOON, 2.0), ("fast", NOON + S, 3.0))])) == (1, 1, 0)
    same_write = batch(("slow", NOON + S, 1.0), ("slow", NOON + S, 9.0))
    assert fates(await historian.write([same_write, batch(("slow", NOON + S, 8.0))])) == (1, 2, 0)
    assert columns(await historian.read("fast", NOON, NOON + 9 * S))[1] == [2.0, 3.0]
    assert columns(await historian.read("slow", NOON, NOON + 9 * S))[1] == [1.0, 8.0]


async def test_a_value_that_turns_bad_and_back_leaves_nothing_of_the_other(historian):
    await historian.write([batch(("fast", NOON, 1.0), ("slow", NOON, None, Status.BAD_TIMEOUT))])
    await historian.write([batch(("fast", NOON, None, Status.BAD_TIMEOUT), ("slow", NOON, 2.0))])
    assert columns(await historian.read("fast", NOON, NOON + 1)) == (
        [NOON],
        [None],
        [int(Status.BAD_TIMEOUT)],
    )
    assert columns(await historian.read("slow", NOON, NOON + 1)) == ([NOON], [2.0], [0])
    assert (await historian.buckets("fast", NOON, NOON + S, S)).n.tolist() == [0]
    assert (await historian.buckets("slow", NOON, NOON + S, S)).mean.tolist() == [2.0]


async def test_what_is_not_a_number_yet_not_bad_goes_to_quarantine(historian, quarantine):
    inf = Batch.of("modbus:st-01", [Sample("fast", NOON, float("inf")), Sample("fast", NOON + S, 1.0)])
    assert fates(await historian.write([inf])) == (1, 0, 1)
    (kept,) = await quarantine.newest()
    assert (kept.refusal.source, kept.refusal.reason) == ("modbus:st-01", "not_finite")
    assert Batch.decode(kept.refusal.content).samples() == inf.samples()[:1]
    assert columns(await historian.read("fast", NOON, NOON + 9 * S))[1] == [1.0]


async def test_what_became_of_each_sample_is_told_by_its_source(historian, quarantine):
    one = Batch.of("modbus:a", [Sample("fast", NOON, 1.0), Sample("slow", NOON, float("nan"))])
    two = Batch.of("mqtt:b", [Sample("fast", NOON, 2.0), Sample("meter", NOON, 3.0)])
    told = await historian.write([one, two, Batch.of("mqtt:b", [Sample("meter", NOON + S, 1.0)])])
    assert told == {
        "modbus:a": {Fate.DUPLICATE: 1, Fate.QUARANTINED: 1},
        "mqtt:b": {Fate.STORED: 3},
    }
    assert await historian.write([one]) == {"modbus:a": {Fate.DUPLICATE: 1, Fate.QUARANTINED: 1}}
    assert [kept.refusal.samples for kept in await quarantine.newest()] == [1]


async def test_of_a_batch_of_several_sources_each_is_told_and_refused_by_itself(historian, quarantine):
    names = Names.many((("modbus:a", ("fast", "slow")), ("modbus:b", ("meter",))))
    nan = float("nan")
    samples = [Sample("fast", NOON, 1.0), Sample("slow", NOON, nan), Sample("meter", NOON, nan)]
    shared = replace(Batch.of("", [*samples, Sample("meter", NOON + S, 2.0)]), names=names)
    first, again = await historian.write([shared]), await historian.write([shared])
    assert first == {
        "modbus:a": {Fate.STORED: 1, Fate.QUARANTINED: 1},
        "modbus:b": {Fate.STORED: 1, Fate.QUARANTINED: 1},
    }
    assert again == {
        "modbus:a": {Fate.DUPLICATE: 1, Fate.QUARANTINED: 1},
        "modbus:b": {Fate.DUPLICATE: 1, Fate.QUARANTINED: 1},
    }
    kept = {one.refusal.source: Batch.decode(one.refusal.content) for one in await quarantine.newest()}
    assert {source: one.by_source() for source, one in kept.items()} == {
        "modbus:a": {"modbus:a": 1},
        "modbus:b": {"modbus:b": 1},
    }


async def test_buckets_leave_out_bad_samples_and_show_empty_windows(historian):
    rows = [("fast", NOON + i * S, float(i)) for i in range(10)]
    rows += [
        ("fast", NOON + 20 * S, None, Status.BAD_TIMEOUT),
        ("fast", NOON + 31 * S, 7.0, Status.UNCERTAIN),
    ]
    await historian.write([batch(*rows)])
    buckets = await historian.buckets("fast", NOON, NOON + 45 * S, 10 * S)
    assert buckets.t_ns.tolist() == [NOON + k * 10 * S for k in range(5)]
    assert buckets.n.tolist() == [10, 0, 0, 1, 0]
    assert np.array_equal(buckets.mean, [4.5, np.nan, np.nan, 7.0, np.nan], equal_nan=True)
    assert (buckets.low[0], buckets.high[0]) == (0.0, 9.0)


async def test_many_tags_in_one_question_are_each_as_if_asked_alone(historian):
    hour = 3600 * S
    rows = [("fast", NOON + i * 20 * S, i / 10) for i in range(500)]
    rows += [("slow", NOON + i * 600 * S, -i / 100) for i in range(20)]
    rows += [("meter", NOON + hour, None, Status.BAD_TIMEOUT), ("meter", NOON + 2 * hour, 1 / 3)]
    await historian.write([batch(*rows)])
    late = [("slow", NOON + 5, 77.0), ("fast", NOON + 10 * hour, 1.0)]
    await historian.write([batch(*late)])
    stored = [*rows, *late]
    names = ["slow", "nobody", "fast", "meter", "slow"]
    for start, end, width in (
        (NOON, NOON + 4 * hour, hour),
        (NOON - hour, NOON + 3 * hour + 7 * S, 2 * hour),
        (NOON + 60 * S, NOON + 3 * hour, 60 * S),
        (NOON + 13 * S, NOON + 2 * hour, 97 * S),
        (NOON, NOON, hour),
    ):
        told = await historian.buckets_of(names, start, end, width)
        assert len(told) == len(names)
        for name, mine in zip(names, told, strict=True):
            alone = await historian.buckets(name, start, end, width)
            for column in ("t_ns", "n", "low", "high", "mean"):
                np.testing.assert_array_equal(getattr(mine, column), getattr(alone, column))
            want = brute([Sample(*row) for row in stored if row[0] == name], start, end, width)
            np.testing.assert_array_equal(mine.n, want[0])
            np.testing.assert_array_equal(mine.low, want[1])
            np.testing.assert_array_equal(mine.high, want[2])
            np.testing.assert_allclose(mine.mean, want[3], rtol=1e-12)
    assert await historian.buckets_of([], NOON, NOON + hour, hour) == []


async def test_buckets_of_hours_follow_late_and_corrected_samples(historian):
    hour = 3600 * S
    rows = [("fast", NOON + i * 60 * S, 1.0) for i in range(600)]
    await historian.write([batch(*rows)])
    await historian.write(
        [batch(("fast", NOON + 90 * 60 * S, 61.0), ("fast", NOON + 90 * 60 * S + S, None, 1 << 31))]
    )
    buckets = await historian.buckets("fast", NOON, NOON + 10 * hour, hour)
    assert buckets.n.tolist() == [60] * 10
    assert buckets.mean.tolist() == [1.0, 2.0] + [1.0] * 8
    assert buckets.high[1] == 61.0
    await historian.write([batch(("fast", NOON + 5 * hour + S, -59.0))])
    buckets = await historian.buckets("fast", NOON, NOON + 10 * hour, hour)
    assert buckets.n[5] == 61 and buckets.low[5] == -59.0


async def test_a_month_of_history_in_large_writes_reads_as_it_was(historian):
    minutes = 10_000
    t = NOON - np.arange(minutes)[::-1] * 60 * S
    k = np.cumsum(np.random.default_rng(3).integers(-3, 4, minutes)) + 3000
    names = ("fast", "slow", "meter")
    three = Batch(
        Names.one("backfill", names),
        np.repeat(np.arange(3, dtype=np.uint32), minutes),
        np.tile(t, 3),
        np.concatenate([k / 100, k * 0.01, (k / 7).astype(np.float32).astype(np.float64)]),
        np.zeros(3 * minutes, np.uint32),
        np.tile(t, 3),
        np.full(3 * minutes, Flag.BACKFILL, np.uint8),
    )
    assert fates(await historian.write([three])) == (3 * minutes, 0, 0)
    for i, name in enumerate(names):
        series = await historian.read(name, int(t[0]), int(t[-1]) + 1)
        assert np.array_equal(series.t_ns, t)
        assert np.array_equal(series.v, three.v[i * minutes : (i + 1) * minutes])
    assert fates(await historian.write([three])) == (0, 3 * minutes, 0)
    start = NOON - 100 * 3600 * S
    hours = await historian.buckets("slow", start, NOON, 3600 * S)
    inside = (t >= start) & (t < NOON)
    assert hours.n.sum() == inside.sum()
    np.testing.assert_allclose(hours.mean[0], (k * 0.01)[inside][:60].mean(), rtol=1e-12)


def brute(samples, start, end, width):
    """Windows as they are defined: n, low, high and mean of what is not Bad."""
    found = []
    for at in range(start, end, width):
        v = [s.v for s in samples if at <= s.t_ns < min(at + width, end) and s.v is not None]
        found.append((at, len(v), *((min(v), max(v), sum(v) / len(v)) if v else (np.nan,) * 3)))
    return np.array(found, float).reshape(-1, 5).T[1:]


SPANS = {"fast": 3600 * S, "slow": 24 * 3600 * S, "meter": 30 * 24 * 3600 * S}
times = st.integers(-200, 200).map(lambda k: k * 600 * S) | st.integers(0, 50).map(lambda k: k * S)
values = st.integers(-5000, 5000).map(lambda k: k / 100) | st.floats(-1e9, 1e9) | st.none()
histories = st.lists(st.tuples(st.sampled_from(sorted(SPANS)), times, values), min_size=1, max_size=120)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, st.randoms(use_true_random=False), st.sampled_from([600, 3600, 7200, 60, 97]))
async def test_any_order_of_any_samples_reads_as_the_last_value_of_each_time(
    fresh_historian, rows, chance, width
):
    historian = await fresh_historian()
    samples = [Sample(n, NOON + t, v, 0 if v is not None else int(Status.BAD_TIMEOUT)) for n, t, v in rows]
    tally = {}
    expected, at = {}, 0
    while at < len(samples):
        some = samples[at : at + chance.randint(1, 40)]
        expected.update({(s.tag, s.t_ns): s for s in some})
        tally = summed([tally, await historian.write([Batch.of("p", some)])])
        at += len(some)
    assert fates(tally) == (len(expected), len(samples) - len(expected), 0)
    for name in SPANS:
        mine = sorted((s for s in expected.values() if s.tag == name), key=lambda s: s.t_ns)
        series = await historian.read(name, NOON - 10**15, NOON + 10**15)
        assert columns(series) == ([s.t_ns for s in mine], [s.v for s in mine], [s.q for s in mine])
        start, end = NOON - 5 * 3600 * S, NOON + 7 * 3600 * S + 31 * S
        got = await historian.buckets(name, start, end, width * S)
        want = brute(mine, start, end, width * S)
        np.testing.assert_array_equal(got.n, want[0])
        np.testing.assert_array_equal(got.low, want[1])
        np.testing.assert_array_equal(got.high, want[2])
        np.testing.assert_allclose(got.mean, want[3], rtol=1e-9, atol=1e-6)
