"""Puts a hub together out of its rooms: the one place that knows which adapter stands behind which port."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from functools import partial

from alarms.call_alarms import CallAlarms
from alarms.clocks import FieldClocks
from alarms.health_alarms import HealthAlarms
from alarms.service import AlarmService
from api.app import build
from api.audit_check import AuditCheck
from api.deps import Deps
from api.serve import serve
from core.adapters.folder_photos import FolderPhotos
from core.adapters.folder_snapshots import FolderSnapshots
from core.ports.source import Source
from core.ports.spool import TEE, Spool
from core.runtime import memory
from core.runtime.clock_watch import ClockWatch
from core.runtime.health import Health
from core.runtime.health_watch import HealthWatch
from core.runtime.line_watch import LineWatch
from core.runtime.logs import log
from core.runtime.recorder import Recorder
from core.runtime.supervisor import Supervisor
from core.runtime.watchdog import Watchdog
from hub.anchor import Anchoring, anchors_or_none
from hub.approved import approved
from hub.calls import add_calls
from hub.check import Configuration
from hub.delivery import add_delivery
from hub.drivers import Drivers
from hub.first_start import import_customers, import_history
from hub.hotline import add_hotline
from hub.intake import add_intake, archiving_of
from hub.keys import signing_key
from hub.meters import add_meters
from hub.phones import Opening, serve_phones
from hub.poster_font import poster_font
from hub.reads import reads
from hub.requeue import FOLDER, Requeue
from hub.service_clocks import add_service_clocks
from hub.stores import Stores, open_stores
from hub.telephony import telephony
from public_portal.publish import Publisher
from response.forgetting import Forgetting, Keeping
from response.orders.timers import OrderTimers
from response.service import ResponseService

DISK_FAILED = 74
"""The exit code (EX_IOERR)."""


async def run_hub(configuration: Configuration, phones: Opening | None = None) -> None:
    """Everything inside the utility's own network, in one process, until cancelled. phones: a second door."""
    async with open_stores(configuration) as stores:
        hub = configuration.hub
        await import_customers(stores.ledger, stores.vault, hub)
        await import_history(stores.historian, hub.data / "history")
        supervisor, health = Supervisor(), Health()
        now = await approved(configuration, stores)
        configuration = now.configuration
        drivers = Drivers(configuration, stores)
        sources = [drivers.source(spec) for spec in configuration.collectors]
        await drivers.remember()
        read = reads(configuration.collectors, configuration.plant.tags)
        sources += await add_intake(supervisor, configuration, stores, sources, read)
        sources += add_meters(supervisor, configuration, stores)
        supervisor.add("health", HealthWatch(stores.spool, stores.quarantine, health, stores.clock).run)
        requeue = Requeue(hub.data / FOLDER, stores.spool, stores.quarantine, time.time_ns)
        supervisor.add("replay", requeue.run)
        supervisor.add("clocks", ClockWatch(health, sources, stores.clock).run)
        supervisor.add("lines", LineWatch(health, sources, stores.clock).run)
        supervisor.add("live", lambda: keep_live(stores, tuple(configuration.plant.tags)))
        await add_recorders(supervisor, configuration, stores, health)
        alarms = alarm_service(configuration, stores, sources, read)
        supervisor.add("alarms", alarms.run)
        watch = now.watch(stores, health, alarms)
        supervisor.add("master", watch.run)
        supervisor.add("hub alarms", HealthAlarms(stores.ledger, health, stores.clock).run)
        calls = CallAlarms(stores.ledger, configuration.plant, stores.clock, now.by_id)
        supervisor.add("call alarms", calls.run)
        wake = add_calls(supervisor, configuration, stores, health, now.by_id)
        await add_service_clocks(supervisor, configuration, stores, wake)
        supervisor.add(
            "response",
            ResponseService(
                stores.by_hub("response"),
                configuration.plant,
                stores.clock,
                configuration.times,
                hub.orders.rule,
            ).run,
        )
        timers = OrderTimers(stores.by_hub("order timers"), configuration.plant, stores.clock)
        supervisor.add("order timers", timers.run)
        supervisor.add("publisher", publisher(configuration, stores).run)
        delivering = add_delivery(supervisor, configuration, stores, health)
        finder = add_hotline(supervisor, configuration, stores)
        deps = Deps(
            ledger=stores.ledger,
            vault=stores.vault,
            audit=AuditCheck(stores.ledger, partial(anchors_or_none, hub.audit.anchor)),
            historian=stores.historian,
            finder=finder,
            spool=stores.spool,
            quarantine=stores.quarantine,
            photos=FolderPhotos(hub.data / "photos", hub.photos.max_bytes, hub.photos.min_free_share),
            health=health,
            live=stores.live,
            plant=configuration.plant,
            clock=stores.clock,
            definitions=now.by_id,
            rows=lambda: alarms.rows,
            by_design=lambda: alarms.by_design,
            master=watch,
            positions=hub.positions,
            sources=sources,
            reads=read,
            services=supervisor.facts,
            escalation=configuration.escalation,
            delivering=delivering,
            times=configuration.times,
            telephony=telephony(hub.telephony),
            secure_cookies=hub.api.tls,
            phones=phones.door if phones else None,
        )
        app = build(deps)
        supervisor.add(
            "api",
            lambda: serve(
                app,
                hub.api.bind,
                hub.api.port,
                tls_cert=hub.api.tls_cert,
                tls_key=hub.api.tls_key,
                ready=lambda port: log.info("hub serves", at=f"{hub.api.bind}:{port}", tls=hub.api.tls),
            ),
        )
        keeping = Keeping(**hub.forget.model_dump())
        forgetting = Forgetting(stores.ledger, stores.vault, keeping, stores.clock)
        supervisor.add("forgetting", forgetting.run)
        if to := hub.audit.anchor:
            anchoring = Anchoring(stores.ledger, to, hub.audit.every_s, stores.clock, health)
            supervisor.add("audit anchor", anchoring.run)
        if phones:
            supervisor.add("phones", lambda: serve_phones(deps, phones))
        supervisor.add("watchdog", Watchdog().run)
        supervisor.add("disk", lambda: end_with_the_disk(stores.spool))
        supervisor.add("memory", memory.give_back)
        memory.settle()
        await supervisor.run()


async def add_recorders(
    supervisor: Supervisor, configuration: Configuration, stores: Stores, health: Health
) -> None:
    """One for each historian, with a cursor of its own: one that is down holds the other up in nothing. A
    tee that hub.yaml names no more keeps no samples in the spool."""
    first = Recorder(
        stores.spool, stores.historian, archiving_of(configuration), health=health, clock=stores.clock
    )
    supervisor.add("recorder", first.run)
    if stores.tee is None:
        await stores.spool.forget(TEE)
        return
    archiving = archiving_of(configuration, "archive-tee.state")
    second = Recorder(
        stores.spool, stores.tee, archiving, cursor=TEE, health=health, store="tee", clock=stores.clock
    )
    supervisor.add("tee", second.run)


async def end_with_the_disk(spool: Spool) -> None:
    """After a failed fsync nothing of this process may be believed: it ends at once, and a new one reads
    what is really there."""
    error = await spool.failure()
    log.critical("the hub ends: its disk fails", error=str(error))
    os._exit(DISK_FAILED)


def alarm_service(
    configuration: Configuration,
    stores: Stores,
    sources: Sequence[Source],
    read: Mapping[str, Mapping[str, str]],
) -> AlarmService:
    times = configuration.hub.times
    clocks = FieldClocks(
        read,
        {source.id: source.facts for source in sources},
        times.clock_uncertainty_s,
        times.clock_uncertainty_by_source,
    )
    return AlarmService(
        stores.spool,
        stores.ledger,
        stores.historian,
        configuration.plant,
        configuration.definitions,
        configuration.network,
        stores.clock,
        clocks.of,
        by_design=configuration.by_design,
        positions=configuration.hub.positions,
        rules=configuration.hub.incidents.rules,
    )


def publisher(configuration: Configuration, stores: Stores) -> Publisher:
    data = configuration.hub.data
    store = FolderSnapshots(data / "public")
    key = signing_key(data / "keys")
    return Publisher(
        stores.ledger,
        stores.spool,
        stores.historian,
        configuration.plant,
        store,
        key,
        stores.clock,
        poster_font(configuration.folder, configuration.hub),
        configuration.delivery.channels if configuration.delivery else (),
    )


LIVE_S, LIVE_ROWS = 0.1, 5_000
"""Between two looks at what is new, well within the second in which screens are told, and the rows of one."""


async def keep_live(stores: Stores, tags: Sequence[str]) -> None:
    """The spool's newest rows into the live table, after what was newest before the start."""
    facts = await stores.spool.facts()
    stores.live.update(await stores.historian.last(tags))
    async for rows in stores.spool.follow(facts.last_seq, LIVE_ROWS):
        stores.live.update(*(row.batch for row in rows))
        await asyncio.sleep(LIVE_S)
