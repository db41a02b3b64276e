"""Who has no water and who has weak water are told apart, with the public institutions inside, by every
rendering that has room."""

from dataclasses import replace
from io import BytesIO

import pypdf

from core.model.notice import Change
from core.model.snapshot import PublicStreet
from core.model.text import Text
from response.delivery.composing import told
from response.renderings.cap import cap, parameters
from response.renderings.facts import connections
from response.renderings.poster import poster
from response.renderings.press import press
from response.renderings.sms import sms
from response.renderings.statement import facts_of
from response.renderings.web import paragraphs
from tests.response import bulletins

BOTH = bulletins.burst(
    connections=94,
    weak=41,
    streets=(
        PublicStreet(name=Text("人民路", "Renmin Road"), numbers="40–58"),
        PublicStreet(name=Text("中山路", "Zhongshan Road"), weak=True),
    ),
    institutions=(Text("人民医院", "People's Hospital"),),
)


def test_each_number_is_said_with_its_supply():
    assert connections(BOTH).zh == "停水约94户，水压偏低约41户"
    few = bulletins.burst(connections=94, streets=BOTH.streets)
    assert connections(few).zh == "停水约94户，水压偏低不足10户", "few are never counted out"
    assert "停水约94户，水压偏低约41户" in paragraphs(BOTH).zh
    many = connections(replace(BOTH, connections=1970))
    assert "约1,970户" in many.zh and "about 1,970" in many.en, "as on every screen"
    assert ("customersLowPressure", "41") in tuple(parameters(BOTH))
    assert facts_of(BOTH)["connections_low_pressure"] == 41


def test_streets_of_both_and_the_hospital_are_named_wherever_there_is_room():
    sheet = pypdf.PdfReader(BytesIO(poster(BOTH, "zh"))).pages[0].extract_text().replace("\n", "")
    for said in (paragraphs(BOTH).zh, press(BOTH).zh, cap(BOTH).decode(), sheet):
        assert "中山路（水压偏低）" in said and "人民医院" in said
    assert facts_of(BOTH)["streets"][1]["supply"] == "low"


def test_a_street_named_whole_that_holds_both_says_both_wherever_streets_are_named():
    """Fewer than ten are off there, so that nobody may be told which house it is (ON-03)."""
    name = Text("人民路", "Renmin Road")
    b = replace(BOTH, streets=(PublicStreet(name=name), PublicStreet(name=name, weak=True)), weak=38)
    zh, en = "人民路（部分门牌水压偏低）", "Renmin Road (some numbers: low pressure)"
    sheets = [pypdf.PdfReader(BytesIO(poster(b, lang))).pages[0].extract_text() for lang in ("zh", "en")]
    assert zh in sheets[0].replace("\n", "") and en in " ".join(sheets[1].split())
    for text in (paragraphs(b), press(b)):
        assert zh in text.zh and en in text.en
    assert zh in cap(b).decode() and en in cap(b).decode()
    assert [one.get("supply") for one in facts_of(b)["streets"]] == [None, "low"]
    for one in (told(b, b.change), told(b, b.change, weak=True)):
        message = sms(one, "zh", signature="示例水务", link="https://w.cn/n/42", most_parts=4).text
        assert "人民路" in message
    over = facts_of(replace(b, change=Change.RESTORED))["streets"]
    assert [one["name"]["zh"] for one in over] == ["人民路"], "and is one street when it is over"
