"""What the hours of a leak tell beside those of the days before, on the demo town's own model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alarms.hours import HOUR_NS, Hours, compare, cut_drains, demand_of
from alarms.locate import locate_by_hours
from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import LinkKind
from core.model.plant import Plant
from hub.check import read as read_configuration

CONFIG = Path(__file__).parents[2] / "configs" / "demo"
INP, ZONE = CONFIG / "network.inp", "dma-05"
DAYS, SINCE, SIZE = 7, 6, 20.0
BEGAN = DAYS * 24


@pytest.fixture(scope="module")
def plant() -> Plant:
    return read_configuration(CONFIG).plant


@pytest.fixture(scope="module")
def quiet(plant: Plant) -> Hours:
    """Days of which each hour has its demand, but the first of a day more; nothing is lost."""
    gauges = tuple(str(tag.node) for tag in plant.tags_of(ZONE) if tag.quantity == "pressure" and tag.node)
    n = BEGAN + SINCE
    net = 100 + 40 * np.sin(np.arange(n) / 24 * 2 * np.pi) + 3 * np.cos(np.arange(n) * 1.7)
    return Hours(
        zone=ZONE,
        began_ns=BEGAN * HOUR_NS,
        t_ns=np.arange(n, dtype=np.int64) * HOUR_NS,
        net_m3h=net,
        drains=(),
        drained_m3h=np.empty((n, 0)),
        gauges=gauges,
        pressure_m=np.zeros((n, len(gauges))),
        tanks=(),
        level_m=np.empty((n, 0)),
    )


def leaking(hours: Hours, node: str, size: float = SIZE, wrong_m: float = 0.0) -> Hours:
    """The same with a leak, with pressures as the model has them; gauges are off by up to 0.3 m, and each
    hour by `wrong_m`."""
    hydraulics, rng = EpanetHydraulics.open(INP), np.random.default_rng(1)
    cut_drains(hydraulics, hours)
    at = [hydraulics.nodes.index(gauge) for gauge in hours.gauges]
    pressure = np.empty_like(hours.pressure_m)
    for row in range(len(hours.t_ns)):
        demand = demand_of(hydraulics, hours, hours.net_m3h[row], hours.drained_m3h[row])
        if row >= BEGAN:
            demand[hydraulics.nodes.index(node)] += size
        hydraulics.set_demand(demand)
        pressure[row] = hydraulics.solve().pressure_m[at]
    hydraulics.close()
    pressure += rng.uniform(-0.3, 0.3, len(at)) + wrong_m * rng.normal(size=pressure.shape)
    lost = size * (hours.t_ns >= hours.began_ns)
    return replace(hours, net_m3h=hours.net_m3h + lost, pressure_m=pressure)


def of_zone(plant: Plant, n: int) -> str:
    nodes = plant.network.nodes
    return [
        link.id
        for link in plant.network.links.values()
        if link.kind is LinkKind.PIPE and nodes[link.a].zone == ZONE == nodes[link.b].zone
    ][n]


@pytest.mark.parametrize("n", [3, 25, 60])
def test_a_leak_is_located_although_gauges_are_off_and_demand_is_not_as_before(
    plant: Plant, quiet: Hours, n: int
) -> None:
    pipe = plant.network.links[of_zone(plant, n)]
    location = locate_by_hours(INP, plant.network, leaking(quiet, pipe.a, wrong_m=0.01))
    assert location is not None
    assert plant.network.path_m(pipe.id)[location.first or ""] <= 300
    assert location.at_ns == (BEGAN + SINCE) * HOUR_NS


def test_the_size_is_what_flows_in_beyond_the_usual_and_the_fall_what_the_model_does_not_explain(
    plant: Plant, quiet: Hours
) -> None:
    hydraulics = EpanetHydraulics.open(INP)
    fell = compare(hydraulics, leaking(quiet, plant.network.links[of_zone(plant, 3)].a, wrong_m=0.01))
    hydraulics.close()
    assert fell is not None
    assert fell.size_m3h == pytest.approx(SIZE, abs=4)
    assert fell.usual_m3h == pytest.approx(float(quiet.net_m3h[BEGAN:].mean()), abs=4)
    assert fell.fall_m.max() > 0.02
    assert np.diag(fell.noise_m2) ** 0.5 == pytest.approx(0.01, rel=0.6)


def test_more_hours_know_better(plant: Plant, quiet: Hours) -> None:
    whole = leaking(quiet, plant.network.links[of_zone(plant, 3)].a, wrong_m=0.02)
    rows = slice(0, BEGAN + 2)
    two = replace(
        whole,
        t_ns=whole.t_ns[rows],
        net_m3h=whole.net_m3h[rows],
        drained_m3h=whole.drained_m3h[rows],
        pressure_m=whole.pressure_m[rows],
        level_m=whole.level_m[rows],
    )
    hydraulics = EpanetHydraulics.open(INP)
    sooner, later = compare(hydraulics, two), compare(hydraulics, whole)
    hydraulics.close()
    assert sooner is not None and later is not None
    assert np.trace(later.noise_m2) < 0.7 * np.trace(sooner.noise_m2)
    assert later.size_sd_m3h < sooner.size_sd_m3h


def test_a_gauge_that_is_silent_is_left_out_and_nothing_is_said_of_too_little(
    plant: Plant, quiet: Hours
) -> None:
    seen = leaking(quiet, plant.network.links[of_zone(plant, 3)].a, wrong_m=0.01)
    silent = seen.pressure_m.copy()
    silent[BEGAN:, 0] = np.nan
    hydraulics = EpanetHydraulics.open(INP)
    fell = compare(hydraulics, replace(seen, pressure_m=silent))
    nothing = [
        compare(hydraulics, replace(seen, net_m3h=quiet.net_m3h)),
        compare(hydraulics, replace(seen, began_ns=2 * 24 * HOUR_NS)),
        compare(hydraulics, replace(seen, began_ns=int(seen.t_ns[-1]) + HOUR_NS)),
        compare(hydraulics, replace(seen, pressure_m=np.full_like(silent, np.nan))),
    ]
    hydraulics.close()
    assert fell is not None and fell.gauges == seen.gauges[1:]
    assert nothing == [None] * 4
