"""What calls people out, put together: timers, calls for help, their coverage, and the auditor's word."""

from collections.abc import Callable, Mapping
from functools import partial

from alarms.realarm import REALARM_MIN, Realarm
from core.model.alarm import AlarmDefinition
from core.model.incident import Incident
from core.model.passing_on import OnCall
from core.runtime.health import Health
from core.runtime.supervisor import Supervisor
from core.runtime.timetable import Timetable
from hub.audit_file import BEAT, AuditWatch, beat
from hub.channels import channels_of
from hub.check import Configuration
from hub.service_clocks import timed
from hub.stores import Stores
from response.escalation.coverage import Coverage
from response.escalation.service import CallService
from response.escalation.shift_change import ShiftChange
from response.escalation.spec import EscalationFile
from response.escalation.steps import Rules
from response.escalation.telling import Teller
from response.orders.of_incident import Rota


def add_calls(
    supervisor: Supervisor,
    configuration: Configuration,
    stores: Stores,
    health: Health,
    definitions: Mapping[str, AlarmDefinition],
) -> Callable[[], None]:
    """What wakes the timetable. Without escalation.yaml nobody is called; acknowledged alarms annunciate
    again all the same."""
    file, data = configuration.escalation, configuration.hub.data
    realarm = Realarm(stores.ledger, stores.clock, file.realarm_min if file else REALARM_MIN)
    supervisor.add("realarm", realarm.run)
    if file is None:
        timetable = Timetable(stores.ledger, stores.clock, realarm.work | timed(configuration, stores, None))
        supervisor.add("timers", timetable.run)
        return timetable.wake
    channels = channels_of(file, configuration.folder, data)
    plant = configuration.plant
    calls = CallService(file, definitions, plant, channels, stores.ledger, health, stores.clock)
    teller = Teller(file, channels, stores.ledger, stores.clock)
    shifts = ShiftChange(
        file,
        rota_of(file, definitions),
        stores.by_hub("shift changes"),
        stores.clock,
        lambda: calls.timetable.wake() if calls.timetable else None,
    )
    work = realarm.work | calls.work | shifts.work | timed(configuration, stores, teller)
    calls.timetable = Timetable(stores.ledger, stores.clock, work, beat=partial(beat, data / BEAT))
    supervisor.add("calls", calls.run)
    supervisor.add("shift changes", shifts.run)
    supervisor.add("timers", calls.timetable.run)
    supervisor.add("coverage", Coverage(file, stores.ledger, health, stores.clock).run)
    if file.auditor is not None:
        supervisor.add("audit watch", AuditWatch(data, health, stores.clock).run)
    return calls.timetable.wake


def rota_of(file: EscalationFile | None, definitions: Mapping[str, AlarmDefinition]) -> Rota:
    """Who is on call for what an incident is about first; nobody without escalation.yaml."""
    rules = Rules.of(file, definitions) if file else None

    def on_call(incident: Incident, priority: int, now_ns: int) -> OnCall | None:
        about = incident.root or (incident.members[0].alarm if incident.members else "")
        return rules.on_call(about, priority, now_ns) if rules else None

    return on_call
