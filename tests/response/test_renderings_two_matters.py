"""ON-22: streets without water and streets of weak water are counted and named apart, by every rendering."""

import re
from dataclasses import replace

import icalendar
import pytest
from lxml import etree

from core.model.bulletin import Bulletin, Change, Site, Status, Supply
from core.model.notice import NoticeKind, StreetExtent
from core.model.snapshot import PublicStreet
from core.model.text import Lang, Text
from response.delivery.composing import told
from response.renderings.cap import cap
from response.renderings.headline import headline
from response.renderings.ical import ical
from response.renderings.ivr import MOST_S, ivr, seconds
from response.renderings.poster import poster
from response.renderings.press import press
from response.renderings.sms import VARIABLE, sms, variables
from response.wording import composed
from tests.response import bulletins
from tests.response.bulletins import SITE
from tests.response.cap_rules import CAP, broken
from tests.response.every_rendering import RENDERINGS, pdf_text
from tests.response.little_notices import bare

STATION = Text("站前片区", "Zhanqian area")
DRY = [Text(f"牡丹{zh}路", f"Mudan {en} Road") for zh, en in zip("甲乙丙丁", "ABCD", strict=True)]
LOW = [
    Text(f"上海{zh}路", f"Shanghai {en} Road")
    for zh, en in zip("甲乙丙丁戊己庚辛壬癸子丑", "ABCDEFGHIJKL", strict=True)
]
TWO_MATTERS = bulletins.burst(
    area=Text("站前片区上海甲路等16条道路", "Shanghai A Road and 15 more streets, Zhanqian area"),
    zone=STATION,
    site=Site.ORGANISED,
    connections=25,
    weak=690,
    streets=tuple(
        PublicStreet(name=name, numbers="1–99", weak=name in LOW)
        for name in (LOW[0], DRY[0], *LOW[1:6], *DRY[1:], *LOW[6:])
    ),
)
"""As a fault is told whose main lies in a street of weak water alone."""


@pytest.mark.parametrize("name", RENDERINGS)
def test_on22_streets_without_water_and_of_weak_water_are_counted_and_named_apart(name: str) -> None:
    zh, en = RENDERINGS[name][0](TWO_MATTERS)
    assert not re.search("16条道路", zh) and not re.search(r"15 more|16 streets", en), (zh, en)
    for street in LOW:
        assert not re.search(f"{street.zh}(?!1–99号（水压偏低）)", zh)
        assert not re.search(f"{street.en}(?! 1–99 \\(low pressure\\))", en)
    if name in ("sms", "ivr", "press"):
        assert "等4条道路" in zh or all(one.zh in zh.replace("1–99号", "") for one in DRY)
        assert re.search("3 more streets|1 more street,", en) or all(one.en in en for one in DRY)
    if name in ("ivr", "press", "web"):
        assert "另有12条道路水压可能偏低" in zh and "n 12 more streets pressure may be low" in en
    if name == "ivr":
        assert seconds(zh, "zh") <= MOST_S and seconds(en, "en") <= MOST_S


@pytest.mark.parametrize("name", ["sms", "ivr"])
def test_on22_who_has_weak_water_is_told_of_the_streets_of_weak_water_alone(name: str) -> None:
    for change, zh_matter in ((Change.UPDATE, "水压可能偏低"), (Change.RESTORED, "水压正常")):
        zh, en = RENDERINGS[name][0](told(TWO_MATTERS, change, weak=True))
        assert "等12条道路" in zh and zh_matter in zh and "牡丹" not in zh, zh
        assert re.search(r"\b(9|6|7|8|11) more streets", en) and "Mudan" not in en
    zh, en = RENDERINGS[name][0](told(TWO_MATTERS, Change.RESTORED))
    assert "上海" not in zh and "Shanghai" not in en and "16" not in zh.replace("2016", "")


@pytest.mark.parametrize("weak", [False, True])
@pytest.mark.parametrize("change", [Change.CANCELLED, Change.RESTORED])
@pytest.mark.parametrize("area", [TWO_MATTERS.area, DRY[0], LOW[1]])
def test_on08_it_ends_for_each_where_and_as_they_were_told_of_it(area: Text, change: Change, weak: bool):
    """Whether the hub named the place, or a person after a street of either water."""
    said = replace(TWO_MATTERS, area=area)
    made = bulletins.cancelled if change is Change.CANCELLED else bulletins.restored
    first, over = told(said, Change.FIRST, weak=weak), told(made(said), change, weak=weak)
    for lang in ("zh", "en"):
        began, ended = variables(first, lang), variables(over, lang)  # type: ignore[arg-type]
        assert ended["area"] == began["area"] and len(ended["matter"]) <= VARIABLE
    zh, en = headline(over).zh, headline(over).en
    others, gone = DRY if weak else LOW, "停水" if weak else "水压"
    assert not [one for one in others if one.zh in zh or one.en in en] and gone not in zh, zh
    text = sms(over, "zh", signature="示例水务", link="https://w.example.cn/n/42").text
    assert ("水压" if weak else "停水" if change is Change.CANCELLED else "供水") in text and gone not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on22_the_poster_tells_the_first_street_how_many_more_and_what_is_weak(lang: Lang) -> None:
    gap = "" if lang == "zh" else " "
    text = pdf_text(poster(TWO_MATTERS, lang)).replace("\n", gap)
    wanted = (
        "站前片区牡丹甲路等4条道路，另有12条道路水压可能偏低"
        if lang == "zh"
        else "Mudan A Road and 3 more streets, Zhanqian area; on 12 more streets pressure may be low"
    )
    assert wanted in text
    assert wanted in press(TWO_MATTERS).in_(lang)


def test_on22_one_street_without_water_is_named_without_a_count() -> None:
    one = replace(TWO_MATTERS, streets=tuple(s for s in TWO_MATTERS.streets if s.weak or s.name == DRY[0]))
    said = ivr(one)
    assert said.zh.startswith("您好，站前片区牡丹甲路疑似故障，可能停水"), said.zh
    assert " in Mudan A Road, Zhanqian area" in said.en
    assert [variables(one, lang)["area"] for lang in ("zh", "en")] == ["站前片区牡丹甲路", "Mudan A Road"]  # type: ignore[arg-type]


def test_on22_the_headline_too_is_of_the_streets_where_it_holds() -> None:
    said = headline(TWO_MATTERS)
    assert said.zh.startswith("站前片区牡丹甲路等4条道路疑似故障，可能停水")
    assert said.en.startswith("Water may be off: Mudan A Road and 3 more streets, Zhanqian area;")
    weak = headline(told(TWO_MATTERS, Change.UPDATE, weak=True))
    assert weak.zh.startswith("站前片区上海甲路等12条道路疑似故障，水压可能偏低")
    assert "Shanghai A Road and 11 more streets" in weak.en
    back = headline(told(TWO_MATTERS, Change.RESTORED))
    assert "牡丹甲路等4条道路" in back.zh and "Mudan A Road and 3 more streets" in back.en


def test_on21_a_gateways_variable_counts_them_apart_too() -> None:
    for weak, zh, en in (
        (False, "站前片区牡丹甲路等4条道路", "Mudan A R"),
        (True, "站前片区上海甲路等12条道路", "Shanghai A R"),
    ):
        b = told(TWO_MATTERS, Change.UPDATE, weak=weak)
        places = [variables(b, lang)["area"] for lang in ("zh", "en")]  # type: ignore[arg-type]
        assert places[0] == zh and places[1].startswith(en) and max(map(len, places)) <= VARIABLE


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on20_a_poster_whose_list_is_cut_says_how_many_streets_there_are(lang: Lang) -> None:
    many = tuple(
        PublicStreet(name=Text(f"建设{n}路", f"Construction No. {n} Road"), numbers="1–99")
        for n in range(400)
    )
    gap = "" if lang == "zh" else " "
    text = pdf_text(poster(bulletins.burst(streets=many), lang)).replace("\n", gap)
    assert "…" in text
    assert ("以上未列全，共400条道路" if lang == "zh" else "Not all are listed: 400 streets in all") in text
    few = pdf_text(poster(bulletins.burst(), lang))
    assert "未列全" not in few and "Not all are listed" not in few


def body(b: Bulletin, kind: NoticeKind = NoticeKind.EMERGENCY_OUTAGE, **more: object) -> Text:
    """What the notice of such streets says as a whole, on the page and on the hotline's desk."""
    streets = tuple(
        StreetExtent(street=s.name.en, name=s.name, numbers=s.numbers, weak=s.weak) for s in b.streets
    )
    notice = bare(kind, streets=streets, description=Text("正在抢修。", "It is being repaired."), **more)
    return composed(notice).body


@pytest.mark.parametrize("kind", [NoticeKind.EMERGENCY_OUTAGE, NoticeKind.PLANNED_OUTAGE])
def test_on22_the_notices_own_text_counts_and_names_them_apart(kind: NoticeKind) -> None:
    said = body(TWO_MATTERS, kind)
    dry = "、".join(f"{one.zh}1–99号" for one in DRY)
    low = "、".join(f"{one.zh}1–99号" for one in LOW[:6])
    assert f"：{dry}；另有12条道路水压可能偏低：{low}等。" in said.zh, said.zh
    dry, low = (", ".join(f"{one.en} 1–99" for one in some) for some in (DRY, LOW[:6]))
    assert f": {dry}; on 12 more streets pressure may be low: {low} and 6 more." in said.en, said.en


def test_on22_the_notices_own_text_counts_the_streets_where_water_is_off_alone() -> None:
    eight = [Text(f"芍药{n}路", f"Shaoyao {n} Road") for n in range(8)]
    many = (
        PublicStreet(name=LOW[0], numbers=None, weak=True),
        *(PublicStreet(name=name, numbers=None) for name in eight),
    )
    said = body(replace(TWO_MATTERS, streets=many))
    assert "芍药5路等8条道路；另有1条道路水压可能偏低：上海甲路。" in said.zh, said.zh
    assert "Shaoyao 5 Road and 2 more streets; on 1 more street pressure may be low: Shang" in said.en


@pytest.mark.parametrize("change", [Change.RESTORED, Change.CANCELLED])
def test_on09_over_they_are_one_again_in_the_notices_own_text(change: Change) -> None:
    said = body(TWO_MATTERS, change=change)
    assert "等16条道路" in said.zh and "偏低" not in said.zh
    assert "and 10 more streets" in said.en and "pressure" not in said.en


def test_on22_where_water_stays_on_nobody_is_told_apart() -> None:
    said = body(TWO_MATTERS, supply=Supply.LOW)
    assert "另有" not in said.zh and "等16条道路" in said.zh and "（水压偏低）" not in said.zh, said.zh


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on20_a_poster_whose_list_is_cut_counts_them_apart(lang: Lang) -> None:
    many = tuple(
        PublicStreet(name=Text(f"建设{n}路", f"Construction No. {n} Road"), numbers="1–99", weak=n % 4 == 0)
        for n in range(400)
    )
    gap = "" if lang == "zh" else " "
    text = pdf_text(poster(bulletins.burst(streets=many), lang)).replace("\n", gap)
    assert (
        "以上未列全，共300条道路，另有100条道路水压可能偏低"
        if lang == "zh"
        else "Not all are listed: 300 streets in all; on 100 more streets pressure may be low"
    ) in text
    assert "建设0路" not in text and "No. 0 Road" not in text, "those without water are named first"


@pytest.mark.parametrize("name", ["press", "web"])
def test_on22_of_a_list_those_without_water_come_first(name: str) -> None:
    for said, own in zip(RENDERINGS[name][0](TWO_MATTERS), ("zh", "en"), strict=True):
        dry = [said.rindex(f"{one.in_(own)}") for one in DRY]  # type: ignore[arg-type]
        low = [said.index(f"{one.in_(own)}") for one in LOW]  # type: ignore[arg-type]
        assert max(dry) < min(low)


@pytest.mark.parametrize("status", [Status.ACTUAL, Status.EXERCISE])
def test_on22_cap_describes_the_area_as_every_other_rendering_does(status: Status) -> None:
    """Never the place as it was drafted, which counts streets of other water (facts-water 4.4)."""
    told_ = replace(TWO_MATTERS, status=status)
    assert broken(cap(told_)) == []
    zh, en = (one.text for one in etree.fromstring(cap(told_)).iter(f"{CAP}areaDesc"))
    assert zh.startswith("站前片区牡丹甲路等4条道路，另有12条道路水压可能偏低：牡丹甲路1–99号、"), zh
    assert en.startswith(
        "Mudan A Road and 3 more streets, Zhanqian area; on 12 more streets pressure may be low: Mudan A Road"
    )
    over = etree.fromstring(cap(bulletins.restored(told_)))
    assert not [one.text for one in over.iter(f"{CAP}areaDesc") if re.search("偏低|low|另有", one.text)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on22_a_calendar_names_the_place_as_every_other_rendering_does(lang: Lang) -> None:
    event = icalendar.Calendar.from_ical(ical([TWO_MATTERS], SITE, lang)).walk("VEVENT")[0]
    wanted = (
        "站前片区牡丹甲路等4条道路，另有12条道路水压可能偏低"
        if lang == "zh"
        else "Mudan A Road and 3 more streets"
    )
    assert str(event["LOCATION"]).startswith(wanted)
