"""What stands between the sources and the spool, and between the spool and the historian, as configured."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial

from collectors.intake.derived import Derived
from collectors.intake.frozen import FrozenWatch
from collectors.intake.intake import Intake
from collectors.intake.limits import TimeLimits
from collectors.intake.maintenance import MaintenanceWatch
from collectors.mqtt.spec import MqttSpec
from core.model.archive import ArchiveRule
from core.model.finding import FindingKind
from core.model.tag import Tag
from core.ports.source import Source
from core.runtime.archiving import Archiving
from core.runtime.supervisor import Supervisor
from hub.check import Configuration
from hub.config import ArchiveConfig, TimesConfig
from hub.reads import reads
from hub.stores import Stores

DAY_S = 86_400.0


async def add_intake(
    supervisor: Supervisor, configuration: Configuration, stores: Stores, sources: Sequence[Source]
) -> list[Source]:
    """Every source runs into a gate of its own; what watches over them runs beside. Returns what the hub
    adds to the sources: its derived tags, when the plant has any."""
    tags, clock = configuration.plant.tags, stores.clock
    derived = await _derived(configuration, stores) if configuration.formulas else None
    limits = limits_of(configuration.hub.times)
    intake = Intake(stores.spool, stores.quarantine, tags, clock, limits, derived)
    read = reads(configuration.collectors, tags)
    for spec, source in zip(configuration.collectors, sources, strict=True):
        source.facts.device_of = source.facts.device_of or dict(read.get(source.id, {}))
        past_s = spec.max_age_d * DAY_S if isinstance(spec, MqttSpec) else None
        gate = intake.gate(source.id, source.facts, past_s=past_s)
        supervisor.add(f"source {source.id}", partial(source.run, gate))
    supervisor.add("maintenance", MaintenanceWatch(stores.ledger, tags, intake.marks, clock).run)
    flat = [row.tag for row in configuration.definitions if row.kind is FindingKind.FLATLINE and row.tag]
    supervisor.add("frozen sensors", FrozenWatch(stores.live, tags, flat, intake, clock).run)
    if derived is None:
        return []
    supervisor.add("derived tags", partial(derived.run, intake.gate(derived.id, derived.facts)))
    return [derived]


async def _derived(configuration: Configuration, stores: Stores) -> Derived:
    """Knowing what its inputs were before the start."""
    made = Derived(configuration.formulas, configuration.plant.tags, stores.clock)
    made.remember(await stores.historian.last(made.inputs))
    return made


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
