"""What an Idempotency-Key costs a command: reports of callers put down with one and without, through HTTP."""

import asyncio
import tempfile
import time
from pathlib import Path

import httpx

from api.app import build
from api.deps import Deps
from api.serve import serve
from api.session import create_user
from bench.figures import Figure
from bench.search import bench_accounts, bench_plant
from core.adapters.sealed_vault import SealedVault
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_directory import SqliteDirectory
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.vault_keys import KeyRing
from core.model.account import Role
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from response.hotline.search.finder import Finder

USER, PASSWORD = "agent", "turn the valve slowly"
PAIRS, AT_ONCE = 300, 200
RATIO = 1.25
"""A key may cost a quarter more CPU, server and client counted."""


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-commands-") as folder:
        return asyncio.run(_measure(Path(folder), PAIRS // 6 if short else PAIRS))


async def _measure(folder: Path, pairs: int) -> list[Figure]:
    plant, clock = bench_plant(), AnchoredClock()
    ledger = await SqlLedger.open(folder / "ledger.db")
    vault = SealedVault(KeyRing.open(folder / "keys"))
    directory = SqliteDirectory(folder / "directory.db")
    deps = Deps(
        ledger=ledger,
        vault=vault,
        finder=Finder(ledger, vault, plant, directory, clock),
        historian=await SqliteHistorian.open(folder / "historian.db", {}),
        spool=await SegmentSpool.open(folder / "spool"),
        live=LiveTable(),
        plant=plant,
        clock=clock,
        secure_cookies=False,
    )
    async with ledger.begin() as tx:
        await create_user(tx, USER, Role.HOTLINE, PASSWORD)
        await tx.put_many(list(bench_accounts(plant, 1_000)))
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(build(deps), "127.0.0.1", 0, ready=port.set_result))
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{await port}", timeout=60, trust_env=False
        ) as client:
            await client.post("/api/v1/session", json={"user": USER, "password": PASSWORD})
            return await _asked(client, pairs)
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        for store in (deps.historian, deps.spool, ledger, directory):
            await store.close()


async def _asked(client: httpx.AsyncClient, pairs: int) -> list[Figure]:
    await _report(client, "warm")
    cpu = {True: 0.0, False: 0.0}
    for n in range(pairs):
        for keyed in (True, False) if n % 2 else (False, True):
            began = time.process_time()
            await _report(client, f"k-{n}" if keyed else None)
            cpu[keyed] += time.process_time() - began
    walls = {}
    for keyed in (False, True):
        began = time.perf_counter()
        keys = (f"all-{n}" if keyed else None for n in range(AT_ONCE))
        await asyncio.gather(*(_report(client, key) for key in keys))
        walls[keyed] = time.perf_counter() - began
    return [
        Figure("CPU a report without a key", cpu[False] / pairs * 1000, "ms", None, "lower"),
        Figure("CPU a report with one", cpu[True] / pairs * 1000, "ms", None, "lower"),
        Figure("ratio", cpu[True] / cpu[False], "", RATIO, "lower"),
        Figure(f"{AT_ONCE} reports at once without keys", walls[False], "s", None, "lower"),
        Figure(f"{AT_ONCE} reports at once with keys", walls[True], "s", None, "lower"),
    ]


async def _report(client: httpx.AsyncClient, key: str | None) -> None:
    body = {"symptom": "other", "text": "账单有疑问", "apart": True}
    headers = {"Idempotency-Key": key} if key else {}
    answer = await client.post("/api/v1/hotline/reports", json=body, headers=headers)
    answer.raise_for_status()
