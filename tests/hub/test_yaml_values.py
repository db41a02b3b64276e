"""A plant's YAML is read as PyYAML reads it, and keeps its lines."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.model.text import nfc
from hub.problems import WrongConfiguration
from hub.yaml_lines import load

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.dates() | st.text()
VALUES = st.recursive(
    SCALARS, lambda of: st.lists(of, max_size=4) | st.dictionaries(st.text() | st.integers(), of, max_size=4)
)
ODD = (
    "",
    "a: &x {b: 1}\nc: *x\n",
    "base: &b {k: 1, l: 2}\nmade: {<<: *b, k: 3}\n",
    "1: one\n2.5: two\nyes: three\n",
    "a: 012\nb: 1_000\nc: 1:30\nd: .inf\ne: ~\nf: 2026-11-25T10:00:00Z\n",
    "x: !!set {a, b}\n",
    "x: !!binary aGVsbG8=\n",
)


def read(folder: Path, text: str) -> object:
    file = folder / "file.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file).value


@given(value=VALUES)
def test_any_value_is_what_pyyaml_makes(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    text = nfc(yaml.safe_dump(value, allow_unicode=True))
    if "${" not in text:
        assert read(tmp_path_factory.getbasetemp(), text) == yaml.safe_load(text)


@pytest.mark.parametrize("text", ODD)
def test_what_few_write_is_read_all_the_same(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"a: 1\nb: 2026-02-30\n", 2, "day is out of range for month"),
        (b"a: &x 1\nb: [*x, {c: 2026-02-30}]\n", 2, "day is out of range for month"),
        (b"a: 1\nb: " + b"9" * 5_000, 2, "Exceeds the limit"),
        (b"a: 1\nb: \x00\n", 2, "control characters"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "not UTF-8"),
        (b"[" * 5_000, 0, "recursion depth"),
        (b"{a: " * 3_000, 0, "recursion depth"),
    ],
    ids=[
        "a day that is none",
        "the same beside an alias",
        "digits",
        "NUL",
        "latin-1",
        "utf-16",
        "lists",
        "mappings",
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(
    tmp_path: Path, content: bytes, line: int, said: str
) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(content)
    with pytest.raises(WrongConfiguration) as wrong:
        load(file)
    [problem] = wrong.value.problems
    assert (problem.file, problem.line) == (file, line) and said in problem.what and problem.mend


def test_the_line_of_a_value_is_known_when_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text("first: 1\nrows:\n  - {a: 1}\n  - {a: 2}\n")
    document = load(file)
    assert document.line(("rows", 1, "a")) == 4
    assert document.line(("rows", 7)) == 2


@pytest.mark.parametrize(
    ("text", "line", "first"),
    [
        ("a: 1\nb: 2\na: 2\n", 3, 1),
        ("x:\n  - {k: 1}\n  - k: 1\n    k: 2\n", 4, 3),
        ("a: &x {b: 1}\nc: *x\na: 3\n", 3, 1),
        ("base: &b {k: 1}\nmade:\n  <<: *b\n  k: 2\n  k: 3\n", 5, 4),
    ],
    ids=["of the file", "deep in a list", "beside an alias", "beside what is merged"],
)
def test_a_key_that_stands_twice_is_told_with_both_lines(tmp_path, text: str, line: int, first: int) -> None:
    """YAML would take the last and say nothing."""
    with pytest.raises(WrongConfiguration) as refused:
        read(tmp_path, text)
    (problem,) = refused.value.problems
    assert problem.line == line and f"first in line {first}" in problem.what and problem.mend
