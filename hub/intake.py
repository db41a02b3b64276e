"""What stands between the sources and the spool, and between the spool and the historian, as configured."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from collectors.intake.derived import Derived
from collectors.intake.intake import Intake
from collectors.intake.limits import TimeLimits
from core.model.archive import ArchiveRule
from core.model.tag import Tag
from core.runtime.archiving import Archiving
from hub.check import Configuration
from hub.config import ArchiveConfig, TimesConfig
from hub.stores import Stores


def intake_of(configuration: Configuration, stores: Stores) -> tuple[Intake, Derived | None]:
    """derived: None when the plant has no derived tags."""
    tags, clock = configuration.plant.tags, stores.clock
    derived = Derived(configuration.formulas, tags, clock) if configuration.formulas else None
    limits = limits_of(configuration.hub.times)
    return Intake(stores.spool, stores.quarantine, tags, clock, limits, derived), derived


def limits_of(times: TimesConfig) -> TimeLimits:
    return TimeLimits(
        future_s=times.future_s,
        telemetry_past_s=times.telemetry_past_h * 3600,
        alarm_age_s=times.alarm_max_age_s,
    )


def archiving_of(configuration: Configuration) -> Archiving | None:
    """None when every sample is stored."""
    rules = archive_rules(configuration.hub.archive, configuration.plant.tags)
    return Archiving(rules, configuration.hub.data / "archive.state") if rules else None


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
