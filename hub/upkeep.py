"""What keeps a hub well, put together: what is forgotten, the witness outside, watchdog, disk, memory."""

import os

from core.ports.spool import Spool
from core.runtime import memory
from core.runtime.health import Health
from core.runtime.logs import log
from core.runtime.supervisor import Supervisor
from core.runtime.watchdog import Watchdog
from hub.anchor import Anchoring
from hub.check import Configuration
from hub.stores import Stores
from response.forgetting import Forgetting, Keeping

DISK_FAILED = 74
"""The exit code (EX_IOERR)."""


def add_upkeep(supervisor: Supervisor, configuration: Configuration, stores: Stores, health: Health) -> None:
    hub = configuration.hub
    keeping = Keeping(**hub.forget.model_dump())
    supervisor.add("forgetting", Forgetting(stores.ledger, stores.vault, keeping, stores.clock).run)
    if to := hub.audit.anchor:
        anchoring = Anchoring(stores.ledger, to, hub.audit.every_s, stores.clock, health)
        supervisor.add("audit anchor", anchoring.run)
    supervisor.add("watchdog", Watchdog().run)
    supervisor.add("disk", lambda: end_with_the_disk(stores.spool))
    supervisor.add("memory", memory.give_back)


async def end_with_the_disk(spool: Spool) -> None:
    """After a failed fsync nothing of this process may be believed: it ends at once, and a new one reads
    what is really there."""
    error = await spool.failure()
    log.critical("the hub ends: its disk fails", error=str(error))
    os._exit(DISK_FAILED)
