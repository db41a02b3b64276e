"""What was promised to customers, put together: clocks, their ladders, duties and call-backs."""

from collections.abc import Awaitable, Callable

from core.model.timer import Timer
from core.runtime.supervisor import Supervisor
from hub.check import Configuration
from hub.stores import Stores
from response.clocks.ladder import Ladder
from response.clocks.service import ClockService
from response.escalation.telling import Teller


def timed(
    configuration: Configuration, stores: Stores, teller: Teller | None
) -> dict[str, Callable[[Timer], Awaitable[None]]]:
    """The timers' work, by kind. teller: None where nobody is called (no escalation.yaml)."""
    if teller is None:
        return {}
    desk = configuration.escalation.desk if configuration.escalation else ""
    return Ladder(stores.ledger, stores.clock, configuration.times, teller, desk).work


def add_service_clocks(
    supervisor: Supervisor, configuration: Configuration, stores: Stores, wake: Callable[[], None]
) -> None:
    clocks = ClockService(stores.ledger, stores.clock, configuration.times, wake)
    supervisor.add("service clocks", clocks.run)
