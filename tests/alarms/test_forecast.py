"""Deviation from what a tag usually is at this moment of the week."""

from dataclasses import replace

import numpy as np

from alarms.engine import Engine
from core.model.alarm import EXPECTED_WEEK, AlarmDefinition, Side
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Batch, Names
from tests.alarms.alarm_town import definition, plant

MINUTE, DAY, TAG = 60 * 10**9, 1440, "dma-01.inflow"
MIDNIGHT = 1_790_524_800 * 10**9
"""Monday 2026-09-28 00:00 in Shanghai."""
USUAL = {"tag": TAG, "reference": EXPECTED_WEEK, "relative": True, "setpoint": 30.0, "deadband": 10.0}
ROW = definition("off", FindingKind.DEVIATION, **USUAL, on_delay_s=600.0, off_delay_s=300.0)


def demand(days: int) -> np.ndarray:
    """By minute: twice as much at noon as at midnight."""
    hour = np.arange(1, days * DAY + 1) / 60 % 24
    return 60 - 20 * np.cos(hour / 24 * 2 * np.pi)


def batch(v: np.ndarray, first: int = 0) -> Batch:
    n = len(v)
    t_ns = MIDNIGHT + np.arange(first + 1, first + n + 1, dtype=np.int64) * MINUTE
    zero = np.zeros(n, np.uint32)
    return Batch(Names.one("s", (TAG,)), zero, t_ns, v, zero, t_ns, zero.astype(np.uint8))


def found(v: np.ndarray, *rows: AlarmDefinition) -> list[Finding]:
    return Engine(plant(), rows or (ROW,)).update(batch(v))


def minutes(findings: list[Finding]) -> list[tuple[Verb, int]]:
    return [(f.verb, (f.t_ns - MIDNIGHT) // MINUTE) for f in findings]


def test_the_usual_swing_of_a_day_is_no_deviation() -> None:
    assert found(demand(8)) == []


def test_what_lies_beyond_the_band_of_this_hour_is_found_after_its_delay() -> None:
    v, night = demand(6), 5 * DAY + 120
    v[night : night + 60] = 65.0  # what is usual at noon
    raised, cleared = found(v)
    assert minutes([raised, cleared]) == [(Verb.RAISE, night + 11), (Verb.CLEAR, night + 60 + 6)]
    assert raised.value == 65.0
    assert raised.evidence["reference"] == np.float64(raised.evidence["reference"]) < 45
    assert raised.limit is not None and 50 < raised.limit < 58
    assert float(raised.evidence["off"]) > 30


def test_nothing_is_said_before_three_days_are_known() -> None:
    v = demand(3)
    v[2 * DAY + 120 : 2 * DAY + 300] = 200.0
    assert found(v) == []


def test_only_the_side_that_is_asked_for_counts() -> None:
    v = demand(6)
    v[5 * DAY + 120 : 5 * DAY + 180] = 65.0
    assert len(found(v, replace(ROW, side=Side.ABOVE))) == 2
    assert found(v, replace(ROW, side=Side.BELOW)) == []


def test_what_is_in_alarm_is_not_learned_until_it_has_stood_for_a_day() -> None:
    v = demand(12)
    v[5 * DAY + 120 : 5 * DAY + 12 * 60] += 40
    (first, over) = found(v)
    assert (first.verb, over.verb) == (Verb.RAISE, Verb.CLEAR), "the days after are judged by the days before"
    v = demand(32)
    v[5 * DAY + 120 :] += 40
    told = minutes(found(v))
    assert told[0] == (Verb.RAISE, 5 * DAY + 120 + 11)
    assert told[-1][0] is Verb.CLEAR and told[-1][1] < 25 * DAY, "by then it is the usual level"
