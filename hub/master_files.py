"""The master alarm database of a plant's folder: alarms.yaml, alarms.csv, or both together."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from alarms.cells import FIELDS, MATRIX_ROW, Cells, cells_of, matrix_cells
from alarms.definitions import Definitions
from alarms.matrix import MATRIX, whole
from alarms.rationale import DEFAULTABLE
from alarms.spec import AlarmRow, AlarmsSpec
from alarms.suppression import ByDesign
from alarms.suppression_spec import WrongRule, by_design, misnamed
from alarms.wrong_row import WrongRow
from core.durable_file import replace_file
from core.model.plant import Plant
from hub.alarms_csv import csv_text, read_csv
from hub.documents import read_document
from hub.problems import Problem
from hub.yaml_lines import Document, load

YAML, CSV = "alarms.yaml", "alarms.csv"


@dataclass
class Master:
    """spec: the rows of all files, with the matrix of alarms.yaml."""

    spec: AlarmsSpec
    lines: Document | None = None
    csv_file: Path = Path()
    csv_lines: Sequence[int] = ()

    def problem(self, wrong: WrongRow) -> Problem:
        """What is wrong with a row, where the row stands."""
        of_csv = wrong.row - len(self.spec.alarms) + len(self.csv_lines)
        if of_csv >= 0 or self.lines is None:
            return Problem(self.csv_file, self.csv_lines[of_csv], str(wrong), wrong.mend)
        line = self.lines.line(("alarms", wrong.row, *([wrong.field] if wrong.field else [])))
        return Problem(self.lines.file, line, str(wrong), wrong.mend)

    def by_design(self, definitions: Definitions, plant: Plant, problems: list[Problem]) -> ByDesign:
        """What suppresses which of these; nothing while a rule is wrong."""
        try:
            design = by_design(self.spec.suppression, definitions, plant)
            problems += [self.problem(wrong) for wrong in misnamed(self.spec.alarms, design)]
            return design
        except WrongRule as wrong:
            assert self.lines is not None, "only alarms.yaml has rules"
            line = self.lines.line(("suppression", *wrong.path))
            problems.append(Problem(self.lines.file, line, str(wrong), wrong.mend))
            return ByDesign()

    def table(self) -> dict[str, Cells]:
        """Every row's cells by its id; the matrix too."""
        matrix = whole(self.spec.matrix)
        rows: dict[str, Cells] = {row.id: cells_of(row, matrix) for row in self.spec.alarms}
        return rows | {MATRIX_ROW: matrix_cells(matrix)}


def read_master(place: Path, problems: list[Problem]) -> Master | None:
    """place: a folder or one of its files. None when what is wrong leaves nothing to go on with."""
    csv_file = place / CSV if place.is_dir() else place
    yaml_file = place / YAML if place.is_dir() else place
    before = len(problems)
    master = Master(AlarmsSpec(alarms=()), csv_file=csv_file)
    if yaml_file.suffix != ".csv" and (yaml_file.exists() or not csv_file.exists()):
        lines, spec = read_document(yaml_file, AlarmsSpec, problems)
        if lines and spec:
            master.spec, master.lines = spec, lines
    if csv_file.suffix == ".csv" and csv_file.exists():
        rows = read_csv(csv_file, problems, whole(master.spec.matrix))
        master.csv_lines = [line for line, _ in rows]
        alarms = (*master.spec.alarms, *(row for _, row in rows))
        master.spec = master.spec.model_copy(update={"alarms": alarms})
    return master if len(problems) == before else None


def yaml_text(spec: AlarmsSpec) -> str:
    """The same rows again when it is read; what all of them share stands under `defaults`."""
    rows = [_written(row) for row in spec.alarms]
    defaults = _shared(rows) if len(rows) > 1 else {}
    rows = [{key: value for key, value in row.items() if key not in defaults} for row in rows]
    whole_file: dict[str, Any] = {}
    if spec.matrix and whole(spec.matrix) != MATRIX:
        whole_file["matrix"] = {key: list(cells) for key, cells in spec.matrix.items()}
    if defaults:
        whole_file["defaults"] = defaults
    return _dumped(whole_file | {"alarms": rows})


def place_rows(folder: Path, spec: AlarmsSpec, to: str) -> list[Path]:
    """Puts the rows into the folder's alarms.csv (`to` csv) or alarms.yaml, and nowhere else; what else
    alarms.yaml says stays. A file that is replaced stays beside it, as `.before`. The files written."""
    yaml_file, csv_file = folder / YAML, folder / CSV
    kept = load(yaml_file).value if yaml_file.exists() else {}
    if to == "yaml":
        text = yaml.safe_load(yaml_text(spec))
        others = {key: value for key, value in kept.items() if key not in ("defaults", "alarms")}
        written = {yaml_file: _dumped(others | text)}
    else:
        written = {csv_file: csv_text(spec.alarms, whole(spec.matrix))}
        if kept.get("alarms"):
            others = {key: value for key, value in kept.items() if key != "defaults"}
            written[yaml_file] = _dumped(others | {"alarms": []})
    for file, content in written.items():
        if file.exists():
            shutil.copyfile(file, file.with_name(f"{file.name}.before"))
        replace_file(file, content.encode())
    if to == "yaml" and csv_file.exists():
        csv_file.replace(csv_file.with_name(f"{CSV}.before"))
    return list(written)


def _dumped(value: dict[str, Any]) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)


def _written(row: AlarmRow) -> dict[str, Any]:
    """In the order of a table's columns; whole numbers without a point."""
    values: dict[str, Any] = row.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    fields = ((name, AlarmRow.model_fields[name].alias or name) for name in FIELDS)
    told = {alias: values[alias] for _, alias in fields if alias in values}
    return {key: int(v) if isinstance(v, float) and v.is_integer() else v for key, v in told.items()}


def _shared(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    same = (key for key in first if key in DEFAULTABLE and all(row.get(key) == first[key] for row in rows))
    return {key: first[key] for key in same}
