"""What the historian may leave out, as hub.yaml says it."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from core.model.archive import ArchiveRule
from core.model.tag import Tag
from hub.config import ArchiveConfig
from hub.plant_files import PlantFiles
from hub.problems import Problem
from hub.yaml_lines import Document


def check_archive(
    lines: Document, rows: Sequence[ArchiveConfig], files: PlantFiles, problems: list[Problem]
) -> None:
    """A row that is for no tag is a slip of the pen."""
    for n, row in enumerate(rows):
        if not any(_fits(row, tag) for tag in files.plant.tags.values()):
            what = "no tag fits this row of the archive"
            mend = "tags are ids or patterns (`*.level`), and all of quantity must hold too"
            problems.append(Problem(lines.file, lines.line(("archive", n)), what, mend))


def archive_rules(rows: Sequence[ArchiveConfig], tags: Mapping[str, Tag]) -> dict[str, ArchiveRule]:
    """The rule of each tag that has one."""
    found = {id: next((row for row in rows if _fits(row, tag)), None) for id, tag in tags.items()}
    return {id: _rule(row, tags[id]) for id, row in found.items() if row is not None}


def _fits(row: ArchiveConfig, tag: Tag) -> bool:
    return (row.quantity is None or tag.quantity is row.quantity) and any(
        fnmatchcase(tag.id, pattern) for pattern in row.tags
    )


def _rule(row: ArchiveConfig, tag: Tag) -> ArchiveRule:
    """A share of a span that nobody stated leaves nothing out."""
    band = row.deadband.abs
    if row.deadband.pct_of_span is not None and tag.low is not None and tag.high is not None:
        band = (tag.high - tag.low) * row.deadband.pct_of_span / 100
    return ArchiveRule(
        deadband=band or 0.0,
        min_interval_s=row.min_interval_s,
        max_silence_s=row.max_silence_s,
        swinging_door=row.swinging_door,
    )
