"""The hotline's search at a million accounts: how long an answer takes, and the index to make."""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from pathlib import Path

from bench.figures import Figure
from core.adapters.sqlite_directory import SqliteDirectory
from core.model.account import Account
from core.model.address import Entry
from core.model.network import Network
from core.model.plant import Plant, Street, Utility
from core.model.text import Text
from response.hotline.search.building import Builder
from response.hotline.search.searching import Search
from response.hotline.search.spelling import Spelling

ACCOUNTS, FEWER = 1_000_000, 100_000
STREETS, AT_ONCE = 2_000, 10_000
P95_MS = 150.0
_FIRST = "人民解放中山建设和平东风胜利新华光明文化学府天津上海北京广州长江黄河湖滨花园科技工业站前迎宾"
_LAST = ("路", "街", "大道", "巷", "小区", "花园", "家园", "苑")


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        return asyncio.run(_measure(Path(folder), FEWER if short else ACCOUNTS))


async def _measure(folder: Path, n: int) -> list[Figure]:
    spelling, plant = Spelling(), bench_plant()
    builder, file = Builder(plant, spelling), folder / "search.db"
    directory = SqliteDirectory(file)
    began = time.process_time()
    await directory.rebuild("bench", _lots(builder, bench_accounts(plant, n)), builder.names)
    built_s = time.process_time() - began
    search = Search(directory, spelling)
    await search.load()
    figures = [
        Figure("accounts", n, "", None, "higher"),
        Figure("index made, of one core", built_s, "s", None, "lower"),
        Figure("index on disk, an account", file.stat().st_size / n, "B", None, "lower"),
    ]
    figures += await _asked(search, plant, n)
    await directory.close()
    return figures


async def _lots(builder: Builder, accounts: Iterator[Account]) -> AsyncIterator[list[Entry]]:
    while lot := list(islice(accounts, AT_ONCE)):
        yield builder.entries(lot)


async def _asked(search: Search, plant: Plant, n: int) -> list[Figure]:
    chance = random.Random(3)
    known = [account for k, account in enumerate(bench_accounts(plant, n)) if k % (n // 400) == 0]
    forms: dict[str, Callable[[Account, Street], str]] = {
        "a whole address": lambda a, s: a.address,
        "a house": lambda a, s: a.address.partition("号")[0] + "号",
        "a street alone": lambda a, s: s.name.zh,
        "pinyin initials and numbers": lambda a, s: f"{search.spelling.typed(s.name.zh)[1]} {_numbers(a)}",
        "other characters of the same sound": lambda a, s: a.address.replace(s.name.zh[0], "仁"),
        "an account": lambda a, s: a.id,
    }
    every: list[float] = []
    figures = []
    for what, form in forms.items():
        times = []
        for account in chance.sample(known, 60):
            asked = form(account, plant.streets[account.street])
            began = time.perf_counter()
            await (search.coded(asked) if what == "an account" else search.address(asked))
            times.append((time.perf_counter() - began) * 1000)
        every += times
        figures.append(Figure(f"p95 by {what}", _p95(times), "ms", P95_MS, "lower"))
    return [*figures, Figure("p95 of all", _p95(every), "ms", P95_MS, "lower")]


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _numbers(account: Account) -> str:
    return " ".join("".join(c if c.isdigit() else " " for c in account.address).split())


def bench_plant() -> Plant:
    chance = random.Random(1)
    names: dict[str, None] = {}
    while len(names) < STREETS:
        names.setdefault("".join(chance.choices(_FIRST, k=chance.choice((2, 3)))) + chance.choice(_LAST))
    streets = {
        f"s-{k}": Street(id=f"s-{k}", name=Text(name, f"Street {k}"), zone="z")
        for k, name in enumerate(names)
    }
    blank = Utility(id="bench", name=Text("", ""), hotline="")
    return Plant(
        utility=blank, zones={}, tags={}, streets=streets, places={}, crews={}, network=Network({}, {}, {})
    )


def bench_accounts(plant: Plant, n: int) -> Iterator[Account]:
    """Houses of five blocks of two units of ten rooms, along all streets."""
    streets = list(plant.streets.values())
    for k in range(n):
        street, rest = streets[k % len(streets)], k // len(streets)
        house, rest = 1 + rest // 100, rest % 100
        block, unit, room = 1 + rest // 20, 1 + rest // 10 % 2, 100 * (1 + rest % 5) + 1 + rest // 5 % 2
        yield Account(
            id=f"A{k:07d}",
            street=street.id,
            address=f"{street.name.zh}{house}号{block}栋{unit}单元{room}室",
            building=f"{street.name.zh}{house}号{block}栋",
            storey=room // 100,
            zone="z",
            node="n",
            meter=f"M{k:07d}",
        )
