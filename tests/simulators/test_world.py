"""The town answers to what is done to it as water does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from simulators.troubles import WrongOrder
from simulators.truth import make_truth
from simulators.world import STATE, World

CONFIG = Path("configs/demo")
S = 1_000_000_000
NOON_NS = (1_790_524_800 + 12 * 3600) * S


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_truth(CONFIG, "network.inp", tmp_path_factory.mktemp("town"), 1)


@pytest.fixture
def world(truth: Path) -> Iterator[World]:
    world = World(CONFIG, truth, 1, NOON_NS)
    yield world
    world.close()


def values(world: World, seconds: float) -> dict[str, float]:
    reading = world.advance(world.now_ns + round(seconds * S))
    return dict(zip(world.tags, reading.v.tolist(), strict=True))


def test_a_burst_raises_its_area_s_inflow_by_its_size_and_drops_its_pressures(world: World) -> None:
    before = values(world, 60)
    told = world.order({"command": "burst", "zone": "dma-03", "flow_m3h": 25.0})
    after = values(world, 10)
    assert after["dma-03.inflow"] - before["dma-03.inflow"] == pytest.approx(25, abs=5)
    drops = [before[f"dma-03.p{k}"] - after[f"dma-03.p{k}"] for k in range(1, 8)]
    assert sum(drop > 0.1 for drop in drops) >= 4
    others = [tag for tag in world.tags if tag.endswith(".inflow") and not tag.startswith("dma-03")]
    assert all(abs(after[tag] - before[tag]) < 0.1 * before[tag] + 1 for tag in others)
    assert (told["zone"], len(told["ends"])) == ("dma-03", 2)
    assert {"pipe", "x", "y", "start", "flow_m3h"} <= set(told)


def test_a_burst_s_pressure_falls_most_near_it(world: World) -> None:
    """The location of bursts rests on this."""
    before = np.array([values(world, 1)[f"dma-02.p{k}"] for k in range(1, 8)])
    pipes = world._engine.network  # the real one, which only the town knows
    told = world.order({"command": "burst", "zone": "dma-02", "flow_m3h": 130.0})
    far = pipes.path_m(told["pipe"])
    after = np.array([values(world, 10)[f"dma-02.p{k}"] for k in range(1, 8)])
    rows = {row.tag: row for row in world._rows}
    apart = []
    for k in range(1, 8):
        links = pipes.links_at[rows[f"dma-02.p{k}"].node or ""]
        apart.append(min(far[link.id] for link in links))
    drop = before - after
    assert drop[np.argmin(apart)] >= np.median(drop)
    assert drop.min() > 0.02


def test_clear_repairs_everything(world: World) -> None:
    before = values(world, 30)
    world.order({"command": "burst", "zone": "dma-07", "flow_m3h": 60.0})
    world.order({"command": "fault", "tag": "dma-07.p1", "kind": "dead"})
    during = values(world, 30)
    assert np.isnan(during["dma-07.p1"])
    assert len(world.order({"command": "clear"})["cleared"]) == 2
    after = values(world, 30)
    assert after["dma-07.inflow"] == pytest.approx(before["dma-07.inflow"], rel=0.1)
    assert not np.isnan(after["dma-07.p1"])


def test_a_leak_begins_small_and_grows(world: World) -> None:
    quiet = values(world, 60)["dma-06.inflow"]
    world.order({"command": "leak", "zone": "dma-06", "flow_m3h": 20.0})
    assert values(world, 60)["dma-06.inflow"] - quiet < 6
    lost = [trouble.coefficient for trouble in world.troubles]
    assert lost[0] > 0
    world.move(world.now_ns + 30 * 3600 * S)
    use = world.wanted(np.array([world.now_ns / S]))[0][world.areas.index("dma-06")]
    assert values(world, 1)["dma-06.inflow"] - use == pytest.approx(20, abs=5)


@pytest.mark.parametrize(
    ("kind", "quantity", "least", "most"),
    [("chlorine_loss", "free_chlorine", 0.0, 0.1), ("turbidity", "turbidity", 2.0, 10.0)],
)
def test_quality_goes_off_at_one_station_of_its_area_within_ten_minutes(
    world: World, kind: str, quantity: str, least: float, most: float
) -> None:
    rows = {row.tag: row for row in world._rows}
    world.order({"command": "quality", "zone": "dma-02", "kind": kind})
    after = values(world, 600)
    stations = {tag: row.zone for tag, row in rows.items() if tag.startswith("q-") and tag.endswith(quantity)}
    off = [tag for tag in stations if least <= after[tag] <= most]
    assert [stations[tag] for tag in off] == ["dma-02"]


def test_a_trouble_with_a_duration_ends_by_itself(world: World) -> None:
    world.order({"command": "burst", "zone": "dma-01", "flow_m3h": 30.0, "duration_s": 120})
    values(world, 60)
    assert len(world.troubles) == 1
    values(world, 120)
    assert world.troubles == []


@pytest.mark.parametrize(
    "command",
    [
        {"command": "earthquake"},
        {"command": "burst", "zone": "dma-99"},
        {"command": "burst", "pipe": "nowhere"},
        {"command": "fault", "tag": "nothing"},
        {"command": "fault", "tag": "dma-01.p1", "kind": "sulks"},
        {"command": "quality", "zone": "dma-01", "kind": "taste"},
    ],
)
def test_what_cannot_be_done_is_refused_in_words(world: World, command: dict[str, str]) -> None:
    with pytest.raises(WrongOrder, match="there is no"):
        world.order(command)
    assert world.troubles == []


def test_without_a_place_one_is_chosen(world: World) -> None:
    told = world.order({"command": "burst"})
    assert told["zone"] in world.areas
    assert told["flow_m3h"] > 5


def test_registers_only_turn_forward_and_add_up_to_the_area_s_use(world: World) -> None:
    uses, areas = np.full(10, 0.05), np.arange(10)
    t = NOON_NS / S
    hourly = np.array([world.meter_m3(uses, areas, t + 3600 * k) for k in range(169)])
    assert np.diff(hourly, axis=0).min() > 0
    assert hourly[168] - hourly[0] == pytest.approx(0.05 * 168 * np.ones(10), rel=1e-6)


def test_a_town_saved_goes_on_with_its_tanks_and_its_chlorine(truth: Path) -> None:
    first = World(CONFIG, truth, 1, NOON_NS)
    first.move(NOON_NS + 6 * 3600 * S)
    then = values(first, 1)
    first.save()
    first.close()
    second = World(CONFIG, truth, 1, NOON_NS + 6 * 3600 * S)
    now = values(second, 1)
    second.close()
    (truth.parent / STATE).unlink()
    chlorine = []
    for tag in then:
        if tag.endswith(".level"):
            assert now[tag] == pytest.approx(then[tag], abs=0.03)
        elif tag.endswith(".inflow"):
            assert now[tag] == pytest.approx(then[tag], rel=0.05)
        elif tag.startswith("q-") and tag.endswith("free_chlorine"):
            chlorine.append(abs(now[tag] - then[tag]))
    assert max(chlorine) < 0.02


@pytest.mark.parametrize("rubbish", ["", "{", "[]", '{"t_ns": 1}', '{"t_ns": 1, "before": [{}]}', "\0\0"])
def test_a_state_that_is_rubbish_is_kept_aside_and_the_town_begins_anew(
    truth: Path, rubbish: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = truth.parent / STATE
    file.write_text(rubbish)
    World(CONFIG, truth, 1, NOON_NS).close()
    aside = file.with_suffix(".damaged")
    assert not file.exists() and aside.read_text() == rubbish
    assert f"kept as {aside.name}" in caplog.text
    aside.unlink()


def test_a_pump_that_trips_stands_takes_pressure_away_and_runs_again_when_it_is_mended(world: World) -> None:
    before = values(world, 60)
    told = world.order({"command": "pump", "pump": "plant-1.pump-1"})
    after = values(world, 60)
    assert (told["pump"], told["zone"]) == ("plant-1.pump-1", "plant-1")
    assert (before["plant-1.pump-1.running"], after["plant-1.pump-1.running"]) == (1.0, 0.0)
    assert after["plant-1.outlet_pressure"] < before["plant-1.outlet_pressure"] - 1.0
    assert after["plant-1.outlet_flow"] < 0.8 * before["plant-1.outlet_flow"]
    with pytest.raises(WrongOrder, match="does not run"):
        world.order({"command": "pump", "pump": "plant-1.pump-1"})
    world.order({"command": "clear"})
    assert values(world, 60)["plant-1.pump-1.running"] == 1.0
