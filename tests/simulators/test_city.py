"""The demo's town follows from its seed, and is a town that a utility would know."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import LinkKind, NodeKind
from simulators.city.__main__ import SEED
from simulators.city.files import write
from simulators.city.inp import DIURNAL
from simulators.city.layout import draw

DEMO = Path(__file__).parents[2] / "configs" / "demo"


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def town() -> EpanetHydraulics:
    return EpanetHydraulics.open(DEMO / "network.inp", valves=DEMO / "valves.csv")


def test_the_committed_files_are_what_the_seed_writes(tmp_path: Path) -> None:
    for file in write(draw(SEED), SEED, tmp_path):
        assert file.read_bytes() == (DEMO / file.name).read_bytes(), f"{file.name}: run simulators.city again"


def test_its_size_is_a_city_s(town: EpanetHydraulics) -> None:
    kinds = [node.kind for node in town.network.nodes.values()]
    assert 800 <= kinds.count(NodeKind.JUNCTION) <= 1500
    assert kinds.count(NodeKind.RESERVOIR) == 2 and kinds.count(NodeKind.TANK) == 3
    pipes = [link for link in town.network.links.values() if link.kind is LinkKind.PIPE]
    assert len({pipe.diameter_mm for pipe in pipes}) >= 5
    assert len({pipe.material for pipe in pipes}) >= 3
    assert len(town.network.valves) >= 500


def test_its_areas_use_as_much_as_measured_ones_do(town: EpanetHydraulics) -> None:
    mean, length = defaultdict[str, float](float), defaultdict[str, float](float)
    for node, demand in zip(town.network.nodes.values(), town.base_demand_m3h, strict=True):
        mean[node.zone or ""] += demand
    for link in town.network.links.values():
        length[link.zone or ""] += link.length_m
    areas = [row["id"] for row in rows("zones.csv") if row["kind"] == "dma"]
    inflows = [mean[area] for area in areas]
    assert len(areas) >= 8
    assert min(inflows) >= 30 and max(inflows) <= 250 and 60 <= np.median(inflows) <= 80
    assert min(length[area] for area in areas) >= 8000


def test_every_tap_has_pressure_and_chlorine_on_the_third_day(town: EpanetHydraulics) -> None:
    junctions = [i for i, node in enumerate(town.network.nodes.values()) if node.kind is NodeKind.JUNCTION]
    for hour in range(72):
        town.set_demand(town.base_demand_m3h * DIURNAL[hour % 24])
        state = town.advance(3600)
        assert state.pressure_m[junctions].min() > 18 and state.pressure_m[junctions].max() < 60
    assert state.chlorine_mg_l[junctions].min() > 0.05


def test_enough_is_measured(town: EpanetHydraulics) -> None:
    tags = rows("tags.csv")
    counted = defaultdict[str, int](int)
    for tag in tags:
        counted[tag["quantity"]] += 1
    assert counted["flow"] + counted["pressure"] >= 60
    stations = {tag["station"] for tag in tags if tag["station"].startswith("q-")}
    assert len(stations) == 12
    assert all(tag["node"] in town.network.nodes for tag in tags if tag["node"])
    assert all(tag["link"] in town.network.links for tag in tags if tag["link"])


def test_a_street_s_pipes_can_be_closed_off_without_drying_the_town(town: EpanetHydraulics) -> None:
    sizes = [
        len(town.network.isolate(link.id).nodes_cut_off)
        for link in list(town.network.links.values())[40::25]
        if (link.zone or "").startswith("dma") and link.street
    ]
    assert np.median(sizes) < 40
