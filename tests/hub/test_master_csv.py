"""The master alarm database as files: what Excel makes of it comes back, and half a row never does (A-13)."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.cells import MANDATORY, cells_of
from alarms.spec import AlarmRow, AlarmsSpec
from hub.alarms_csv import csv_text, read_csv
from hub.documents import document
from hub.master_files import yaml_text
from hub.problems import Problem
from tests.alarms.alarm_rows import TABLES, row

LOW = AlarmRow.model_validate(row())
HIGH = AlarmRow.model_validate(row(id="high", kind="limit_high"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("master")


def read(folder: Path, content: str | bytes) -> tuple[list[AlarmRow], list[Problem]]:
    file, problems = folder / "alarms.csv", list[Problem]()
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return [one for _, one in read_csv(file, problems)], problems


@settings(max_examples=50)
@given(rows=TABLES)
def test_what_was_exported_is_imported_the_same(folder: Path, rows: list[AlarmRow]) -> None:
    text = csv_text(rows)
    assert read(folder, text) == (rows, [])
    assert csv_text(read(folder, text)[0]) == text


@settings(max_examples=50)
@given(rows=TABLES)
def test_yaml_and_csv_say_the_same(folder: Path, rows: list[AlarmRow]) -> None:
    file = folder / "alarms.yaml"
    file.write_text(yaml_text(AlarmsSpec(alarms=tuple(rows))), encoding="utf-8")
    assert list(document(file, AlarmsSpec).alarms) == rows


def test_a_spreadsheets_ways_are_understood(folder: Path) -> None:
    text = csv_text([LOW]).replace("2026-11-02", "2026/11/2").replace(",no,", ",FALSE,")
    blank = "," * text.count(",", 0, text.index("\r\n"))
    for content in (text, text.lstrip("\ufeff"), text.replace("\r\n", "\n"), f"{text}{blank}\r\n\r\n"):
        assert read(folder, content) == ([LOW], []), content


@pytest.mark.parametrize(
    ("content", "line", "what", "mend"),
    [
        (csv_text([LOW]).lstrip("\ufeff").encode("gb18030"), 2, "it reads as GBK", "CSV UTF-8"),
        (csv_text([LOW]).encode("utf-16"), 1, "UTF-16", "CSV UTF-8"),
        (csv_text([LOW]).replace(",", ";"), 1, "not parted by commas", "commas"),
        (csv_text([LOW]).replace("setpoint", "setpiont"), 1, "'setpiont' is not known", "`setpoint`"),
        (csv_text([LOW]).replace("owner_role", "remarks"), 1, "'owner_role' is missing", "add it"),
        (csv_text([LOW]).replace("unit,", "setpoint,"), 1, "'setpoint' is there twice", "take one"),
        (csv_text([LOW, HIGH]).replace("high,", "high,,"), 3, "cells where the first line has", "commas"),
        (csv_text([LOW]).replace("2026-11-02", '"2026-11-02'), 2, "not CSV", "quotes"),
        (
            csv_text([LOW]).replace("2026-11-02", "02/11/26"),
            2,
            "`rationalised_on` is '02/11/26'",
            "2026-11-02",
        ),
        (csv_text([LOW]).replace("duty_manager", "张三"), 2, "`approved_by` is '张三'", "'duty_manager'"),
        (csv_text([LOW]).replace("local", "huge"), 2, "`consequence_level` is 'huge'", "'public_health'"),
        (
            csv_text([LOW]).replace(",2,14,", ",1,14,"),
            2,
            "priority 1 does not follow",
            "leave the cell empty",
        ),
        (csv_text([LOW]).replace("local,10", "minor,90"), 2, "is an event, not an alarm", "leave it out"),
        (csv_text([LOW]).replace("local,10", "local,1 000"), 2, "`time_to_respond_min` is '1 000'", "number"),
        ("", 1, "it is empty", "column names"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_mend(
    folder: Path, content: str | bytes, line: int, what: str, mend: str
) -> None:
    rows, problems = read(folder, content)
    told = [(one.line, what in one.what, mend in one.mend) for one in problems]
    assert (line, True, True) in told, problems
    assert rows in ([], [LOW])


def test_a_response_that_is_no_response_is_refused_in_both_languages(folder: Path) -> None:
    for language, said in (("zh", "确认"), ("en", "Acknowledge.")):
        action = {"zh": "查看", "en": "look", language: "TO BE SAID"}
        text = csv_text([AlarmRow.model_validate(row(action=action))]).replace("TO BE SAID", said)
        rows, problems = read(folder, text)
        assert not rows and [one.line for one in problems] == [2]
        assert "it is an event, not an alarm" in problems[0].mend


SPOILT = st.sampled_from(
    ["", " ", "0", "-1", "确认", "acknowledge", "nan", "1e999", "yes", "=1+1", "\x00", '"', "\n"]
)
PLACES = st.integers(0, 99)
MISHAPS = st.tuples(
    st.sampled_from(["cell", "drop", "double", "move"]), PLACES, PLACES, SPOILT | st.text(max_size=8)
)
"""What may happen to a table, in which line and where; with which text."""


@settings(max_examples=300)
@given(mishaps=st.lists(MISHAPS, min_size=1, max_size=3), cut=st.floats(0, 1) | st.just(1.0))
def test_however_a_file_is_spoilt_no_incomplete_row_is_taken(
    folder: Path, mishaps: list[tuple[str, int, int, str]], cut: float
) -> None:
    table = list(csv.reader(io.StringIO(csv_text([LOW, HIGH]).lstrip("\ufeff"), newline="")))
    for kind, line_at, at, text in mishaps:
        line = table[line_at % len(table)]
        at %= len(line)
        match kind:
            case "cell":
                line[at] = text
            case "double":
                line.insert(at, line[at])
            case "drop":
                del line[at]
            case _:
                line.insert((at * 7) % len(line), line.pop(at))
    out = io.StringIO()
    csv.writer(out).writerows(table)
    content = out.getvalue().encode()
    taken, problems = read(folder, content[: round(cut * len(content))])
    for one in taken:
        cells = cells_of(one)
        assert set(cells) >= MANDATORY and all(cells[column].strip() for column in MANDATORY)
        assert one.action.zh != "确认" and one.action.en != "acknowledge"
    assert all(one.mend and one.line for one in problems)
    assert problems or all(one.id in (cells[0] for cells in table) for one in taken)
