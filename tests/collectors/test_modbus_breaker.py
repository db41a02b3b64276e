"""The circuit breaker of a unit, and the clock that calls the polls."""

import asyncio
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.modbus.breaker import UnitBreaker
from collectors.modbus.slices import Slices, phase_of, slot_s
from core.model.clock import Anchor
from core.ports.source import Breaker, DeviceFacts
from core.runtime.clock import AnchoredClock


def test_it_opens_at_the_third_failure_and_probes_at_10_20_40_up_to_300_seconds():
    breaker = UnitBreaker(DeviceFacts(), 10.0, lambda: 0.5)
    waits = [breaker.failed("timeout", "no answer", 0) for _ in range(9)]
    assert waits == [None, None, 10, 20, 40, 80, 160, 300, 300]
    assert breaker.facts.breaker is Breaker.OPEN
    assert breaker.answered()
    assert (breaker.facts.breaker, breaker.facts.cause) == (Breaker.CLOSED, None)
    assert [breaker.failed("timeout", "", 0) for _ in range(3)] == [None, None, 10]


@given(st.floats(0, 1))
def test_the_jitter_is_a_fifth_at_most(chance):
    breaker = UnitBreaker(DeviceFacts(), 10.0, lambda: chance)
    wait = [breaker.failed("timeout", "", 0) for _ in range(3)][-1]
    assert 8.0 <= wait <= 12.0
    assert breaker.facts.probe_at_ns == int(wait * 1e9)


def test_an_answer_between_failures_keeps_it_closed():
    breaker = UnitBreaker(DeviceFacts(), 10.0, lambda: 0.5)
    for _ in range(20):
        assert breaker.failed("timeout", "", 0) is None
        assert breaker.failed("timeout", "", 0) is None
        assert not breaker.answered()


@given(st.floats(0, 1, exclude_max=True), st.sampled_from([0.1, 0.25, 1.0, 5.0, 60.0, 3600.0, 86_400.0]))
def test_a_phase_lies_within_the_period_on_its_grid(share, period_s):
    phase = phase_of(share, period_s)
    assert 0 <= phase < period_s
    assert phase / slot_s(period_s) == pytest.approx(round(phase / slot_s(period_s)), abs=1e-6)


async def test_calls_come_at_their_time_in_order_and_also_when_one_before_them_fails(clock):
    slices, called = Slices(clock), []
    start = clock.monotonic()

    def note(name):
        return lambda now: called.append((name, now - start))

    def fails(now):
        raise ZeroDivisionError

    problems = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context["exception"]))
    slices.at(start + 0.20, note("c"))
    slices.at(start + 0.05, note("a"))
    slices.at(start + 0.07, fails)
    slices.at(start + 0.07, note("b"))
    await asyncio.sleep(0.3)
    assert [name for name, _ in called] == ["a", "b", "c"]
    assert all(at >= due for (_, at), due in zip(called, (0.05, 0.07, 0.20), strict=True))
    assert [type(problem) for problem in problems] == [ZeroDivisionError]


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_a_moment_is_stamped_by_the_plants_clock(speed):
    clock = AnchoredClock(Anchor(time.time_ns(), 1_764_000_000_000_000_000, speed))
    moment, said = clock.monotonic(), clock.now_ns()
    time.sleep(0.05)
    later, said_later = clock.monotonic(), clock.now_ns()
    stamps = Slices(clock).stamps([moment, later])
    assert np.abs(stamps - [said, said_later]).max() <= 1_000_000 * speed
    assert stamps[1] - stamps[0] == pytest.approx((later - moment) * speed * 1e9, abs=2000)


async def test_replies_that_have_all_come_are_not_waited_for_and_others_still_are(clock):
    slices, called = Slices(clock), []
    first, second = (lambda now: called.append("first")), (lambda now: called.append("second"))
    slices.soon(first)
    slices.soon(second)
    slices.no_more(first)
    await asyncio.sleep(0.1)
    assert called == ["second"]
    slices.soon(first)
    slices.no_more(first)
    slices.soon(second)
    await asyncio.sleep(0.1)
    assert called == ["second", "second"]
