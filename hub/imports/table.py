"""A CSV file as people save it: UTF-8 or GB18030, its text in NFC, rows that cannot be believed refused."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from hub.imports.mojibake import mojibake, unseen
from hub.problems import Problem, nearest

Cells = dict[str, str]
_UNDO = "export it anew from where it is right, as UTF-8; or write the cell by hand"


def read_table(file: Path, columns: frozenset[str], problems: list[Problem]) -> list[tuple[int, Cells]]:
    """Rows with their lines, by column; empty cells are left out. What is wrong goes to `problems`, which
    never say what a cell holds that may be personal. columns: those that there may be."""
    text = _text(file, problems)
    if text is None:
        return []
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    found: list[tuple[int, Cells]] = []
    for line, row in _rows(file, rows, problems):
        if not header:
            header = [cell.strip().lower() for cell in row]
            if not _fits(file, header, columns, problems):
                return []
        elif any(cell.strip() for cell in row):
            if len(row) != len(header):
                mend = f"write {len(header)} cells, as the first line has"
                problems.append(Problem(file, line, "too many or too few cells", mend))
            elif (cells := _cells(file, line, header, row, problems)) is not None:
                found.append((line, cells))
    if not header and not problems:
        problems.append(
            Problem(file, 1, "it is empty: not even a heading", f"begin with {_heading(columns)}")
        )
    return found


def _heading(columns: frozenset[str]) -> str:
    return "a line of columns, of " + ", ".join(sorted(columns))


def _text(file: Path, problems: list[Problem]) -> str | None:
    try:
        raw = file.read_bytes()
    except OSError as error:
        problems.append(Problem(file, 0, error.strerror or "it cannot be read", "name a CSV file"))
        return None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:4096]:
        problems.append(Problem(file, 1, "it is UTF-16, or no text", "save it as CSV UTF-8"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        problems += _unread(file, raw)
        return None


def _unread(file: Path, raw: bytes) -> Iterator[Problem]:
    """Lines that are of neither encoding; where each is of one, those that are not of most others'."""
    lines = [(n, line) for n, line in enumerate(raw.split(b"\n"), 1) if not line.isascii()]
    utf8 = {n for n, line in lines if _is(line, "utf-8")}
    gbk = {n for n, line in lines if n not in utf8 and _is(line, "gb18030")}
    for n, _ in lines:
        if n not in utf8 | gbk:
            yield Problem(file, n, "it is neither UTF-8 nor GB18030: mojibake", _UNDO)
    few, most = (utf8, "GB18030") if len(utf8) <= len(gbk) else (gbk, "UTF-8")
    for n in few:
        yield Problem(file, n, f"it is not in {most}, as the other lines are: mojibake", _UNDO)


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _rows(file: Path, rows: Iterator[list[str]], problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """With the line that each begins in."""
    while True:
        line = rows.line_num + 1  # type: ignore[attr-defined]
        try:
            row = next(rows, None)
        except csv.Error as error:
            problems.append(Problem(file, line, f"not CSV: {error}", 'write a quote in a cell twice: ""'))
            return
        if row is None:
            return
        yield line, row


def _fits(file: Path, header: list[str], columns: frozenset[str], problems: list[Problem]) -> bool:
    """A column that is not known is an error: a misspelled one would be lost without a word."""
    before = len(problems)
    for name in header:
        if name not in columns:
            problems.append(Problem(file, 1, f"the column {name!r} is not known", nearest(name, columns)))
        elif header.count(name) > 1:
            problems.append(Problem(file, 1, f"the column {name!r} stands twice", "keep one"))
    return len(problems) == before


def _cells(file: Path, line: int, header: list[str], row: list[str], problems: list[Problem]) -> Cells | None:
    before = len(problems)
    cells = {name: unicodedata.normalize("NFC", cell.strip()) for name, cell in zip(header, row, strict=True)}
    for name, cell in cells.items():
        if why := mojibake(cell):
            said = why if name not in PERSONAL else why.partition(";")[0]
            problems.append(Problem(file, line, f"`{name}` is mojibake: {said}", _UNDO))
        elif name in ADDRESSES and "?" in cell:
            what = f"`{name}` is mojibake: characters were lost before this file was written"
            problems.append(Problem(file, line, what, _UNDO))
        elif hidden := unseen(cell):
            what = f"`{name}` has a character that is not seen, {hidden}"
            problems.append(Problem(file, line, what, "write the cell by hand"))
    return {name: cell for name, cell in cells.items() if cell} if len(problems) == before else None


ADDRESSES = frozenset({"address", "building", "street"})
"""No address asks a question."""
PERSONAL = frozenset({"name", "phone", "email", "wechat"})
"""Columns whose cells are never repeated in words."""
