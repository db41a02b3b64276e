"""`waterhub check` on files that are no text, empty or written twice: line and mend, never a trace."""

import json
import random
from pathlib import Path

import pytest

from hub.plant_files import meter_tags
from hub.problems import Problem
from tests.hub.test_check import check, plant

__all__ = ["plant"]

NOISE = random.Random(6).randbytes(300)


def problems_of(folder: Path) -> list[tuple[str, int, str, str]]:
    done = check(folder, "--json")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return [
        (Path(one["file"]).name, one["line"], one["what"], one["mend"])
        for one in json.loads(done.stdout)["problems"]
    ]


TABLES = ("crews.csv", "places.csv", "streets.csv", "valves.csv", "zones.csv", "tags.csv", "calendar.csv")


def test_tables_that_are_no_text_are_named_each_once(plant: Path) -> None:
    for name in (*TABLES, "alarms.csv"):
        (plant / name).write_bytes(NOISE)
    found = problems_of(plant)
    assert sorted(name for name, *_ in found) == sorted((*TABLES, "alarms.csv")), found
    assert all(line and "UTF-8" in what and "UTF-8" in mend for _, line, what, mend in found), found


@pytest.mark.parametrize("name", ["calendar.csv", "tags.csv"])
def test_a_table_of_two_encodings_is_told_with_the_line_of_the_second(plant: Path, name: str) -> None:
    file = plant / name
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines) + "国庆节,加班\n".encode("gb18030"))
    ((told, line, _, _),) = problems_of(plant)
    assert (told, line) == (name, len(lines) + 1)


def test_a_file_written_twice_is_told_key_by_key(plant: Path) -> None:
    """Two copies in one file, and a key appended that stands above."""
    escalation, delivery = plant / "escalation.yaml", plant / "delivery.yaml"
    once = escalation.read_text(encoding="utf-8")
    escalation.write_text(once + once, encoding="utf-8")
    text = delivery.read_text(encoding="utf-8").rstrip("\n") + "\n"
    if "\nfallback_min:" not in text:
        text += "fallback_min: 5\n"
    delivery.write_text(text + "fallback_min: 500\n", encoding="utf-8")
    found = problems_of(plant)
    assert ("delivery.yaml", text.count("\n") + 1) in {(name, line) for name, line, *_ in found}
    assert {name for name, *_ in found} == {"delivery.yaml", "escalation.yaml"}
    assert all("stands twice" in what and mend for *_, what, mend in found)


def test_an_empty_file_and_one_without_keys_are_called_so(plant: Path) -> None:
    (plant / "delivery.yaml").write_text("", encoding="utf-8")
    (plant / "escalation.yaml").write_text("- a\n- b\n", encoding="utf-8")
    found = {name: (what, mend) for name, _, what, mend in problems_of(plant)}
    assert found["delivery.yaml"][0] == "the file is empty" and "`channels:`" in found["delivery.yaml"][1]
    assert "no mapping" in found["escalation.yaml"][0]


def test_a_folder_in_a_files_place_is_called_so(plant: Path) -> None:
    for name in ("crews.csv", "delivery.yaml"):
        (plant / name).unlink()
        (plant / name).mkdir()
    found = problems_of(plant)
    assert {name for name, *_ in found} == {"crews.csv", "delivery.yaml"}
    assert all("folder" in what and "move it away" in mend for *_, what, mend in found)


HEAD = "id,street,address,building,storey,zone,node,meter"
ROW = "A1,s,a,b,1,dma-01,n,m1,1\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f"{HEAD},smart\n{ROW}" + 'A2,"s,a\n' + ROW * 6_000, 3, "not CSV"),
        ("id,smart\nA1,1\n", 1, "`meter`"),
    ],
)
def test_accounts_that_cannot_be_read_are_told_with_their_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    file, problems = tmp_path / "accounts.csv", list[Problem]()
    file.write_text(text, encoding="utf-8")
    meter_tags(file, problems)
    ((found, what),) = [(one.line, one.what) for one in problems]
    assert found == line and said in what


def test_accounts_without_a_column_of_smart_meters_have_none(tmp_path: Path) -> None:
    file, problems = tmp_path / "accounts.csv", list[Problem]()
    file.write_text(f"{HEAD}\nA1,s,a,b,1,dma-01,n,m1\n", encoding="utf-8")
    assert meter_tags(file, problems) == {} and problems == []
