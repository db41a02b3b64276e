"""Registers into totals: every rule of the table, and what must hold whatever is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.meters.counter import HOUR_NS, Step
from collectors.meters.meter import Meter, decode, encode
from collectors.meters.spec import MeterSpec

SPEC = MeterSpec(tags="meter.*", rollover_m3=100_000, max_flow_m3h=5)
T0 = 1_790_000_000 * 10**9


def run(*registers: float | tuple[float, float], spec: MeterSpec = SPEC):
    """Hourly, or (hour, register): steps and totals."""
    meter, steps, totals = Meter(), [], []
    for i, one in enumerate(registers):
        hour, register = one if isinstance(one, tuple) else (i, one)
        known = dict(meter.steps)
        derived = meter.take(spec, T0 + round(hour * HOUR_NS), register)
        steps.append(next(step for step, n in meter.steps.items() if n > known.get(step, 0)))
        totals.append(derived.total_m3)
    return meter, steps, totals


F, A, H = Step.FIRST, Step.ADVANCE, Step.HELD


@pytest.mark.parametrize(
    ("registers", "steps", "totals"),
    [
        ([100, 101, 101, 103.5], [F, A, A, A], [0, 1, 1, 3.5]),
        ([99_998, 1, 2], [F, Step.ROLLOVER, A], [0, 3, 4]),
        ([100, 99.5, 99.8, 101], [F, Step.REVERSE, A, A], [0, 0, 0, 1]),
        ([5000, 0, 1], [F, H, Step.REPLACED], [0, None, 1]),
        ([5000, 2, 3, 4], [F, H, Step.REPLACED, A], [0, None, 3, 4]),
        ([5000, 700, 701], [F, H, Step.REPLACED], [0, None, 1]),
        ([5000, 0, 5002], [F, H, Step.GLITCH], [0, None, 2]),
        ([5000, 9000, 5001, 5002], [F, H, Step.GLITCH, A], [0, None, 1, 2]),
        ([5000, 1, 9000, 9001], [F, H, H, Step.REPLACED], [0, None, None, 1]),
        ([500, 501_000, 502_000], [F, Step.UNIT_LEAP, A], [0, 1, 2]),
        ([500, 5010, 5020, 502.5], [F, Step.UNIT_LEAP, A, Step.UNIT_LEAP], [0, 1, 2, 2.5]),
        ([500_000, 501, 502], [F, Step.UNIT_LEAP, A], [0, 1000, 2000]),
        ([(0, 10), (10, 20), (5, 15), (5, 25), (-1, 5)], [F, A, *[Step.OLD] * 3], [0, 10, 5, None, None]),
        ([(0, 10), (0, 10), (1, 11)], [F, Step.OLD, A], [0, 0, 1]),
        ([(0, 10), (24, 100), (25, 106)], [F, A, H], [0, 90, None]),
    ],
)
def test_each_reading_is_explained_by_its_rule(registers, steps, totals):
    spec = MeterSpec(tags="*", rollover_m3=100_000, max_flow_m3h=1200) if registers[0] == 500_000 else SPEC
    _, found, made = run(*registers, spec=spec)
    assert found == steps
    assert [None if one is None else round(one, 6) for one in made] == totals


@given(
    st.floats(0, 99_999),
    st.lists(st.tuples(st.floats(0, 5), st.booleans()), min_size=1, max_size=60),
)
def test_the_sum_of_increments_is_last_less_first_and_the_rollovers(first, steps):
    meter, register, true, turns = Meter(), first, 0.0, 0
    meter.take(SPEC, T0, register)
    for hour, (step, twice) in enumerate(steps, 1):
        true += step
        register += step
        if register >= 100_000:
            register, turns = register - 100_000, turns + 1
        for _ in range(1 + twice):
            meter.take(SPEC, T0 + hour * HOUR_NS, register)
    assert meter.counter.total_m3 == pytest.approx(true, abs=1e-6)
    assert meter.counter.total_m3 == pytest.approx(register - first + turns * 100_000, abs=1e-6)
    assert meter.counter.rollovers == turns


reading = st.tuples(st.integers(-5, 200), st.floats(0, 200_000) | st.floats(0, 3))


@given(st.lists(reading, max_size=60))
def test_the_total_never_falls_whatever_is_sent(sent):
    meter, last = Meter(), 0.0
    for hour, register in sent:
        derived = meter.take(SPEC, T0 + hour * HOUR_NS, register)
        assert meter.counter.total_m3 >= last
        last = meter.counter.total_m3
        if derived.total_m3 is not None:
            assert 0 <= derived.total_m3 <= last
            assert derived.late or derived.total_m3 == last


@given(st.lists(reading, min_size=1, max_size=40), st.integers(0, 40))
def test_a_restart_changes_nothing(sent, at):
    one, other = Meter(), Meter()
    for i, (hour, register) in enumerate(sent):
        if i == at:
            other = decode(encode(other))
        assert one.take(SPEC, T0 + hour * HOUR_NS, register) == other.take(
            SPEC, T0 + hour * HOUR_NS, register
        )
    assert one == other


@given(st.permutations(range(1, 12)))
def test_an_upload_that_comes_late_never_changes_the_total(order):
    meter = Meter()
    meter.take(SPEC, T0, 50.0)
    for hour in order:
        meter.take(SPEC, T0 + hour * HOUR_NS, 50.0 + hour)
    assert meter.counter.total_m3 == 11.0


def names(meter: Meter, now_h: float) -> set[str]:
    return {one.partition(":")[0] for one in meter.findings(SPEC, T0 + round(now_h * HOUR_NS))}


@pytest.mark.parametrize(("litres_h", "told_h"), [(20, 30), (9, 30), (5, 40), (1, 72)])
def test_water_that_never_stops_is_told_the_sooner_the_more_it_is_and_a_pause_ends_it(litres_h, told_h):
    meter, _, _ = run(*[100 + litres_h / 1000 * h for h in range(told_h)])
    assert names(meter, told_h) == set()
    meter.take(SPEC, T0 + told_h * HOUR_NS, 100 + litres_h / 1000 * told_h)
    told = f"water has run for {told_h} h without a pause, at least {litres_h} L in each of them"
    assert told in meter.findings(SPEC, T0)[0]
    meter.take(SPEC, T0 + (told_h + 1) * HOUR_NS, 100 + litres_h / 1000 * told_h)
    assert names(meter, told_h + 1) == set()


def test_a_silence_breaks_no_run_of_water_unless_less_than_it_has_passed():
    hours = [*range(12), *range(20, 31)]
    meter, _, _ = run(*[(h, 100 + 0.02 * h) for h in hours])
    assert names(meter, 30) == {"continuous_flow"}
    meter, _, _ = run(*[(h, 100 + 0.02 * h - (0.15 if h >= 20 else 0)) for h in hours])
    assert names(meter, 30) == set()


def test_readings_of_minutes_are_judged_by_the_hour():
    """Ten litres an hour are none in many a quarter, on a register of whole litres."""
    meter, _, _ = run(*[(q / 4, 100 + (q * 5 // 4 // 3) / 1000) for q in range(4 * 41)])
    assert names(meter, 41) == set()
    meter, _, _ = run(*[(q / 4, 100 + (q * 5 // 4) / 1000) for q in range(4 * 41)])
    assert names(meter, 41) == {"continuous_flow"}


def test_hours_alone_are_of_any_flow():
    plain = MeterSpec(tags="*", continuous_h=24)
    meter, _, _ = run(*[100 + 0.001 * h for h in range(25)], spec=plain)
    assert meter.findings(plain, T0) and not names(meter, 24)


def test_long_intervals_prove_no_continuous_flow():
    meter, _, _ = run(*[(12 * n, 100 + n) for n in range(10)])
    assert names(meter, 108) == set()


def test_flow_backward_is_told_for_a_day():
    meter, _, _ = run(100, 101, 100.5)
    assert names(meter, 2) == {"reverse_flow"}
    for hour in range(3, 30):
        meter.take(SPEC, T0 + hour * HOUR_NS, 100.5)
    assert names(meter, 29) == set()


def test_a_replacement_is_told_until_it_has_run_well_for_a_while():
    meter, _, _ = run(5000, 0, 1)
    assert names(meter, 2) == {"replaced"}
    for hour in range(3, 27):
        meter.take(SPEC, T0 + hour * HOUR_NS, 1.0)
    assert names(meter, 26) == set()


def test_silence_is_measured_by_the_meters_own_habit():
    hourly, weekly = Meter(), Meter()
    for n in range(10):
        hourly.seen.upload(T0 + n * HOUR_NS)
        weekly.seen.upload(T0 + n * 168 * HOUR_NS)
    last = T0 + 9 * HOUR_NS
    assert hourly.findings(SPEC, last + round(2.9 * HOUR_NS)) == []
    assert "silent" in hourly.findings(SPEC, last + round(3.1 * HOUR_NS))[0]
    assert weekly.findings(SPEC, T0 + 9 * 168 * HOUR_NS + 330 * HOUR_NS) == []
    assert "silent" in weekly.findings(SPEC, T0 + 9 * 168 * HOUR_NS + 340 * HOUR_NS)[0]


def test_a_meter_heard_once_has_a_day_and_two_hours():
    meter = Meter()
    meter.seen.upload(T0)
    assert meter.findings(SPEC, T0 + 26 * HOUR_NS) == []
    assert meter.findings(SPEC, T0 + 28 * HOUR_NS)
