"""alarms.yaml: rows that rationalise, rows that are refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from alarms.expansion import expand
from alarms.matrix import MATRIX
from alarms.spec import AlarmsSpec
from core.model.finding import FindingKind
from core.model.text import Text
from tests.alarms.alarm_rows import COMMON, row
from tests.alarms.alarm_town import plant

CONFIGS = Path(__file__).parents[2] / "configs"


def expanded(**more: Any) -> list[Any]:
    return expand(AlarmsSpec.model_validate({"alarms": [row(**more)]}), plant())


def test_a_row_spreads_over_the_tags_it_selects() -> None:
    assert [d.id for d in expanded()] == [f"dma-0{z}.p{i}:low" for z in (1, 2) for i in (1, 2, 3)]
    chosen = expanded(**{"for": {"zone": "dma-01", "tag": "*.p?", "without": ["*.p2"]}})
    assert [d.tag for d in chosen] == ["dma-01.p1", "dma-01.p3"]


def test_a_burst_is_a_zones_and_communication_a_stations() -> None:
    bursts = expanded(kind="burst", **{"for": {}})
    assert [(d.id, d.zone, d.tag) for d in bursts] == [
        ("dma-01:low", "dma-01", None),
        ("dma-02:low", "dma-02", None),
    ]
    stations = expanded(kind="communication", **{"for": {"quantity": ["pressure"]}})
    assert [d.station for d in stations] == ["st-01", "st-02"]


@pytest.mark.parametrize("level", sorted(MATRIX))
@pytest.mark.parametrize(("minutes", "column"), [(5, 0), (6, 1), (15, 1), (60, 2), (61, 3)])
def test_the_priority_comes_from_the_matrix(level: str, minutes: float, column: int) -> None:
    priority = MATRIX[level][column]  # type: ignore[index]
    if priority == "event":
        with pytest.raises(ValueError, match="event, not an alarm"):
            expanded(consequence_level=level, response_min=minutes)
    else:
        assert {d.priority for d in expanded(consequence_level=level, response_min=minutes)} == {priority}


@pytest.mark.parametrize(
    "broken",
    [
        {"action": None},
        {"action": {"zh": "确认", "en": "Acknowledge."}},
        {"action": {"zh": "", "en": ""}},
        {"cause": {"en": "only English"}},
        {"priority": 1},
        {"id": "a b"},
        {"kind": "guess"},
        {"response_min": 0},
        {"deadband": -1},
        {"action": {"zh": "确认。", "en": "go and look"}},
        {"action": {"zh": "查看现场", "en": "Acknowledge the alarm"}},
        {"cause": []},
        {"owner_role": "Zhang San"},
        {"rationalised_by": []},
        {"rationalised_on": "yesterday"},
        {"rev": 0},
        {"shelve_max_min": 721},
    ],
)
def test_an_incomplete_row_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        expanded(**broken)


@pytest.mark.parametrize("field", sorted({*COMMON, "confirm_action", "rationale", "cause", "consequence"}))
def test_a_row_that_leaves_out_a_field_is_refused(field: str) -> None:
    made = row()
    del made[field]
    with pytest.raises(ValidationError, match=field):
        AlarmsSpec.model_validate({"alarms": [made]})


def test_what_all_rows_have_is_stated_once() -> None:
    own = {key: value for key, value in row().items() if key not in COMMON}
    spec = AlarmsSpec.model_validate({"defaults": COMMON, "alarms": [own, own | {"id": "b", "rev": 7}]})
    assert [(one.rev, one.owner_role) for one in spec.alarms] == [(1, "operator"), (7, "operator")]
    with pytest.raises(ValidationError, match="defaults cannot have `action`"):
        AlarmsSpec.model_validate({"defaults": {"action": own["action"]}, "alarms": [own]})


def test_a_plant_may_have_a_matrix_of_its_own() -> None:
    low = row(consequence_level="minor", response_min=90)
    spec = AlarmsSpec.model_validate({"matrix": {"minor": [3, 3, 4, 4]}, "alarms": [low]})
    assert {d.priority for d in expand(spec, plant())} == {4}
    with pytest.raises(ValidationError, match="more time must not be more urgent"):
        AlarmsSpec.model_validate({"matrix": {"minor": [3, "event", 4, 4]}, "alarms": []})


def test_several_causes_are_told_in_one_sentence() -> None:
    causes = [{"zh": "爆管", "en": "a burst"}, {"zh": "停泵", "en": "a pump stopped"}]
    assert {d.cause for d in expanded(cause=causes)} == {Text("爆管；停泵", "a burst; a pump stopped")}


COMPOSITE = {"kind": "composite", "for": {}, "setpoint": None, "deadband": None, "unit": None}
DEVIATION = {"kind": "deviation", "for": {"tag": "dma-01.p1"}, "reference": "dma-01.p2", "setpoint": 2}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"unit": None}, "its setpoint has no unit"),
        ({"unit": "kPa"}, "it is in kPa, its tag dma-01.p1 is in m"),
        ({"deadband": None}, "needs a deadband"),
        ({"area": "dma-99"}, "area 'dma-99' is no zone"),
        ({"setpoint": None}, "low: a limit_low alarm needs a setpoint"),
        ({"kind": "rate"}, "needs window_s"),
        ({"escalate_at": 20}, "beyond the setpoint"),
        ({"reference": 3.0}, "a limit_low alarm has no reference"),
        ({"kind": "deviation", "setpoint": 2}, "a deviation alarm needs a reference"),
        ({**DEVIATION, "setpoint": -2}, "needs a setpoint above 0"),
        ({**DEVIATION, "deadband": 2}, "a deadband smaller than its setpoint"),
        ({**DEVIATION, "reference": "dma-01.p9"}, "compares dma-01.p1 with dma-01.p9, which is no tag"),
        ({**DEVIATION, "reference": "{stem}.inflow"}, r"dma-01.p1 in m with dma-01.inflow in m3/h"),
        ({**DEVIATION, "reference": "{tag}"}, "with the tag itself"),
        ({**DEVIATION, "reference": "{pump}"}, "cannot be filled in"),
        ({**DEVIATION, "relative": True}, "it is in m, its tag dma-01.p1 is in %"),
        ({**DEVIATION, "escalate_at": 3}, "a deviation alarm has no escalate_at"),
        ({"kind": "ewma", "unit": "sd"}, "an? ewma alarm needs window_s"),
        ({"kind": "cusum", "unit": "sd", "window_s": 60}, "cusum alarm needs least_sd"),
        ({"kind": "cusum", "window_s": 60, "least_sd": 1}, "it is in m, its tag dma-01.p1 is in sd"),
        ({"kind": "cusum", "weight": 0.1}, "a cusum alarm has no weight"),
        (COMPOSITE | {"of": []}, "a composite alarm needs others"),
        (COMPOSITE | {"setpoint": 3}, "a composite alarm has no setpoint"),
        (COMPOSITE | {"of": ["high"]}, "there is no row high"),
        (COMPOSITE | {"of": ["low"]}, "put together of itself"),
        ({"kind": "discrepancy"}, "a discrepancy alarm needs a reference"),
        ({"kind": "discrepancy", "reference": 1, "setpoint": -1}, "not negative"),
        ({"kind": "discrepancy", "reference": "expected_week"}, "nobody commands the expected week"),
    ],
)
def test_a_row_that_cannot_work_names_itself(broken: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        expanded(**broken)


def composed(of: list[object], needs: object = "all", **more: object) -> list[Any]:
    both = row(**COMPOSITE | {"id": "both", "of": of, "needs": needs, **more})
    burst = row(**{"id": "burst", "kind": "burst", "for": {}, "setpoint": None})
    spec = AlarmsSpec.model_validate({"alarms": [both, row(), burst]})
    return [d for d in expand(spec, plant()) if d.kind is FindingKind.COMPOSITE]


def test_a_composite_puts_together_what_its_zone_has() -> None:
    gauges = [f"dma-01.p{n}:low" for n in (1, 2, 3)]
    first, second = composed(["burst", ["low"]])
    assert (first.zone, first.members, first.needs) == ("dma-01", (("dma-01:burst",), tuple(gauges)), 2)
    assert second.members[1] == tuple(id.replace("dma-01", "dma-02") for id in gauges)
    assert composed(["low"], 2)[0].members == tuple((id,) for id in gauges)
    assert composed(["low"], "any")[0].needs == 1
    assert composed(["{zone}:burst", "dma-02.p1:low"])[0].members == (("dma-01:burst",), ("dma-02.p1:low",))


@pytest.mark.parametrize(
    ("of", "needs", "says"),
    [
        (["low"], 4, "it needs 4 of the 3 there are in dma-01"),
        (["low"], 0, "it needs 0 of the 3"),
        (["dma-03:burst"], "all", "there is no alarm dma-03:burst"),
        (["burst", ["both"]], "all", "it is put together of itself"),
    ],
)
def test_a_composite_that_cannot_work_names_itself(of: list[object], needs: object, says: str) -> None:
    with pytest.raises(ValueError, match=f"both: {says}"):
        composed(of, needs)


def test_a_zone_without_such_alarms_is_named() -> None:
    with pytest.raises(ValueError, match="row low has no alarm in dma-02"):
        spec = {
            "alarms": [row(**{"for": {"tag": "dma-01.p?"}}), {**row(), **COMPOSITE, "id": "x", "of": ["low"]}]
        }
        expand(AlarmsSpec.model_validate(spec), plant())


def test_each_alarm_of_a_row_has_a_reference_of_its_own() -> None:
    made = expanded(**DEVIATION | {"for": {"tag": "*.p1"}, "reference": "{zone}.p3"})
    assert {d.tag: d.reference for d in made} == {"dma-01.p1": "dma-01.p3", "dma-02.p1": "dma-02.p3"}
    assert {d.reference for d in expanded(**DEVIATION | {"reference": True})} == {1.0}
    assert {d.reference for d in expanded(**DEVIATION | {"relative": True, "unit": "%"})} == {"dma-01.p2"}


def test_two_rows_of_one_id_are_refused() -> None:
    spec = AlarmsSpec.model_validate({"alarms": [row(), row(**{"for": {"zone": "dma-02"}})]})
    with pytest.raises(ValueError, match="low: two rows have this id"):
        expand(spec, plant())


def test_the_demo_watches_every_kind_of_trouble() -> None:
    spec = AlarmsSpec.model_validate(yaml.safe_load((CONFIGS / "demo" / "alarms.yaml").read_text()))
    kinds = {row.kind for row in spec.alarms}
    not_of_rows = {FindingKind.CONDITION, FindingKind.CALLS}
    # what they would say in the demo is not measured
    later = {FindingKind.DRIFT}
    assert kinds == set(FindingKind) - not_of_rows - later
    assert all(definition.action.zh and definition.action.en for definition in expand(spec, plant()))
