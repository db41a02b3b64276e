"""What is different between two states of the master alarm database: row, field, before, after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alarms.cells import COLUMNS, Cells

Table = Mapping[str, Cells]
"""Rows by id."""


@dataclass(frozen=True, slots=True)
class Change:
    """field: the column. before: empty in a row that is new; after: in one that is gone."""

    row: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row's. before: None for a new row; after: None for one that is gone."""

    row: str
    before: Cells | None
    after: Cells | None

    @property
    def fields(self) -> list[Change]:
        before, after = self.before or {}, self.after or {}
        named = [*COLUMNS, *sorted((before.keys() | after.keys()) - set(COLUMNS))]
        told = ((name, before.get(name, ""), after.get(name, "")) for name in named)
        return [Change(self.row, name, was, now) for name, was, now in told if was != now]


def row_changes(before: Table, after: Table) -> Iterator[RowChange]:
    """By row id; rows that say the same are left out."""
    for row in sorted(before.keys() | after.keys()):
        was, now = before.get(row), after.get(row)
        if was != now:
            yield RowChange(row, was, now)
