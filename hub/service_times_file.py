"""service-times.yaml with its calendar, against the plant and escalation.yaml: each mistake with its line."""

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from core.model.plant import Plant
from hub.csv_rows import cells_of
from hub.documents import read_document
from hub.escalation_file import NAME as ESCALATION
from hub.problems import Problem, explain, nearest
from hub.yaml_lines import Document
from response.clocks.calendar import WorkingDays
from response.clocks.spec import ServiceTimesFile
from response.escalation.spec import EscalationFile
from response.service_times import CN_DEFAULT, ServiceTimes

NAME = "service-times.yaml"
CREW = "crew"
_NOBODY = f"write {ESCALATION} (docs/how-to/escalation.md), or name no position here"
Path_ = tuple[str | int, ...]


class CalendarRow(BaseModel):
    """A day that is not as its weekday says. off: without work; work: a weekend day that is worked (调休)."""

    model_config = ConfigDict(frozen=True)

    date: date
    kind: Literal["off", "work"]


def read_service_times(
    file: Path, plant: Plant | None, escalation: EscalationFile | None, problems: list[Problem]
) -> ServiceTimes:
    """`cn-default` without the file."""
    if not file.exists():
        return CN_DEFAULT
    lines, found = read_document(file, ServiceTimesFile, problems)
    if lines is None or found is None:
        return CN_DEFAULT
    _Checked(lines, found, problems).all(plant, escalation)
    since_s, until_s = found.working_day.seconds
    if found.calendar is None:
        return ServiceTimes(found, WorkingDays(since_s=since_s, until_s=until_s))
    rows = read_calendar(file.parent / found.calendar, problems)
    days = WorkingDays(
        off=frozenset(row.date for row in rows if row.kind == "off"),
        work=frozenset(row.date for row in rows if row.kind == "work"),
        since_s=since_s,
        until_s=until_s,
        covered=frozenset(row.date.year for row in rows if row.kind == "off"),
    )
    return ServiceTimes(found, days)


def read_calendar(file: Path, problems: list[Problem]) -> list[CalendarRow]:
    """A year is covered once it has a day off."""
    if not file.exists():
        mend = "write date,kind,name_zh,name_en,source: docs/how-to/service-times.md"
        problems.append(Problem(file, 0, "the file is missing", mend))
        return []
    return days_of(file, cells_of(file, problems), problems)


def days_of(
    file: Path, rows: Iterable[tuple[int, dict[str, Any]]], problems: list[Problem]
) -> list[CalendarRow]:
    """Of a calendar's rows, each with its line."""
    found: dict[date, CalendarRow] = {}
    for line, cells in rows:
        try:
            row = CalendarRow.model_validate(cells)
        except ValidationError as error:
            problems += [Problem(file, line, *explain(one)) for one in error.errors()]
            continue
        if row.date in found:
            problems.append(Problem(file, line, f"{row.date} stands there already", "keep one row a day"))
        elif row.kind == "work" and row.date.weekday() < 5:
            mend = "a weekday is worked anyhow: leave the row out"
            problems.append(Problem(file, line, f"{row.date} is no weekend", mend))
        found[row.date] = row
    return list(found.values())


class _Checked:
    def __init__(self, lines: Document, file: ServiceTimesFile, problems: list[Problem]) -> None:
        self._lines, self._file, self._problems = lines, file, problems

    def all(self, plant: Plant | None, escalation: EscalationFile | None) -> None:
        if plant is not None:
            for ring, zones in self._file.rings.items():
                for n, zone in enumerate(zones):
                    self._known(("rings", ring, n), "zone", zone, plant.zones)
            for crew in self._file.crew_positions:
                self._known(("crew_positions", crew), "crew", crew, plant.crews)
        if escalation is not None:
            self._positions([position.id for position in escalation.positions])
        elif not (self._lines.file.parent / ESCALATION).exists():
            self._positions([])

    def _positions(self, known: list[str]) -> None:
        """Without an escalation.yaml there is none, and whoever is named would never hear."""
        for n, rung in enumerate(self._file.ladder):
            for i, id in enumerate(rung.tell):
                if id != CREW:
                    self._known(("ladder", n, "tell", i), "position", id, known)
        for crew, id in self._file.crew_positions.items():
            self._known(("crew_positions", crew), "position", id, known)
        for key in ("unassigned", "duty_overdue", "update_missed"):
            for i, id in enumerate(getattr(self._file, key)):
                self._known((key, i), "position", id, known)
        for n, rung in enumerate(self._file.acute_quality.ladder):
            for i, id in enumerate(rung.tell):
                self._known(("acute_quality", "ladder", n, "tell", i), "position", id, known)
        for key in ("tell", "overdue"):
            for i, id in enumerate(getattr(self._file.fire_service, key)):
                self._known(("fire_service", key, i), "position", id, known)

    def _known(self, path: Path_, what: str, id: str, known: Collection[str]) -> None:
        if id not in known:
            nobody = what == "position" and not known
            problem = Problem(
                self._lines.file,
                self._lines.line(path),
                f"{what} {id!r} does not exist" + (f": there is no {ESCALATION}" if nobody else ""),
                _NOBODY if nobody else nearest(id, known),
            )
            self._problems.append(problem)
