"""A place in a message: in whole words, in the longest form that fits (ON-21)."""

from dataclasses import replace

import pytest

from core.model.snapshot import PublicStreet
from core.model.text import Text
from response.renderings.headline import headline, shortened
from response.renderings.ivr import ivr
from response.renderings.sms import sms, variables
from tests.response.bulletins import burst

LINK = "https://w.example.cn/n/42"
STREET = Text("大学城片区杏林街", "Xinglin Street, Daxuecheng area")
AREA = Text("大学城片区", "Daxuecheng area")
FOREST, MAPLE, OAK = (
    PublicStreet(name=Text(zh, en))
    for zh, en in (("杏林街", "Xinglin Street"), ("枫树街", "Fengshu Street"), ("橡树街", "Xiangshu Street"))
)


@pytest.mark.parametrize(
    ("area", "zone", "streets", "zh", "en"),
    [
        (AREA, AREA, (), "大学城片区", "Daxuecheng area"),
        (STREET, AREA, (FOREST,), "大学城片区杏林街", "Xinglin Street"),
        (
            Text("南湖区杏林街等路段", "Xinglin Street and more, Nanhu"),
            Text("南湖区", "Nanhu"),
            (FOREST, MAPLE, OAK),
            "南湖区杏林街等路段",
            "3 streets, Nanhu",
        ),
        (
            Text("大学城片区中山北大街", "Zhongshan North Street, Daxuecheng area"),
            AREA,
            (FOREST,),
            "大学城片区中山北大街",
            "Daxuecheng area",
        ),
        (
            Text(
                "人民路以东、解放路以北、东至环城东路及其以南全部",
                "East of Renmin Road, north of Jiefang Road",
            ),
            Text("经济技术开发区及其周边全部乡镇供水片区一带", "Economic development zone and around"),
            (FOREST, MAPLE),
            "2条路",
            "2 streets",
        ),
    ],
)
def test_on21_a_place_is_told_in_whole_words_the_longest_that_fit(area, zone, streets, zh, en) -> None:
    b = burst(area=area, zone=zone, streets=streets)
    said = [variables(b, lang)["area"] for lang in ("zh", "en")]  # type: ignore[arg-type]
    assert said == [zh, en]


def test_on21_what_is_too_long_in_every_form_is_left_whole_for_the_checks() -> None:
    long = Text("经济技术开发区及其周边全部乡镇供水片区一带", "Economic development zone and around")
    b = burst(area=long, zone=long, streets=(FOREST,))
    assert [variables(b, lang)["area"] for lang in ("zh", "en")] == [long.zh, long.en]  # type: ignore[arg-type]


def test_no_text_cuts_a_place_within_an_english_word() -> None:
    long = "Xinglin Street and all lanes beside it, " * 12
    b = burst(area=Text("大学城片区" + "路" * 200, f"{long}Daxuecheng area"), streets=())
    words = {*b.area.en.replace(",", "").split()}
    for text in (sms(b, "en", signature="Example", link=LINK).text, headline(b).en, ivr(b).en):
        assert "…" in text and text.partition("…")[0].split()[-1].strip("(,") in words, text
    zoned = sms(replace(b, zone=AREA), "en", signature="Example", link=LINK).text
    assert "Daxuecheng area: Water off" in zoned and "…" not in zoned
    assert shortened("Xinglin Street, Daxuecheng area", 20) == "Xinglin Street…"
