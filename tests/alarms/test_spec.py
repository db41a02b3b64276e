"""alarms.yaml: rows that rationalise, rows that are refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from alarms.spec import MATRIX, AlarmsSpec, expand
from core.model.finding import FindingKind
from tests.alarms.alarm_town import plant

CONFIGS = Path(__file__).parents[2] / "configs"


def row(**more: Any) -> dict[str, Any]:
    words = {"zh": "查看现场", "en": "go and look"}
    base = {
        "id": "low",
        "kind": "limit_low",
        "for": {"quantity": ["pressure"]},
        "name": words,
        "class": "process",
        "consequence_level": "local",
        "response_min": 10,
        "cause": words,
        "consequence": words,
        "action": words,
        "setpoint": 14,
    }
    return {**base, **more}


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
    if priority is None:
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
    ],
)
def test_an_incomplete_row_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        expanded(**broken)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"setpoint": None}, "low: a limit_low alarm needs a setpoint"),
        ({"kind": "rate"}, "needs window_s"),
        ({"escalate_at": 20}, "beyond the setpoint"),
    ],
)
def test_a_row_that_cannot_work_names_itself(broken: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        expanded(**broken)


def test_two_rows_for_one_alarm_are_refused() -> None:
    spec = AlarmsSpec.model_validate({"alarms": [row(), row()]})
    with pytest.raises(ValueError, match="two rows make the alarm"):
        expand(spec, plant())


def test_the_demo_watches_every_kind_of_trouble() -> None:
    spec = AlarmsSpec.model_validate(yaml.safe_load((CONFIGS / "demo" / "alarms.yaml").read_text()))
    kinds = {row.kind for row in spec.alarms}
    assert kinds == set(FindingKind) - {FindingKind.CONDITION}
    assert all(definition.action.zh and definition.action.en for definition in expand(spec, plant()))
