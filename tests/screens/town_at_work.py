"""The demo utility behind the real interface, in a process of its own, with a town's plausible values.

`python town_at_work.py FOLDER` serves on a free port, prints it, and takes orders on its standard input:
`burst` (of another alarm's priority: `burst N`), `urgent` (its order), `minor`, `storm N`, `raised ALARM`,
`found FINDING` (with what it went by), `flood N`, `lows N` (incidents), `ebb`, `ack`, `returns ALARM`,
`shelved ALARM`, `acked ALARM`, `assign`, `critical` (a hospital), `shut` (the crew its valves), `back`,
`load N`, `tripped` (a pump), `held` (suppressed by design), `calls` (people are called), `orders` (a board
full of them), `advise KIND` (doubtful water), `lifted`, `reads TAG VALUE`, `sampled` (laboratory results),
`delivered` (messages to customers), `mailed` (of what is published), `silence` (no more values), `stalls`
(the alarm engine). It answers `done`.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from argon2 import PasswordHasher

from alarms import master
from api.app import build
from api.deps import Deps
from api.serve import serve
from core.adapters.folder_photos import FolderPhotos
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_directory import SqliteDirectory
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role, User
from core.model.clock import Anchor
from core.model.notice import NoticeKind
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from hub.check import Configuration, read
from hub.master_files import read_master
from hub.reads import reads
from response.clocks.service import ClockService
from response.duties.service import DutyService
from response.fire_duties import FireDuties
from response.hotline.search.finder import Finder
from response.notices.acute import AcuteClocks
from response.outages import OutageService
from response.service import ResponseService
from tests.persons import move_in, vault_in
from tests.screens import town_troubles as troubles
from tests.screens.field_at_work import connections, ill, refused
from tests.screens.town import Town
from tests.screens.town_advice import advise, lifted
from tests.screens.town_alarms import change
from tests.screens.town_calls import FILE, call_people
from tests.screens.town_crew import back, critical, shut, urgent
from tests.screens.town_deliveries import deliver, delivering, mailed
from tests.screens.town_findings import find
from tests.screens.town_hotline import (
    answer,
    answer_second,
    given_up,
    landline,
    many,
    parted,
    reopened,
    ring,
    second,
    three,
    told,
    withheld,
)
from tests.screens.town_laboratory import sampled
from tests.screens.town_load import load_people
from tests.screens.town_orders import give_out
from tests.screens.town_past import S, accounts, past
from tests.screens.town_published import published

NOW = 1_795_368_420 * S
"""2026-11-22 17:27 UTC: 01:27 in Shanghai."""
PASSWORD = "turn the valve slowly"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
CONFIG = Path(__file__).parents[2] / "configs" / "demo"


async def obey(town: Town, order: str) -> None:
    name, *rest = order.split()
    if name == "storm":
        await troubles.storm(town, int(rest[0]))
    elif name == "calls":
        await call_people(town.plant, town.definitions, town.ledger, town.clock)
    elif name == "orders":
        await give_out(town.ledger, town.clock.now_ns())
    elif name == "delivered":
        await deliver(town.plant, town.ledger, town.clock.now_ns())
    elif name == "mailed" and town.delivering:
        await mailed(town.delivering, town.ledger, town.clock)
    elif name == "load":
        await load_people(town.ledger, int(rest[0]), town.clock.now_ns())
    elif name == "flood":
        await troubles.flood(town, int(rest[0]))
    elif name == "lows":
        await troubles.lows(town, int(rest[0]))
    elif name in ("returns", "shelved", "acked"):
        await change(town.ledger, name, rest[0], town.clock.now_ns())
    elif name == "advise":
        await advise(town, NoticeKind(rest[0]))
    elif name == "found":
        await find(town, rest[0])
    elif name == "burst":
        await troubles.burst(town, *map(int, rest))
    elif name == "raised":
        await troubles.one(town, rest[0])
    elif name == "reads":
        town.reads[rest[0]] = float(rest[1])
    elif name == "sampled":
        await sampled(town)
    elif name == "silence":
        town.silent = True
    elif name == "stalls":
        town.stalled = True
    else:
        await {
            "told": told,
            "parted": parted,
            "reopened": reopened,
            "ring": ring,
            "many": many,
            "withheld": withheld,
            "landline": landline,
            "answer": answer,
            "second": second,
            "three": three,
            "given_up": given_up,
            "answer_second": answer_second,
            "minor": troubles.minor,
            "lost": troubles.lost,
            "ack": troubles.ack,
            "assign": troubles.assign,
            "ebb": troubles.ebb,
            "held": troubles.held,
            "drift": troubles.drift,
            "tripped": troubles.tripped,
            "lifted": lifted,
            "published": published,
            "critical": critical,
            "urgent": urgent,
            "shut": shut,
            "back": back,
        }[name](town)


async def people(ledger: SqlLedger) -> None:
    """Who signs in, one of each role; and the alarms' rows as they were approved."""
    hashed = QUICK.hash(PASSWORD)
    files = read_master(CONFIG, [])
    assert files is not None
    async with ledger.begin() as tx:
        await tx.put_many(
            User(id=role, role=role, password_hash=hashed, crew="crew-1" if role is Role.CREW else None)
            for role in Role
        )
        await master.begin(tx, files.table(), NOW)


@asynccontextmanager
async def town_at_work(folder: Path, configuration: Configuration) -> AsyncIterator[tuple[Town, Deps]]:
    """In a folder that is empty, or was furnished by this before."""
    plant, clock = configuration.plant, AnchoredClock(Anchor(time.time_ns(), NOW, 1.0))
    bare = not (folder / "ledger.db").exists()
    ledger = await SqlLedger.open(folder / "ledger.db")
    spool = await SegmentSpool.open(folder / "spool")
    historian = await SqliteHistorian.open(folder / "historian.db", plant.tags)
    vault = vault_in(folder)
    if bare:
        await historian.write(past(plant, clock.now_ns()))
        await people(ledger)
        await move_in(ledger, vault, accounts(plant))
    live = LiveTable()
    town = Town(configuration, ledger, live, clock)
    town.vault, town.spool = vault, spool
    town.delivering = delivering(plant, vault, ledger, clock, folder)
    directory = SqliteDirectory(folder / "directory.db")
    finder = Finder(ledger, vault, plant, directory, clock)
    await finder.refresh()
    quarantine = await refused(folder, clock.now_ns(), bare)
    deps = Deps(
        ledger=ledger,
        vault=vault,
        finder=finder,
        historian=historian,
        spool=spool,
        live=live,
        plant=plant,
        clock=clock,
        definitions=town.definitions,
        by_design=lambda: configuration.by_design,
        quarantine=quarantine,
        photos=FolderPhotos(folder / "photos", 64 * 1024**2, 0.0),
        health=ill(),
        sources=connections(configuration, clock, quarantine),
        reads=reads(configuration.collectors, plant.tags),
        escalation=FILE,
        delivering=town.delivering,
        secure_cookies=False,
    )
    try:
        yield town, deps
    finally:
        for store in (historian, spool, ledger, quarantine, directory):
            await store.close()


async def main(folder: Path, configuration: Configuration) -> None:
    async with town_at_work(folder, configuration) as (town, deps), asyncio.TaskGroup() as group:
        assert deps.delivering is not None and deps.delivering.service.timetable is not None
        tasks = [
            group.create_task(town.run()),
            group.create_task(ResponseService(deps.ledger, deps.plant, deps.clock).run()),
            group.create_task(ClockService(deps.ledger, deps.clock, deps.times).run()),
            group.create_task(DutyService(deps.ledger, deps.plant, deps.clock, deps.times).run()),
            group.create_task(FireDuties(deps.ledger, deps.clock, deps.times).run()),
            group.create_task(AcuteClocks(deps.ledger, deps.clock, deps.times).run()),
            group.create_task(OutageService(deps.ledger, deps.plant, deps.clock, deps.times).run()),
            group.create_task(deps.delivering.service.timetable.run()),
            group.create_task(serve(build(deps), "127.0.0.1", 0, ready=lambda port: print(port, flush=True))),
        ]
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        while line := await reader.readline():
            await obey(town, line.decode().strip())
            print("done", flush=True)
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(main(Path(sys.argv[1]), read(CONFIG)))
