"""A town that stands still and goes on has the water that it had: nothing leaps as it is started anew."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.model.tag import Quantity
from simulators.noise import Floats
from simulators.truth import make_truth
from simulators.world import STATE, World

CONFIG = Path("configs/demo")
S = 1_000_000_000
HOUR_NS = 3600 * S
START_NS = 1_790_524_800 * S


@pytest.fixture
def truth(tmp_path: Path) -> Iterator[Path]:
    yield make_truth(CONFIG, "network.inp", tmp_path, 28)


def lived(truth: Path, hours: float) -> World:
    world = World(CONFIG, truth, 28, START_NS)
    world.move(START_NS + round(hours * HOUR_NS))
    return world


def started_anew(truth: Path, after: World) -> World:
    after.save()
    return World(CONFIG, truth, 28, after.now_ns)


def following(world: World, quantity: Quantity, hours: float) -> Floats:
    """What is true at each instrument of this quantity every five minutes, (times, instruments)."""
    mine = [i for i, of in enumerate(world.quantities) if of is quantity]
    end_ns, rows = world.now_ns + round(hours * HOUR_NS), []
    while world.now_ns < end_ns:
        rows.append(world.physical(world.move(world.now_ns + 300 * S))[mine])
    return np.array(rows)


def leap_mg_l(first: World, second: World) -> float:
    """The most by which two towns' chlorine differs within three hours, anywhere."""
    here, there = (following(world, Quantity.FREE_CHLORINE, 3) for world in (first, second))
    first.close()
    second.close()
    return float(np.abs(here - there).max())


@pytest.mark.parametrize("hours", [9, 30, 66])
def test_chlorine_goes_on_as_it_was(truth: Path, hours: float) -> None:
    first = lived(truth, hours)
    assert leap_mg_l(first, started_anew(truth, first)) < 0.02


def test_also_when_it_stands_still_twice(truth: Path) -> None:
    """A demo does: what writes its past stops, and the live town takes over."""
    first = lived(truth, 50)
    second = started_anew(truth, first)
    second.move(second.now_ns + HOUR_NS)
    third = started_anew(truth, second)
    second.close()
    first.move(third.now_ns)
    assert leap_mg_l(first, third) < 0.02


def test_what_was_repaired_before_is_not_forgotten_and_what_runs_is_not_done_twice(truth: Path) -> None:
    first = lived(truth, 40)
    first.order({"command": "burst", "zone": "dma-05", "flow_m3h": 80.0, "duration_s": 6 * 3600})
    first.order({"command": "pump", "pump": "plant-1.pump-1"})
    first.move(first.now_ns + 8 * HOUR_NS)
    running = first.troubles
    second = started_anew(truth, first)
    assert second.troubles == []  # who remembers them says so
    for trouble in running:
        second.resume(trouble)
    assert leap_mg_l(first, second) < 0.02


def test_tanks_stand_where_they_stood(truth: Path) -> None:
    first = lived(truth, 0.5)
    first.move(first.now_ns + 30 * HOUR_NS)
    for _ in range(120):  # live: by the second, not by five minutes
        first.move(first.now_ns + S)
    second = started_anew(truth, first)
    here, there = (following(world, Quantity.LEVEL, 0.5) for world in (first, second))
    first.close()
    second.close()
    assert np.abs(here - there).max() < 0.002


def test_a_town_of_an_earlier_version_goes_on(truth: Path) -> None:
    first = lived(truth, 30)
    first.save()
    file = truth.with_name(STATE)
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({name: kept[name] for name in ("t_ns", "pumps", "tanks", "chlorine")}))
    assert leap_mg_l(first, World(CONFIG, truth, 28, first.now_ns)) < 0.2
