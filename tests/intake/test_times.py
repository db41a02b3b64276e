"""Which stamps are believed (collection.md 11.2; F27)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.intake.limits import SECOND, TimeLimits
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from tests.intake.gates import NOW, TAGS, Door, seen

YEAR_2099 = 4_070_908_800


@pytest.mark.parametrize(
    ("t_ns", "reason"),
    [
        (NOW + 3600 * SECOND, "future_time"),
        (YEAR_2099 * SECOND, "future_time"),
        (0, "old_time"),
        (NOW // 1000, "old_time"),
        (NOW - 25 * 3600 * SECOND, "old_time"),
    ],
    ids=["an hour ahead", "2099", "1970", "seconds taken for milliseconds", "yesterday's pressure"],
)
def test_an_impossible_time_is_refused_whole_and_counted_and_the_rest_goes_on(t_ns: int, reason: str):
    door = Door()
    door.facts.device_of = {"p1": "7", "p2": "7"}
    bad, good = Sample("p1", t_ns, 4.2, 0, NOW), seen("p2", 0.5)
    passed, (refusal,) = door.offer([bad, good])
    assert passed == [good]
    assert (refusal.reason, refusal.samples, refusal.source) == (reason, 1, "test:x")
    assert Batch.decode(refusal.content).samples() == [bad]
    assert "p1: stamped" in refusal.detail
    assert door.facts.failures == {reason: 1}
    assert door.facts.devices["7"].failures == {reason: 1}


def test_a_refused_stamp_is_never_the_newest():
    door = Door()
    door.offer([Sample("p1", YEAR_2099 * SECOND, 4.2, 0, NOW)])
    passed, _ = door.offer([seen("p1", 0.5)])
    assert passed[0].flags == 0
    assert door.facts.failures == {"future_time": 1}


def test_a_meter_may_be_a_month_late_and_pressure_a_day():
    door = Door()
    passed, refusals = door.offer([seen("meter", 34 * 86_400), seen("p1", 23 * 3600)])
    assert not refusals
    assert [sample.flags for sample in passed] == [Flag.BACKFILL, Flag.BACKFILL]
    _, refusals = door.offer([seen("meter", 36 * 86_400)])
    assert [refusal.reason for refusal in refusals] == ["old_time"]


def test_a_connection_may_have_one_limit_of_age_for_all_it_brings():
    door = Door(TimeLimits().within(3 * 86_400))
    passed, refusals = door.offer([seen("p1", 2 * 86_400), seen("meter", 4 * 86_400)])
    assert [sample.tag for sample in passed] == ["p1"]
    assert [refusal.reason for refusal in refusals] == ["old_time"]


@pytest.mark.parametrize(
    ("tag", "age_s", "late"),
    [("p1", 119, False), ("p1", 121, True), ("slow", 1799, False), ("slow", 1801, True)],
)
def test_what_is_older_than_two_periods_and_two_minutes_is_backfill(tag: str, age_s: float, late: bool):
    passed, _ = Door().offer([seen(tag, age_s)])
    assert bool(passed[0].flags & Flag.BACKFILL) is late


def test_a_stamp_a_minute_ahead_is_kept_and_its_clock_is_suspect():
    passed, refusals = Door().offer([seen("p1", -60), seen("p2", -10)])
    assert not refusals
    assert [sample.flags for sample in passed] == [Flag.CLOCK_SUSPECT, Flag.NONE]


@pytest.mark.parametrize("speed", [20.0, 60.0])
def test_a_fast_demo_is_late_by_real_seconds_not_by_plant_seconds(speed: float):
    """A second on the line is a minute of plant time at speed 60."""
    door = Door(speed=speed)
    passed, refusals = door.offer([seen("p1", 2 * speed), seen("p2", 121 * speed)])
    assert not refusals
    assert [bool(sample.flags & Flag.BACKFILL) for sample in passed] == [False, True]


def test_a_meter_is_late_by_plant_time_at_any_speed():
    passed, _ = Door(speed=20.0).offer([seen("meter", 1.9 * 3600), seen("meter", 2.1 * 3600)])
    assert [bool(sample.flags & Flag.BACKFILL) for sample in passed] == [False, True]


def test_the_windows_are_configured():
    door = Door(TimeLimits(future_s=10.0, telemetry_past_s=60.0))
    _, refusals = door.offer([seen("p1", -11), seen("p2", 61)])
    assert [refusal.reason for refusal in refusals] == ["future_time", "old_time"]


def test_the_same_again_is_a_duplicate_and_another_value_for_the_same_time_a_conflict():
    door = Door()
    door.offer([seen("p1", 1, 3.0), seen("p2", 1, 3.0)])
    passed, _ = door.offer([seen("p1", 1, 3.0), seen("p2", 1, 3.5)])
    assert len(passed) == 2, "the store makes one of them: the last stands"
    assert door.facts.failures == {"duplicate": 1, "ts_conflict": 1}
    door.offer([seen("p2", 1, 3.5)])
    assert door.facts.failures == {"duplicate": 2, "ts_conflict": 1}


def test_a_bad_sample_told_twice_is_a_duplicate():
    door = Door()
    for _ in range(2):
        door.offer([seen("p1", 1, None, q=Status.BAD_TIMEOUT)])
    assert door.facts.failures == {"duplicate": 1}


def test_what_comes_out_of_order_does_not_move_the_newest_back():
    door = Door()
    door.offer([seen("p1", 1, 5.0)])
    door.offer([seen("p1", 60, 4.0), seen("p1", 30, 4.5), seen("p2", 2)])
    door.offer([seen("p1", 1, 5.0)])
    assert door.facts.failures == {"duplicate": 1}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(TAGS)),
            st.one_of(st.integers(0, 2**62), st.integers(NOW - 10**15, NOW + 10**12)),
            st.floats(allow_nan=False, allow_infinity=False, width=32),
        ),
        max_size=40,
    )
)
def test_every_sample_is_passed_on_or_refused_exactly_once(rows: list[tuple[str, int, float]]):
    samples = [Sample(tag, t_ns, v, 0, NOW) for tag, t_ns, v in rows]
    passed, refusals = Door().offer(samples)
    refused = [sample for refusal in refusals for sample in Batch.decode(refusal.content).samples()]
    assert sum(refusal.samples for refusal in refusals) == len(refused)
    assert sorted(s._replace(flags=0, q=0) for s in passed + refused) == sorted(samples)
    assert all(-300 * SECOND <= NOW - s.t_ns <= 35 * 86_400 * SECOND for s in passed)


def test_a_batch_may_have_its_tags_in_any_order_and_more_than_once():
    door = Door()
    door.offer([seen("p1", 3), seen("p2", 3), seen("slow", 3)])
    batch = Batch.of("test:x", [seen("slow", 2, 7.0), seen("p1", 2, 8.0), seen("p1", 1, 9.0)])
    judged, _ = door.gate.judge(batch)
    assert np.array_equal(judged.v, [7.0, 8.0, 9.0])
    door.offer([seen("p1", 1, 9.0), seen("slow", 2, 7.0)])
    assert door.facts.failures == {"duplicate": 2}
