"""The demo's rows and rules together make an engine, as the hub makes it."""

from pathlib import Path

from alarms.definitions import by_id, joined
from alarms.engine import Engine
from hub.check import read

DEMO = Path(__file__).parents[2] / "configs" / "demo"


def test_every_definition_is_found_by_its_id_those_of_rules_too() -> None:
    configuration = read(DEMO)
    rows = joined(configuration.definitions, configuration.by_design.conditions)
    known = by_id(rows)
    assert len(known) > len(configuration.definitions), "the demo has rules of suppression"
    assert all(known[id].id == id for id in known)
    assert "no.such:thing" not in known
    Engine(configuration.plant, rows)
