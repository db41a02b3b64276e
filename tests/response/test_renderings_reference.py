"""The reference names every field that a notice is published with: whoever reads feeds finds it there."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.model.bulletin import Bulletin, Site
from core.model.text import Text
from response.renderings.cap import parameters
from response.renderings.cap_meaning import meaning
from response.renderings.geojson import geojson
from response.renderings.statement import facts_of
from tests.response import bulletins

PAGE = (Path(__file__).parents[2] / "docs/reference/renderings.md").read_text(encoding="utf-8")
TOLD: list[Bulletin] = [
    bulletins.burst(weak=31, institutions=(Text("第一中学", "No. 1 Middle School"),)),
    bulletins.planned(emergency_report=Text("已报", "reported"), short_notice=True),
    bulletins.boil(),
    bulletins.restored(bulletins.burst()),
    replace(bulletins.restored(bulletins.burst()), confirmed=True),
    bulletins.cancelled(bulletins.planned()),
]


@pytest.mark.parametrize("told", TOLD, ids=lambda b: f"{b.kind}-{b.change}")
def test_every_field_of_statement_and_cap_is_in_the_reference(told: Bulletin) -> None:
    names = [*facts_of(told), *(name for name, _ in parameters(told))]
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_programs_read_as_people_do_whether_a_break_was_found_and_since_when_water_is_back() -> None:
    """ON-22: what is suspected is not what a crew has seen, and when it was confirmed is not since when."""
    marks = [facts_of(replace(TOLD[0], site=site))["certainty"] for site in Site]
    in_cap = [meaning(replace(TOLD[0], site=site)).certainty.lower() for site in Site]
    assert marks == in_cap and {"likely", "observed", "possible"} == set(marks)
    since, confirmed = (facts_of(TOLD[n]) for n in (3, 4))
    assert ("restored" in since, "restored_confirmed" in since) == (True, False)
    assert confirmed["restored_confirmed"] == since["restored"] and "restored" not in confirmed
    assert b"restored_confirmed" in geojson([TOLD[4]])


def test_weak_water_and_institutions_are_in_statement_cap_and_geojson() -> None:
    told = TOLD[0]
    assert {"connections_low_pressure", "institutions"} <= facts_of(told).keys()
    assert dict(parameters(told))["customersLowPressure"] == "31"
    assert b'"connections_low_pressure":31' in geojson([told])
