"""ON-12, ON-09: the shortest texts say what people would do wrong by habit: boil what boiling does not clean,
and drink what stood in pipes and jugs while the advice held."""

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
    assert short["matter"] == ("请勿饮用自来水，煮沸也不能去除" if lang == "zh" else "Do not drink or boil")
    assert all(len(value) <= VARIABLE for value in short.values())
    if lang == "en" and not overdue:
        assert (short["when_1"], short["when_2"]) == ("boiling won't help;", "until lifted")
        assert short["when"] == "until further notice"


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
    if lang == "zh":
        assert short["when"].endswith("解除，请放水倒存水")
    else:
        assert short["when_1"].startswith("over ") and short["when_2"] == "flush, empty storage"


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
