"""Where the alarms that run, or a plant's files, are not what was approved: by row and field (ISA-18.2 16).

Three things are compared with what the approved versions add up to: the ledger's own rows, the definitions
in the running hub, and the files. A file that still says what was approved once is only behind. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from alarms.cells import MATRIX_ROW, Cells, digest_of, matrix_of, row_of
from alarms.definitions import Definitions
from alarms.difference import RowChange, Table, row_changes
from alarms.expansion import shared_of
from core.model.master import MasterEdit, MasterRow

FILES, RUNTIME, LEDGER = "files", "runtime", "ledger"


class Difference(NamedTuple):
    """where: FILES, RUNTIME or LEDGER. field: a column, or of the runtime what its definitions call it."""

    where: str
    row: str
    field: str
    approved: str
    found: str


class Compared(NamedTuple):
    """behind: rows whose file says what was approved before."""

    differences: list[Difference]
    behind: list[str]


def compare(
    rows: Mapping[str, MasterRow],
    edits: Sequence[MasterEdit],
    running: Definitions,
    files: Table | None,
) -> Compared:
    """edits: all that were approved, in any order. files: None when they cannot be read."""
    told = added_up(edits)
    found = [*_of_ledger(rows, told), *_of_runtime(told, running)]
    behind: list[str] = []
    if files is None:
        found.append(Difference(FILES, "*", "*", "", "?"))
        return Compared(found, behind)
    once = {(edit.row, digest) for edit in edits for digest in (edit.base, edit.digest)}
    for change in row_changes(told, files):
        if (change.row, None if change.after is None else digest_of(change.after)) in once:
            behind.append(change.row)
        else:
            found += _fields(FILES, change)
    return Compared(found, behind)


def added_up(edits: Iterable[MasterEdit]) -> dict[str, Cells]:
    """The database that approved edits make, in the order of their versions; others do not count."""
    table: dict[str, Cells] = {}
    for edit in sorted((e for e in edits if e.version is not None), key=lambda e: e.version or 0):
        if edit.after is None:
            table.pop(edit.row, None)
        else:
            table[edit.row] = edit.after
    return table


def _of_ledger(rows: Mapping[str, MasterRow], told: Table) -> Iterator[Difference]:
    for change in row_changes(told, {id: row.cells for id, row in rows.items()}):
        yield from _fields(LEDGER, change)
    for id, row in rows.items():
        if id in told and row.cells == told[id] and row.digest != digest_of(told[id]):
            yield Difference(LEDGER, id, "digest", digest_of(told[id]), row.digest)


def _of_runtime(told: Table, running: Definitions) -> Iterator[Difference]:
    """Of rules that watch something; attribute by attribute, as the detectors have them."""
    matrix = matrix_of(told.get(MATRIX_ROW, {}))
    known = {rule.id: rule for rule in running.rules}
    for id in sorted(known.keys() - told.keys()):
        yield Difference(RUNTIME, id, "*", "", id)
    for id, rule in known.items():
        if id not in told:
            continue
        row = row_of(told[id], matrix)
        if rule.name != row.name.text():
            yield Difference(RUNTIME, id, "name", str(row.name.text()), str(rule.name))
        for field, wanted in shared_of(row, matrix).items():
            if (found := rule.shared.get(field)) != wanted:
                yield Difference(RUNTIME, id, field, str(wanted), str(found))


def _fields(where: str, change: RowChange) -> list[Difference]:
    if change.before is None or change.after is None:
        gone, new = (change.row, "") if change.after is None else ("", change.row)
        return [Difference(where, change.row, "*", gone, new)]
    return [Difference(where, one.row, one.field, one.before, one.after) for one in change.fields]
