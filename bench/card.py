"""The hotline's card at a million accounts, whole: from the exchange's call, with everything behind it.

Four agents at once, as their pages do: the exchange tells of a call over HTTP, the agent's event stream says
so, the queue has whose call it is, and the card is asked for. Callers are without water by a published notice
of a burst. A card without notice, order or instruments of now ends the bench; one for which the historian was
too slow to tell what is usual (`response.nearby.USUAL_WITHIN_S`) is counted.
"""

import asyncio
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bench import hotline_town as town
from bench.figures import Figure
from bench.hotline_house import PASSWORD, SEATS, TOKEN, cut_off, house, move_in, seat
from core.model.account import Account

ACCOUNTS, FEWER = 1_000_000, 50_000
CALLS_A_SEAT, CARD_MS = 100, 1_000.0


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-card-") as folder:
        return asyncio.run(_measure(Path(folder), FEWER if short else ACCOUNTS))


async def _measure(folder: Path, n: int) -> list[Figure]:
    moved_s = await move_in(folder, town.plant(), n)
    return [
        Figure("accounts", n, "", None, "higher"),
        Figure("accounts and persons sealed into the ledger", moved_s, "s", None, "lower"),
        *await called(folder, n),
    ]


async def called(folder: Path, n: int) -> list[Figure]:
    """Of a house that is moved into."""
    chance = random.Random(4)
    dry = [a for a in town.accounts(town.plant(), n) if cut_off(a.street)]
    async with house(folder) as here:
        of_seats = [chance.choices(dry, k=CALLS_A_SEAT) for _ in range(SEATS)]
        took = await asyncio.gather(*[_agent(here.url, k, mine) for k, mine in enumerate(of_seats)])
    cards = [ms for mine in took for ms, _ in mine]
    bare = sum(not whole for mine in took for _, whole in mine)
    what = f"call event to the whole card's answer, {SEATS} at once"
    return [
        Figure("directory made from the ledger", here.made_s, "s", None, "lower"),
        Figure(f"{what}, p50", _at(cards, 0.5), "ms", 300.0, "lower"),
        Figure(f"{what}, p95", _at(cards, 0.95), "ms", CARD_MS, "lower"),
        Figure(f"{what}, p99", _at(cards, 0.99), "ms", CARD_MS, "lower"),
        Figure(f"{what}, the slowest", max(cards), "ms", None, "lower"),
        Figure("cards without what is usual", bare, f"of {len(cards)}", 0.0, "lower"),
    ]


async def _agent(url: str, k: int, callers: list[Account]) -> list[tuple[float, bool]]:
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
        signed_in = await client.post("/api/v1/session", json={"user": seat(k), "password": PASSWORD})
        signed_in.raise_for_status()
        async with client.stream("GET", "/api/v1/events") as stream:
            rang = asyncio.Event()
            listening = asyncio.create_task(_listen(stream, rang))
            try:
                return [await _call(client, rang, seat(k), f"c-{k}-{time.time_ns()}", a) for a in callers]
            finally:
                listening.cancel()


async def _listen(stream: httpx.Response, rang: asyncio.Event) -> None:
    """All the time, as a page does: who reads too slowly is cut off."""
    async for line in stream.aiter_lines():
        if line == "event: phone_call":
            rang.set()


async def _call(
    client: httpx.AsyncClient, rang: asyncio.Event, user: str, call: str, account: Account
) -> tuple[float, bool]:
    """Milliseconds, and whether it says what is usual."""
    told = {"callId": call, "from": town.number(account), "user": user, "direction": "in"}
    rang.clear()
    began = time.perf_counter()
    (await client.post(f"/api/v1/cti/{TOKEN}", json=told | {"event": "newCall"})).raise_for_status()
    answer = await client.post("/api/v1/hotline/card", json={"call": await _own(client, rang, user)})
    answer.raise_for_status()
    took = (time.perf_counter() - began) * 1000
    whole = _whole(answer.json(), account)
    (await client.post(f"/api/v1/cti/{TOKEN}", json=told | {"event": "hangup"})).raise_for_status()
    return took, whole


async def _own(client: httpx.AsyncClient, rang: asyncio.Event, user: str) -> str:
    """What rings for this agent, once the stream has told of calls."""
    while True:
        async with asyncio.timeout(30):
            await rang.wait()
        rang.clear()
        queue = (await client.get("/api/v1/hotline/queue")).raise_for_status().json()
        for one in queue["calls"]:
            if user in one["agents"]:
                return str(one["id"])


def _whole(card: dict[str, Any], account: Account) -> bool:
    """Whether what is usual is there; nothing else that a card can have is missing."""
    pressures = [one for one in card["sensors"] if one["quantity"] == "pressure"]
    assert card["account"]["id"] == account.id
    assert card["verdict"] == "known_outage", card["verdict"]
    assert card["standing"] and card["orders"] and card["back"] and card["script"]
    assert len(pressures) == 3 and len(card["sensors"]) == 6
    assert all(one["value"] is not None for one in card["sensors"])
    usual = all(one["usual_low"] is not None for one in card["sensors"])
    return usual and all(one["spark"] for one in pressures)


def _at(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]
