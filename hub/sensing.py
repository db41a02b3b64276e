"""What is measured, put together: sources, their gates, spool and historians, and what watches over it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.adapters.sqlite_historian_damage import left_aside
from core.model.condition import Severity
from core.ports.clock import Clock
from core.ports.historian import HistorianUnavailable
from core.ports.source import Source
from core.ports.spool import TEE
from core.runtime.clock_watch import ClockWatch
from core.runtime.health import Health
from core.runtime.health_watch import LOOK_S, HealthWatch
from core.runtime.health_words import PAST_DAMAGED
from core.runtime.line_watch import LineWatch
from core.runtime.logs import log
from core.runtime.recorder import Recorder
from core.runtime.supervisor import Supervisor
from hub.check import Configuration
from hub.drivers import Drivers
from hub.intake import add_intake, archiving_of
from hub.meters import add_meters
from hub.reads import reads
from hub.requeue import FOLDER, Requeue
from hub.stores import HISTORIAN, Stores

NEWEST_WITHIN_S = 10.0
"""What the historian gets to tell the newest values before the start; real seconds."""
LIVE_S, LIVE_ROWS = 0.1, 5_000
"""Between two looks at what is new, well within the second in which screens are told, and the rows of one."""


@dataclass(frozen=True, slots=True)
class Sensing:
    """Every source, also those that the hub adds; reads: see `hub.reads`."""

    sources: Sequence[Source]
    reads: Mapping[str, Mapping[str, str]]


async def add_sensing(
    supervisor: Supervisor, configuration: Configuration, stores: Stores, health: Health
) -> Sensing:
    drivers = Drivers(configuration, stores)
    sources = [drivers.source(spec) for spec in configuration.collectors]
    await drivers.remember()
    read = reads(configuration.collectors, configuration.plant.tags)
    sources += await add_intake(supervisor, configuration, stores, sources, read)
    sources += add_meters(supervisor, configuration, stores)
    supervisor.add("health", HealthWatch(stores.spool, stores.quarantine, health, stores.clock).run)
    requeue = Requeue(configuration.hub.data / FOLDER, stores.spool, stores.quarantine, time.time_ns)
    supervisor.add("replay", requeue.run)
    supervisor.add("clocks", ClockWatch(health, sources, stores.clock).run)
    supervisor.add("lines", LineWatch(health, sources, stores.clock).run)
    supervisor.add("live", lambda: keep_live(stores, tuple(configuration.plant.tags)))
    await add_recorders(supervisor, configuration, stores, health)
    return Sensing(sources, read)


async def add_recorders(
    supervisor: Supervisor, configuration: Configuration, stores: Stores, health: Health
) -> None:
    """One for each historian, with a cursor of its own: one that is down holds the other up in nothing. A
    tee that hub.yaml names no more keeps no samples in the spool."""
    first = Recorder(
        stores.spool, stores.historian, archiving_of(configuration), health=health, clock=stores.clock
    )
    supervisor.add("recorder", first.run)
    supervisor.add("past", lambda: watch_past(configuration.hub.data, health, stores.clock))
    if stores.tee is None:
        await stores.spool.forget(TEE)
        return
    archiving = archiving_of(configuration, "archive-tee.state")
    second = Recorder(
        stores.spool, stores.tee, archiving, cursor=TEE, health=health, store="tee", clock=stores.clock
    )
    supervisor.add("tee", second.run)


async def watch_past(data: Path, health: Health, clock: Clock) -> None:
    """Whether a past that the embedded historian could not open lies aside in the data folder."""
    while True:
        if aside := await asyncio.to_thread(left_aside, data / HISTORIAN):
            health.set("past_damaged", Severity.ALARM, *PAST_DAMAGED, detail=", ".join(aside))
        else:
            health.clear("past_damaged")
        await clock.sleep(LOOK_S)


async def keep_live(stores: Stores, tags: Sequence[str]) -> None:
    """The spool's newest rows into the live table, after what was newest before the start, where the
    historian tells it: nobody waits for one that is away to see what is heard now."""
    facts = await stores.spool.facts()
    try:
        async with asyncio.timeout(NEWEST_WITHIN_S):
            stores.live.update(await stores.historian.last(tags))
    except (HistorianUnavailable, TimeoutError) as error:
        log.warning("live values begin with what is heard now", error=str(error) or "the historian is slow")
    async for rows in stores.spool.follow(facts.last_seq, LIVE_ROWS):
        stores.live.update(*(row.batch for row in rows))
        await asyncio.sleep(LIVE_S)
