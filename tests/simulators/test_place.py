"""Any network becomes a plant whose books balance: meters at every border, sensors, valves, streets."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import Link, LinkKind, Network, Node, NodeKind
from core.ports.hydraulics import HydraulicError
from simulators.accounts import write_accounts
from simulators.field_map import FieldMap
from simulators.partition import partition
from simulators.place import place
from tests.simulators.grid import grid_inp

LTOWN = Path(os.environ.get("WATERHUB_TEST_BATTLEDIM", "../shared/data/battledim")) / "L-TOWN.inp"


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grid")
    (folder / "grid.inp").write_text(grid_inp())
    place(folder / "grid.inp", folder / "config")
    return folder / "config"


@pytest.fixture(scope="module")
def ltown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not LTOWN.exists():
        pytest.skip(f"L-Town is not there: {LTOWN} (WATERHUB_TEST_BATTLEDIM)")
    folder = tmp_path_factory.mktemp("ltown") / "config"
    place(LTOWN, folder)
    return folder


@pytest.fixture(params=["grid", "ltown"])
def config(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


def rows(config: Path, name: str) -> dict[str, dict[str, str]]:
    with (config / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_what_the_meters_of_an_area_say_is_what_it_uses(config: Path) -> None:
    tags, zones = rows(config, "tags.csv"), rows(config, "zones.csv")
    engine = EpanetHydraulics.open(config / "network.inp", valves=config / "valves.csv")
    engine.set_demand(engine.base_demand_m3h)
    state = engine.solve()
    flow = dict(zip(engine.links, state.flow_m3h.tolist(), strict=True))
    used: dict[str, float] = {}
    for node, demand in zip(engine.network.nodes.values(), state.demand_m3h, strict=True):
        if node.kind is NodeKind.JUNCTION:
            assert node.zone is not None
            used[node.zone] = used.get(node.zone, 0.0) + demand
    areas = {id: zone for id, zone in zones.items() if zone["kind"] == "dma"}
    assert set(used) == set(areas)
    for id, zone in areas.items():
        net = sum(flow[tags[tag]["link"]] for tag in zone["inflow"].split())
        net -= sum(flow[tags[tag]["link"]] for tag in zone["outflow"].split())
        assert net == pytest.approx(used[id], rel=0.01, abs=0.5)
    engine.close()


def test_every_area_has_pressures_quality_streets_and_valves(config: Path) -> None:
    tags, zones = rows(config, "tags.csv"), rows(config, "zones.csv")
    streets, valves = rows(config, "streets.csv"), rows(config, "valves.csv")
    engine = EpanetHydraulics.open(config / "network.inp")
    links, nodes = engine.network.links, engine.network.nodes
    engine.close()
    for id, zone in zones.items():
        if zone["kind"] == "dma":
            own = [tag for tag in tags.values() if tag["zone"] == id]
            kinds = [tag["quantity"] for tag in own]
            assert kinds.count("pressure") >= 3
            assert {"flow", "free_chlorine", "turbidity"} <= set(kinds)
            places = [tag["node"] for tag in own if tag["quantity"] == "pressure"]
            assert len(set(places)) == len(places)
            assert any(street["zone"] == id for street in streets.values())
    assert len(valves) > len(links) / 10
    for valve in valves.values():
        assert valve["node"] in (links[valve["link"]].a, links[valve["link"]].b)
    assert {link.street for link in links.values() if link.street} == set(streets)
    assert all(tag["node"] in nodes for tag in tags.values() if tag["node"])


def test_every_tag_is_read_somewhere_once(config: Path) -> None:
    field = FieldMap(config, {"WATERHUB_DATA": "."})
    points = [p.tag for s in field.stations().values() for unit in s.units.values() for p in unit]
    opcua = field.opcua()
    assert opcua is not None
    assert sorted([*points, *opcua.nodes]) == sorted(rows(config, "tags.csv"))


def test_places_are_in_metres_whatever_the_file_counted_in(grid: Path) -> None:
    engine = EpanetHydraulics.open(grid / "network.inp")
    network = engine.network
    engine.close()
    pipes = [link for link in network.links.values() if link.kind is LinkKind.PIPE and link.id != "PT"]
    drawn = [np.hypot(*(network.xy([pipe.a]) - network.xy([pipe.b]))[0]) for pipe in pipes]
    assert np.median(drawn) == pytest.approx(np.median([pipe.length_m for pipe in pipes]), rel=0.2)
    assert min(node.x for node in network.nodes.values()) == 0


def test_the_customers_of_a_placed_plant_are_made_too(grid: Path, tmp_path: Path) -> None:
    assert write_accounts(grid, tmp_path / "accounts.csv", 1, accounts=2000) == 2000


def test_a_network_without_a_pipe_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "lake.inp").write_text("[RESERVOIRS]\n R1 10\n R2 5\n[PIPES]\n P1 R1 R2 100 100 100\n[END]\n")
    with pytest.raises(HydraulicError, match=r"lake\.inp"):
        place(tmp_path / "lake.inp", tmp_path / "config")


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 40), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_a_partition_covers_every_junction_with_as_many_areas_as_asked(n: int, areas: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = {f"n{k}": Node(f"n{k}", NodeKind.JUNCTION, float(k), 0, 0) for k in range(n)}
    ends = [(f"n{rng.integers(k)}", f"n{k}") for k in range(1, n)]
    ends += [tuple(f"n{k}" for k in rng.integers(0, n, 2)) for _ in range(n // 2)]
    links = {f"l{k}": Link(f"l{k}", LinkKind.PIPE, a, b, 100, 100) for k, (a, b) in enumerate(ends)}
    found = partition(Network(nodes, links), {node: float(rng.gamma(1)) for node in nodes}, areas)
    assert set(found) == set(nodes)
    assert sorted(set(found.values())) == list(range(len(set(found.values()))))
    assert 1 <= len(set(found.values())) <= areas
