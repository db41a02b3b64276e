"""What a hub keeps on disk, and the clock it keeps it by."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.adapters.sealed_vault import SealedVault
from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sql_ledger.persons_carried import KEYS
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.adapters.vault_keys import KeyRing
from core.model.audit import Acting
from core.model.sample import Series
from core.ports.clock import Clock
from core.ports.historian import Buckets, Historian
from core.ports.ledger import Ledger
from core.ports.quarantine import Quarantine
from core.ports.spool import Spool
from core.ports.vault import Vault
from core.runtime.clock import clock_of
from core.runtime.live import LiveTable
from hub.check import Configuration
from hub.store_config import EmbeddedStore, InfluxStore

QUARANTINE, HISTORIAN = "quarantine.db", "historian.db"


@dataclass(frozen=True, slots=True)
class Stores:
    """What a hub keeps on disk, open. tee: the second historian, written as the first and never read."""

    spool: Spool
    quarantine: Quarantine
    historian: Historian
    tee: Historian | None
    ledger: Ledger
    vault: Vault
    live: LiveTable
    clock: Clock

    def by_hub(self, command: str) -> Ledger:
        """The ledger for what the hub does by itself: its orders, drafts and clocks are in the audit too."""
        acting = Acting(who="hub", role="hub", channel="hub", command=command, at_ns=self.clock.now_ns)
        return self.ledger.acting(acting)


def ledger_file(data: Path) -> Path:
    return data / "ledger.db"


@asynccontextmanager
async def open_stores(configuration: Configuration) -> AsyncIterator[Stores]:
    """Opens, and at the end closes, everything a hub writes to."""
    data = configuration.hub.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        spool = await open_spool(configuration)
        stack.push_async_callback(spool.close)
        quarantine = await SqliteQuarantine.open(data / QUARANTINE)
        stack.push_async_callback(quarantine.close)
        historian = await open_historian(configuration, configuration.hub.historian, quarantine)
        stack.push_async_callback(historian.close)
        tee = None
        if second := configuration.hub.tee:
            tee = await open_historian(configuration, second, quarantine, late="influx-late-tee.json")
            stack.push_async_callback(tee.close)
        ledger = await SqlLedger.open(ledger_file(data))
        stack.push_async_callback(ledger.close)
        clock = clock_of(data)
        vault = SealedVault(KeyRing.open(data / KEYS))
        yield Stores(spool, quarantine, historian, tee, ledger, vault, LiveTable(), clock)


async def open_spool(configuration: Configuration) -> SegmentSpool:
    limits = configuration.hub.spool
    bounds = Bounds(limits.max_bytes, limits.max_age_d, limits.min_free_share)
    polled = {f"modbus:{spec.id}" for spec in configuration.collectors if spec.type == "modbus"}
    return await SegmentSpool.open(
        configuration.hub.data / "spool", bounds=bounds, polled=polled.__contains__
    )


class Reading(Protocol):
    """As much of a Historian as a command needs that reads beside a running hub."""

    async def read(self, tag: str, start_ns: int, end_ns: int) -> Series: ...

    async def buckets_of(
        self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
    ) -> list[Buckets]: ...

    async def close(self) -> None: ...


async def historian_to_read(configuration: Configuration) -> Reading:
    """Raises HistorianUnavailable."""
    store = configuration.hub.historian
    if isinstance(store, InfluxStore):
        return await open_historian(configuration, store)
    from core.adapters.sqlite_historian_view import SqliteHistorianView

    return await SqliteHistorianView.open(configuration.hub.data / HISTORIAN)


async def open_historian(
    configuration: Configuration,
    store: EmbeddedStore | InfluxStore,
    quarantine: Quarantine | None = None,
    late: str = "influx-late.json",
) -> Historian:
    """One that is away now is there all the same, and tried again by each call. late: the file in the data
    folder where InfluxDB's stale roll-ups are remembered."""
    tags = configuration.plant.tags
    if isinstance(store, InfluxStore):
        from core.adapters.influx_historian import InfluxHistorian

        file = configuration.folder / store.token_file
        return await InfluxHistorian.open(
            store.url,
            file.read_text().strip(),
            store.org,
            store.bucket,
            tags,
            quarantine=quarantine,
            late=configuration.hub.data / late,
            token_file=file,
        )
    from core.adapters.sqlite_historian_reopened import ReopenedHistorian

    path = configuration.hub.data / HISTORIAN
    return await ReopenedHistorian.open(path, tags, quarantine=quarantine, retention=store.retention)
