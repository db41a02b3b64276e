"""Short messages, what the telephone says, the webhook's body: budgets kept, no time or number cut."""

import json
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings

from core.model.bulletin import Bulletin, Site, Supply
from core.model.notice import LAB_KINDS, QUALITY_KINDS, NoticeKind
from core.model.snapshot import PublicStreet
from core.model.text import Lang, Text
from response.renderings import ivr as spoken
from response.renderings.facts import all_of, what
from response.renderings.headline import MOST, headline
from response.renderings.ivr import ivr, seconds
from response.renderings.sms import VARIABLE, DoesNotFit, Sms, measured, sms, variables
from response.renderings.webhook import SKEW_S, body, holds, signed
from tests.response.bulletins import T0, any_bulletin, boil, burst, cancelled, planned, restored
from tests.response.read_back import times_zh

S = 1_000_000_000
LINK = "https://w.example.cn/n/42"
SIGN = "示例水务"
FUZZ = settings(max_examples=150, deadline=None)


def test_a_burst_in_one_breath() -> None:
    said = sms(burst(), "zh", signature=SIGN, link=LINK, most_parts=2)
    assert said.text == (
        "【示例水务】人民路以东、解放路以北共2条道路抢修停水，预计11月23日03:31至07:31恢复。"
        "详情：https://w.example.cn/n/42 热线96000"
    )
    assert (said.units, said.parts, said.ucs2) == (85, 2, True)


def usual(lang: Lang, **more: object) -> Sms:
    b = burst(
        number="NTC-20261122-00042",
        utility=Text("清河水务", "Qinghe Water"),
        hotline="96xxx",
        area=Text("大学城片区杏林街", "Xinglin Street, Daxuecheng area"),
        streets=(PublicStreet(name=Text("杏林街", "Xinglin Street")),),
        **more,
    )
    return sms(b, lang, signature=b.utility.in_(lang), link="https://water.example.cn/n/NTC-20261122-00042")


def test_on21_a_usual_one_in_english_is_charged_once_and_promises_no_more_than_the_chinese() -> None:
    said = usual("en")
    assert (said.parts, said.ucs2) == (1, False)
    assert said.text == (
        "(Qinghe Water) Xinglin Street, Daxuecheng area: Water off for repairs, est. back "
        "23 Nov 03:31-07:31. "
        "See https://water.example.cn/n/NTC-20261122-00042 Tel 96xxx"
    )
    assert "，预计11月23日03:31至07:31恢复。" in usual("zh").text
    low = usual("en", site=Site.ORGANISED, supply=Supply.LOW).text
    assert "Pressure may be low, est. back to normal 23 Nov 03:31-07:31." in low


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - {NoticeKind.PLANNED_OUTAGE}))
def test_on07_no_message_promises_an_estimate(kind) -> None:
    b = burst(kind=kind)
    for lang, sure in (("zh", "约11月23日03:31-07:31"), ("en", "est. by 23 Nov 07:31")):
        assert variables(b, lang)["when"].startswith(sure)  # type: ignore[arg-type]
    assert ", est. " in sms(b, "en", signature=SIGN, link=LINK).text


@FUZZ
@given(b=any_bulletin())
def test_on21_a_message_keeps_its_budget_and_never_cuts_a_time_or_a_number(b: Bulletin) -> None:
    for lang in ("zh", "en"):
        said = sms(b, lang, signature=SIGN, link=LINK, most_parts=3)  # type: ignore[arg-type]
        assert said.parts <= 3 and measured(said.text) == said
        assert said.text.endswith(b.hotline) and LINK in said.text
        if lang == "zh" and b.estimate is not None and not b.overdue and not b.over:
            assert b.estimate.latest_ns in times_zh(said.text, b.sent_ns)


def test_on21_what_cannot_fit_is_refused_before_it_is_sent() -> None:
    with pytest.raises(DoesNotFit) as refused:
        sms(planned(), "zh", signature=SIGN, link=f"{LINK}/whole", most_parts=1)
    assert refused.value.parts == 2
    with pytest.raises(DoesNotFit):
        variables(burst(number="NTC-20261122-00042-123456"))


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("水" * 70, 70, 1),
        ("水" * 71, 71, 2),
        ("水" * 134, 134, 2),
        ("水" * 135, 135, 3),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("€" * 80, 160, 1),
        ("😀" * 35, 70, 1),
        ("😀" * 36, 72, 2),
        ("水" * 66 + "𠮷" + "水" * 66, 134, 3),
        ("a" * 152 + "€" + "a" * 152, 306, 3),
    ],
)
def test_units_and_parts_at_their_bounds(text: str, units: int, parts: int) -> None:
    assert (measured(text).units, measured(text).parts) == (units, parts)


@FUZZ
@given(b=any_bulletin())
def test_on21_template_variables_have_twenty_characters_at_the_most(b: Bulletin) -> None:
    for lang in ("zh", "en"):
        said = variables(b, lang)  # type: ignore[arg-type]
        assert said["number"] == b.number and not any("…" in value for value in said.values())
        place = said.pop("area")
        assert len(place) <= VARIABLE or place == b.area.in_(lang), "whole, for the checks to find"  # type: ignore[arg-type]
        assert all(0 < len(value) <= VARIABLE for value in said.values())


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("supply", Supply)
def test_on21_no_variable_cuts_off_what_it_is_about_in_either_language(kind, supply) -> None:
    """`Boil tap water befo…` is no advice."""
    made = planned if kind is NoticeKind.PLANNED_OUTAGE else burst
    for site in (None, *Site) if kind is NoticeKind.EMERGENCY_OUTAGE else (None,):
        b = replace(made(), kind=kind, supply=supply, site=site)
        moved = [replace(b, moved_from_ns=(T0, T0 + S))] if b.planned else []
        for one in (b, replace(b, stays_on=True), restored(b), cancelled(b), *moved):
            for lang in ("zh", "en"):
                said = variables(one, lang)  # type: ignore[arg-type]
                assert 0 < len(said["matter"]) <= VARIABLE and "…" not in said["matter"]
                assert 0 < len(said["when"]) <= VARIABLE and "…" not in said["when"]


@pytest.mark.parametrize(
    ("begin", "end", "zh", "en"),
    [
        ("2026-11-28T14:09", "2026-11-28T20:09", "11月28日14:09至20:09", "28 Nov 14:09-20:09"),
        ("2026-11-28T22:00", "2026-11-29T06:00", "11月28日22:00至29日06:00", "from 28 Nov 22:00"),
        ("2026-11-30T22:00", "2026-12-01T06:00", "11月30日22:00起", "from 30 Nov 22:00"),
    ],
)
def test_on21_a_planned_cut_says_its_end_where_that_fits(begin: str, end: str, zh: str, en: str) -> None:
    starts_ns, ends_ns = (round(datetime.fromisoformat(f"{t}+08:00").timestamp()) * S for t in (begin, end))
    b = planned()
    b = replace(b, starts_ns=starts_ns, estimate=replace(b.estimate, earliest_ns=ends_ns, latest_ns=ends_ns))
    assert (variables(b, "zh")["when"], variables(b, "en")["when"]) == (zh, en)
    free = sms(b, "zh", signature="清河水务", link="https://w.cn/n/1", most_parts=4).text
    same_day = begin[:10] == end[:10]
    assert free.count(f"{int(begin[8:10])}日") == 1 and ("至20:09" in free) is same_day, (
        "its day is said once"
    )


@FUZZ
@given(b=any_bulletin())
def test_on21_the_telephone_is_done_in_25_seconds(b: Bulletin) -> None:
    said = ivr(b)
    assert seconds(said.zh, "zh") <= spoken.MOST_S
    assert seconds(said.en, "en") <= spoken.MOST_S
    assert said.zh.endswith("转人工请按0。")


def test_the_first_sentence_names_place_matter_and_time() -> None:
    said = ivr(burst())
    assert (
        said.zh.split("。")[0]
        == "您好，人民路以东、解放路以北共2条道路抢修停水，预计11月23日周一3点31分至7点31分恢复"
    )
    assert said.en.startswith(
        "Water off for repairs in East of Renmin Road, north of Jiefang Road (2 streets), expected back "
        "between Monday 23 November at 3:31 and 7:31."
    )


@FUZZ
@given(b=any_bulletin())
def test_a_headline_is_never_too_long(b: Bulletin) -> None:
    assert len(headline(b).zh) <= MOST and len(headline(b).en) <= MOST


def test_headlines_of_each_change() -> None:
    assert headline(restored(burst())) == Text(
        "人民路以东、解放路以北已于11月23日(周一)01:31恢复供水",
        "Water back in East of Renmin Road, north of Jiefang Road since Mon 23 Nov, 01:31",
    )
    assert headline(planned(short_notice=True)).zh.endswith("（临时通知）")
    assert headline(burst(overdue=True)).zh.endswith("抢修停水，已超过预计时间，正在重新评估")
    assert headline(boil()).zh == "人民路以东、解放路以北自来水请煮沸后饮用"


def test_on33_a_webhook_is_believed_only_unaltered_and_fresh() -> None:
    secret, at_s = b"a shared secret", T0 // 1_000_000_000
    content = body(burst())
    given = signed(content, secret, at_s)
    assert holds(content, given, secret, at_s + SKEW_S)
    assert not holds(content, given, secret, at_s + SKEW_S + 1)
    assert not holds(content.replace(b"07:31", b"08:31"), given, secret, at_s)
    assert not holds(content, given, b"another", at_s)
    assert not holds(content, "nonsense", secret, at_s)
    said = json.loads(content)
    assert (said["id"], said["type"]) == (burst().identifier, "notice.update")
    assert "incident" not in said["notice"]


def test_the_webhook_signs_like_the_hubs_other_webhooks() -> None:
    from core.adapters import webhook_notifier
    from response.renderings import webhook

    assert webhook.SIGNATURE == webhook_notifier.SIGNATURE
    assert signed(b"x", b"s", 7) == webhook_notifier.signature(b"s", b"x", 7)


ORDERS = ("请煮沸", "请勿", "Boil tap water", "Do not drink tap", "Do not use tap")


@pytest.mark.parametrize("kind", sorted(QUALITY_KINDS))
@pytest.mark.parametrize("after", [restored, cancelled])
def test_on09_whoever_hears_half_of_an_all_clear_is_not_told_the_order_itself(kind, after) -> None:
    b = after(boil(kind=kind))
    said = [getattr(made(b), lang) for made in (headline, ivr, what, all_facts) for lang in ("zh", "en")]
    said += [sms(b, lang, signature=SIGN, link=LINK).text for lang in ("zh", "en")]  # type: ignore[arg-type]
    said += [value for lang in ("zh", "en") for value in variables(b, lang).values()]  # type: ignore[arg-type]
    for text in said:
        for order in ORDERS:
            assert order.lower() not in text.lower()


def all_facts(b: Bulletin) -> Text:
    values = [fact.value for fact in all_of(b)]
    return Text(" ".join(v.zh for v in values), " ".join(v.en for v in values))


def test_on09_an_all_clear_says_what_is_lifted_and_when() -> None:
    over = restored(boil())
    assert ivr(over).en.startswith(
        "In East of Renmin Road, north of Jiefang Road (2 streets), the boil-water advice was lifted on "
        "Monday 23 November at 1:31. Run every tap for five minutes and throw away stored water. Press 0"
    )
    assert ivr(over).zh.startswith(
        "您好，人民路以东、解放路以北共2条道路煮沸饮用提示已于11月23日周一1点31分解除。"
        "请将各龙头放水5分钟，倒掉存水。转人工"
    )
    message = sms(over, "en", signature="Example Water", link=LINK).text
    assert ": boil-water advice lifted 23 Nov 01:31. Run every tap for five minutes and throw away" in message
    assert headline(over).en.startswith("Boil-water advice lifted Mon 23 Nov, 01:31: East of")
    brown = headline(restored(boil(kind=NoticeKind.DISCOLOURED)))
    assert brown.zh.endswith("自来水发黄公告已于11月23日(周一)01:31解除")


@pytest.mark.parametrize("kind", sorted(LAB_KINDS))
def test_on21_advice_about_water_never_says_that_water_comes_back(kind) -> None:
    for lang, until, back in (("zh", "解除另行公告", "恢复"), ("en", "until further notice", "return")):
        b = boil(kind=kind)
        assert variables(b, lang)["when"] == until  # type: ignore[arg-type]
        message = sms(b, lang, signature=SIGN, link=LINK).text  # type: ignore[arg-type]
        for text in (message, headline(b).in_(lang), ivr(b).in_(lang)):  # type: ignore[arg-type]
            assert back not in text
