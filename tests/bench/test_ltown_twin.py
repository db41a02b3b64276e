"""The twin generator, on a small town of the same parts: two sources behind valves, a pump and a tank."""

from pathlib import Path

import numpy as np
import pytest

from bench.ltown_twin import Record, Twin
from bench.ltown_water import PER_DAY, Leak, areas, network_of
from tests.bench.small_town import town

DAYS, START = 1, PER_DAY + 60


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def recorded(data: Path) -> Record:
    return Twin(data, 1, DAYS, cache=None).record(Leak("p5", 15.0, START), 1)


def test_areas_are_parted_by_valves_and_pump(data: Path) -> None:
    area = areas(network_of(data / "L-TOWN.inp"))
    assert {node: area[node] for node in ("a1", "a8", "b2", "c2", "T1", "i1", "R2")} == {
        "a1": "a", "a8": "a", "b2": "b", "c2": "c", "T1": "c", "i1": "inlet", "R2": "inlet",
    }  # fmt: skip


def test_a_leak_begins_when_it_should_and_the_meters_and_gauges_tell_of_it(recorded: Record) -> None:
    quiet = slice(START - 12, START)
    after = slice(START, START + 12)
    assert not recorded.leak_m3h[:START].any()
    assert recorded.leak_m3h[after] == pytest.approx(15.0, abs=0.5)
    inflow = recorded.flow_m3h @ (1, 1, -1)
    assert inflow[after].mean() - inflow[quiet].mean() == pytest.approx(15.0, abs=6)
    fall = recorded.pressure_m[quiet].mean(axis=0) - recorded.pressure_m[after].mean(axis=0)
    assert fall[1] > 0.1, "the gauge beside it"
    assert abs(fall[3]) < fall[1] / 2, "the one that a tank feeds"


def test_gauges_are_off_by_a_fixed_offset_with_noise_and_tell_whole_centimetres(data: Path) -> None:
    leak = Leak("p5", 15.0, START)
    first, second = (Twin(data, seed, DAYS, cache=None).record(leak, 1) for seed in (1, 2))
    exact = Twin(data, 1, DAYS, exact=True, cache=None).record(leak, 1)
    centimetres = first.pressure_m * 100
    assert np.abs(centimetres - np.round(centimetres)).max() < 1e-6
    off = (first.pressure_m - exact.pressure_m)[:PER_DAY].mean(axis=0)
    other = (second.pressure_m - exact.pressure_m)[:PER_DAY].mean(axis=0)
    assert np.abs(off - other).max() > 0.05, "each town has its own"
    assert 0.015 < np.diff(first.pressure_m[:, 2]).std() / 2**0.5 < 0.035


def test_the_same_seed_is_the_same_town_and_an_exact_one_is_its_model(data: Path, tmp_path: Path) -> None:
    leak = Leak("p5", 15.0, START)
    kept = [Twin(data, 3, DAYS, cache=tmp_path).record(leak, 1) for _ in range(2)]
    assert (kept[0].pressure_m == kept[1].pressure_m).all()
    assert (kept[0].pressure_m == Twin(data, 3, DAYS, cache=None).record(leak, 1).pressure_m).all()
    exact = [Twin(data, seed, DAYS, exact=True, cache=None).record(leak, 1) for seed in (1, 2)]
    assert exact[0].pressure_m == pytest.approx(exact[1].pressure_m)
    assert (kept[0].pressure_m - exact[0].pressure_m).std() > 0.05


def test_leaks_are_drawn_anywhere_behind_the_inlets(data: Path) -> None:
    twin = Twin(data, 4, DAYS, cache=None)
    leaks = twin.leaks(10)
    assert {leak.pipe for leak in leaks} == {f"p{n}" for n in range(1, 11)}
    assert all(10 <= leak.size_m3h <= 50 and PER_DAY <= leak.start < 2 * PER_DAY for leak in leaks)
    assert leaks == Twin(data, 4, DAYS, cache=None).leaks(10) != Twin(data, 5, DAYS, cache=None).leaks(10)
