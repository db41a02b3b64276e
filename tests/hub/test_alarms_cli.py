"""`waterhub alarms`: into a spreadsheet and back, compared, and refused whole when one row is wrong."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hub.command import waterhub

DEMO = Path(__file__).parents[2] / "configs" / "demo"


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "plant"))


def alarms(*words: object) -> subprocess.CompletedProcess[str]:
    return waterhub("alarms", *words)


def test_a_table_goes_out_and_comes_back_changed_in_one_field(plant: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    assert alarms("export", plant, "-o", table).returncode == 0
    text = table.read_text(encoding="utf-8-sig")
    table.write_text(text.replace(",14,8,m,", ",13.5,8,m,"), encoding="utf-8")
    found = json.loads(alarms("diff", plant, table, "--json").stdout)
    assert found == [{"row": "pressure-low", "field": "setpoint", "before": "14", "after": "13.5"}]

    dry = alarms("import", table, plant, "--dry-run")
    assert "pressure-low: setpoint: 14 -> 13.5" in dry.stdout and not (plant / "alarms.csv").exists()
    assert alarms("import", table, plant).returncode == 0
    assert alarms("diff", plant, table).stdout == "no difference\n"
    assert alarms("import", table, plant, "--to", "yaml").returncode == 0
    assert not (plant / "alarms.csv").exists()
    assert alarms("diff", plant, table).stdout == "no difference\n"
    assert "nothing is wrong" in alarms("check", plant).stdout


def test_one_wrong_row_and_nothing_is_imported(plant: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    alarms("export", plant, "-o", table)
    before = (plant / "alarms.yaml").read_bytes()
    for sound, spoilt, told in (
        (",14,8,m,", ",14,8,kPa,", "it is in kPa, its tag dma-01.inlet_pressure is in m"),
        ("pressure-low,*,", "pressure-low,,", "`tag` is empty"),
    ):
        spoilt_table = tmp_path / "spoilt.csv"
        text = table.read_text(encoding="utf-8-sig")
        assert sound in text
        spoilt_table.write_text(text.replace(sound, spoilt, 1), encoding="utf-8")
        done = alarms("import", spoilt_table, plant)
        assert done.returncode == 2 and told in done.stderr and "spoilt.csv:" in done.stderr
    assert (plant / "alarms.yaml").read_bytes() == before and not (plant / "alarms.csv").exists()
