"""A device whose clock is wrong by minutes: its delays last as long as those of a right one (A-09). What is
over may come again (A-10)."""

import pytest

from alarms.engine import Engine
from core.model.finding import Finding, Verb
from core.model.sample import Batch, Flag, Sample
from tests.alarms.alarm_town import NOON, SECOND, plant, pressure_low

TAG = "dma-01.p1"
ROW = pressure_low(TAG, on_delay_s=60.0, off_delay_s=30.0)
SKEWS = range(-600, 601, 60)
LOW_S, BACK_S, AGAIN_S, END_S = 30, 150, 240, 400


def found(skew_s: int, flags: int = 0, set_at_s: int = 0) -> list[tuple[int, Verb]]:
    """At which second by the hub's clock, and what: low from 30 to 150 s, and from 240 s on for good.
    set_at_s: when the device's clock becomes wrong."""
    engine, told = Engine(plant(), [ROW]), []
    for k in range(END_S):
        low = LOW_S <= k < BACK_S or k >= AGAIN_S
        r_ns = NOON + k * SECOND
        sample = Sample(TAG, r_ns + (k >= set_at_s) * skew_s * SECOND, 9.0 if low else 20.0, 0, r_ns, flags)
        findings: list[Finding] = engine.judge([Batch.of("modbus:st-01", [sample])]).findings
        told += [(k, finding.verb) for finding in (*findings, *engine.tick(r_ns, float(k)))]
    return told


RIGHT = [(LOW_S + 60, Verb.RAISE), (BACK_S + 30, Verb.CLEAR), (AGAIN_S + 60, Verb.RAISE)]


@pytest.mark.parametrize("skew_s", SKEWS)
def test_for_every_skew_the_same_is_found_at_the_same_second(skew_s: int) -> None:
    """The last time by a value that never moves again: raised once more after the clear."""
    assert found(skew_s) == RIGHT


@pytest.mark.parametrize("skew_s", SKEWS)
def test_a_clock_that_is_not_believed_satisfies_no_delay_either(skew_s: int) -> None:
    assert found(skew_s, Flag.CLOCK_SUSPECT) == RIGHT


@pytest.mark.parametrize("skew_s", [120, 600, 3600])
def test_a_clock_that_is_set_forward_within_a_delay_does_not_end_it(skew_s: int) -> None:
    """By more than a minute, from which on it is not believed: low for a minute it is all the same."""
    second, verb = found(skew_s, set_at_s=LOW_S + 5)[0]
    assert (verb, LOW_S + 60 <= second <= LOW_S + 5 + 60) == (Verb.RAISE, True)


def test_inside_the_deadband_it_neither_clears_nor_comes_again() -> None:
    engine = Engine(plant(), [pressure_low(TAG, deadband=1.0)])
    values = [20.0, 9.0, 14.5, 13.0, 14.9, 15.5, 14.5, 13.9]
    told = [
        (v, finding.verb)
        for k, v in enumerate(values)
        for finding in engine.judge([Batch.of("s", [Sample(TAG, NOON + k * SECOND, v)])]).findings
    ]
    assert told == [(9.0, Verb.RAISE), (15.5, Verb.CLEAR), (13.9, Verb.RAISE)]
