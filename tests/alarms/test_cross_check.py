"""Readings of one zone that do not bear each other out: a tank, the pump that fills it, and two gauges."""

from dataclasses import replace

import numpy as np
import pytest

from alarms.bins import Rows
from alarms.detectors.cross_check import Watch, compared
from alarms.expansion import expand
from alarms.spec import AlarmsSpec
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats
from core.model.tag import Quantity, Tag
from core.model.text import Text
from tests.alarms.alarm_rows import row
from tests.alarms.alarm_town import definition, plant

LEVEL, FLOW, PUMP, LOW, HIGH = range(5)
NAMES = ("level", "flow", "pump", "low", "high")
QUANTITIES = (Quantity.LEVEL, Quantity.FLOW, Quantity.STATUS, Quantity.PRESSURE, Quantity.PRESSURE)
MONTH = 24 * 30
MONDAY = 24 * 20_458
OFF_DELAY_H = 4


def town(hours: int, seed: int = 1) -> Floats:
    """The pump runs from 2 m to 4 m of level; both gauges follow level, demand and pump."""
    rng, level, on, told = np.random.default_rng(seed), 3.0, 1.0, []
    for hour in range(hours):
        demand = 50 + 20 * np.sin(2 * np.pi * hour / 24) + rng.normal(0, 2)
        on = 1.0 if level < 2.0 else 0.0 if level > 4.0 else on
        flow = on * (100 - 4 * level)
        level += (flow - demand) / 100
        told.append([level, flow, on, 30 + level - 0.05 * demand, 60 + level - 0.1 * demand + 4 * on])
    return np.array(told) + rng.normal(0, 0.01, (hours, 5))


def watch(learns_h: int = 0) -> Watch:
    a_tag = Tag(id="", quantity=Quantity.FLOW, unit="", name=Text("", ""), station="s", period_s=3600.0)
    tags = [replace(a_tag, id=n, quantity=q) for n, q in zip(NAMES, QUANTITIES, strict=True)]
    of = definition("a", FindingKind.CROSS_CHECK, zone="z", off_delay_s=OFF_DELAY_H * 3600.0)
    return Watch(replace(of, window_s=learns_h * 3600.0), tags, 1.0)


def told(values: Floats, learns_h: int = 0) -> list[tuple[int, Finding]]:
    """Each with its hour."""
    one = np.ones(values.shape, np.int64)
    findings = watch(learns_h).advance(Rows(MONDAY, values, one, values, values))
    return [(f.t_ns // (3600 * 10**9) - MONDAY, f) for f in findings]


def said(values: Floats, learns_h: int = 0) -> list[tuple[int, Verb]]:
    return [(hour, finding.verb) for hour, finding in told(values, learns_h)]


def test_nothing_is_said_while_all_works_as_it_used_to() -> None:
    assert told(town(3 * MONTH)) == []


def test_a_level_that_is_told_wrong_is_named_with_what_the_others_say_of_it() -> None:
    values = town(2 * MONTH)
    truth = values[1000:1010, LEVEL].copy()
    values[1000:1010, LEVEL] = 3.0 - 0.4 * np.sign(truth - 3.0)
    (hour, found), (over, end) = told(values)
    assert (hour, found.verb, found.tags[0]) == (1000, Verb.RAISE, "level")
    assert found.evidence["reference"] == pytest.approx(truth[0], abs=0.1)
    assert found.value == pytest.approx(values[1000, LEVEL])
    assert found.evidence["x:level"] == pytest.approx(found.score, abs=0.01)
    assert (over, end.verb) == (1010 + 1 + OFF_DELAY_H, Verb.CLEAR)


def test_a_pump_that_stands_while_its_flow_is_told_is_found_in_its_first_hour() -> None:
    values = town(2 * MONTH)
    at = 1000 + int(np.argmax(values[1000:, PUMP] > 0.5))
    values[at : at + 3, PUMP] = 0.0
    ((hour, found), _) = told(values)
    assert hour == at
    assert found.tags[0] in ("pump", "flow")


def test_a_reading_that_is_lost_is_left_out_and_the_others_are_judged() -> None:
    values = town(2 * MONTH)
    values[900:, HIGH] = np.nan
    assert told(values) == []
    values[1000:1010, LEVEL] += 0.8
    assert next((hour, f.tags[0]) for hour, f in told(values)) == (1000, "level")


def test_while_the_reading_that_raised_it_is_lost_it_does_not_end() -> None:
    values = town(2 * MONTH)
    values[1000:1010, LEVEL] += 0.8
    values[1010:1100, LEVEL] = np.nan
    assert said(values) == [(1000, Verb.RAISE), (1100 + OFF_DELAY_H, Verb.CLEAR)]


def test_what_is_wrong_is_not_learned_until_it_has_stood_for_a_week() -> None:
    values = town(4 * MONTH)
    values[1000 : 1000 + 6 * 24, LEVEL] += 0.8
    values[2000 : 2000 + 6 * 24, LEVEL] += 0.8
    assert [hour for hour, verb in said(values) if verb is Verb.RAISE] == [1000, 2000]
    values = town(4 * MONTH)
    values[1000:, LEVEL] += 0.8
    assert [verb for _, verb in said(values)] == [Verb.RAISE, Verb.CLEAR]


def test_rare_operation_within_the_months_that_are_known_to_be_usual_is_usual() -> None:
    """A gauge is cut off for an hour every ten days, as when a station changes over."""
    values = town(5 * MONTH)
    values[MONTH::240, HIGH] -= 3.0
    assert len(said(values)) > 10
    assert said(values, learns_h=4 * MONTH) == []


def test_a_row_is_of_zones_with_readings_enough_and_has_no_setpoint() -> None:
    town = plant()
    nothing: dict[str, object] = dict.fromkeys(("unit", "setpoint", "deadband"))
    wanted = {"kind": "cross_check", "for": {}, **nothing}
    spec = AlarmsSpec.model_validate({"alarms": [row(**wanted)]})
    assert {one.zone for one in expand(spec, town)} == {
        zone for zone in town.zones if len(compared(town, zone)) >= 3
    }
    stated = AlarmsSpec.model_validate({"alarms": [row(**{**wanted, "setpoint": 2.0, "unit": "m"})]})
    with pytest.raises(ValueError, match="a cross_check alarm has no setpoint"):
        expand(stated, town)


def test_a_door_is_no_reading_of_the_water() -> None:
    town = plant()
    first = next(tag for tag in town.tags.values() if tag.zone)
    town.tags["door"] = replace(first, id="door", quantity=Quantity.STATUS, link=None)
    town.tags["pump"] = replace(first, id="pump", quantity=Quantity.STATUS, link="pump-1")
    names = {tag.id for tag in compared(town, first.zone)}
    assert "pump" in names
    assert "door" not in names
