"""What was promised to customers, put together: clocks, their ladders, duties and call-backs."""

from collections.abc import Awaitable, Callable

from core.model.timer import Timer
from core.runtime.supervisor import Supervisor
from hub.check import Configuration
from hub.stores import Stores
from response.callbacks.daily import CallbackList
from response.clocks.ladder import Ladder
from response.clocks.service import ClockService
from response.duties.reminder import DutyReminder
from response.duties.service import DutyService
from response.escalation.telling import Teller
from response.fire_duties import FireDuties
from response.fire_telling import FireTelling
from response.notices.acute import AcuteClocks, AcuteLadder
from response.notices.overdue import Overdue
from response.notices.silence import Silence
from response.notices.supply import EmergencySupply
from response.outages import OutageService
from response.settled import Settled


def timed(
    configuration: Configuration, stores: Stores, teller: Teller | None
) -> dict[str, Callable[[Timer], Awaitable[None]]]:
    """The timers' work, by kind. teller: None where nobody is called (no escalation.yaml)."""
    ledger, clock, times = stores.by_hub("timers"), stores.clock, configuration.times
    listed = CallbackList(ledger, clock, times.file.callbacks).work | Overdue(ledger, clock).work
    listed |= Settled(ledger, clock, times).work
    listed |= EmergencySupply(ledger, configuration.plant, clock, times).work
    if teller is None:
        return listed
    desk = configuration.escalation.desk if configuration.escalation else ""
    ladder = Ladder(ledger, clock, times, teller, desk)
    listed |= Silence(ledger, clock, times, teller, desk).work
    listed |= FireTelling(ledger, configuration.plant, clock, times, teller, desk).work
    listed |= AcuteLadder(ledger, clock, times, teller, desk).work
    return listed | ladder.work | DutyReminder(ledger, clock, times, teller, desk).work


async def add_service_clocks(
    supervisor: Supervisor, configuration: Configuration, stores: Stores, wake: Callable[[], None]
) -> None:
    ledger, clock = stores.by_hub("service clocks"), stores.clock
    times, plant = configuration.times, configuration.plant
    supervisor.add("service clocks", ClockService(ledger, clock, times, wake).run)
    supervisor.add("duties", DutyService(ledger, plant, clock, times, wake).run)
    supervisor.add("fire service", FireDuties(ledger, clock, times, wake).run)
    supervisor.add("settled incidents", Settled(ledger, clock, times, wake).run)
    supervisor.add("acute notices", AcuteClocks(ledger, clock, times, wake).run)
    supervisor.add("outages", OutageService(ledger, plant, clock, times).run)
    await CallbackList(ledger, clock, times.file.callbacks).begin()
