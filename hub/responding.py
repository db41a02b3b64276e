"""What follows from an incident, put together: people called out, orders and their clocks, notices, messages
to customers, the hotline."""

from collections.abc import Callable
from dataclasses import dataclass

from core.adapters.folder_snapshots import FolderSnapshots
from core.runtime.health import Health
from core.runtime.supervisor import Supervisor
from hub.approved import Approved
from hub.calls import add_calls, rota_of
from hub.check import Configuration
from hub.delivery import add_delivery
from hub.hotline import add_hotline
from hub.keys import signing_key
from hub.letterbox import add_letterbox, published_key
from hub.poster_font import poster_font
from hub.service_clocks import add_service_clocks
from hub.stores import Stores
from public_portal.publish import Publisher
from response.delivery.room import Delivering
from response.hotline.search.finder import Finder
from response.orders.timers import OrderTimers
from response.service import ResponseService


@dataclass(frozen=True, slots=True)
class Responding:
    """What screens need of it: messages to customers (None where none are sent), and the finder of them."""

    delivering: Delivering | None
    finder: Finder


async def add_response(
    supervisor: Supervisor, now: Approved, stores: Stores, health: Health, past: Callable[[], bool]
) -> Responding:
    """past: whether what lies before the hub's first start is all in the historian."""
    configuration = now.configuration
    wake = add_calls(supervisor, configuration, stores, health, now.by_id)
    await add_service_clocks(supervisor, configuration, stores, wake)
    response = ResponseService(
        stores.by_hub("response"),
        configuration.plant,
        stores.clock,
        configuration.times,
        configuration.hub.orders.rule,
        exercise=configuration.delivery is not None and configuration.delivery.exercise,
        rota=rota_of(configuration.escalation, now.by_id),
    )
    supervisor.add("response", response.run)
    timers = OrderTimers(stores.by_hub("order timers"), configuration.plant, stores.clock)
    supervisor.add("order timers", timers.run)
    supervisor.add("publisher", publisher(configuration, stores, past).run)
    add_letterbox(supervisor, configuration, stores, health)
    delivering = add_delivery(supervisor, configuration, stores, health)
    return Responding(delivering, add_hotline(supervisor, configuration, stores))


def publisher(configuration: Configuration, stores: Stores, past: Callable[[], bool]) -> Publisher:
    data = configuration.hub.data
    return Publisher(
        stores.ledger,
        stores.spool,
        stores.historian,
        configuration.plant,
        FolderSnapshots(data / "public"),
        signing_key(data / "keys"),
        stores.clock,
        poster_font(configuration.folder, configuration.hub),
        configuration.delivery.channels if configuration.delivery else (),
        configuration.hub.portal.validation_min,
        past,
        configuration.hub.report.pressure_mpa,
        published_key(configuration),
    )
