"""The town really is a little other than the utility believes, and nobody goes without water for it."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import LinkKind, NodeKind
from simulators.truth import TRUTH_JSON, make_truth

CONFIG = Path("configs/demo")


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_truth(CONFIG, "network.inp", tmp_path_factory.mktemp("town"), 1)


def open_both(truth: Path) -> tuple[EpanetHydraulics, EpanetHydraulics]:
    return EpanetHydraulics.open(CONFIG / "network.inp"), EpanetHydraulics.open(truth)


def test_demand_and_diameter_differ_within_bounds_and_places_do_not(truth: Path) -> None:
    known, real = open_both(truth)
    assert (known.nodes, known.links) == (real.nodes, real.links)
    used = known.base_demand_m3h > 0.01
    demand = real.base_demand_m3h[used] / known.base_demand_m3h[used]
    assert (demand.min(), demand.max()) == (pytest.approx(0.9, abs=0.01), pytest.approx(1.1, abs=0.01))
    pipes = [id for id, link in known.network.links.items() if link.kind is LinkKind.PIPE]
    width = np.array(
        [real.network.links[id].diameter_mm / known.network.links[id].diameter_mm for id in pipes]
    )
    assert (width.min(), width.max()) == (pytest.approx(0.97, abs=0.002), pytest.approx(1.03, abs=0.002))
    assert known.network.xy(known.nodes[:50]) == pytest.approx(real.network.xy(real.nodes[:50]), abs=0.01)
    known.close()
    real.close()


def test_three_valves_stand_otherwise_than_believed_and_everybody_has_water(truth: Path) -> None:
    known, real = open_both(truth)
    other = {id for id, link in known.network.links.items() if link.open != real.network.links[id].open}
    told = json.loads((truth.parent / TRUTH_JSON).read_text())
    assert len(other) == 3
    assert other == set(told["closed_unknown_to_the_utility"])
    state = real.solve()
    junction = np.array([node.kind is NodeKind.JUNCTION for node in real.network.nodes.values()])
    assert state.pressure_m[junction].min() > 14
    known.close()
    real.close()


def test_the_same_seed_is_the_same_town_and_an_existing_one_stays(truth: Path, tmp_path: Path) -> None:
    again = make_truth(CONFIG, "network.inp", tmp_path / "again", 1)
    other = make_truth(CONFIG, "network.inp", tmp_path / "other", 2)
    assert again.read_bytes() == truth.read_bytes() != other.read_bytes()
    assert make_truth(CONFIG, "network.inp", tmp_path / "again", 2).read_bytes() == truth.read_bytes()
