"""Clocks of the field, told by what they stamp."""

from collectors.intake.limits import SECOND
from core.model.sample import Flag
from tests.intake.gates import NOW, Door, seen

STEP = 10 * SECOND


def watch(door: Door, tag: str, age_s: float, looks: int = 5) -> None:
    for k in range(looks):
        door.offer([seen(tag, age_s, float(k), now_ns=NOW + k * STEP)])


def test_a_punctual_device_has_no_skew_and_no_cause():
    door = Door()
    watch(door, "p1", 0.2)
    assert door.facts.skew_s == 0.2
    assert door.facts.clock_cause is None


def test_skew_is_a_median_so_that_one_late_packet_does_not_move_it():
    door = Door()
    watch(door, "p1", 0.2)
    door.offer([seen("p1", 100, now_ns=NOW + 9 * STEP)])
    assert door.facts.skew_s == 0.2


def test_a_clock_five_minutes_slow_is_told_in_words():
    door = Door()
    watch(door, "p1", 301)
    assert door.facts.clock_cause is not None
    assert "5 min behind: a slow clock or a slow line" in door.facts.clock_cause
    watch(door, "p1", 0.1, looks=40)
    assert door.facts.clock_cause is None


def test_a_device_has_its_own_skew_where_the_driver_names_devices():
    door = Door()
    door.facts.device_of = {"p1": "unit 1", "p2": "unit 2"}
    for k in range(5):
        now_ns = NOW + k * STEP
        door.offer([seen("p1", 0.1, now_ns=now_ns), seen("p2", 400, now_ns=now_ns)])
    assert door.facts.devices["unit 1"].skew_s == 0.1
    assert door.facts.devices["unit 1"].clock_cause is None
    assert door.facts.devices["unit 2"].skew_s == 400
    assert door.facts.devices["unit 2"].clock_cause is not None
    assert door.facts.skew_s == 0.1


def test_a_fast_clock_is_told_before_its_samples_are_refused():
    door = Door()
    watch(door, "p1", -310)
    assert door.facts.failures == {"future_time": 5}
    assert door.facts.clock_cause is not None
    assert "5 min ahead" in door.facts.clock_cause


def test_a_meter_an_hour_late_has_no_slow_clock():
    door = Door()
    watch(door, "meter", 3600)
    assert door.facts.clock_cause is None


def test_what_a_broker_kept_or_a_server_remembered_says_nothing_of_a_clock():
    door = Door()
    for k, flag in enumerate((Flag.RETAINED, Flag.BACKFILL, Flag.REPLAYED) * 3):
        old = seen("p1", 7200, float(k), now_ns=NOW + k * STEP)
        door.offer([old._replace(flags=flag)])
    assert (door.facts.skew_s, door.facts.clock_cause) == (None, None)
    watch(door, "p1", 0.5)
    assert door.facts.skew_s == 0.5
