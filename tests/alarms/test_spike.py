"""A reading that leaps away and is back is told; another level, or a step of the instrument, is not."""

import numpy as np
import pytest

from alarms.engine import Engine
from alarms.expansion import expand
from alarms.spec import AlarmsSpec
from alarms.wrong_row import WrongRow
from bench.fields import batches
from core.model.finding import Finding, Verb
from core.model.sample import Floats, Names
from tests.alarms.alarm_rows import row
from tests.alarms.alarm_town import plant

TAG, SECOND = "q-01.free_chlorine", 10**9
STATED: dict[str, object] = {
    "id": "leaps",
    "kind": "spike",
    "for": {"tag": TAG},
    "setpoint": 12.0,
    "unit": "sd",
    "deadband": None,
}


def told(values: Floats, every_s: int = 60) -> list[Finding]:
    engine = Engine(plant(), expand(AlarmsSpec.model_validate({"alarms": [{**row(), **STATED}]}), plant()))
    t_ns = (np.arange(len(values)) + 1) * every_s * SECOND
    found = batches(Names.one("a", (TAG,)), np.round(values, 2)[:, None], t_ns, 1)
    return [f for batch in found for f in engine.update(batch)]


def quiet(n: int) -> Floats:
    return 0.5 + np.random.default_rng(2).normal(0, 0.006, n)


def test_a_leap_that_is_back_is_told_once_with_when_it_left_and_what_was_usual() -> None:
    values = quiet(60)
    values[40] += 0.4
    raised, cleared = told(values)
    assert (raised.verb, cleared.verb, raised.tags) == (Verb.RAISE, Verb.CLEAR, (TAG,))
    assert raised.evidence["onset_s"] == 41 * 60.0 and raised.t_ns == 42 * 60 * SECOND
    assert raised.value == pytest.approx(0.9, abs=0.02)
    usual, limit = float(raised.evidence["reference"]), raised.limit
    assert usual == pytest.approx(0.5, abs=0.01) and limit is not None and usual < limit < 0.9


def test_readings_that_stand_on_one_step_do_not_make_the_next_step_a_leap() -> None:
    values = np.full(200, 0.5)
    values[20::17] += 0.01
    assert told(values) == []


def test_what_stays_away_or_settles_beside_the_bar_is_another_level() -> None:
    stays, beside = quiet(120), quiet(120)
    stays[60:] += 0.4
    beside[60] += 0.14
    beside[61:] += 0.1
    assert told(stays) == [] and told(beside) == []


def test_of_many_readings_in_a_bin_one_that_leaps_is_told_though_the_mean_hides_it() -> None:
    values = quiet(3600)
    values[2400 + 7] += 0.4
    assert [f.verb for f in told(values, every_s=1)] == [Verb.RAISE, Verb.CLEAR]
    assert told(quiet(3600), every_s=1) == []


def test_its_bar_is_in_spreads_and_in_nothing_else() -> None:
    with pytest.raises(WrongRow, match="mg/L"):
        expand(AlarmsSpec.model_validate({"alarms": [{**row(), **STATED, "unit": "mg/L"}]}), plant())
