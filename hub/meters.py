"""What is made of meters' registers, as configured."""

from functools import partial

from collectors.meters.service import Meters
from core.ports.source import Source
from core.runtime.supervisor import Supervisor
from hub.check import Configuration
from hub.stores import Stores


def add_meters(supervisor: Supervisor, configuration: Configuration, stores: Stores) -> list[Source]:
    """What it adds to the sources; nothing when no kind of meters is described."""
    if not configuration.meters:
        return []
    tags, file = configuration.plant.tags, configuration.hub.data / "meters.db"
    meters = Meters(configuration.meters, tags, stores.spool, stores.clock, file)
    supervisor.add("meters", partial(meters.run, stores.spool, stores.historian))
    return [meters]
