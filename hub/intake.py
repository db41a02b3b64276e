"""What stands between the sources and the spool, and between the spool and the historian, as configured."""

from collections.abc import Mapping, Sequence
from functools import partial

from alarms.definitions import by_kind
from collectors.intake.derived import Derived
from collectors.intake.frozen import FrozenWatch
from collectors.intake.intake import Intake
from collectors.intake.limits import TimeLimits
from collectors.intake.maintenance import MaintenanceWatch
from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.spec import MqttSpec
from core.model.finding import FindingKind
from core.ports.historian import HistorianUnavailable
from core.ports.source import Source, SourceFacts
from core.runtime.archiving import Archiving
from core.runtime.logs import log
from core.runtime.supervisor import Supervisor
from hub.archive import archive_rules
from hub.check import Configuration
from hub.config import TimesConfig
from hub.reads import followed
from hub.stores import Stores

DAY_S = 86_400.0


async def add_intake(
    supervisor: Supervisor,
    configuration: Configuration,
    stores: Stores,
    sources: Sequence[Source],
    read: Mapping[str, dict[str, str]],
) -> list[Source]:
    """Modbus connections, which share their batches, run into one gate, every other source into its own; what
    watches over them runs beside. read: see `hub.reads`. Returns what the hub adds to the sources: its
    derived tags, when the plant has any."""
    tags, clock = configuration.plant.tags, stores.clock
    facts = {source.id: source.facts for source in sources}
    derived = await _derived(configuration, stores, facts) if configuration.formulas else None
    limits = limits_of(configuration.hub.times)
    intake = Intake(stores.spool, stores.quarantine, tags, clock, limits, derived)
    specified = list(zip(configuration.collectors, sources, strict=True))
    polled = {source.id: source.facts for spec, source in specified if isinstance(spec, ModbusSpec)}
    polls = intake.joint_gate(polled)
    for spec, source in specified:
        source.facts.device_of = source.facts.device_of or read.get(source.id, {})
        past_s = spec.max_age_d * DAY_S if isinstance(spec, MqttSpec) else None
        joint = source.id in polled
        gate = polls if joint else intake.gate(source.id, source.facts, past_s=past_s)
        supervisor.add(f"source {source.id}", partial(source.run, gate))
    supervisor.add("maintenance", MaintenanceWatch(stores.ledger, tags, intake.marks, clock).run)
    flat = [row.tag for row in by_kind(configuration.definitions)[FindingKind.FLATLINE] if row.tag]
    learned = configuration.hub.data / "frozen.npz"
    supervisor.add("frozen sensors", FrozenWatch(stores.live, tags, flat, intake, clock, learned).run)
    if derived is None:
        return []
    supervisor.add("derived tags", partial(derived.run, intake.gate(derived.id, derived.facts)))
    return [derived]


async def _derived(configuration: Configuration, stores: Stores, facts: Mapping[str, SourceFacts]) -> Derived:
    """Knowing what its inputs were before the start; of a historian that is away, once they are heard."""
    follows = followed(configuration.collectors, facts, configuration.plant.tags)
    made = Derived(configuration.formulas, configuration.plant.tags, stores.clock, follows)
    try:
        made.remember(await stores.historian.last(made.inputs))
    except HistorianUnavailable as error:
        log.warning("derived tags wait until their inputs are heard", error=str(error))
    return made


def limits_of(times: TimesConfig) -> TimeLimits:
    return TimeLimits(
        future_s=times.future_s,
        telemetry_past_s=times.telemetry_past_h * 3600,
        alarm_age_s=times.alarm_max_age_s,
    )


def archiving_of(configuration: Configuration, file: str = "archive.state") -> Archiving | None:
    """Of one historian; None when every sample is stored. file: in the data folder, its own."""
    rules = archive_rules(configuration.hub.archive, configuration.plant.tags)
    return Archiving(rules, configuration.hub.data / file) if rules else None
