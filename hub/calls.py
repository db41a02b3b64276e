"""What calls people out, put together: timers, calls for help, their coverage, and the auditor's word."""

from collections.abc import Callable, Mapping
from functools import partial

from alarms.realarm import REALARM_MIN, Realarm
from core.model.alarm import AlarmDefinition
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
from response.escalation.telling import Teller


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
    work = realarm.work | calls.work | timed(configuration, stores, teller)
    calls.timetable = Timetable(stores.ledger, stores.clock, work, beat=partial(beat, data / BEAT))
    supervisor.add("calls", calls.run)
    supervisor.add("timers", calls.timetable.run)
    supervisor.add("coverage", Coverage(file, stores.ledger, health, stores.clock).run)
    if file.auditor is not None:
        supervisor.add("audit watch", AuditWatch(data, health, stores.clock).run)
    return calls.timetable.wake
