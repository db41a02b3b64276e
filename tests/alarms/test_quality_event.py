"""Water-quality events of one station, told by the residuals of its probes."""

from dataclasses import replace

import numpy as np
import pytest

from alarms.detectors.quality_event import CLASSES, INSTRUMENT, UNKNOWN, class_of
from alarms.detectors.quality_station import BEFORE, HELD, Moment, QualityStation
from alarms.spec import AlarmsSpec, expand
from api.words.desk import WORDS
from core.model.sample import Floats
from core.model.tag import Quantity
from tests.alarms.alarm_rows import row
from tests.alarms.alarm_town import plant

DAY, LEAST = 1440, np.array([0.01, 0.01])
FIVE = [
    Quantity.FREE_CHLORINE,
    Quantity.PH,
    Quantity.REDOX,
    Quantity.CONDUCTIVITY,
    Quantity.TURBIDITY,
]


def quiet(n: int, seed: int = 1) -> Floats:
    return np.array([0.5, 7.5]) + np.random.default_rng(seed).normal(0, 0.02, (n, 2))


def told(values: Floats) -> list[Moment]:
    return QualityStation(LEAST).advance(values)


def test_a_step_of_one_probe_is_told_at_its_second_value_and_over_at_the_second_usual_one() -> None:
    values = quiet(DAY)
    values[1000:1020, 0] -= 0.4
    assert [(m.row, m.begins) for m in told(values)] == [(1001, True), (1021, False)]


def test_one_wild_value_is_chance() -> None:
    values = quiet(DAY)
    values[1000] = (0.0, 14.0)
    assert told(values) == []


def test_other_water_that_stays_is_taken_for_usual_and_judged_again() -> None:
    values = quiet(DAY)
    values[900:, 1] += 0.8
    values[1300:1310, 1] += 0.8
    begin, over, again, end = told(values)
    assert (begin.row, over.row) == (901, 901 + HELD)
    assert (again.row, end.row) == (1301, 1311)


def test_after_a_gap_nothing_is_said_until_what_is_usual_is_known() -> None:
    values = quiet(DAY)
    values[1000 : 1000 + BEFORE] = np.nan
    values[1000 + BEFORE :, 0] += 0.4
    assert told(values) == []


@pytest.mark.parametrize(
    ("z", "said"),
    [
        ((-9.0, 0.0, -8.0, 0.0, 0.0), "loss_of_residual"),
        ((9.0, 0.0, 8.0, 0.0, 0.0), "overfeed"),
        ((0.0, 0.0, 0.0, 0.0, 12.0), "turbidity"),
        ((-7.0, 0.0, 0.0, 0.0, 12.0), "main_break"),
        ((0.0, -6.0, 0.0, 9.0, 0.0), "source_change"),
        ((np.nan, 9.0, -9.0, np.nan, 0.0), "acid_or_alkali"),
        ((9.0, -9.0, -9.0, -9.0, -9.0), UNKNOWN),
    ],
)
def test_the_class_is_that_of_the_nearest_signs(z: tuple[float, ...], said: str) -> None:
    assert class_of(FIVE, np.array(z), 4.0) == said


def test_two_probes_of_the_residual_that_go_apart_are_an_instruments() -> None:
    twins = [Quantity.FREE_CHLORINE, Quantity.FREE_CHLORINE]
    assert class_of(twins, np.array([9.0, -9.0]), 4.0) == INSTRUMENT


def test_each_class_has_words_in_both_languages() -> None:

    for name in (*CLASSES, INSTRUMENT, UNKNOWN):
        word = WORDS[f"evidence.{name}"]
        assert word.zh and word.en


def test_a_row_is_of_stations_with_quality_probes() -> None:
    town = plant()
    town.tags["q-02.free_chlorine"] = replace(town.tags["q-02.free_chlorine"], quantity=Quantity.TEMPERATURE)
    stated: dict[str, object] = {
        "id": "quality",
        "kind": "quality_event",
        "setpoint": None,
        "unit": None,
        "for": {},
    }
    made = expand(AlarmsSpec.model_validate({"alarms": [{**row(), **stated}]}), town)
    assert [(one.id, one.station) for one in made] == [("q-01:quality", "q-01")]
