"""From a confirmed burst to its notice draft, and a notice for a town of 50,000 accounts."""

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

from bench.figures import Figure
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Account, Role, User
from core.model.clock import Anchor
from core.model.event import Event, EventKind
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location
from core.model.notice import Notice, NoticeKind
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx
from core.runtime.clock import AnchoredClock
from hub.check import read
from response import fire_duties
from response.notices import decisions, difference, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.service import ResponseService

CONFIG = Path(__file__).parents[1] / "configs" / "demo"
ACCOUNTS, FEWER = 50_000, 5_000
BURSTS = 30
DRAFT_S, PUBLISH_S = 30.0, 60.0
_AUTHOR = User(id="op", role=Role.OPERATOR, password_hash="-")
_MANAGER = User(id="dm", role=Role.DUTY_MANAGER, password_hash="-")
_HOUR = 3600 * 1_000_000_000


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-notices-") as folder:
        return asyncio.run(_measure(Path(folder), FEWER if short else ACCOUNTS))


async def _measure(folder: Path, n: int) -> list[Figure]:
    plant = read(CONFIG).plant
    ledger = await SqlLedger.open(folder / "ledger.db")
    async with ledger.begin() as tx:
        await tx.put_many(_accounts(plant, n))
        await tx.put_many([_AUTHOR, _MANAGER])
    clock = AnchoredClock(Anchor(time.time_ns(), time.time_ns(), 1.0))
    service = ResponseService(ledger, plant, clock)
    pipes = [link.id for link in plant.network.links.values() if link.street in plant.streets]
    chance = random.Random(3)
    took = sorted([await _drafted(ledger, service, clock, k, chance.choice(pipes)) for k in range(BURSTS)])
    figures = [
        Figure("accounts of the town", n, "", None, "higher"),
        Figure("confirmed to draft, median", took[len(took) // 2], "s", None, "lower"),
        Figure("confirmed to draft, slowest", took[-1], "s", DRAFT_S, "lower"),
    ]
    figures += await _published(ledger, plant, clock)
    await ledger.close()
    return figures


async def _drafted(
    ledger: SqlLedger, service: ResponseService, clock: AnchoredClock, k: int, pipe: str
) -> float:
    """Seconds from the transaction that confirms the incident until its notice stands."""
    incident = Incident(
        id=f"INC-{k:05d}",
        kind=IncidentKind.BURST,
        state=IncidentState.CONFIRMED,
        opened_ns=clock.now_ns(),
        confirmed_ns=clock.now_ns(),
        zone="dma-01",
        title=Text("疑似爆管", "Suspected burst"),
        location=Location(
            candidates=(Candidate(link=pipe, share=0.6, x=0, y=0),),
            at_ns=clock.now_ns(),
            radius_m=300.0,
            method="bench",
        ),
    )
    event = Event(kind=EventKind.INCIDENT, subject=incident.id, t_ns=clock.now_ns(), zone=incident.zone)
    async with ledger.begin() as tx:
        await tx.put(incident)
        event = replace(event, id=await tx.emit(event))
    began = time.perf_counter()
    await service.handle([event])
    async with ledger.read() as tx:
        assert await tx.find(Notice, incident=incident.id)
    return time.perf_counter() - began


async def _published(ledger: SqlLedger, plant: Plant, clock: AnchoredClock) -> list[Figure]:
    """A planned cut for everybody: written, published, moved by an update."""
    wish = Wish(
        starts_ns=clock.now_ns() + 50 * _HOUR,
        estimated=True,
        eta_latest_ns=clock.now_ns() + 56 * _HOUR,
        reason=Text("管道改造", "mains renewal"),
        approval="水审〔2026〕7号",
        scope=Scope(zones=tuple(plant.zones)),
    )
    made: list[str] = []

    async def write(tx: Tx) -> None:
        made.append(
            (await drafts.draft(tx, plant, NoticeKind.PLANNED_OUTAGE, wish, _AUTHOR, clock.now_ns())).id
        )

    async def publish(tx: Tx) -> None:
        await fire_duties.told(tx, made[0], clock.now_ns(), clock.now_ns())
        await decisions.approve(tx, made[0], _MANAGER, clock.now_ns())
        await decisions.publish(tx, made[0], _MANAGER, clock.now_ns())

    async def update(tx: Tx) -> None:
        later = Wish(estimated=True, eta_latest_ns=clock.now_ns() + 60 * _HOUR)
        await drafts.update(tx, plant, made[0], later, _AUTHOR.id, clock.now_ns())
        await publish(tx)

    async def differ(tx: Tx) -> None:
        found = await difference.of_version(tx, (await versions.published(tx, made[0]))[-1])
        assert found.updated

    steps = {"written": write, "published": publish, "updated": update, "its difference": differ}
    return [
        Figure(f"a notice for all: {name}", await _timed(ledger, step), "s", PUBLISH_S, "lower")
        for name, step in steps.items()
    ]


async def _timed(ledger: SqlLedger, step: Callable[[Tx], Awaitable[None]]) -> float:
    began = time.perf_counter()
    async with ledger.begin() as tx:
        await step(tx)
    return time.perf_counter() - began


def _accounts(plant: Plant, n: int) -> Iterator[Account]:
    """Spread over the ends of all pipes that lie in a street."""
    links = [link for link in plant.network.links.values() if link.street in plant.streets]
    for k in range(n):
        link = links[k % len(links)]
        street = plant.streets[link.street or ""]
        address = f"{street.name.zh}{k % 200 + 1}号"
        yield Account(
            id=f"A{k:06d}",
            street=street.id,
            address=address,
            building=address,
            storey=1 + k % 6,
            zone=street.zone,
            node=link.b,
            meter=f"M{k:06d}",
        )
