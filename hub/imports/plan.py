"""What an import is before it is done: the difference that it would make, and how to make it."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from alarms.difference import RowChange, row_changes
from core.ports.ledger import Tx
from hub.csv_rows import SEVERAL, wrong_id
from hub.imports.table import PERSONAL, Cells
from hub.problems import Problem, explain

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """rows: of the file. absent: what stands in the hub and not in the file, and stays. apply: in the
    transaction that the audit's entry ends. written: the file that is changed, where it is one, and its text
    then. taken: rows that go, of `standing`."""

    rows: int
    changes: tuple[RowChange, ...]
    absent: int
    apply: Callable[[Tx], Awaitable[None]]
    written: Path | None = None
    text: str = ""
    taken: int = 0
    standing: int = 0


def records(
    file: Path, rows: Iterable[tuple[int, Cells]], kind: type[T], problems: list[Problem], *, key: str = "id"
) -> dict[str, tuple[int, T]]:
    """By id, each with its line. `name_zh` and `name_en` are one Text, and columns of several ids are split;
    no personal cell is told."""
    adapter: TypeAdapter[T] = TypeAdapter(kind)
    found: dict[str, tuple[int, T]] = {}
    for line, cells in rows:
        id = cells.get(key, "")
        if wrong := wrong_id(file, line, id, found, key=key):
            problems.append(wrong)
            continue
        try:
            found[id] = line, adapter.validate_python(_named(cells))
        except ValidationError as error:
            problems += [_problem(file, line, dict(one)) for one in error.errors()]
    return found


def _named(cells: Cells) -> dict[str, Any]:
    known: dict[str, Any] = {name: cell.split() if name in SEVERAL else cell for name, cell in cells.items()}
    if "name_zh" in known or "name_en" in known:
        known["name"] = {"zh": known.pop("name_zh", ""), "en": known.pop("name_en", "")}
    return known


def _problem(file: Path, line: int, error: Any) -> Problem:
    if str(error["loc"][0] if error["loc"] else "") in PERSONAL:
        return Problem(file, line, f"`{error['loc'][0]}` is not as it should be", "write it as text")
    return Problem(file, line, *explain(error))


def differences(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> tuple[RowChange, ...]:
    return tuple(row_changes(before, after))


def cells_of(record: Any, names: Iterable[str] | None = None) -> Cells:
    """A record as its row would say it; what is empty or as by default is left out."""
    wanted = [field.name for field in fields(record)] if names is None else list(names)
    return {name: said for name in wanted if (said := _said(getattr(record, name)))}


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return " ".join(_said(one) for one in value)
    return "" if value is None else str(value)


def told(changes: Iterable[RowChange]) -> Iterator[str]:
    """A line each: + new, - gone, and every field that changed."""
    n = 0
    for n, change in enumerate(changes, 1):  # noqa: B007
        if change.before is None:
            yield f"+ {change.row}: new"
        elif change.after is None:
            yield f"- {change.row}: gone"
        else:
            for one in change.fields:
                yield f"  {one.row}: {one.field}: {one.before or '(empty)'} -> {one.after or '(empty)'}"
    yield f"{n} row{'s' * (n != 1)} changed" if n else "no difference"
