"""CSV files of a plant as typed records, each fault with its line."""

import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from core.model.ids import valid_id
from core.model.text import nfc
from hub.problems import Problem, explain
from hub.unreadable import unreadable

T = TypeVar("T")

SAVE = 'save it as "CSV UTF-8"'
CLOSE = 'put a cell with a quote or a line break in it in quotes, and write its quotes twice: ""'

SEVERAL = frozenset({"inflow", "outflow", "skills"})
"""Columns that hold several ids, separated by spaces."""


def read_rows(
    file: Path, kind: type[T], problems: list[Problem], *, required: bool = True
) -> dict[str, tuple[int, T]]:
    """Records by id, each with its line. Empty cells take the record's default; `name_zh` and `name_en`
    become `name`; columns that `kind` does not have are left out. What is wrong goes to `problems`."""
    if not file.exists():
        if required:
            problems.append(
                Problem(file, 0, "the file is missing", "create it; docs/reference has its columns")
            )
        return {}
    adapter: TypeAdapter[T] = TypeAdapter(kind)
    found: dict[str, tuple[int, T]] = {}
    for line, cells in cells_of(file, problems):
        id = cells.get("id", "")
        if wrong := wrong_id(file, line, id, found):
            problems.append(wrong)
            continue
        try:
            found[id] = line, adapter.validate_python(cells)
        except ValidationError as error:
            problems += [Problem(file, line, *explain(one)) for one in error.errors()]
    return found


def wrong_id(
    file: Path, line: int, id: str, above: Mapping[str, tuple[int, object]], *, key: str = "id"
) -> Problem | None:
    """above: the rows before it, by id, each with its line."""
    if not valid_id(id):
        what = f"the {key} {id!r} has characters or a length that ids do not have"
        return Problem(file, line, what, "use 1 to 128 of A-Z a-z 0-9 . _ : -")
    if id in above:
        what = f"the {key} {id!r} stands already in line {above[id][0]}"
        return Problem(file, line, what, "give each row an id of its own")
    return None


def ids_in(file: Path) -> frozenset[str]:
    """The ids of a file, those of rows with a mistake too: one mistake is told once."""
    if not file.exists():
        return frozenset()
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = csv.reader(handle)
        first = next(rows, [])
        at = first.index("id") if "id" in first else len(first)
        return frozenset(row[at] if at < len(row) else "" for row in rows if row)


def whole(file: Path) -> bool:
    """Whether one that had problems can be read to its end, or is not there: of half a file nothing else is
    judged."""
    if not file.exists():
        return True
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            for _ in csv.reader(handle):
                pass
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return True


def rows_of(file: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str | Any, str | Any]]]:
    """As csv.DictReader has them, each with its line. A file that is no text, or no CSV, ends where that
    shows."""
    line = 1
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(map(nfc, handle))
            for row in reader:
                line = reader.line_num
                yield line, row
    except (OSError, UnicodeDecodeError) as error:
        problems.append(unreadable(file, error, SAVE))
    except csv.Error as error:
        problems.append(Problem(file, line + 1, f"not CSV from here on: {error}", CLOSE))


def cells_of(file: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows that have as many cells as the first line, each with its line; empty cells are left out."""
    for line, row in rows_of(file, problems):
        if None in row or None in row.values():
            mend = f"write {len(row.keys() - {None})} cells, as the first line has"
            problems.append(Problem(file, line, "too many or too few cells", mend))
            continue
        cells: dict[str, Any] = {key: sys.intern(value) for key, value in row.items() if value != ""}
        if "name_zh" in row:
            cells["name"] = {"zh": cells.pop("name_zh", ""), "en": cells.pop("name_en", "")}
        for several in SEVERAL & cells.keys():
            cells[several] = tuple(cells[several].split())
        yield line, cells
