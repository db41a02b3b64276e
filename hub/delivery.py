"""The delivery to customers, put together."""

from core.runtime.health import Health
from core.runtime.supervisor import Supervisor
from core.runtime.timetable import Timetable
from hub.channels import customer_channels_of, receipts_of
from hub.check import Configuration
from hub.stores import Stores
from response.delivery.room import Delivering
from response.delivery.service import DeliveryService


def add_delivery(
    supervisor: Supervisor, configuration: Configuration, stores: Stores, health: Health
) -> Delivering | None:
    """None without delivery.yaml: then no customer is told anything."""
    file = configuration.delivery
    if file is None:
        return None
    channels = customer_channels_of(file, configuration.folder, configuration.hub.data)
    service = DeliveryService(
        file, channels, configuration.plant, stores.vault, stores.ledger, health, stores.clock
    )
    service.timetable = Timetable(stores.ledger, stores.clock, service.work)
    supervisor.add("delivery", service.run)
    supervisor.add("letters", service.timetable.run)
    return Delivering(file, service, receipts_of(file, configuration.folder))
