"""The hydraulic engine does what its port promises."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import NodeKind
from core.ports.hydraulics import HydraulicError

INP = """\
[JUNCTIONS]
 J1 10 10
 J2 5 5
[RESERVOIRS]
 R1 50
[TANKS]
 T1 35 5 0 10 20 0
[PIPES]
 P1 R1 J1 100 200 100 0 Open
 P2 J1 J2 500 150 100 0 Open
 P3 J2 T1 500 150 100 0 Open
[QUALITY]
 R1 0.5
 T1 0.4
[REACTIONS]
 Global Bulk -0.5
[OPTIONS]
 Units CMH
 Headloss H-W
[TIMES]
 Quality Timestep 0:05
[TAGS]
 NODE J2 dma-01
 LINK P2 renmin-lu
[COORDINATES]
 J1 0 0
 J2 500 0
[END]
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EpanetHydraulics]:
    inp = tmp_path / "small.inp"
    inp.write_text(INP)
    engine = EpanetHydraulics.open(inp)
    yield engine
    engine.close()


def test_the_network_is_read_with_zones_streets_and_places(engine: EpanetHydraulics) -> None:
    network = engine.network
    assert network.nodes["J2"].zone == "dma-01"
    assert network.links["P2"].street == "renmin-lu"
    assert network.links["P2"].zone == "dma-01"
    assert network.nodes["T1"].kind is NodeKind.TANK
    assert (network.links["P2"].length_m, network.links["P2"].diameter_mm) == (500, 150)


def test_water_is_neither_made_nor_lost(engine: EpanetHydraulics) -> None:
    state = engine.solve()
    flow = dict(zip(engine.links, state.flow_m3h, strict=True))
    demand = dict(zip(engine.nodes, state.demand_m3h, strict=True))
    assert flow["P1"] == pytest.approx(flow["P2"] + demand["J1"], abs=0.01)
    assert flow["P2"] == pytest.approx(flow["P3"] + demand["J2"], abs=0.01)


def test_a_leak_loses_what_the_orifice_law_says_and_closes_again(engine: EpanetHydraulics) -> None:
    before = engine.solve()
    engine.set_leak("J2", 3.0)
    during = engine.solve()
    at = engine.nodes.index("J2")
    assert during.pressure_m[at] < before.pressure_m[at] - 0.1
    assert during.demand_m3h[at] == pytest.approx(5 + 3.0 * np.sqrt(during.pressure_m[at]), rel=1e-3)
    engine.set_leak("J2", 0.0)
    assert engine.solve().pressure_m == pytest.approx(before.pressure_m, abs=1e-3)


def test_demands_are_set_from_outside_for_good(engine: EpanetHydraulics) -> None:
    wanted = engine.base_demand_m3h * 2
    engine.set_demand(wanted)
    for _ in range(3):
        state = engine.advance(3600)
    assert state.demand_m3h[:2] == pytest.approx(wanted[:2], rel=1e-4)


def test_the_mean_demand_is_over_categories_and_their_patterns(tmp_path: Path) -> None:
    inp = tmp_path / "two.inp"
    day = "[PATTERNS]\n day 1 2 3 2\n[DEMANDS]\n J2 4 day\n J2 1\n[OPTIONS]\n Demand Multiplier 1.5\n"
    inp.write_text(INP.replace("[COORDINATES]", f"{day}[COORDINATES]"))
    engine = EpanetHydraulics.open(inp)
    at = engine.nodes.index("J2")
    assert engine.base_demand_m3h[at] == pytest.approx(1.5 * (4 * 2 + 1))
    assert engine.solve().demand_m3h[at] == pytest.approx(13.5, rel=1e-4)
    engine.close()


def test_a_tank_fills_by_what_flows_into_it(engine: EpanetHydraulics) -> None:
    engine.set_level("T1", 2.0)
    tank, pipe = engine.nodes.index("T1"), engine.links.index("P3")
    first = engine.advance(1)
    second = engine.advance(600)
    area = np.pi * 20**2 / 4
    rise = first.flow_m3h[pipe] / 6 / area
    assert second.pressure_m[tank] - first.pressure_m[tank] == pytest.approx(rise, rel=0.05)


def test_a_tank_s_level_is_set_while_the_water_runs(engine: EpanetHydraulics) -> None:
    tank = engine.nodes.index("T1")
    for _ in range(3):
        before = engine.advance(300)
    engine.set_level("T1", before.pressure_m[tank] - 1.5)
    after = engine.advance(1)
    assert after.pressure_m[tank] == pytest.approx(before.pressure_m[tank] - 1.5, abs=0.01)
    assert after.chlorine_mg_l[tank] == pytest.approx(before.chlorine_mg_l[tank], abs=0.001)


def test_a_level_beyond_what_a_tank_holds_is_its_highest_or_lowest(engine: EpanetHydraulics) -> None:
    tank, levels = engine.nodes.index("T1"), []
    for told in (99.0, -1.0):
        engine.set_level("T1", told)
        levels.append(float(engine.solve().pressure_m[tank]))
    assert levels == pytest.approx([10.0, 0.0], abs=1e-6)


def test_chlorine_travels_and_decays(engine: EpanetHydraulics) -> None:
    for _ in range(24 * 12):
        state = engine.advance(300)
    j1, j2 = (state.chlorine_mg_l[engine.nodes.index(node)] for node in ("J1", "J2"))
    assert 0.05 < j2 < j1 <= 0.5


@pytest.mark.parametrize(("node", "mg_l"), [("R1", 0.1), ("R1", 0.9), ("J1", 0.8)])
def test_the_dose_changes_while_the_water_runs(engine: EpanetHydraulics, node: str, mg_l: float) -> None:
    for _ in range(12):
        engine.advance(300)
    engine.set_source_chlorine(node, mg_l)
    for _ in range(12):
        state = engine.advance(300)
    assert state.chlorine_mg_l[engine.nodes.index(node)] == pytest.approx(mg_l, rel=1e-3)


def test_a_run_goes_on_from_the_chlorine_it_is_given(engine: EpanetHydraulics) -> None:
    engine.set_chlorine("J2", 0.33)
    engine.set_chlorine("T1", 0.22)
    state = engine.advance(1)
    held = dict(zip(engine.nodes, state.chlorine_mg_l, strict=True))
    assert (held["J2"], held["T1"]) == (pytest.approx(0.33, abs=0.01), pytest.approx(0.22, abs=0.01))
    with pytest.raises(HydraulicError):
        engine.set_chlorine("J2", 0.4)


def test_a_closed_link_passes_nothing(engine: EpanetHydraulics) -> None:
    engine.set_open("P3", False)
    assert engine.solve().flow_m3h[engine.links.index("P3")] == pytest.approx(0, abs=1e-6)


def test_what_epanet_cannot_read_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    bad = tmp_path / "bad.inp"
    bad.write_text("[PIPES]\n P1 nowhere neither 1 1 1\n")
    with pytest.raises(HydraulicError, match=r"bad\.inp"):
        EpanetHydraulics.open(bad)
    with pytest.raises(FileNotFoundError):
        EpanetHydraulics.open(tmp_path / "none.inp")
