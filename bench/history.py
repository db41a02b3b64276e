"""What reading costs when the ledger is old: every GET route at few and at many records that are over."""

import asyncio
import re
import tempfile
import time
from pathlib import Path

import httpx

from api.app import DOORS
from api.session import create_user
from bench.figures import Figure
from bench.old_ledger import fill
from bench.serving import served, stores
from bench.small_plant import plant_with
from core.model.account import Role
from core.model.plant import Zone, ZoneKind
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Ledger, Page

PASSWORD = "turn the valve slowly"
ROLES = (Role.DUTY_MANAGER, Role.HOTLINE, Role.DISPATCHER, Role.CREW, Role.ENGINEER, Role.ADMIN)
FEW, MANY, SHORT = 1_000, 100_000, 10_000
TIMES = 3
GROWN, WORTH_MS = 3.0, 50.0
"""A route has grown when it takes so many times as long, and longer than this."""
LEFT = frozenset({"/api/v1/events", "/metrics"})


def run(short: bool) -> list[Figure]:
    return asyncio.run(_both(SHORT if short else MANY))


async def _both(many: int) -> list[Figure]:
    took = {}
    for n in (FEW, many):
        with tempfile.TemporaryDirectory(prefix="bench-history-") as folder:
            took[n] = await _measure(Path(folder), n)
    figures = []
    for path, (few, late) in ((p, (took[FEW][p], ms)) for p, ms in took[many].items()):
        if late > WORTH_MS and late > GROWN * few:
            figures.append(Figure(f"GET {path}, {FEW:,} of each", few, "ms", None, "lower"))
            figures.append(Figure(f"GET {path}, {many:,} of each", late, "ms", WORTH_MS, "lower"))
    slowest = max(took[many].values())
    grown = Figure("routes that grow with history", len(figures) // 2, "", 0, "lower")
    return [Figure("routes", len(took[many]), "", None, "higher"), grown, *figures,
            Figure("the slowest of all", slowest, "ms", None, "lower")]  # fmt: skip


async def _measure(folder: Path, n: int) -> dict[str, float]:
    """Milliseconds by path: the shortest of some."""
    zone = Zone(id="z-1", name=Text("城东", "East"), kind=ZoneKind.DMA)
    async with stores(folder, plant_with({}, {"z-1": zone})) as deps:
        await fill(deps.ledger, n, deps.clock.now_ns())
        async with deps.ledger.begin() as tx:
            for role in ROLES:
                crew = "crew-1" if role is Role.CREW else None
                await create_user(tx, role.value, role, PASSWORD, crew=crew)
        async with served(deps) as url:
            return await _asked(url, deps.ledger)


async def _asked(url: str, ledger: Ledger) -> dict[str, float]:
    async with ledger.read() as tx:
        (last,) = await tx.find(WorkOrder, Page(1))
    clients = [httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) for _ in ROLES]
    for role, client in zip(ROLES, clients, strict=True):
        await client.post("/api/v1/session", json={"user": role.value, "password": PASSWORD})
    took = {}
    for path in [door.path for door in DOORS if door.method == "GET" and door.path not in LEFT]:
        for client in clients:
            if (ms := await _quickest(client, _of(path, last.id))) is not None:
                took[path] = ms
                break
    for client in clients:
        await client.aclose()
    return took


def _of(path: str, order: str) -> str:
    kind = {"incidents": "INC", "notices": "NTC", "deliveries": "NTC"}.get(
        path.split("/")[3] if path.count("/") > 2 else "", "WO"
    )
    id = order.replace("WO", kind, 1) + (".1" if "deliveries" in path else "")
    return re.sub(r"{\w+}", id, path)


async def _quickest(client: httpx.AsyncClient, path: str) -> float | None:
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = await client.get(path)
        found.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            return None
    return min(found)
