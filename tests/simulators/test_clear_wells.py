"""A works' clear well: filled at one rate all day, drawn down as the town takes."""

from pathlib import Path

import numpy as np
import pytest

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import NodeKind
from simulators.demand import Demand
from simulators.sensors import read_sensors
from simulators.wells import ClearWells

DEMO = Path(__file__).parents[2] / "configs" / "demo"
MIDNIGHT_S, HOUR_S = 1_795_363_200, 3600
"""A Monday's midnight in Shanghai."""


@pytest.fixture(scope="module")
def levels() -> dict[str, np.ndarray]:
    """Of each clear well at each hour of a week."""
    rows = read_sensors(DEMO)
    engine = EpanetHydraulics.open(DEMO / "network.inp")
    reservoirs = {n.id for n in engine.network.nodes.values() if n.kind is NodeKind.RESERVOIR}
    base = engine.base_demand_m3h
    engine.close()
    wells = ClearWells(rows, reservoirs, Demand(1, base, np.zeros(len(base), np.intp)))
    values = np.full((168, len(rows)), -1.0)
    wells.fill(values, MIDNIGHT_S + HOUR_S * np.arange(168.0))
    assert (values >= 0).any(axis=0).sum() == 2, "and nothing else is touched"
    return {row.tag: values[:, i] for i, row in enumerate(rows) if (values[:, i] >= 0).all()}


def test_each_works_of_the_demo_has_one(levels: dict[str, np.ndarray]) -> None:
    assert set(levels) == {"plant-1.clear_well_level", "plant-2.clear_well_level"}


def test_it_is_fullest_before_the_town_wakes_and_lowest_late_in_the_evening(
    levels: dict[str, np.ndarray],
) -> None:
    for level in levels.values():
        day = level[:24]
        assert 4 <= day.argmax() <= 7
        assert day.argmin() >= 20 or day.argmin() == 0
        assert level.min() > 1.5 and level.max() < 4.6 and level.max() - level.min() > 1


def test_it_comes_back_to_where_it_was_a_week_ago(levels: dict[str, np.ndarray]) -> None:
    for level in levels.values():
        assert abs(np.diff(level)).max() < 0.4, "m an hour; no step where the week begins anew"
