"""Water-quality events of one station, told by the residuals of its probes."""

from dataclasses import replace

import numpy as np
import pytest

from alarms.detectors.quality_event import CLASSES, INSTRUMENT, UNKNOWN, class_of
from alarms.detectors.quality_station import BEFORE, HELD, Moment, QualityStation
from alarms.detectors.quality_together import HELD as HELD_TOGETHER
from alarms.detectors.quality_together import TogetherStation
from alarms.engine import Engine
from alarms.expansion import expand
from alarms.spec import AlarmsSpec
from alarms.timers import SECOND
from alarms.wrong_row import WrongRow
from api.words.desk import WORDS
from bench.fields import batches
from core.model.finding import Finding, Verb
from core.model.sample import Floats, Names
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


def told(values: Floats, of: QualityStation | TogetherStation | None = None) -> list[tuple[int, Moment]]:
    """Each with its row."""
    station = of or QualityStation(LEAST)
    return [(row, moment) for row, v in enumerate(values) if (moment := station.step(v)) is not None]


def test_a_step_of_one_probe_is_told_at_its_second_value_and_over_at_the_second_usual_one() -> None:
    values = quiet(DAY)
    values[1000:1020, 0] -= 0.4
    assert [(row, m.begins) for row, m in told(values)] == [(1001, True), (1021, False)]


def test_one_wild_value_is_chance() -> None:
    values = quiet(DAY)
    values[1000] = (0.0, 14.0)
    assert told(values) == []


def test_other_water_that_stays_is_taken_for_usual_and_judged_again() -> None:
    values = quiet(DAY)
    values[900:, 1] += 0.8
    values[1300:1310, 1] += 0.8
    rows, moments = zip(*told(values), strict=True)
    assert rows == (901, 901 + HELD, 1301, 1311)
    assert [m.rebased for m in moments] == [False, True, False, False], "only the first was not seen to end"


def test_probes_that_tell_less_often_than_the_grid_are_learned_from_all_the_same() -> None:
    values = quiet(5 * DAY)
    values[np.arange(5 * DAY) % 5 != 0] = np.nan
    values[5 * DAY - 40 :, 0] -= np.where(np.isfinite(values[5 * DAY - 40 :, 0]), 0.4, 0.0)
    ((row, moment),) = told(values)
    assert (row, moment.begins) == (5 * DAY - 35, True)


def test_after_a_gap_nothing_is_said_until_what_is_usual_is_known() -> None:
    values = quiet(DAY)
    values[1000 : 1000 + BEFORE] = np.nan
    values[1000 + BEFORE :, 0] += 0.4
    assert told(values) == []


def together(values: Floats) -> list[tuple[int, Moment]]:
    return told(values, TogetherStation(np.append(LEAST, 0.01), 2))


def three(n: int) -> Floats:
    return np.append(quiet(n), 400 + np.random.default_rng(2).normal(0, 2, (n, 1)), axis=1)


def test_two_that_move_at_once_are_told_at_their_second_value_and_over_when_back() -> None:
    values = three(DAY)
    values[1000:1010] += [-0.3, 0.0, 30.0]
    assert [(row, m.begins) for row, m in together(values)] == [(1001, True), (1011, False)]


def test_one_that_leaps_alone_however_far_is_not_several_at_once() -> None:
    values = three(DAY)
    values[1000:, 2] += 300.0
    values[1200] += [5.0, 5.0, 300.0]
    assert together(values) == []


def test_other_water_that_stays_is_judged_anew_from_where_it_stays() -> None:
    values = three(DAY)
    values[900:] += [-0.3, 0.3, 0.0]
    values[1200:1206] += [-0.3, 0.3, 0.0]
    assert [row for row, _ in together(values)] == [901, 901 + HELD_TOGETHER, 1201, 1207]


def test_while_it_lasts_nothing_is_known_when_too_little_is_told() -> None:
    values = three(DAY)
    values[1000:1006] += [-0.3, 0.0, 30.0]
    values[1006:1010, 1:] = np.nan
    assert [row for row, _ in together(values)] == [1001, 1011]


@pytest.mark.parametrize(
    ("z", "said"),
    [
        ((-9.0, 0.0, -8.0, 0.0, 0.0), "loss_of_residual"),
        ((9.0, 0.0, 8.0, 0.0, 0.0), "overfeed"),
        ((0.0, 0.0, 0.0, 0.0, 12.0), "turbidity"),
        ((-7.0, 0.0, 0.0, 0.0, 12.0), "main_break"),
        ((0.0, -6.0, 0.0, 9.0, 0.0), "source_change"),
        ((np.nan, 9.0, -9.0, np.nan, 0.0), "acid_or_alkali"),
        ((0.0, 9.0, 0.0, 0.0, 0.0), "ph_up"),
        ((0.0, -9.0, 0.0, 0.0, 0.0), "ph_down"),
        ((0.0, 0.0, 0.0, 9.0, 0.0), "source_change"),
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


def test_a_row_may_need_several_quantities_and_is_of_stations_that_have_as_many() -> None:
    stated: dict[str, object] = {"id": "quality", "kind": "quality_event", "setpoint": None, "unit": None}
    town, for_all = plant(), {**row(), **stated, "for": {}}

    def made(needs: object) -> list[tuple[str, int]]:
        spec = AlarmsSpec.model_validate({"alarms": [{**for_all, "needs": needs}]})
        return [(one.id, one.needs) for one in expand(spec, town)]

    one = town.tags["q-02.free_chlorine"]
    town.tags["q-02.ph"] = replace(one, id="q-02.ph", quantity=Quantity.PH)
    assert ("q-02:quality", 2) in made(2)
    assert made(9) == []
    with pytest.raises(WrongRow, match="needs any quantities"):
        made("any")


def watched(values: Floats, **more: object) -> list[Finding]:
    """What a row says of a station of chlorine and pH whose turbidity it does not look at."""
    town = plant()
    for id, quantity in (("q-01.ph", Quantity.PH), ("q-01.turbidity", Quantity.TURBIDITY)):
        town.tags[id] = replace(town.tags["q-01.free_chlorine"], id=id, quantity=quantity)
    looked_at: dict[str, object] = {"for": {"quantity": ["free_chlorine", "ph"], "station": "q-01"}}
    stated = {**row(), "id": "quality", "kind": "quality_event", "setpoint": None, "unit": None}
    made = expand(AlarmsSpec.model_validate({"alarms": [{**stated, **looked_at, **more}]}), town)
    engine = Engine(town, made, past=True)
    tags = ("q-01.free_chlorine", "q-01.ph", "q-01.turbidity")
    t_ns = (np.arange(len(values)) + 1) * 60 * SECOND
    return [f for batch in batches(Names.one("a", tags), values, t_ns, 60) for f in engine.update(batch)]


def with_turbidity(values: Floats) -> Floats:
    return np.column_stack([values, np.full(len(values), 0.2)])


def test_only_the_quantities_of_the_row_are_looked_at() -> None:
    values = with_turbidity(quiet(DAY))
    values[1000:1020, 2] += 3.0
    assert watched(values) == []
    values[1200:1220, 0] -= 0.4
    begin, end = watched(values)
    assert (begin.verb, end.verb, begin.zone) == (Verb.RAISE, Verb.CLEAR, "dma-01")
    assert begin.tags == ("q-01.free_chlorine", "q-01.ph")
    assert begin.value is not None and begin.limit is not None
    assert begin.value < begin.limit < float(begin.evidence["reference"]), (
        "the limit is the edge of the usual"
    )


def test_with_an_on_delay_what_is_over_before_is_not_told_and_what_lasts_is_with_its_beginning() -> None:
    values = with_turbidity(quiet(DAY))
    values[900:910, 0] -= 0.4
    values[1000:1040, 0] -= 0.4
    begin, end = watched(values, on_delay_s=1200)
    minutes = [f.t_ns // (60 * SECOND) for f in (begin, end)]
    assert minutes == [1002 + 20, 1042] and begin.evidence["onset_s"] == 1002 * 60.0
    assert begin.began_ns == 1002 * 60 * SECOND, "it belongs to what was near in time to its beginning"


def test_what_is_taken_for_usual_was_not_seen_to_end() -> None:
    values = with_turbidity(quiet(DAY))
    values[1000:, 1] += 0.8
    assert [f.evidence.get("reason") for f in watched(values)] == [None, "rebased"]
