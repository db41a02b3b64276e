"""What an Idempotency-Key costs a command: reports of callers put down with one and without, through HTTP."""

import asyncio
import tempfile
import time
from pathlib import Path

import httpx

from api.session import create_user
from bench import hotline_town as town
from bench.figures import Figure
from bench.serving import served, stores
from core.model.account import Role

USER, PASSWORD = "agent", "turn the valve slowly"
PAIRS, AT_ONCE = 300, 200
RATIO = 1.25
"""A key may cost a quarter more CPU, server and client counted."""


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-commands-") as folder:
        return asyncio.run(_measure(Path(folder), PAIRS // 6 if short else PAIRS))


async def _measure(folder: Path, pairs: int) -> list[Figure]:
    plant = town.plant()
    async with stores(folder, plant) as deps:
        async with deps.ledger.begin() as tx:
            await create_user(tx, USER, Role.HOTLINE, PASSWORD)
            await tx.put_many(list(town.accounts(plant, 1_000)))
        async with (
            served(deps) as url,
            httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client,
        ):
            await client.post("/api/v1/session", json={"user": USER, "password": PASSWORD})
            return await _asked(client, pairs)


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
