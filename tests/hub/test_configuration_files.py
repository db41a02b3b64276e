"""Every mistake in a configuration is named with its file, its line and a mend."""

from pathlib import Path

import pytest

from core.model.plant import Street, Zone
from hub.csv_rows import read_rows
from hub.problems import Problem, WrongConfiguration
from hub.yaml_lines import load


def write(tmp_path: Path, text: str, name: str = "hub.yaml") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_each_value_knows_its_line(tmp_path: Path) -> None:
    document = load(write(tmp_path, "a: 1\nb:\n  - c: 2\n  - c: 3\n    d: 4\n"))
    assert document.line(("b", 1, "d")) == 5
    assert document.line(("b", 1, "no such key")) == 4


def test_variables_come_from_the_environment_or_their_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATERHUB_TEST_PORT", "8090")
    monkeypatch.delenv("WATERHUB_TEST_NONE", raising=False)
    text = "a: ${WATERHUB_TEST_PORT:-1}\nb: ${WATERHUB_TEST_NONE:-x y}\n# ${WATERHUB_TEST_NONE}\n"
    assert load(write(tmp_path, text)).value == {"a": 8090, "b": "x y"}


def test_an_unset_variable_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(WrongConfiguration) as wrong:
        load(write(tmp_path, "a: 1\nb: ${WATERHUB_TEST_MISSING}\n"))
    assert [(p.line, "WATERHUB_TEST_MISSING" in p.what) for p in wrong.value.problems] == [(2, True)]


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(WrongConfiguration) as wrong:
        load(write(tmp_path, "a: 1\nb: [1, 2\nc: 3\n"))
    assert wrong.value.problems[0].line in {2, 3}


def test_rows_become_records_and_faults_keep_their_line(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "id,kind,name_zh,name_en,inflow,outflow\n"
        "dma-01,dma,城东,East,dma-01.inflow,\n"
        "dma 02,dma,城西,West,,\n"
        "dma-01,dma,又一个,Again,,\n"
        "dma-03,meadow,城北,North,,\n"
        "dma-04,dma,短\n",
        "zones.csv",
    )
    problems: list[Problem] = []
    zones = read_rows(file, Zone, problems)
    assert list(zones) == ["dma-01"]
    assert zones["dma-01"][1].inflow == ("dma-01.inflow",)
    assert zones["dma-01"][1].name.zh == "城东"
    assert [problem.line for problem in problems] == [3, 4, 5, 6]
    assert all(problem.mend for problem in problems)


def test_a_missing_file_is_a_problem_only_where_it_is_needed(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_rows(tmp_path / "streets.csv", Street, problems, required=False) == {}
    assert problems == []
    read_rows(tmp_path / "zones.csv", Zone, problems)
    assert [problem.what for problem in problems] == ["the file is missing"]
