"""The hotline's hub in a process of its own: a city moved in, bursts confirmed, their notices published."""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_network
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from api.session import create_user
from bench import hotline_town as town
from bench.serving import served, stores
from core.model.account import Role, User
from core.model.event import Event, EventKind
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location
from core.model.notice import Affected, Notice, NoticeState
from core.model.person import Person
from core.model.plant import Plant
from core.model.text import Text
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.ports.vault import Vault
from response.hotline.telephony import Telephony
from response.notices import decisions
from response.service import ResponseService

SEATS = 4
PASSWORD, TOKEN = "turn the valve slowly", "the-exchange"
BURSTS = 20
"""On as many streets, each in a district of its own."""
AT_ONCE = 10_000


def seat(k: int) -> str:
    return f"agent-{k}"


def cut_off(street: str) -> bool:
    """Whether a main has burst there."""
    return int(street.removeprefix("s-")) < BURSTS


@dataclass(frozen=True, slots=True)
class House:
    """made_s: of the directory, from the ledger. pid: of the hub."""

    url: str
    made_s: float
    pid: int


async def move_in(folder: Path, plant: Plant, n: int) -> float:
    """Seconds that it took to seal all accounts and persons into the ledger."""
    async with stores(folder, plant) as deps:
        began = time.monotonic()
        await _people(deps.ledger, deps.vault, plant, n)
        moved_s = time.monotonic() - began
        await _bursts(deps.ledger, plant, deps.clock)
        batches = town.weeks(plant, deps.clock.now_ns())
        while lot := list(islice(batches, 100)):
            await deps.historian.write(lot)
        async with deps.ledger.begin() as tx:
            for k in range(SEATS):
                await create_user(tx, seat(k), Role.HOTLINE, PASSWORD)
    return moved_s


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(folder, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        url, made_s = await asyncio.to_thread(ours.recv)
        yield House(url, made_s, process.pid or 0)
    finally:
        ours.close()
        await asyncio.to_thread(process.join, 20)
        process.kill()


def _serve(folder: Path, told: Connection) -> None:
    asyncio.run(_serving(folder, told))


async def _serving(folder: Path, told: Connection) -> None:
    plant = town.plant()
    exchange = Telephony(token=sha256(TOKEN.encode()).digest(), allow=(ip_network("127.0.0.0/8"),))
    async with stores(folder, plant, exchange) as deps:
        began = time.monotonic()
        await deps.finder.refresh()
        made_s = time.monotonic() - began
        burst = frozenset(street.zone or "" for street in plant.streets.values() if cut_off(street.id))
        deps.live.update(*town.read_now(plant, burst, deps.clock.now_ns()))
        async with served(deps) as url:
            told.send((url, made_s))
            await asyncio.to_thread(told.poll, None)


async def _people(ledger: Ledger, vault: Vault, plant: Plant, n: int) -> None:
    accounts = town.accounts(plant, n)
    while lot := list(islice(accounts, AT_ONCE)):
        async with ledger.begin() as tx:
            await tx.put_many(lot)
            await vault.put(tx, [Person(id=f"P{a.id}", account=a.id, phone=town.number(a)) for a in lot])


async def _bursts(ledger: Ledger, plant: Plant, clock: Clock) -> None:
    """The response drafts, opens orders, and a duty manager publishes."""
    for k in range(BURSTS):
        async with ledger.begin() as tx:
            incident = _burst(k, clock.now_ns())
            await tx.put(incident)
            event = Event(
                kind=EventKind.INCIDENT, subject=incident.id, t_ns=clock.now_ns(), zone=incident.zone
            )
            await tx.emit(event)
    manager = User(id="manager", role=Role.DUTY_MANAGER, password_hash="-")
    following = asyncio.create_task(ResponseService(ledger, plant, clock).run())
    drafts: list[Notice] = []
    while len(drafts) < BURSTS and not following.done():
        await asyncio.sleep(0.05)
        async with ledger.read() as tx:
            drafts = await tx.find(Notice, state=NoticeState.DRAFT)
    following.cancel()
    await asyncio.wait([following])
    for draft in drafts:
        for decide in (decisions.approve, decisions.publish):
            async with ledger.begin() as tx:
                await decide(tx, draft.id, manager, clock.now_ns())
        async with ledger.read() as tx:
            assert await tx.find(Affected, notice=draft.id), "it reaches somebody"


def _burst(k: int, now_ns: int) -> Incident:
    where = Candidate(link=f"p-{k}-0", share=0.9, x=0.0, y=0.0)
    return Incident(
        id=f"INC-{k:03d}",
        kind=IncidentKind.BURST,
        state=IncidentState.CONFIRMED,
        opened_ns=now_ns,
        confirmed_ns=now_ns,
        zone=f"dma-{k:03d}",
        title=Text("疑似爆管", "Suspected burst"),
        location=Location(candidates=(where,), at_ns=now_ns, radius_m=0.0, method="bench"),
        size_m3h=40.0,
    )
