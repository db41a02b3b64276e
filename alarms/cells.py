"""A row of the master alarm database as the cells of a table: for CSV, for comparing, for keeping.

Column names are those of ISA-18.2's master alarm database where it has one. Cells are canonical: a row and
its cells say the same, there and back (`tests/alarms/test_cells.py`). An empty cell is left out, so that a
column which a later version adds leaves the digests of old rows as they are.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from alarms.matrix import CONSEQUENCES, MATRIX, Matrix, whole
from alarms.matrix import Cells as MatrixCells
from alarms.rationale import Words
from alarms.spec import AlarmRow, Selector
from alarms.wrong_row import WrongRow

Cells = Mapping[str, str]
_RENAMED = {
    "id": "alarm_id",
    "kind": "type",
    "alarm_class": "class",
    "response_min": "time_to_respond_min",
    "consequence": "consequence_if_ignored",
    "action": "corrective_action",
    "group": "group_id",
}
_FIRST = (
    *("id", "select", "kind", "name", "alarm_class", "consequence_level", "response_min"),
    *("setpoint", "escalate_at", "unit", "deadband", "on_delay_s", "off_delay_s", "window_s"),
)
FIELDS = (*_FIRST, *(one for one in AlarmRow.model_fields if one not in _FIRST))
PRIORITY = "priority"
"""Written for people to read; on the way back it must be what the matrix says, or empty."""
_CELLS: TypeAdapter[MatrixCells] = TypeAdapter(MatrixCells)
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")
_ALIASES = {field.alias: name for name, field in AlarmRow.model_fields.items() if field.alias}


def _form(annotation: Any) -> str:
    """How a field's value stands in cells: plain, list, words, several_words,
    number_or_text, or json for the rest."""
    origin, args = get_origin(annotation), [one for one in get_args(annotation) if one is not NoneType]
    if origin in (Union, UnionType):
        if set(args) == {float, str}:
            return "number_or_text"
        return _form(args[0]) if len(args) == 1 else "json"
    if origin is tuple:
        inner = _form(args[0])
        return {"words": "several_words", "plain": "list"}.get(inner, "json")
    if annotation is Words:
        return "words"
    if origin is Literal:
        return "plain"
    if hasattr(annotation, "__metadata__"):
        return _form(args[0])
    plain = isinstance(annotation, type) and issubclass(annotation, str | int | float | bool | date | Enum)
    return "plain" if plain else "json"


_FORMS = {name: _form(field.annotation) for name, field in AlarmRow.model_fields.items() if name != "select"}
_SELECTORS = {"tag": "plain"} | {name: _form(of.annotation) for name, of in Selector.model_fields.items()}


def _columns_of(name: str) -> tuple[str, ...]:
    if name == "select":
        return tuple(_SELECTORS)
    column = _RENAMED.get(name, name)
    return (f"{column}_zh", f"{column}_en") if "words" in _FORMS[name] else (column,)


def _columns() -> Iterable[str]:
    for name in FIELDS:
        yield from (PRIORITY,) if name == "setpoint" else ()
        yield from _columns_of(name)


COLUMNS = tuple(_columns())
MANDATORY = frozenset(
    column
    for name, field in AlarmRow.model_fields.items()
    if field.is_required() or name == "select"
    for column in (_columns_of(name) if name != "select" else ("tag",))
)


def cells_of(row: AlarmRow, matrix: Matrix = MATRIX) -> dict[str, str]:
    """In the order of COLUMNS. Raises ValueError for a row of which the matrix makes an event."""
    cells: dict[str, str] = {PRIORITY: str(row.priority(matrix))}
    for name, form in _FORMS.items():
        value, of = getattr(row, name), AlarmRow.model_fields[name]
        if of.is_required() or value != of.default:
            cells |= _told(_columns_of(name), form, value)
    for name, form in _SELECTORS.items():
        stated = getattr(row.select, name)
        if name == "tag" or stated != Selector.model_fields[name].default:
            cells |= _told((name,), form, stated)
    return {column: cells[column] for column in COLUMNS if cells.get(column)}


def _told(columns: tuple[str, ...], form: str, value: Any) -> dict[str, str]:
    if value is None or value == ():
        return {}
    match form:
        case "words":
            return dict(zip(columns, (value.zh, value.en), strict=True))
        case "several_words":
            texts = ("\n".join(one.zh for one in value), "\n".join(one.en for one in value))
            return dict(zip(columns, texts, strict=True))
        case "list":
            return {columns[0]: " ".join(map(_plain, value))}
        case "json":
            return {columns[0]: json.dumps(value, ensure_ascii=False, sort_keys=True, default=_dumped)}
    return {columns[0]: _plain(value)}


def _dumped(value: Any) -> Any:
    return value.model_dump(mode="json", by_alias=True) if isinstance(value, BaseModel) else str(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return value.value if isinstance(value, Enum) else str(value)


def row_of(cells: Cells, matrix: Matrix = MATRIX) -> AlarmRow:
    """Raises ValueError (a pydantic ValidationError where a cell is missing or wrong: `column_of`)."""
    if not cells.get("tag"):
        raise WrongRow("`tag` is empty", "name the tag, a pattern, or * for all that other columns choose")
    values: dict[str, Any] = {}
    for name, form in _FORMS.items():
        if (value := _read(_columns_of(name), form, cells)) is not None:
            values[name] = value
    values["select"] = {
        name: value for name, form in _SELECTORS.items() if (value := _read((name,), form, cells)) is not None
    }
    row = AlarmRow.model_validate(values)
    stated, follows = cells.get(PRIORITY), str(row.priority(matrix))
    if stated and stated != follows:
        raise WrongRow(
            f"priority {stated} does not follow from {row.consequence_level} and {row.response_min:g} min, "
            f"which make {follows}",
            "leave the cell empty, or correct what it follows from",
        )
    return row


def _read(columns: tuple[str, ...], form: str, cells: Cells) -> Any:
    found = [cells.get(column) or None for column in columns]
    if not any(found):
        return None
    match form:
        case "words":
            return _words(*found)
        case "several_words":
            zh, en = ((text or "").split("\n") for text in found)
            lines = max(len(zh), len(en))
            pad = [[*one, *[None] * (lines - len(one))] for one in (zh, en)]
            return [_words(*pair) for pair in zip(*pad, strict=True)]
        case "list":
            return (found[0] or "").split()
        case "json":
            try:
                return json.loads(found[0] or "")
            except (ValueError, RecursionError):
                return found[0]
        case "number_or_text" if _NUMBER.fullmatch(found[0] or ""):
            return float(found[0] or "")
    return found[0]


def _words(zh: str | None, en: str | None) -> dict[str, str]:
    return {language: text for language, text in (("zh", zh), ("en", en)) if text}


def column_of(loc: tuple[str | int, ...]) -> str:
    """Where in the table a validator's location is."""
    if not loc:
        return ""
    name = _ALIASES.get(str(loc[0]), str(loc[0]))
    if name == "select":
        return str(loc[1]) if len(loc) > 1 else "tag"
    columns = _columns_of(name) if name in _FORMS else (name,)
    return f"{columns[0][:-3]}_{loc[-1]}" if loc[-1] in ("zh", "en") else columns[0]


def digest_of(cells: Cells) -> str:
    """The same for the same row, whatever file it came from: 128 bits of SHA-256, hexadecimal."""
    told = json.dumps(sorted((k, v) for k, v in cells.items() if v), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


MATRIX_ROW = "*matrix"
"""Under this id, which no row can have, the matrix of priorities is a row of the database too."""


def matrix_cells(matrix: Matrix) -> dict[str, str]:
    return {level: " ".join(map(str, matrix[level])) for level in CONSEQUENCES}


def matrix_of(cells: Cells) -> Matrix:
    """The default where nothing is stated. Raises ValueError."""
    stated = {
        level: _CELLS.validate_python(cells[level].split()) for level in CONSEQUENCES if cells.get(level)
    }
    return whole(stated)
