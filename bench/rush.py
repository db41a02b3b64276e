"""200 calls at one instant: from the exchange's messages to the event stream and to all their cards.

The exchange's connections stand, its messages are sent together, and the cards are asked for together once
the stream has told of all. CPU is of the hub's process alone: beside other work it is what compares.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path
from statistics import median

import httpx

from bench import hotline_town as town
from bench.figures import Figure
from bench.hotline_house import PASSWORD, SEATS, TOKEN, House, cut_off, house, move_in, seat
from bench.portal_site import cpu_s
from core.model.account import Account

ACCOUNTS, FEWER = 50_000, 4_000
CALLS, ROUNDS = 200, 5
Rounds = list[tuple[float, float]]
"""Seconds to the last answer, and of CPU."""


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-rush-") as folder:
        return asyncio.run(_measure(Path(folder), FEWER if short else ACCOUNTS))


async def _measure(folder: Path, n: int) -> list[Figure]:
    await move_in(folder, town.plant(), n)
    dry = [a for a in town.accounts(town.plant(), n) if cut_off(a.street)]
    chance = random.Random(5)
    told: Rounds = []
    cards: Rounds = []
    limits = httpx.Limits(max_connections=CALLS + 10, max_keepalive_connections=CALLS + 10)
    async with (
        house(folder) as here,
        httpx.AsyncClient(base_url=here.url, timeout=300, trust_env=False, limits=limits) as client,
    ):
        signed_in = await client.post("/api/v1/session", json={"user": seat(0), "password": PASSWORD})
        signed_in.raise_for_status()
        async with client.stream("GET", "/api/v1/events") as stream:
            heard: asyncio.Queue[float] = asyncio.Queue()
            listening = asyncio.create_task(_listen(stream, heard))
            await _ring(client, chance.choices(dry, k=CALLS), heard)  # opens the connections
            for _ in range(ROUNDS):
                callers = chance.choices(dry, k=CALLS)
                told.append(await _timed(here, _ring(client, callers, heard)))
                queue = (await client.get("/api/v1/hotline/queue")).raise_for_status().json()
                ids = [str(one["id"]) for one in queue["calls"]][-CALLS:]
                cards.append(await _timed(here, _cards(client, ids)))
            listening.cancel()
    return [
        *_figures("calls at one instant, all on the stream", told),
        *_figures("their cards at once", cards),
    ]


async def _timed(here: House, act: Awaitable[None]) -> tuple[float, float]:
    cpu, began = cpu_s(here.pid), time.perf_counter()
    await act
    return time.perf_counter() - began, cpu_s(here.pid) - cpu


async def _ring(client: httpx.AsyncClient, callers: Sequence[Account], heard: asyncio.Queue[float]) -> None:
    async def one(k: int, account: Account) -> None:
        message = {
            "event": "newCall",
            "callId": f"rush-{k}-{time.time_ns()}",
            "from": town.number(account),
            "user": seat(k % SEATS),
            "direction": "in",
        }
        (await client.post(f"/api/v1/cti/{TOKEN}", json=message)).raise_for_status()

    await asyncio.gather(*(one(k, account) for k, account in enumerate(callers)))
    async with asyncio.timeout(120):
        for _ in callers:
            await heard.get()


async def _cards(client: httpx.AsyncClient, ids: Sequence[str]) -> None:
    async def one(id: str) -> None:
        card = (await client.post("/api/v1/hotline/card", json={"call": id})).raise_for_status().json()
        assert card["verdict"] == "known_outage", card["verdict"]

    await asyncio.gather(*map(one, ids))


async def _listen(stream: httpx.Response, heard: asyncio.Queue[float]) -> None:
    async for line in stream.aiter_lines():
        if line == "event: phone_call":
            heard.put_nowait(time.perf_counter())


def _figures(what: str, rounds: Rounds) -> list[Figure]:
    return [
        Figure(f"{CALLS} {what}: the last", median(s for s, _ in rounds), "s", None, "lower"),
        Figure(
            f"{what}: CPU of the hub each", median(s for _, s in rounds) / CALLS * 1e3, "ms", None, "lower"
        ),
    ]
