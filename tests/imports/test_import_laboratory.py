"""`waterhub import laboratory`: results by item and sample, all of a file or nothing; rows correct rows."""

import csv
from pathlib import Path

import pytest

from core.model.laboratory import LabResult
from core.model.limits import SampleType
from tests.imports.utility import Utility

ROW = {
    "sample": "W-1101-01",
    "report": "R-2026-11",
    "sampled": "2026-01-05",
    "zone": "dma-01",
    "item": "turbidity",
    "value": "0.21",
    "unit": "NTU",
    "lod": "",
    "method": "GB/T 5750.4-2023",
    "laboratory": "示例水务水质监测站",
}


@pytest.fixture
def utility(tmp_path: Path) -> Utility:
    return Utility(tmp_path)


def rows(*more: dict[str, str]) -> list[dict[str, str]]:
    return [ROW | one for one in more]


def run(utility: Utility, *more: dict[str, str], options: tuple[str, ...] = ()) -> tuple[int, str]:
    return utility.run("laboratory", utility.file("lab.csv", rows(*more), "gb18030"), *options)


def test_results_are_taken_with_what_they_say_below_and_not_found(utility: Utility) -> None:
    code, told = run(
        utility,
        {},
        {"item": "arsenic", "value": "<0.001", "unit": "mg/L"},
        {"item": "lead", "value": "未检出", "unit": "mg/L", "lod": "0.002"},
        {"item": "e_coli", "value": "未检出", "unit": "MPN/100mL"},
        {"item": "hpc", "value": "12", "unit": "CFU/mL"},
    )
    assert code == 0 and "5 rows changed" in told, told
    found = {one.item: one for one in utility.find(LabResult).values()}
    assert (found["turbidity"].value, found["turbidity"].kind) == (0.21, SampleType.NETWORK)
    assert (found["arsenic"].value, found["arsenic"].lod, found["arsenic"].below) == (None, 0.001, True)
    assert (found["lead"].lod, found["lead"].below) == (0.002, True)
    assert (found["e_coli"].found, found["e_coli"].below) == (False, False)
    assert found["hpc"].laboratory == "示例水务水质监测站"


def test_a_row_that_stands_is_corrected_and_none_goes(utility: Utility) -> None:
    run(utility, {}, {"item": "ph", "value": "7.3", "unit": "pH"})
    code, told = run(utility, {"value": "0.31"})
    assert code == 0 and "value: 0.21 -> 0.31" in told
    assert {one.item: one.value for one in utility.find(LabResult).values()} == {"turbidity": 0.31, "ph": 7.3}
    code, told = run(utility, {}, options=("--replace",))
    assert code == 2 and "not taken away" in told


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"item": "turbidty"}, "the item 'turbidty' does not exist"),
        ({"zone": "dma-99"}, "the zone 'dma-99' does not exist"),
        ({"unit": "mg/L"}, "`unit` is 'mg/L', and its limit is in NTU"),
        ({"value": "0,21"}, "`value` is '0,21'"),
        ({"value": "nan"}, "`value` is 'nan'"),
        ({"value": "-1"}, "`value` is '-1'"),
        ({"value": "0.01", "lod": "0.02"}, "below its own `lod`"),
        ({"value": "<0.1", "lod": "0.02"}, "write one limit of detection"),
        ({"sampled": "5.1.2026"}, "`sampled` is '5.1.2026'"),
        ({"sampled": "2999-01-01"}, "which is to come"),
        ({"method": ""}, "`method` is empty"),
        ({"sample": "水样1"}, "characters that ids do not have"),
        ({"kind": "river"}, "`kind` is 'river'"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(utility: Utility, wrong: dict[str, str], said: str) -> None:
    kind = {"kind": "network"}
    file = utility.file("lab.csv", [ROW | kind | {"sample": "W-2"}, ROW | kind | wrong])
    code, told = utility.run("laboratory", file)
    assert code == 2 and said in told and "lab.csv:3" in told, told
    assert utility.find(LabResult) == {}


def test_an_item_twice_in_a_sample_is_refused(utility: Utility) -> None:
    code, told = run(utility, {}, {"value": "0.5"})
    assert code == 2 and "stands already in line 2" in told


def test_the_columns_of_the_how_to_are_those_that_are_read(utility: Utility) -> None:
    said = Path("docs/how-to/import-tables.md").read_text(encoding="utf-8")
    row = next(line for line in said.splitlines() if line.startswith("| `laboratory` |"))
    columns = row.split("|")[2].split("`")[1].split(", ")
    file = utility.config.parent / "all.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerow({name: (ROW | {"kind": "tap"})[name] for name in columns})
    assert utility.run("laboratory", file)[0] == 0
