"""Puts a hub together out of its rooms: the one place that knows which adapter stands behind which port."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from alarms.service import AlarmService
from api.app import build
from api.deps import Deps
from api.serve import serve
from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from collectors.opcua.driver import OpcUaSource
from collectors.opcua.spec import OpcUaSpec
from core.adapters.folder_snapshots import FolderSnapshots
from core.adapters.influx_historian import InfluxHistorian
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_spool import SqliteSpool
from core.model.clock import REAL
from core.ports.clock import Clock
from core.ports.historian import Historian
from core.ports.ledger import Ledger
from core.ports.source import Source
from core.ports.spool import Spool
from core.runtime.clock import AnchoredClock, read_anchor
from core.runtime.live import LiveTable
from core.runtime.recorder import Recorder
from core.runtime.supervisor import Supervisor
from hub.check import Configuration
from hub.config import InfluxStore
from hub.first_start import import_accounts, import_history
from hub.keys import signing_key
from public_portal.publish import Publisher
from response.service import ResponseService

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stores:
    """What a hub keeps on disk, open."""

    spool: Spool
    historian: Historian
    ledger: Ledger
    live: LiveTable
    clock: Clock


def ledger_url(data: Path) -> str:
    return f"sqlite+aiosqlite:///{data}/ledger.db"


@asynccontextmanager
async def open_stores(configuration: Configuration) -> AsyncIterator[Stores]:
    """Opens, and at the end closes, everything a hub writes to."""
    data = configuration.hub.data
    data.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        spool = await SqliteSpool.open(data / "spool", max_bytes=configuration.hub.spool.max_bytes)
        stack.push_async_callback(spool.close)
        historian = await open_historian(configuration)
        stack.push_async_callback(historian.close)
        ledger = await SqlLedger.open(ledger_url(data))
        stack.push_async_callback(ledger.close)
        clock = AnchoredClock(read_anchor(data / "clock.json") or REAL)
        yield Stores(spool, historian, ledger, LiveTable(), clock)


async def open_historian(configuration: Configuration) -> Historian:
    store, tags = configuration.hub.historian, configuration.plant.tags
    if isinstance(store, InfluxStore):
        token = (configuration.folder / store.token_file).read_text().strip()
        return await InfluxHistorian.open(store.url, token, store.org, store.bucket, tags)
    return await SqliteHistorian.open(configuration.hub.data / "historian.db", tags)


def source_of(
    spec: ModbusSpec | OpcUaSpec | MqttSpec, configuration: Configuration, stores: Stores
) -> Source:
    tags = configuration.plant.tags
    match spec:
        case ModbusSpec():
            return ModbusSource(spec, tags, stores.clock)
        case OpcUaSpec():
            return OpcUaSource(spec, tags, stores.clock)
        case MqttSpec():
            return MqttSource(spec, tags, stores.clock, stores.historian)


async def run_hub(configuration: Configuration) -> None:
    """Everything inside the utility's own network, in one process, until cancelled."""
    async with open_stores(configuration) as stores:
        hub = configuration.hub
        await import_accounts(stores.ledger, hub.accounts)
        await import_history(stores.historian, hub.data / "history")
        supervisor = Supervisor()
        sources = [source_of(spec, configuration, stores) for spec in configuration.collectors]
        for source in sources:
            supervisor.add(f"source {source.id}", partial(source.run, stores.spool))
        recorder = Recorder(stores.spool, stores.historian)
        supervisor.add("live", lambda: keep_live(stores, tuple(configuration.plant.tags)))
        supervisor.add("recorder", recorder.run)
        supervisor.add("alarms", alarm_service(configuration, stores).run)
        supervisor.add("response", ResponseService(stores.ledger, configuration.plant, stores.clock).run)
        supervisor.add("publisher", publisher(configuration, stores).run)
        app = build(
            Deps(
                ledger=stores.ledger,
                historian=stores.historian,
                spool=stores.spool,
                live=stores.live,
                plant=configuration.plant,
                clock=stores.clock,
                definitions={row.id: row for row in configuration.definitions},
                sources=sources,
                services=supervisor.facts,
                secure_cookies=hub.api.tls,
            )
        )
        supervisor.add(
            "api",
            lambda: serve(
                app, hub.api.bind, hub.api.port, tls_cert=hub.api.tls_cert, tls_key=hub.api.tls_key
            ),
        )
        await supervisor.run()


def alarm_service(configuration: Configuration, stores: Stores) -> AlarmService:
    return AlarmService(
        stores.spool,
        stores.ledger,
        stores.historian,
        configuration.plant,
        configuration.definitions,
        configuration.network,
        stores.clock,
    )


def publisher(configuration: Configuration, stores: Stores) -> Publisher:
    data = configuration.hub.data
    store = FolderSnapshots(data / "public")
    key = signing_key(data / "keys")
    return Publisher(
        stores.ledger, stores.spool, stores.historian, configuration.plant, store, key, stores.clock
    )


async def keep_live(stores: Stores, tags: Sequence[str]) -> None:
    """The spool's newest rows into the live table, after what was newest before the start."""
    facts = await stores.spool.facts()
    stores.live.update(await stores.historian.last(tags))
    async for rows in stores.spool.follow(facts.last_seq):
        for row in rows:
            stores.live.update(row.batch)
