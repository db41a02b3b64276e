"""HL-09: a street is found by every reading its characters have, whole, by initials, or by both."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.adapters.sqlite_directory import SqliteDirectory
from core.model.account import Account
from core.model.plant import Plant, Street
from core.model.text import Text
from response.hotline.search.building import Builder
from response.hotline.search.searching import Search
from response.hotline.search.spelling import Spelling
from tests.response import little_town

SPELLING = Spelling()
NAMES = (
    "朝阳街",
    "长江路",
    "重庆路",
    "行署街",
    "乐群路",
    "厦门路",
    "春雨街",
    "人民路",
    "银杏大道",
    "六安北巷",
)


@pytest.fixture
async def search(tmp_path: Path):
    streets = {
        f"s{k}": Street(id=f"s{k}", name=Text(name, f"Road {k}"), zone="dma-01")
        for k, name in enumerate(NAMES)
    }
    plant = little_town.with_streets(streets)
    directory = SqliteDirectory(tmp_path / "search.db")
    builder = Builder(plant, SPELLING)
    await directory.rebuild("1", _lots(builder, _accounts(plant)), builder.names)
    search = Search(directory, SPELLING)
    await search.load()
    yield search
    await directory.close()


def _accounts(plant: Plant) -> list[Account]:
    return [
        Account(
            id=f"A{k}{house}",
            street=street.id,
            address=f"{street.name.zh}{house}号101室",
            building=f"{street.name.zh}{house}号",
            storey=1,
            zone="dma-01",
            node="j1",
            meter=f"M{k}{house}",
        )
        for k, street in enumerate(plant.streets.values())
        for house in (5, 6)
    ]


async def _lots(builder: Builder, accounts: Sequence[Account]):
    yield builder.entries(accounts)


@pytest.mark.parametrize(
    ("said", "street"),
    [
        *(
            (said, "朝阳街")
            for said in ("cyj5", "zyj5", "chaoyj5", "cyangjie5", "chaoyangjie5", "zhaoyangjie5")
        ),
        *((said, "长江路") for said in ("cjl5", "zjl5", "changjl5", "zhangjianglu5")),
        *((said, "重庆路") for said in ("cql5", "zql5", "chongql5", "zhongqinglu5")),
        *((said, "行署街") for said in ("xsj5", "hsj5", "hangsj5", "hangshujie5")),
        *((said, "乐群路") for said in ("lql5", "yql5", "yuequnlu5", "lequnl5")),
        *((said, "厦门路") for said in ("xml5", "sml5", "shamenlu5", "xiaml5")),
        *((said, "银杏大道") for said in ("yxdd5", "yinxdd5", "yxdadao5")),
        *((said, "六安北巷") for said in ("labx5", "luanbx5", "liuanbeixiang5")),
    ],
)
async def test_every_reading_of_a_character_finds_its_street(search, said: str, street: str):
    found = [hit.entry.address for hit in (await search.address(said)).hits]
    assert f"{street}5号101室" in found


async def test_of_the_same_initials_both_streets_are_found_the_usual_reading_first(search):
    found = [hit.entry.address for hit in (await search.address("cyj 5")).hits]
    assert found[:2] == ["春雨街5号101室", "朝阳街5号101室"]


async def test_other_characters_of_the_same_sound_are_heard_in_every_reading(search):
    assert (await search.address("潮阳街5号")).hits[0].entry.address == "朝阳街5号101室"
