"""ON-12, ON-09: the shortest texts say what people would do wrong by habit: boil what boiling does not clean,
and drink what stood in pipes and jugs while the advice held."""

import re

import pytest

from core.model.bulletin import Bulletin
from core.model.notice import HEALTH_KINDS, NoticeKind
from core.model.text import Lang, Text
from response.renderings.ivr import MOST_S, ivr, seconds
from response.renderings.sms import VARIABLE, sms, variables
from tests.response.bulletins import boil, burst, cancelled, restored
from tests.response.test_rendering_places import AREA, OAKS, THIRTEEN

LANGS: tuple[Lang, ...] = ("zh", "en")
LINK = "https://water.example.cn/n/NTC-20261122-00042"
SIGN = Text("清河水务", "Qinghe Water")
NOT_BOILED = Text("煮沸也不能去除", "Boiling does not make it safe")
AGAIN = Text("放水5分钟，倒掉存水", "Run every tap for five minutes and throw away stored water")


def wide(kind: NoticeKind, **more: object) -> Bulletin:
    return boil(kind=kind, area=OAKS, zone=AREA, streets=THIRTEEN, **more)


def message(b: Bulletin, lang: Lang) -> str:
    """As a gateway without templates sends it, in two parts at the most."""
    made = sms(b, lang, signature=SIGN.in_(lang), link=LINK, most_parts=2)
    assert made.parts <= 2
    return made.text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("overdue", [False, True])
def test_on12_what_must_not_be_drunk_is_not_boiled_by_whoever_reads_one_line(
    lang: Lang, overdue: bool
) -> None:
    b = wide(NoticeKind.DO_NOT_DRINK, overdue=overdue)
    said = ivr(b).in_(lang)
    assert NOT_BOILED.in_(lang) in said and seconds(said, lang) <= MOST_S
    assert NOT_BOILED.in_(lang) in message(b, lang)
    short = variables(b, lang)
    assert short["matter"] == ("请勿饮用自来水，煮沸也不能去除" if lang == "zh" else "Unsafe, even boiled")
    assert "or boil" not in " ".join(short.values()), "nobody may read that boiling is what is forbidden"
    assert all(len(value) <= VARIABLE for value in short.values())


A_TIME = {"zh": r"\d+月\d+日\d\d:\d\d", "en": r"\d+ [A-Z][a-z]{2} \d\d:\d\d"}
NO_TIME = {
    "zh": r"解除另行公告|超时，正在重新评估|已撤销",
    "en": r"until further notice|overdue, reassessing|is overdue|now withdrawn",
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", sorted(HEALTH_KINDS))
def test_on12_the_field_of_the_time_holds_a_time_or_why_there_is_none_and_no_advice(
    kind: NoticeKind, lang: Lang
) -> None:
    """A template says 时间：, Time:, before it."""
    known = burst().estimate
    for b in (
        wide(kind),
        wide(kind, overdue=True),
        wide(kind, estimate=known),
        restored(wide(kind)),
        cancelled(wide(kind)),
    ):
        short = variables(b, lang)
        halves = f"{short['when_1']}{'' if lang == 'zh' else ' '}{short['when_2']}"
        for when in (short["when"], halves):
            assert re.search(f"{A_TIME[lang]}|{NO_TIME[lang]}", when), when
            assert not re.search("煮沸|放水|存水|boil|flush|storage", when), when
        assert all(len(value) <= VARIABLE for value in short.values())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", sorted(HEALTH_KINDS))
def test_on09_an_all_clear_tells_to_flush_and_to_throw_away_what_was_stored(
    kind: NoticeKind, lang: Lang
) -> None:
    b = restored(wide(kind))
    said = ivr(b).in_(lang)
    assert AGAIN.in_(lang) in said and seconds(said, lang) <= MOST_S
    assert AGAIN.in_(lang) in message(b, lang) and NOT_BOILED.in_(lang) not in message(b, lang)
    short = variables(b, lang)
    assert all(len(value) <= VARIABLE for value in short.values())
    assert ("请放水倒存水" if lang == "zh" else "Flush, empty storage") in short["matter"]
    assert ("解除" if lang == "zh" else "over") in " ".join(short.values())


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_of_it_is_said_of_another_matter(lang: Lang) -> None:
    for b in (wide(NoticeKind.BOIL), restored(boil(kind=NoticeKind.DISCOLOURED)), cancelled(boil())):
        for said in (ivr(b).in_(lang), message(b, lang), " ".join(variables(b, lang).values())):
            assert NOT_BOILED.in_(lang) not in said and AGAIN.in_(lang) not in said
            assert "存水" not in said and "storage" not in said


def test_on12_a_message_charged_by_chinese_letters_says_it_in_three_words() -> None:
    """An English message whose signature is Chinese holds 134 characters."""
    b = boil(kind=NoticeKind.DO_NOT_DRINK, estimate=burst().estimate)
    said = sms(b, "en", signature="示例水务", link="https://w.example.cn/n/42")
    assert said.parts == 2 and ". Not even boiled. See" in said.text


@pytest.mark.parametrize("lang", LANGS)
def test_on21_how_to_use_water_again_gives_way_before_a_message_does_not_go(lang: Lang) -> None:
    b = restored(boil())
    link = f"https://w.example.cn/{'n' * (2 if lang == 'zh' else 30)}"
    one = sms(b, lang, signature="W", link=link, most_parts=1).text
    assert AGAIN.in_(lang) not in one and b.hotline in one
