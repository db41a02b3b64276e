"""The alarms, put together: the plant's, those about the hub itself and about calls, and who keeps them."""

from collections.abc import Callable
from dataclasses import dataclass

from alarms.call_alarms import CallAlarms
from alarms.clocks import FieldClocks
from alarms.health_alarms import HealthAlarms
from alarms.master_watch import MasterWatch
from alarms.service import AlarmService
from core.runtime.health import Health
from core.runtime.supervisor import Supervisor
from hub.approved import Approved
from hub.check import Configuration
from hub.reads import followed
from hub.sensing import Sensing
from hub.stores import Stores


@dataclass(frozen=True, slots=True)
class Alarming:
    """service: the plant's alarms; master: who keeps their rows as they were approved."""

    service: AlarmService
    master: MasterWatch


def add_alarms(
    supervisor: Supervisor,
    now: Approved,
    stores: Stores,
    health: Health,
    sensing: Sensing,
    imported: Callable[[], bool],
) -> Alarming:
    """imported: see `alarms.service`."""
    alarms = alarm_service(now.configuration, stores, sensing, health, imported)
    supervisor.add("alarms", alarms.run)
    master = now.watch(stores, health, alarms)
    supervisor.add("master", master.run)
    supervisor.add("hub alarms", HealthAlarms(stores.ledger, health, stores.clock).run)
    calls = CallAlarms(stores.ledger, now.configuration.plant, stores.clock, now.by_id)
    supervisor.add("call alarms", calls.run)
    return Alarming(alarms, master)


def alarm_service(
    configuration: Configuration,
    stores: Stores,
    sensing: Sensing,
    health: Health,
    imported: Callable[[], bool],
) -> AlarmService:
    times = configuration.hub.times
    facts = {source.id: source.facts for source in sensing.sources}
    clocks = FieldClocks(
        sensing.reads,
        facts,
        times.clock_uncertainty_s,
        times.clock_uncertainty_by_source,
    )
    return AlarmService(
        stores.spool,
        stores.ledger,
        stores.historian,
        configuration.plant,
        configuration.definitions,
        configuration.network,
        stores.clock,
        clocks.of,
        by_design=configuration.by_design,
        positions=configuration.hub.positions,
        rules=configuration.hub.incidents.rules,
        followed=followed(configuration.collectors, facts, configuration.plant.tags),
        health=health,
        imported=imported,
    )
