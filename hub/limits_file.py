"""limits/*.yaml: the editions of standards that come with the hub, and the plant's own, which win by name."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from alarms.spec import AlarmRow
from alarms.wrong_row import WrongRow
from core.model.finding import FindingKind
from core.model.limits import NOTHING, Disinfectant, Limit, LimitSet, LimitSets, SampleType, Use
from core.model.plant import Plant
from core.model.tag import Quantity, Tag
from core.model.text import Text
from hub.documents import read_document
from hub.problems import Problem
from hub.yaml_lines import Document

SHIPPED = Path(__file__).resolve().parent.parent / "configs" / "limits"
UNITS = {
    "free_chlorine": "mg/L",
    "total_chlorine": "mg/L",
    "ozone": "mg/L",
    "chlorine_dioxide": "mg/L",
    "turbidity": "NTU",
    "ph": "pH",
    "conductivity": "uS/cm",
    "temperature": "Cel",
}
"""Of what instruments measure: a limit is compared with their readings as it stands."""
ALIKE = {"NTU": "FNU"}
"""Another method, whose figures are held against the same limit."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitRow(_Row):
    """One limit. low, high: both are allowed. words: in place of numbers, or beside them. samples: all where
    none is named. disinfectants: whatever is used where none is named. unverified: what of it was not read in
    the standard itself, which the pages say."""

    item: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: Text = NOTHING
    samples: tuple[SampleType, ...] = Field(default=tuple(SampleType), min_length=1)
    disinfectants: tuple[Disinfectant, ...] = ()
    clause: Text = NOTHING
    unverified: tuple[Literal["low", "high", "words"], ...] = ()


class LimitsFile(_Row):
    """An edition of a standard. since, until: its first and last day in force. use: `judged` where it holds,
    `comparison` for what is shown beside and never judged by. source: where its numbers were read."""

    standard: str = Field(min_length=1)
    name: Text
    use: Use = Use.JUDGED
    since: date | None = None
    until: date | None = None
    source: str = Field(min_length=1)
    limits: tuple[LimitRow, ...] = Field(min_length=1)


def limit_files(plant: Path | None = None) -> dict[str, Path]:
    """By name: those that come with the hub, and the plant's own `limits/`, which win."""
    folders = [SHIPPED, *([plant / "limits"] if plant else [])]
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.yaml"))}


def read_limits(folder: Path, problems: list[Problem]) -> LimitSets:
    """folder: the plant's. What is wrong is added to `problems`."""
    found: list[tuple[Document, LimitSet]] = []
    for name, file in limit_files(folder).items():
        lines, read = read_document(file, LimitsFile, problems)
        if lines is not None and read is not None:
            found.append((lines, _set(name, read)))
            problems += _mistakes(lines, read)
    problems += _overlapping(found)
    return LimitSets(tuple(edition for _, edition in found))


def check_limited(file: Path, tags: Iterable[tuple[int, Tag]], problems: list[Problem]) -> None:
    """What the public sees is compared with limits, and must be in their unit. file: where the tags are."""
    for line, tag in tags:
        wanted = UNITS.get(tag.quantity)
        if tag.public and wanted and tag.unit not in (wanted, ALIKE.get(wanted)):
            what = f"public tag {tag.id!r} is in {tag.unit!r}, and limits of {tag.quantity} in {wanted!r}"
            problems.append(Problem(file, line, what, f"give it in {wanted}, or make it not public"))


def check_alarmed(rows: Sequence[AlarmRow], plant: Plant) -> Iterable[WrongRow]:
    """A low of free chlorine in water that has chloramine is no matter, and would leave the public page at
    "being verified" for ever."""
    chloramine = {zone.id for zone in plant.zones.values() if zone.disinfectant is Disinfectant.CHLORAMINE}
    for n, row in enumerate(rows if chloramine else ()):
        if row.kind is not FindingKind.LIMIT_LOW:
            continue
        free = (tag for tag in row.select.candidates(plant) if tag.quantity is Quantity.FREE_CHLORINE)
        taken = next((tag for tag in free if tag.zone in chloramine and row.select.takes(tag, plant)), None)
        if taken is not None:
            what = f"it waits for low free chlorine at {taken.id}, and zone {taken.zone} has chloramine"
            mend = "watch total_chlorine there, and leave these tags out with `without:`"
            wrong = WrongRow.of(row, what, mend, "for")
            wrong.row = n
            yield wrong


def _set(id: str, read: LimitsFile) -> LimitSet:
    return LimitSet(
        id=id,
        standard=read.standard,
        name=read.name,
        use=read.use,
        source=read.source,
        since=read.since,
        until=read.until,
        limits=tuple(Limit(**dict(row)) for row in read.limits),
    )


def _mistakes(lines: Document, read: LimitsFile) -> Iterable[Problem]:
    if read.since and read.until and read.since > read.until:
        what = f"in force from {read.since} until {read.until}"
        yield Problem(lines.file, lines.line(("until",)), what, "write the later day as `until:`")
    for n, row in enumerate(read.limits):
        for what, mend in _wrong(row, read.limits[:n]):
            yield Problem(lines.file, lines.line(("limits", n)), f"`{row.item}` {what}", mend)


def _wrong(row: LimitRow, earlier: Sequence[LimitRow]) -> Iterable[tuple[str, str]]:
    if row.low is None and row.high is None and not (row.words.zh and row.words.en):
        yield "has no number and no words", "write `low:`, `high:` or `words: {zh: …, en: …}`"
    if row.low is not None and row.high is not None and row.low > row.high:
        yield f"has a low of {row.low:g} above its high of {row.high:g}", "exchange them"
    if row.item in UNITS and row.unit != UNITS[row.item]:
        yield f"is limited in {row.unit!r}", f"write it in {UNITS[row.item]}, as instruments give it"
    if any(_same_place(row, other) for other in earlier):
        mend = "keep one of them, or name `samples:` and `disinfectants:` apart"
        yield "is limited twice for one sample and disinfectant", mend


def _same_place(one: LimitRow, other: LimitRow) -> bool:
    used = not one.disinfectants or not other.disinfectants or {*one.disinfectants} & {*other.disinfectants}
    return one.item == other.item and bool(used) and bool({*one.samples} & {*other.samples})


def _overlapping(found: Sequence[tuple[Document, LimitSet]]) -> Iterable[Problem]:
    """Two that are judged by on one day would leave it to chance which holds."""
    judged = [row for row in found if row[1].use is Use.JUDGED]
    for (earlier, first), (later, second) in combinations(judged, 2):
        if first.overlaps(second):
            what = f"{second.standard} and {first.standard} ({earlier.file.name}) are in force on one day"
            mend = "write `until:` in the one that ended, or `use: comparison`"
            yield Problem(later.file, later.line(("since",)), what, mend)
