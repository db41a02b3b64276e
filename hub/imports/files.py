"""Imports into the configuration's own tables: crews and the calendar of working days."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from core.durable_file import replace_file
from core.model.plant import Crew, Plant
from core.ports.ledger import Tx
from hub.imports.plan import Plan, differences, records
from hub.imports.table import Cells, read_table
from hub.problems import Problem, nearest
from hub.service_times_file import days_of

CREWS = (
    *("id", "name_zh", "name_en", "zone"),
    *("skills", "shift_from", "shift_to", "depot", "most_open"),
)
DAYS = ("date", "kind", "name_zh", "name_en", "source")


def crews(file: Path, folder: Path, plant: Plant, gone: bool, problems: list[Problem]) -> Plan:
    """gone: crews that the file does not have are removed."""
    rows = read_table(file, frozenset(CREWS), problems)
    for line, crew in records(file, rows, Crew, problems).values():
        if crew.zone is not None and crew.zone not in plant.zones:
            what = f"the zone {crew.zone!r} does not exist"
            problems.append(Problem(file, line, what, nearest(crew.zone, plant.zones)))
        if not crew.name.zh or not crew.name.en:
            problems.append(Problem(file, line, "its name is needed in both languages", "name_zh, name_en"))
    return _into(folder / "crews.csv", CREWS, "id", [cells for _, cells in rows], lambda _: gone)


def calendar(file: Path, into: Path, gone: bool, problems: list[Problem]) -> Plan:
    """Days off and worked weekends, by date. A file of one year leaves the other years as they are; gone: of
    the years that it has, days that it does not have are removed."""
    rows = read_table(file, frozenset(DAYS), problems)
    days_of(file, rows, problems)
    years = {cells.get("date", "")[:4] for _, cells in rows}
    return _into(into, DAYS, "date", [cells for _, cells in rows], lambda row: gone and row[:4] in years)


def _into(
    file: Path, columns: Sequence[str], key: str, rows: list[Cells], gone: Callable[[str], bool]
) -> Plan:
    """gone: whether a row that the file does not have is removed."""
    before = {cells[key]: cells for cells in _standing(file, columns)}
    named = {cells[key]: cells for cells in rows if key in cells}
    kept = {id: cells for id, cells in before.items() if id in named or not gone(id)}
    after = kept | named

    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(after[id] for id in (sorted(after) if key == "date" else after))

    async def apply(_: Tx) -> None:
        """Whole or not at all, before the audit's entry is: a file that was written is told."""
        replace_file(file, out.getvalue().encode())

    return Plan(
        rows=len(named),
        changes=differences(before, after),
        absent=len(kept.keys() - named.keys()),
        apply=apply,
        written=file,
        text=out.getvalue(),
        taken=len(before) - len(kept),
        standing=len(before),
    )


def _standing(file: Path, columns: Sequence[str]) -> list[Cells]:
    """What the file has now; it was read with the configuration, so that it is whole."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return [{name: row[name] for name in columns if row.get(name)} for row in csv.DictReader(handle)]
