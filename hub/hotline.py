"""The hotline's services: the directory of addresses, clusters of reports, mass calls."""

from core.adapters.sqlite_directory import SqliteDirectory
from core.runtime.supervisor import Supervisor
from hub.check import Configuration
from hub.stores import Stores
from hub.telephony import lasts
from response.hotline.cluster_service import ClusterService
from response.hotline.mass_calls import MassCallService
from response.hotline.search.finder import Finder
from response.hotline.unended_calls import UnendedCalls

DIRECTORY = "directory.db"


def add_hotline(supervisor: Supervisor, configuration: Configuration, stores: Stores) -> Finder:
    """What finds customers; also the other services, each on its own."""
    plant, clock = configuration.plant, stores.clock
    directory = SqliteDirectory(configuration.hub.data / DIRECTORY)
    finder = Finder(stores.ledger, stores.vault, plant, directory, clock)
    supervisor.add("directory", finder.run)
    clusters = ClusterService(stores.by_hub("call clusters"), plant, clock, configuration.times)
    supervisor.add("call clusters", clusters.run)
    over_after = lasts(configuration.hub.telephony)
    supervisor.add("unended calls", UnendedCalls(stores.by_hub("unended calls"), clock, over_after).run)
    supervisor.add("mass calls", MassCallService(stores.ledger, clock).run)
    return finder
