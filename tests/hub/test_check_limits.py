"""`waterhub check` knows limits: their files, what they are compared with, and a zone's disinfectant."""

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


def spoil(file: Path, old: str, new: str) -> int:
    """Replaces the first `old`; its line."""
    before, after = file.read_text(encoding="utf-8").split(old, 1)
    file.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


def told(folder: Path) -> str:
    done = waterhub("check", folder)
    assert done.returncode == 2, done.stdout + done.stderr
    return done.stderr


def test_a_mistake_in_a_plant_s_own_limits_is_named_with_the_others(plant: Path) -> None:
    (plant / "limits").mkdir()
    own = plant / "limits" / "gb5749-2022.yaml"
    shutil.copyfile(DEMO.parent / "limits" / own.name, own)
    line = spoil(own, "item: turbidity, unit: NTU, high: 1", "item: turbidity, unit: FNU, high: 1")
    said = told(plant)
    assert f"gb5749-2022.yaml:{line}: `turbidity` is limited in 'FNU'" in said
    assert "mend: write it in NTU" in said


def test_what_the_public_sees_is_in_the_unit_of_its_limit(plant: Path) -> None:
    tags = (plant / "tags.csv").read_text(encoding="utf-8").splitlines()
    public = tags[0].split(",").index("public")
    n = next(
        n for n, row in enumerate(tags) if ",free_chlorine,mg/L," in row and row.split(",")[public] == "1"
    )
    tags[n] = tags[n].replace(",mg/L,", ",ug/L,")
    (plant / "tags.csv").write_text("\n".join(tags) + "\n", encoding="utf-8")
    assert f"tags.csv:{n + 1}: public tag" in told(plant)


def test_an_unknown_disinfectant_is_answered_with_those_that_there_are(plant: Path) -> None:
    chloramine(plant, "chloramin")
    said = told(plant)
    assert "zones.csv:2: `disinfectant` is 'chloramin'" in said and "'chloramine'" in said


def test_low_free_chlorine_of_water_with_chloramine_is_no_alarm(plant: Path) -> None:
    chloramine(plant, "chloramine")
    said = told(plant)
    assert "alarm row chlorine-low: it waits for low free chlorine at " in said
    assert "zone dma-01 has chloramine" in said and "mend: watch total_chlorine there" in said


def chloramine(plant: Path, word: str) -> None:
    """Of the first zone."""
    zones = (plant / "zones.csv").read_text(encoding="utf-8").splitlines()
    own = [f"{row},{'disinfectant' if n == 0 else word if n == 1 else ''}" for n, row in enumerate(zones)]
    (plant / "zones.csv").write_text("\n".join(own) + "\n", encoding="utf-8")
