"""A pump or valve that does not keep to the levels at which it is switched."""

from dataclasses import replace

import numpy as np
import pytest

from alarms.bins import Rows
from alarms.detectors.level_control import Watch
from alarms.expansion import expand
from alarms.spec import AlarmsSpec
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats
from core.model.tag import Quantity
from tests.alarms.alarm_rows import row
from tests.alarms.alarm_town import definition, plant

DAY = 24
START = 24 * 20_458
STARTS, STOPS = 2.0, 4.0


def tank(days: int, stops: float = STOPS) -> Floats:
    """Status and level by the hour: it falls and rises by 0.15 m."""
    level, on, rows = 3.0, 1.0, []
    for _ in range(days * DAY):
        on = 1.0 if level <= STARTS else 0.0 if level >= stops else on
        level += 0.15 if on else -0.15
        rows.append([on, level])
    return np.array(rows)


def told(values: Floats, learns_days: float = 0.0) -> list[tuple[int, Finding]]:
    """Each with its hour."""
    of = definition("a", FindingKind.LEVEL_CONTROL, tag="pump", reference="level")
    watch = Watch(replace(of, window_s=learns_days * 86_400.0), 3600.0)
    findings = watch.advance(Rows(START, values, np.ones(values.shape, np.int64), values, values))
    return [(f.t_ns // (3600 * 10**9) - START, f) for f in findings]


def runs_on(values: Floats, begin: int, hours: int) -> None:
    """It goes on running where it should stop, and the tank rises to its brim."""
    first = begin + int(np.argmax((values[begin:-1, 0] == 1.0) & (values[begin + 1 :, 0] == 0.0))) + 1
    values[first : first + hours, 0] = 1.0
    values[first : first + hours, 1] = np.minimum(values[first - 1, 1] + 0.15 * np.arange(1, hours + 1), 5.0)


def test_while_it_keeps_to_its_levels_nothing_is_said() -> None:
    assert told(tank(60)) == []


def test_one_that_runs_on_above_where_it_always_stopped_is_told_with_that_level() -> None:
    values = tank(60)
    runs_on(values, 30 * DAY, 10)
    (_, found), (_, end) = told(values)
    assert (found.verb, end.verb, found.tags) == (Verb.RAISE, Verb.CLEAR, ("pump", "level"))
    assert found.evidence["state"] == "running"
    assert found.evidence["reference"] == pytest.approx(tank(60)[:, 1].max())
    assert found.value == pytest.approx(float(found.evidence["reference"]) + float(found.evidence["off"]))


def test_one_that_stands_below_where_it_always_started_is_told() -> None:
    values = tank(60)
    at = 30 * DAY + int(np.argmin(values[30 * DAY : 31 * DAY, 1]))
    values[at + 1 : at + 6] = [[0.0, values[at, 1] - 0.15 * i] for i in range(1, 6)]
    found = [finding for _, finding in told(values)]
    assert [(f.verb, f.evidence["state"]) for f in found][:1] == [(Verb.RAISE, "stopped")]


def test_at_the_moment_of_switching_the_level_is_not_known_to_be_of_either_state() -> None:
    values = tank(60)
    values[800, 0] = 1.0 - values[800, 0]
    assert told(values) == []


def test_a_state_that_was_seen_on_few_days_says_nothing() -> None:
    values = np.column_stack([np.zeros(60 * DAY), tank(60)[:, 1]])
    for day in range(10):
        values[day * DAY : day * DAY + 3, 0] = 1.0
    values[50 * DAY : 50 * DAY + 6] = [1.0, 6.0]
    assert told(values) == []


def test_levels_set_anew_are_usual_once_they_have_stood_for_a_week() -> None:
    values = np.vstack([tank(40), tank(40, stops=4.9)])
    raised = [hour // DAY for hour, f in told(values) if f.verb is Verb.RAISE]
    assert raised
    assert told(values, learns_days=70) == []
    standing = tank(60)
    standing[40 * DAY :] = [1.0, 4.9]
    assert [f.verb for _, f in told(standing)] == [Verb.RAISE, Verb.CLEAR]


def test_a_row_compares_a_status_with_a_level_and_nothing_else() -> None:
    town = plant()
    first = town.tags["dma-01.p1"]
    town.tags["pump"] = replace(first, id="pump", quantity=Quantity.STATUS, unit="1", link="pump-1")
    town.tags["tank"] = replace(first, id="tank", quantity=Quantity.LEVEL)
    nothing: dict[str, object] = dict.fromkeys(("unit", "setpoint", "deadband"))

    def spec(tag: str, **more: object) -> AlarmsSpec:
        stated = {"kind": "level_control", "for": {"tag": tag}, **nothing, **more}
        return AlarmsSpec.model_validate({"alarms": [row(**stated)]})

    (one,) = expand(spec("pump", reference="tank"), town)
    assert (one.tag, one.reference) == ("pump", "tank")
    for wrong, why in (
        (spec("pump"), "needs the level"),
        (spec("pump", reference=2.0), "needs the level"),
        (spec("dma-01.p1", reference="tank"), "for a status and tank for a level"),
        (spec("pump", reference="dma-01.p1"), "for a status and dma-01.p1 for a level"),
        (spec("pump", reference="tank", setpoint=1.0, unit="m"), "has no setpoint"),
    ):
        with pytest.raises(ValueError, match=why):
            expand(wrong, town)
