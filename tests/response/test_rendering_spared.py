"""To whom a notice no longer applies: a sentence by itself, in a template's places too (ON-08, ON-21)."""

from dataclasses import replace

import pytest

from core.model.bulletin import Bulletin, Change, Ending, Supply
from core.model.text import Text
from response.renderings.headline import headline
from response.renderings.places import alone
from response.renderings.sms import VARIABLE, sms, variables
from tests.response.bulletins import burst

ZONE = Text("城西片区", "Chengxi area")
ROAD = Text("广州路", "Guangzhou Road")
B = burst(
    area=Text("城西片区广州路", "Guangzhou Road, Chengxi area"),
    zone=ZONE,
    change=Change.UPDATE,
    ending=Ending.SPARED,
)


def filled(b: Bulletin) -> tuple[str, str]:
    """As the registered templates join them."""
    zh, en = variables(b, "zh"), variables(b, "en")
    assert all(len(value) <= VARIABLE for value in (*zh.values(), *en.values()))
    return f"{zh['area']}{zh['matter']}，{zh['when']}。", f"{en['area']}: {en['matter']}, {en['when']}."


@pytest.mark.parametrize(("supply", "zh"), [(Supply.NONE, "停水"), (Supply.LOW, "水压偏低")])
def test_on21_who_is_spared_reads_whose_address_is_meant(supply: Supply, zh: str) -> None:
    b = alone(replace(B, supply=supply), ROAD)
    said = filled(b)
    assert said[0].startswith(f"城西片区广州路您处据现有信息不在{zh}范围内，如"), said
    assert said[1].startswith("Guangzhou Road: You seem unaffected, "), said
    home = filled(alone(replace(B, supply=supply), None))
    assert home[0].startswith(f"您所在地址据现有信息不在{zh}范围内，如"), home
    assert home[1].startswith("Your address: You seem unaffected, "), home


def test_on21_with_room_it_is_said_whole() -> None:
    b = alone(B, ROAD)
    for said in (headline(b).en, sms(b, "en", signature="Qinghe Water", link="https://w.cn/1").text):
        assert "Chengxi area: as far as is known, your address is not in it. No water? Ring us" in said
    assert "广州路：据现有信息，您处不在停水范围内，如无水请拨打热线" in headline(b).zh
