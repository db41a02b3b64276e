"""A year of leaks, on a small town of the same parts, and shorter."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import twin_year
from bench.ltown_twin import network_files
from bench.ltown_water import DISCHARGE, PER_DAY, Hole
from bench.twin_year import NEW, OLD, WHOLE, Kind, Length, Year, holes, year
from tests.bench.small_town import town

SMALL = Length(history=7, quiet=2, year=9, share=0.05)
KINDS = (Kind(1, (0.010, 0.012), (1, 2), (3, 4)), Kind(1, (0.009, 0.01)))


@pytest.fixture(scope="module", autouse=True)
def fewer() -> None:
    """The small town has ten pipes."""
    twin_year.NEW, whole = KINDS, twin_year.NEW
    yield
    twin_year.NEW = whole


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def first(data: Path, cache: Path) -> Year:
    return year(data, 1, SMALL, cache)


def test_a_years_leaks_are_in_number_as_battledim_has_them() -> None:
    assert (OLD.n, sum(kind.n for kind in NEW)) == (4, 19)
    assert sum(kind.n for kind in NEW if kind.grows_d == (0.0, 0.0)) == 9


def test_old_leaks_begin_before_the_year_and_new_ones_in_it(data: Path) -> None:
    length = replace(WHOLE, share=0.1)
    found = holes(data, 3, length)
    begins = [hole.start - length.history * PER_DAY for hole in found]
    assert begins == sorted(begins) and begins[0] < 0 < begins[1]
    assert (
        found[0].full < length.history * PER_DAY
        and found[0].end == (length.history + length.year) * PER_DAY - 1
    )
    assert len({hole.pipe for hole in found}) == 3
    assert found == holes(data, 3, length) != holes(data, 4, length)


def test_the_same_seed_is_the_same_year_also_after_it_was_killed(
    data: Path, cache: Path, first: Year
) -> None:
    [folder] = cache.iterdir()
    kept = sorted(folder.iterdir())
    assert len(kept) == 3, "sixteen days by the week"
    before = [file.stat().st_mtime_ns for file in kept[:1]]
    for file in kept[1:]:
        file.unlink()
    again = year(data, 1, SMALL, cache)
    assert [file.stat().st_mtime_ns for file in kept[:1]] == before
    for name in ("pressure_m", "flow_m3h", "level_m", "leak_m3h"):
        assert (getattr(first, name) == getattr(again, name)).all()
    other = year(data, 2, SMALL, cache)
    assert np.abs(first.flow_m3h - other.flow_m3h).mean() > 0.1


def test_water_is_lost_while_a_leak_runs_and_the_inflow_tells_of_it(first: Year) -> None:
    for hole, lost in zip(first.leaks, first.leak_m3h.T, strict=True):
        runs = np.zeros(len(lost), np.bool_)
        runs[hole.start : hole.end + 1] = True
        assert ((lost > 0) == runs).all()
        whole = lost[hole.full : hole.end + 1]
        assert whole.min() > 0.5 * whole.max() > 0
    centimetres = first.pressure_m * 100
    assert np.abs(centimetres - np.round(centimetres)).max() < 1e-6
    assert first.first == SMALL.history * PER_DAY


def test_a_leak_grows_with_the_square_of_its_diameter() -> None:
    hole = Hole("p1", 0.02, 100, 199, 299)
    whole = DISCHARGE * np.pi / 4 * 0.02**2 * (2 * 9.81) ** 0.5 * 3600

    def at(value: int) -> float | None:
        return hole.coefficient(value, lambda: 40.0)

    assert [at(99), at(300)] == [0.0, 0.0]
    assert at(149) == pytest.approx(whole / 4)
    assert at(199) == at(299) == pytest.approx(whole)
    assert whole * 40**0.5 == pytest.approx(23.8, abs=0.3), "m3/h at 40 m, as the published ones of 20 mm"


def test_the_model_and_the_gauges_are_those_of_the_data(data: Path, first: Year) -> None:
    assert first.pressure_m.shape == (16 * PER_DAY, len(network_files(data)[1]))
