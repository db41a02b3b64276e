"""X-03 and HL-09: whoever is meant is found, however it is said; the index is derived and rebuilt."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.sqlite_directory import SqliteDirectory
from core.model.account import Account
from core.model.plant import Plant, Street
from core.model.text import Text
from response.hotline.search.building import Builder
from response.hotline.search.parts import parts
from response.hotline.search.searching import Search
from response.hotline.search.spelling import Spelling
from tests.response import little_town

DEMO = Path(__file__).parents[2] / "configs" / "demo"
with Path(__file__).with_name("address_pairs.csv").open(encoding="utf-8") as _file:
    PAIRS = [(row["said"], row["meant"]) for row in csv.DictReader(_file, delimiter="|")]
SPELLING = Spelling()


def _plant() -> Plant:
    with (DEMO / "streets.csv").open(encoding="utf-8-sig") as file:
        streets = {
            row["id"]: Street(id=row["id"], name=Text(row["name_zh"], row["name_en"]), zone=row["zone"])
            for row in csv.DictReader(file)
        }
    return little_town.with_streets(streets)


def _accounts(plant: Plant) -> list[Account]:
    """What the pairs mean, and for each of them its neighbours: another house, block, unit and room."""
    by_name = {street.name.zh: street.id for street in plant.streets.values()}
    addresses: dict[str, str] = {}
    for _, meant in PAIRS:
        read = parts(SPELLING.plain(meant))
        name, (house, block, unit, room) = read.names[0], [number for _, number in read.numbers]
        for h in range(max(1, int(house) - 2), int(house) + 3):
            for b, u, r in ((block, unit, room), (str(int(block) + 1), unit, room), (block, "5", "105")):
                addresses.setdefault(f"{name}{h}号{b}栋{u}单元{r}室", by_name[name])
        for number in range(1, 12):
            addresses.setdefault(f"{name}{number}号101室", by_name[name])
    return [
        Account(
            id=f"A{n:06d}",
            street=street,
            address=address,
            building=address,
            storey=1,
            zone="dma-01",
            node="j1",
            meter=f"M{n:06d}",
        )
        for n, (address, street) in enumerate(addresses.items(), 1)
    ]


async def _lots(builder: Builder, accounts: list[Account]):
    yield builder.entries(accounts)


@pytest.fixture
async def search(tmp_path):
    directory = SqliteDirectory(tmp_path / "search.db")
    builder = Builder(plant := _plant(), SPELLING)
    await directory.rebuild("1", _lots(builder, _accounts(plant)), builder.names)
    search = Search(directory, SPELLING)
    await search.load()
    yield search
    await directory.close()


async def test_of_200_ways_to_say_an_address_95_in_100_are_found_first(search):
    assert len(PAIRS) == 200
    missed = {}
    for said, meant in PAIRS:
        hits = (await search.address(said)).hits
        if not hits or hits[0].entry.address != meant:
            missed[said] = (meant, [hit.entry.address for hit in hits[:3]])
    assert len(missed) <= 10, missed


async def test_a_slip_in_one_number_still_shows_the_neighbours(search):
    _, meant = PAIRS[0]
    wrong = meant.replace("室", "9室")
    hits = (await search.address(wrong)).hits
    assert hits and any(hit.entry.address == meant for hit in hits)


async def test_what_names_nothing_finds_nothing(search):
    for nothing in ("", "12号", "。。。", "qqqqzz 3"):
        assert (await search.address(nothing)).n == 0


async def test_an_account_and_a_meter_are_found_by_their_beginning_too(search):
    assert (await search.coded("a000007")).hits[0].entry.account == "A000007"
    assert (await search.coded("Ｍ０００００７")).hits[0].entry.account == "A000007"
    assert (await search.coded("A00001")).n > 1


async def test_an_index_that_was_lost_or_is_broken_is_made_anew(tmp_path):
    file = tmp_path / "search.db"
    directory = SqliteDirectory(file)
    assert await directory.stamp() is None
    file.write_bytes(b"no database" * 1000)
    assert await directory.stamp() is None
    builder = Builder(plant := _plant(), SPELLING)
    some = _accounts(plant)[:10]
    assert await directory.rebuild("2", _lots(builder, some), builder.names) == 10
    assert await directory.stamp() == "2"
    await directory.close()


@given(st.integers(1, 999))
def test_chinese_and_arabic_numerals_are_one(n):
    spelled = _chinese(n)
    assert parts(SPELLING.plain(f"人民路{spelled}号")) == parts(SPELLING.plain(f"人民路{n}号"))


@given(st.text(max_size=80))
def test_nothing_that_is_typed_is_too_odd(text):
    read = parts(SPELLING.plain(text))
    assert all(read.names) and len(dict(read.numbers)) == len(read.numbers)


def _chinese(n: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    said = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (digits[ones] if ones else "")
