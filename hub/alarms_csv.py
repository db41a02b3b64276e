"""alarms.csv: the master alarm database as a spreadsheet reads and writes it, each fault with its line."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from alarms.cells import COLUMNS, MANDATORY, Cells, cells_of, column_of, row_of
from alarms.matrix import MATRIX, Matrix
from alarms.spec import AlarmRow
from alarms.table_text import table_text
from alarms.wrong_row import WrongRow
from core.model.text import nfc
from hub.csv_rows import CLOSE, SAVE
from hub.problems import Problem, explain, nearest
from hub.unreadable import unreadable

Placed = tuple[int, AlarmRow]


def read_csv(file: Path, problems: list[Problem], matrix: Matrix = MATRIX) -> list[Placed]:
    """Every row that is whole, with its line; what is wrong goes to `problems`: no half row comes back."""
    text = _text(file, problems)
    if text is None:
        return []
    found: list[Placed] = []
    for line, cells in _records(file, text, problems):
        try:
            found.append((line, row_of(cells, matrix)))
        except ValidationError as error:
            for one in error.errors():
                problems.append(Problem(file, line, *explain({**one, "loc": (column_of(one["loc"]),)})))
        except WrongRow as wrong:
            problems.append(Problem(file, line, str(wrong), wrong.mend))
    return found


def csv_text(rows: Iterable[AlarmRow], matrix: Matrix = MATRIX) -> str:
    """The same rows again when it is read. Columns that no row fills are left out, where they may be."""
    return table_text([cells_of(row, matrix) for row in rows])


def _text(file: Path, problems: list[Problem]) -> str | None:
    try:
        return nfc(file.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(unreadable(file, error, SAVE))
        return None


def _records(file: Path, text: str, problems: list[Problem]) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            problems.append(Problem(file, line, f"not CSV: {error}", CLOSE))
            return
        if record is None:
            break
        cells = [sys.intern(cell.strip().replace("\r\n", "\n")) for cell in record]
        if header is None:
            header = cells
            if not _known(file, header, problems):
                return
        elif len(cells) != len(header) and any(cells):
            what = f"{len(cells)} cells where the first line has {len(header)} columns"
            problems.append(
                Problem(file, line, what, "add or take away commas; a text with a comma needs quotes")
            )
        elif any(cells):
            yield line, dict(zip(header, cells, strict=True))
    if header is None:
        problems.append(Problem(file, 1, "it is empty", "begin with a line of column names"))


def _known(file: Path, header: Sequence[str], problems: list[Problem]) -> bool:
    """Whether the table can be read: each column once, by a known name, and all that must be there."""
    before = len(problems)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        problems.append(Problem(file, 1, "its columns are not parted by commas", f"{SAVE}, parted by commas"))
        return False
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            mend = nearest(column, COLUMNS, "take the column away, or put its text into rationale")
            problems.append(Problem(file, 1, f"the column {column!r} is not known", mend))
        elif header.count(column) > 1:
            problems.append(
                Problem(file, 1, f"the column {column!r} is there twice", "take one of them away")
            )
    for column in COLUMNS:
        if column in MANDATORY and column not in header:
            problems.append(
                Problem(file, 1, f"the column {column!r} is missing", "add it, filled in each row")
            )
    return len(problems) == before
