"""Instruments that wander off from their sibling, and rivers that do."""

import numpy as np
import pytest

from alarms.bins import Rows
from alarms.conditions import measure
from alarms.detectors.instrument_drift import DAY_H, HELD_H, LAG_H, LEARNS_H, WEEK_H, _Watch
from alarms.expansion import expand
from alarms.spec import AlarmsSpec
from alarms.wrong_row import WrongRow
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats
from tests.alarms.alarm_rows import row
from tests.alarms.alarm_town import definition, plant

HOURS = 45 * DAY_H
BEGINS = 35 * DAY_H
SPEAKS = WEEK_H + LAG_H + DAY_H + LEARNS_H


def two(seed: int = 1) -> Floats:
    """Days that swing, a season that both follow, and what each does alone."""
    rng, t = np.random.default_rng(seed), np.arange(HOURS)
    season = np.cumsum(rng.normal(0, 0.05, HOURS))
    alone = rng.normal(0, 0.2, (HOURS, 2))
    return 15 + np.sin(2 * np.pi * t / DAY_H)[:, None] + np.column_stack([season, 1.5 * season]) + alone


def told(values: Floats) -> list[Finding]:
    named = {"tag": "p1", "reference": "p2", "setpoint": 2.0, "least_sd": 0.02}
    watch = _Watch(definition("a", FindingKind.DRIFT, **named), 3600.0)
    n = np.ones(values.shape, np.int64)
    return watch.advance(Rows(0, values, n, values, values))


def hours(findings: list[Finding]) -> list[tuple[Verb, int]]:
    return [(one.verb, one.t_ns // 10**9 // 3600) for one in findings]


def drifted(values: Floats, days: float, by: float) -> Floats:
    t = np.arange(HOURS) - BEGINS
    ramp = np.where((t >= 0) & (t < days * DAY_H), by * t / (days * DAY_H), 0.0)
    return values + np.column_stack([ramp, 0 * ramp])


def test_a_drift_of_days_is_told_while_it_grows_and_over_when_the_instrument_is_set_right() -> None:
    (begins, at), (over, end) = hours(told(drifted(two(), 5, 5.0)))
    assert (begins, over) == (Verb.RAISE, Verb.CLEAR)
    assert BEGINS + 2 * DAY_H < at < BEGINS + 5 * DAY_H < end <= BEGINS + 5 * DAY_H + 4


def test_what_the_sibling_does_too_is_no_drift_however_far_it_goes() -> None:
    assert told(two()) == []
    both = two()
    both[BEGINS:] += np.minimum(np.arange(HOURS - BEGINS), 120)[:, None] * np.array([0.04, 0.06])
    assert told(both) == []


def test_what_stays_is_how_the_two_are_now() -> None:
    values = drifted(two(), 10, 10.0)
    (_, at), (over, end), *_ = hours(told(values))
    assert over is Verb.CLEAR
    assert end - at == HELD_H


def test_nothing_is_said_before_it_is_known_what_the_two_do_by_themselves() -> None:
    values = two()
    ramp = np.clip(np.arange(HOURS) - 15 * DAY_H, 0, 5 * DAY_H) / DAY_H
    values[:SPEAKS, 0] += ramp[:SPEAKS]
    assert not [one for one in told(values[:SPEAKS]) if one.verb is Verb.RAISE]


def test_a_gap_neither_raises_nor_ends_it() -> None:
    values = drifted(two(), 5, 5.0)
    values[BEGINS + 5 * DAY_H :] = np.nan
    assert [verb for verb, _ in hours(told(values))] == [Verb.RAISE]


@pytest.mark.parametrize("kind", ["spike", "drift"])
def test_its_setpoint_is_in_spreads_and_a_drift_needs_a_sibling(kind: str) -> None:
    of = {"kind": kind, "setpoint": 8.0, "unit": "sd", "deadband": None, "for": {"tag": "dma-01.p1"}}
    sibling = {"reference": "dma-01.p2"} if kind == "drift" else {}
    spec = AlarmsSpec.model_validate({"alarms": [{**row(), **of, **sibling}]})
    (made,) = expand(spec, plant())
    assert made.setpoint == 8.0
    assert measure(spec.alarms[0], "m") == "sd"
    if kind == "drift":
        with pytest.raises(WrongRow, match="told by a sibling"):
            expand(AlarmsSpec.model_validate({"alarms": [{**row(), **of}]}), plant())
