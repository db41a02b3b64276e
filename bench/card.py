"""The hotline's card at a million accounts: from the exchange's call, and from a typed address."""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from ipaddress import ip_network
from itertools import islice
from pathlib import Path

import httpx
import orjson

from api.session import create_user
from bench.figures import Figure
from bench.search import ACCOUNTS, FEWER, bench_accounts, bench_plant
from bench.serving import served, stores
from core.model.account import Account, Role
from core.model.person import Person
from core.model.plant import Plant
from core.ports.ledger import Ledger
from core.ports.vault import Vault
from response.hotline.telephony import Telephony

USER, PASSWORD, TOKEN = "agent", "turn the valve slowly", "the-exchange"
CALLS, CARD_MS, SEARCH_MS = 120, 1_000.0, 150.0
AT_ONCE = 10_000


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-card-") as folder:
        return asyncio.run(_measure(Path(folder), FEWER // 4 if short else ACCOUNTS))


async def _measure(folder: Path, n: int) -> list[Figure]:
    plant = bench_plant()
    exchange = Telephony(token=sha256(TOKEN.encode()).digest(), allow=(ip_network("127.0.0.0/8"),))
    async with stores(folder, plant, exchange) as deps:
        began = time.monotonic()
        await _move_in(deps.ledger, deps.vault, bench_accounts(plant, n))
        moved_s, began = time.monotonic() - began, time.monotonic()
        await deps.finder.refresh()
        made_s = time.monotonic() - began
        async with deps.ledger.begin() as tx:
            await create_user(tx, USER, Role.HOTLINE, PASSWORD)
        async with served(deps) as url:
            figures = await _asked(url, plant, n)
    return [
        Figure("accounts", n, "", None, "higher"),
        Figure("accounts and persons sealed into the ledger", moved_s, "s", None, "lower"),
        Figure("directory made from the ledger", made_s, "s", None, "lower"),
        *figures,
    ]


async def _move_in(ledger: Ledger, vault: Vault, accounts: Iterator[Account]) -> None:
    while lot := list(islice(accounts, AT_ONCE)):
        async with ledger.begin() as tx:
            await tx.put_many(lot)
            await vault.put(tx, [Person(id=f"P{a.id}", account=a.id, phone=_number(a)) for a in lot])


def _number(account: Account) -> str:
    return f"199{int(account.id[1:]):08d}"


async def _asked(url: str, plant: Plant, n: int) -> list[Figure]:
    chance = random.Random(4)
    known = [a for k, a in enumerate(bench_accounts(plant, n)) if k % max(1, n // 1_000) == 0]
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
        await client.post("/api/v1/session", json={"user": USER, "password": PASSWORD})
        async with client.stream("GET", "/api/v1/events") as stream:
            lines = stream.aiter_lines()
            cards = [await _call(client, lines, k, a) for k, a in enumerate(chance.choices(known, k=CALLS))]
        typed = [await _typed(client, a.address) for a in chance.choices(known, k=CALLS)]
    return [
        Figure("call event to the card's answer, p50", _at(cards, 0.5), "ms", 300.0, "lower"),
        Figure("call event to the card's answer, p95", _at(cards, 0.95), "ms", CARD_MS, "lower"),
        Figure("typed address to the card's answer, p95", _at(typed, 0.95), "ms", SEARCH_MS, "lower"),
    ]


async def _call(client: httpx.AsyncClient, lines: object, k: int, account: Account) -> float:
    """Milliseconds: the exchange tells, the agent's stream says so, its page asks for the card."""
    began = time.perf_counter()
    body = {"event": "newCall", "callId": f"c-{k}", "from": _number(account), "user": USER}
    (await client.post(f"/api/v1/cti/{TOKEN}", json=body)).raise_for_status()
    call = await _heard(lines)
    answer = await client.post("/api/v1/hotline/card", json={"call": call})
    answer.raise_for_status()
    took = (time.perf_counter() - began) * 1000
    assert answer.json()["account"]["id"] == account.id
    return took


async def _heard(lines: object) -> str:
    told = False
    async for line in lines:  # type: ignore[attr-defined]
        if line == "event: phone_call":
            told = True
        elif told and line.startswith("data: "):
            return str(orjson.loads(line.removeprefix("data: "))["subject"])
    raise AssertionError("the stream ended")


async def _typed(client: httpx.AsyncClient, address: str) -> float:
    began = time.perf_counter()
    answer = await client.post("/api/v1/hotline/card", json={"text": address})
    answer.raise_for_status()
    took = (time.perf_counter() - began) * 1000
    assert answer.json()["account"]["address"] == address
    return took


def _at(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]
