"""ON-09: planned work that is called off once it has begun. Nothing says that water stays on of whom it was
cut off for; everything says that it is coming back."""

import re
from dataclasses import replace

import pytest

from core.model.bulletin import Bulletin, Supply
from core.model.notice import Notice, NoticeKind
from core.model.text import Lang
from response.notices.closing import called_off
from response.notices.templates import filled
from response.renderings.cap import cap
from response.renderings.headline import headline
from response.renderings.plain import LEAST_FLESCH, flesch, long_sentences
from response.renderings.poster import poster
from response.renderings.sms import VARIABLE, sms, variables
from tests.response import bulletins
from tests.response import little_town as town
from tests.response.cap_rules import broken
from tests.response.every_rendering import EVERYWHERE
from tests.response.little_notices import bare

BEGAN = town.T0
SUPPLIES = {
    Supply.NONE: ("正在恢复供水", "coming back"),
    Supply.INTERMITTENT: ("正在恢复供水", "coming back"),
    Supply.LOW: ("水压正在恢复正常", "coming back to normal"),
}


def work(supply: Supply) -> Notice:
    ends = BEGAN + 6 * town.HOUR
    planned = bare(NoticeKind.PLANNED_OUTAGE, starts_ns=BEGAN, eta_earliest_ns=ends, eta_latest_ns=ends)
    return filled(replace(planned, supply=supply), town.plant())


def cut_short(supply: Supply) -> Bulletin:
    begun = bulletins.planned(supply=supply, starts_ns=bulletins.T0 - bulletins.HOUR)
    notice = called_off(work(supply), BEGAN + town.HOUR)
    assert notice.description is not None
    return replace(bulletins.cancelled(begun), description=notice.description, instruction=notice.advice)


@pytest.mark.parametrize("supply", SUPPLIES)
def test_the_notice_itself_does_not_say_that_water_stays_on_once_it_has_begun(supply: Supply) -> None:
    off = called_off(work(supply), BEGAN)
    for said in (off.body, off.advice):
        assert not re.search("正常供水|无需储水", said.zh) and not re.search("stays on|no need", said.en)
    assert SUPPLIES[supply][0] in off.body.zh and SUPPLIES[supply][1] in off.body.en
    assert "热线" in off.advice.zh and "call us" in off.advice.en
    before = called_off(work(supply), BEGAN - 1)
    assert "正常供水" in before.body.zh and "no need to store" in before.advice.en


@pytest.mark.parametrize("supply", SUPPLIES)
def test_its_sentences_are_plain(supply: Supply) -> None:
    b = cut_short(supply)
    for said in (b.description, b.instruction):
        assert not long_sentences(said.zh) and flesch(said.en) >= LEAST_FLESCH, said


@pytest.mark.parametrize("name", sorted(EVERYWHERE))
@pytest.mark.parametrize("supply", SUPPLIES)
def test_every_rendering_says_that_it_is_coming_back(name: str, supply: Supply) -> None:
    zh, en = (
        re.sub(r"\s+", " ", said.replace("\\r\\n ", "").replace("\r\n ", ""))
        for said in EVERYWHERE[name](cut_short(supply))
    )
    back_zh, back_en = SUPPLIES[supply]
    assert back_zh in zh.replace(" ", "") and back_en in en, (zh, en)
    assert "正常供水" not in zh and "stays on" not in en


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("supply", SUPPLIES)
def test_on21_a_gateways_variables_and_one_message_have_room_for_it(lang: Lang, supply: Supply) -> None:
    b = cut_short(supply)
    held = variables(b, lang)
    assert max(len(held[name]) for name in ("matter", "when", "when_1", "when_2")) <= VARIABLE
    assert "恢复" in held["when"] if lang == "zh" else re.search("returns|back", held["when"])
    assert sms(b, lang, signature="示例水务", link="https://w.example.cn/n/42").parts <= 2
    assert len(headline(b).in_(lang)) <= 160 and poster(b, lang)
    assert broken(cap(b)) == []


def test_what_had_not_begun_brings_nothing_back() -> None:
    b = bulletins.cancelled(bulletins.planned())
    for lang in ("zh", "en"):
        said = (headline(b).in_(lang), *variables(b, lang).values())  # type: ignore[arg-type]
        assert not [one for one in said if re.search("恢复|back|returns", one)]
