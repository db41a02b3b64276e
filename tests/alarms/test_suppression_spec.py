"""The section `suppression:` of alarms.yaml: what it selects, and what is refused with its place and mend."""

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from alarms.definitions import Definitions, Rule
from alarms.suppression_spec import SuppressionRow, WrongRule, by_design, misnamed
from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import FindingKind
from core.model.plant import Plant
from tests.alarms.alarm_town import definition, plant, words

NAME = {"zh": "停泵", "en": "pumps off"}
LOW = [{"rows": ["low"]}]
P1, P2 = "dma-01.p1", "dma-0?.p2"


def town() -> tuple[Plant, Definitions]:
    """Low pressure and stale for each gauge, a burst for each zone, communication for each station."""
    at = plant()
    gauges = {id: tag for id, tag in at.tags.items() if ".p" in id}

    def rule(id: str, kind: FindingKind, watched: dict[str, Any], **more: Any) -> Rule:
        row = definition("x:y", kind, setpoint=14.0, **more)
        left = ("id", "name", "tag", "zone", "station")
        shared = {name: getattr(row, name) for name in AlarmDefinition.__slots__ if name not in left}
        return Rule(id, words(id), shared, watched)

    return at, Definitions(
        [
            rule("low", FindingKind.LIMIT_LOW, gauges, group="pressure"),
            rule("stale", FindingKind.STALE, gauges, alarm_class=AlarmClass.INSTRUMENT),
            rule("burst", FindingKind.BURST, dict(at.zones)),
            rule("comm", FindingKind.COMMUNICATION, dict.fromkeys(("st-01", "st-02"))),
        ]
    )


def row(**more: Any) -> SuppressionRow:
    base = {
        "id": "off",
        "name": NAME,
        "when": [{"tag": "dma-01.inflow", "below": 1}],
        "alarms": [{"rows": ["low"]}],
    }
    return SuppressionRow.model_validate(base | more)


@pytest.mark.parametrize(
    ("alarms", "withheld"),
    [
        ({"rows": ["low"], "zone": "dma-01"}, {f"dma-01.p{i}:low" for i in (1, 2, 3)}),
        (
            {"rows": ["low", "stale"], "tag": "dma-0?.p2"},
            {f"dma-0{z}.p2:{r}" for z in (1, 2) for r in ("low", "stale")},
        ),
        ({"group": "pressure", "station": "st-02"}, {f"dma-02.p{i}:low" for i in (1, 2, 3)}),
        ({"rows": ["burst"], "zone": "dma-02"}, {"dma-02:burst"}),
        ({"rows": ["comm"], "station": "st-*"}, {"st-01:comm", "st-02:comm"}),
        ({"rows": ["low", "comm"], "station": "st-01", "tag": "*"}, {f"dma-01.p{i}:low" for i in (1, 2, 3)}),
        ({"quantity": ["pressure"], "tag": "dma-01.p1"}, {"dma-01.p1:low", "dma-01.p1:stale"}),
    ],
)
def test_a_rule_withholds_what_it_selects_and_nothing_else(
    alarms: dict[str, Any], withheld: set[str]
) -> None:
    at, rows = town()
    [rule] = by_design([row(alarms=[alarms])], rows, at).rules
    assert set(rule.targets()) == withheld


def test_a_tags_value_is_judged_by_the_limit_detector_under_an_id_of_its_own() -> None:
    at, rows = town()
    made = by_design([row(alarms=[{"rows": ["low"]}])], rows, at)
    [condition] = made.conditions
    assert made.rules[0].when == (condition.id,)
    assert (condition.kind, condition.tag, condition.setpoint) == (
        FindingKind.LIMIT_LOW,
        "dma-01.inflow",
        1.0,
    )
    assert condition.id.rpartition(":")[2] not in {rule.id for rule in rows.rules}


@pytest.mark.parametrize(
    ("broken", "path", "says"),
    [
        ({"when": [{"tag": "nowhere", "below": 1}]}, (0, "when", 0), "'nowhere' does not exist"),
        ({"when": [{"tag": "dma-01.p1", "equals": 0}]}, (0, "when", 0), "is no status"),
        ({"when": [{"alarm": "dma-01.p1:no"}]}, (0, "when", 0), "no alarm row 'no'"),
        ({"when": [{"alarm": "dma-09.p1:low"}]}, (0, "when", 0), "makes no alarm 'dma-09.p1:low'"),
        ({"alarms": [{"rows": ["lo"]}]}, (0, "alarms", 0, "rows"), "no alarm row 'lo'"),
        ({"alarms": [{"rows": ["low"], "tag": "x*"}]}, (0, "alarms", 0), "no alarm is like this"),
        (
            {"when": [{"alarm": "dma-01.p1:low"}], "alarms": [{"rows": ["low"]}]},
            (0, "when", 0),
            "withhold itself",
        ),
        (
            {"when": [{"alarm": "dma-01.p1:stale"}], "alarms": [{"rows": ["comm"]}]},
            (0, "when", 0),
            "by what it withholds",
        ),
    ],
)
def test_a_rule_that_cannot_work_is_named_where_it_stands(
    broken: dict[str, Any], path: tuple[Any, ...], says: str
) -> None:
    at, rows = town()
    with pytest.raises(WrongRule, match=says) as wrong:
        by_design([row(**({"alarms": [{"rows": ["low"]}]} | broken))], rows, at)
    assert wrong.value.path == path
    assert wrong.value.mend


def test_two_rules_that_withhold_each_other_are_refused() -> None:
    at, rows = town()
    first = row(id="a", when=[{"alarm": "dma-01:burst"}], alarms=[{"rows": ["low"], "tag": "dma-01.p1"}])
    second = row(id="b", when=[{"alarm": "dma-01.p1:low"}], alarms=[{"rows": ["burst"]}])
    with pytest.raises(WrongRule, match="by what it withholds"):
        by_design([first, second], rows, at)


@pytest.mark.parametrize(
    "broken",
    [
        {"when": []},
        {"alarms": []},
        {"alarms": [{}]},
        {"when": [{"tag": "t"}]},
        {"when": [{"alarm": "a", "below": 1}]},
        {"when": [{"tag": "t", "below": 1, "above": 2}]},
        {"when": [{"tag": "t", "equals": 2}]},
        {"id": "a:b"},
        {"off_delay_s": -1},
        {"name": {"zh": "停泵"}},
    ],
)
def test_a_rule_that_is_not_whole_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        row(**({"alarms": [{"rows": ["low"]}]} | broken))


def test_a_row_that_names_a_rule_which_does_not_withhold_it_is_refused() -> None:
    at, rows = town()
    made = by_design([row(alarms=[{"rows": ["low"]}])], rows, at)
    table = [
        SimpleNamespace(id="low", suppression_rules=("off",)),
        SimpleNamespace(id="stale", suppression_rules=("off",)),
        SimpleNamespace(id="low", suppression_rules=("of",)),
    ]
    assert [(wrong.row, wrong.field) for wrong in misnamed(table, made)] == [
        (1, "suppression_rules"),
        (2, "suppression_rules"),
    ]
