"""The hotline's search at a million accounts, asked over HTTP in every form, and the index to make."""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from pathlib import Path

import httpx

from bench import hotline_town as town
from bench.figures import Figure
from bench.hotline_house import PASSWORD, house, move_in, seat
from core.adapters.sqlite_directory import SqliteDirectory
from core.model.account import Account
from core.model.address import Entry
from core.model.plant import Plant
from response.hotline.search.building import Builder
from response.hotline.search.spelling import Spelling

ACCOUNTS, FEWER = 1_000_000, 50_000
ASKED, AT_ONCE = 60, 10_000
P95_MS = 150.0
Form = Callable[[Account, str], str]


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        return asyncio.run(_measure(Path(folder), FEWER if short else ACCOUNTS))


async def _measure(folder: Path, n: int) -> list[Figure]:
    plant = town.plant()
    figures = [Figure("accounts", n, "", None, "higher"), *await _index(folder, plant, n)]
    await move_in(folder, plant, n)
    return [*figures, *await asked(folder, plant, n)]


async def _index(folder: Path, plant: Plant, n: int) -> list[Figure]:
    builder, file = Builder(plant, Spelling()), folder / "search.db"
    directory = SqliteDirectory(file)
    began = time.process_time()
    await directory.rebuild("bench", _lots(builder, town.accounts(plant, n)), builder.names)
    built_s = time.process_time() - began
    await directory.close()
    return [
        Figure("index made, of one core", built_s, "s", None, "lower"),
        Figure("index on disk, an account", file.stat().st_size / n, "B", None, "lower"),
    ]


async def _lots(builder: Builder, accounts: Iterator[Account]) -> AsyncIterator[list[Entry]]:
    while lot := list(islice(accounts, AT_ONCE)):
        yield builder.entries(lot)


def _forms() -> dict[str, tuple[Form, bool]]:
    """Each way of asking, and whether it means one account; the form is given the account and its street."""
    spelling = Spelling()
    return {
        "a whole address": (lambda a, s: a.address, True),
        "an address in 繁體": (lambda a, s: town.traditional(a.address), True),
        "an address in full width": (lambda a, s: town.full_width(a.address), True),
        "a house": (lambda a, s: a.address.partition("号")[0] + "号", False),
        "a street alone": (lambda a, s: s, False),
        "pinyin initials and numbers": (lambda a, s: f"{spelling.typed(s)[1]} {_numbers(a)}", False),
        "other characters of the same sound": (lambda a, s: a.address.replace(s[0], "仁", 1), False),
        "an account": (lambda a, s: a.id, True),
        "a telephone": (lambda a, s: town.number(a), True),
        "a telephone in full width": (lambda a, s: town.full_width(f"+86 {town.number(a)}"), True),
    }


async def asked(folder: Path, plant: Plant, n: int) -> list[Figure]:
    """Of a house that is moved into, one question after another."""
    chance, every, figures = random.Random(3), [], []
    known = [account for k, account in enumerate(town.accounts(plant, n)) if k % (n // 400) == 0]
    async with house(folder) as here, httpx.AsyncClient(base_url=here.url, trust_env=False) as client:
        signed_in = await client.post("/api/v1/session", json={"user": seat(0), "password": PASSWORD})
        signed_in.raise_for_status()
        for what, (form, one) in _forms().items():
            times = []
            for account in chance.sample(known, ASKED):
                question = form(account, plant.streets[account.street].name.zh)
                times.append(await _took(client, question, account if one else None))
            every += times
            figures.append(Figure(f"p95 by {what}", _p95(times), "ms", P95_MS, "lower"))
    return [*figures, Figure("p95 of all", _p95(every), "ms", P95_MS, "lower")]


async def _took(client: httpx.AsyncClient, question: str, wanted: Account | None) -> float:
    """Milliseconds until it is answered, rightly."""
    began = time.perf_counter()
    answer = await client.post("/api/v1/hotline/card", json={"text": question})
    answer.raise_for_status()
    took = (time.perf_counter() - began) * 1000
    card = answer.json()
    assert card["account"] or card["matches"], question
    assert wanted is None or card["account"]["id"] == wanted.id, question
    return took


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _numbers(account: Account) -> str:
    return " ".join("".join(c if c.isdigit() else " " for c in account.address).split())
