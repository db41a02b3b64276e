"""A small utility behind the real interface: real stores, a real server on a real socket."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.app import build
from api.deps import Deps
from api.serve import serve
from core.adapters.folder_photos import FolderPhotos
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_directory import SqliteDirectory
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Account, Role, Segment, User
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition
from core.model.event import Event, EventKind
from core.model.network import Link, LinkKind, Network, Node, NodeKind
from core.model.plant import Crew, Plant, Street, Utility, Zone, ZoneKind
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from response.hotline.search.finder import Finder
from tests.ledgers import ledger_in
from tests.persons import move_in, vault_in

S = 1_000_000_000
T0 = 1_795_356_600 * S
PASSWORD = "turn the valve slowly"
TRUST = httpx.create_ssl_context(trust_env=False)
"""Made once: it reads every authority there is."""
_QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


def _tag(id: str, quantity: Quantity, unit: str, zone: str | None, **more: object) -> Tag:
    return Tag(
        id=id,
        quantity=quantity,
        unit=unit,
        name=Text(f"测点{id}", f"point {id}"),
        station="st-01",
        period_s=1.0,
        zone=zone,
        **more,  # type: ignore[arg-type]
    )


def plant() -> Plant:
    tags = [
        _tag("dma-01.inflow", Quantity.FLOW, "m3/h", "dma-01", link="p1"),
        _tag("dma-01.p1", Quantity.PRESSURE, "m", "dma-01", node="j1"),
        _tag("dma-01.p2", Quantity.PRESSURE, "m", "dma-01", node="j2"),
        _tag("dma-02.p1", Quantity.PRESSURE, "m", "dma-02", node="j3"),
        _tag("q-01.free_chlorine", Quantity.FREE_CHLORINE, "mg/L", "dma-01", node="j2"),
        _tag("meter.M000001", Quantity.VOLUME, "m3", "dma-01", node="j1"),
    ]
    nodes = [
        Node("tank", NodeKind.TANK, 0.0, 0.0, 50.0),
        Node("j1", NodeKind.JUNCTION, 100.0, 0.0, 5.0, "dma-01"),
        Node("j2", NodeKind.JUNCTION, 200.0, 10.0, 5.0, "dma-01"),
        Node("j3", NodeKind.JUNCTION, 100.0, 100.0, 5.0, "dma-02"),
    ]
    links = [
        Link("p1", LinkKind.PIPE, "tank", "j1", 100.0, 400.0, zone="dma-01", vertices=((50.0, 20.0),)),
        Link("p2", LinkKind.PIPE, "j1", "j2", 100.0, 200.0, zone="dma-01", street="s-1"),
        Link("p3", LinkKind.PIPE, "j1", "j3", 100.0, 200.0, zone="dma-02"),
    ]
    return Plant(
        utility=Utility(id="demo", name=Text("示例水务", "Example Water"), hotline="96000"),
        zones={
            "dma-01": Zone(
                id="dma-01", name=Text("城东", "East"), kind=ZoneKind.DMA, inflow=("dma-01.inflow",)
            ),
            "dma-02": Zone(id="dma-02", name=Text("城西", "West"), kind=ZoneKind.DMA),
        },
        tags={tag.id: tag for tag in tags},
        streets={"s-1": Street(id="s-1", name=Text("人民路", "Renmin Road"), zone="dma-01")},
        places={},
        crews={n: Crew(id=n, name=Text("抢修一班", "Repair crew 1")) for n in ("crew-1", "crew-2")},
        network=Network({node.id: node for node in nodes}, {link.id: link for link in links}),
    )


def definition(id: str, **more: object) -> AlarmDefinition:
    text = Text("低压", "low pressure")
    settings: dict[str, object] = {
        "id": id,
        "name": text,
        "alarm_class": AlarmClass.PROCESS,
        "priority": 2,
        "cause": text,
        "consequence": text,
        "action": text,
        "response_min": 10.0,
        **more,
    }
    return AlarmDefinition(**settings)  # type: ignore[arg-type]


def account(n: int) -> Account:
    return Account(
        id=f"A{n:06d}",
        street="s-1",
        address=f"人民路{n}号",
        building=f"人民路{n}号",
        storey=1,
        zone="dma-01",
        node="j1",
        meter=f"M{n:06d}",
        segment=Segment.HOSPITAL if n == 1 else Segment.GENERAL,
    )


@dataclass(slots=True)
class Hub:
    """What a test reaches: the interface by `url`, and what stands behind it."""

    url: str
    app: FastAPI
    deps: Deps
    live: LiveTable
    stop: Callable[[], None]
    stopped: asyncio.Event
    wall: list[int] = field(default_factory=lambda: [0])
    """Nanoseconds by which the host's clock is ahead of itself."""

    @asynccontextmanager
    async def as_(self, role: Role | str | None) -> AsyncIterator[httpx.AsyncClient]:
        """A client signed in as the user named like `role`."""
        async with httpx.AsyncClient(base_url=self.url, timeout=20, trust_env=False, verify=TRUST) as client:
            if role is not None:
                body = {"user": str(role), "password": PASSWORD}
                assert (await client.post("/api/v1/session", json=body)).status_code == 204
            yield client

    def sees(self, *samples: Sample) -> None:
        self.live.update(Batch.of("test", samples))

    async def raised(self, id: str, **more: object) -> Alarm:
        """An alarm as the engine would leave it, announced."""
        alarm = Alarm(id=id, active=True, acked=False, occurrence=1, seq=1, raised_ns=T0, **more)  # type: ignore[arg-type]
        async with self.deps.ledger.begin() as tx:
            await tx.put(alarm)
            await tx.emit(Event(kind=EventKind.ALARM, subject=id, t_ns=T0, zone=alarm.zone, data={"seq": 1}))
        return alarm

    async def emit(self, n: int, zone: str | None = "dma-01", kind: EventKind = EventKind.ALARM) -> list[int]:
        """n events, each in a transaction of its own; their ids."""
        ids = []
        for i in range(n):
            async with self.deps.ledger.begin() as tx:
                data = {"n": i, "acked_by": "operator", "at_ns": T0}
                ids.append(await tx.emit(Event(kind=kind, subject="a", t_ns=T0, zone=zone, data=data)))
        return ids


@asynccontextmanager
async def hub_at_work(folder: Path, **more: object) -> AsyncIterator[Hub]:
    """Open stores and a served application; both gone at the end."""
    town, wall = plant(), [0]
    ledger = await ledger_in(folder)
    spool = await SegmentSpool.open(folder / "spool")
    historian = await SqliteHistorian.open(folder / "historian.db", town.tags)
    async with ledger.begin() as tx:
        await tx.put_many(
            User(id=role, role=role, password_hash=_QUICK, crew="crew-1" if role is Role.CREW else None)
            for role in Role
        )
    vault = vault_in(folder)
    await move_in(ledger, vault, (account(n) for n in range(1, 21)))
    clock = AnchoredClock()
    directory = SqliteDirectory(folder / "directory.db")
    finder = Finder(ledger, vault, town, directory, clock)
    await finder.refresh()
    settings: dict[str, object] = {
        "ledger": ledger,
        "vault": vault,
        "finder": finder,
        "historian": historian,
        "spool": spool,
        "live": LiveTable(),
        "plant": town,
        "clock": clock,
        "definitions": {"dma-01.low": definition("dma-01.low")},
        "secure_cookies": False,
        "photos": FolderPhotos(folder / "photos", 64 * 1024**2, 0.0),
        "wall_ns": lambda: time.time_ns() + wall[0],
        **more,
    }
    deps = Deps(**settings)  # type: ignore[arg-type]
    app = build(deps)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, ready=port.set_result))
    stopped = asyncio.Event()
    serving.add_done_callback(lambda _: stopped.set())
    try:
        await asyncio.wait([port, serving], return_when=asyncio.FIRST_COMPLETED)
        url = f"http://127.0.0.1:{port.result()}"
        yield Hub(url, app, deps, deps.live, lambda: serving.cancel(), stopped, wall)
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        for store in (historian, spool, ledger, directory):
            await store.close()


@dataclass(frozen=True, slots=True)
class Heard:
    name: str
    id: int | None
    data: dict


async def frames(response: httpx.Response) -> AsyncIterator[Heard]:
    """The stream's messages as a browser would dispatch them."""
    name, id, data = "message", None, ""
    async for line in response.aiter_lines():
        key, _, value = line.partition(": ")
        if key == "event":
            name = value
        elif key == "id":
            id = int(value)
        elif key == "data":
            data = value
        elif not line and data:
            yield Heard(name, id, orjson.loads(data))
            name, id, data = "message", None, ""


async def heard(
    client: httpx.AsyncClient, until: Callable[[list[Heard]], bool], query: str = ""
) -> list[Heard]:
    """Messages until `until` says that they are enough; fails after 30 s."""
    found: list[Heard] = []
    async with asyncio.timeout(30), client.stream("GET", f"/api/v1/events{query}") as response:
        assert response.status_code == 200, await response.aread()
        async for message in frames(response):
            found.append(message)
            if until(found):
                break
    return found
