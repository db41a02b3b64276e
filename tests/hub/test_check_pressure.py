"""`waterhub check` knows in which unit pressures are kept, and in which a site may read them."""

import shutil
from pathlib import Path

import pytest

from tests.hub.command import waterhub

DEMO = Path(__file__).parents[2] / "configs" / "demo"


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    folder = tmp_path / "plant"
    shutil.copytree(DEMO, folder)
    return folder


def rewrite(file: Path, old: str, new: str) -> int:
    """Replaces the first `old`; its line."""
    before, after = file.read_text(encoding="utf-8").split(old, 1)
    file.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


def test_r_13_a_site_reads_pressures_in_one_of_four_units(plant: Path) -> None:
    line = rewrite(plant / "hub.yaml", "  simulated: true\n", "  simulated: true\n  pressure_unit: psi\n") + 1
    done = waterhub("check", plant)
    assert done.returncode == 2, done.stdout
    assert f"hub.yaml:{line}" in done.stderr
    assert all(unit in done.stderr for unit in ("MPa", "kPa", "bar", "m"))
    rewrite(plant / "hub.yaml", "pressure_unit: psi", "pressure_unit: bar")
    done = waterhub("check", plant)
    assert done.returncode == 0, done.stderr


def test_r_13_a_pressure_s_tag_is_in_metres_whatever_its_instrument_says(plant: Path) -> None:
    line = rewrite(plant / "tags.csv", "dma-01.p1,pressure,m,", "dma-01.p1,pressure,kPa,")
    done = waterhub("check", plant)
    assert done.returncode == 2, done.stdout
    assert f"tags.csv:{line}: pressure dma-01.p1 is in 'kPa'" in done.stderr
    assert "mend: write `m`" in done.stderr
