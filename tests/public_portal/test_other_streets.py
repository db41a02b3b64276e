"""ON-30: however a house is written it is never told "no" while a notice names it, nor is another street told
that it is affected."""

import random

import pytest

from core.model.snapshot import PublicStreet
from core.model.text import Text
from public_portal.lookup import Answer, look_up
from public_portal.received import Received
from tests.public_portal import samples

RENMIN = PublicStreet(name=Text("人民路", "Renmin Road"), numbers="40–58")
SHANDONG = PublicStreet(name=Text("山东路", "Shandong Road"))
DISTRICTS = ("3区", "城东2社区", "12小区", "第3街道", "邯郸市", "河北省邯郸市丛台区", "阳光小区")
SURE = ("{d}{s}44号", "{d}{s}44號", "{d}{s}４４号", "{d}{s} 44 号", "{d}{s}44", "{d}{s}44号3栋2单元501")
SURE += ("{d}，{s}44号", "{d}{s}#44", "{d}{s}44号院3号楼", "{d}{s}44-3号", "{d}{s}44弄5号", "{d}{s}44，后门")
ODD = (
    "{d}{s}四十四号",
    "{d}{s}东段44号",
    "{d}{s}3号楼",
    "{d}{s}38-44号",
    "{s}（近中学）44号",
    "44号{s}",
    "{d}。{s}",
)
ODD += ("我家在{d}{s}44号", "{d} {s}44号", "{d}{s}甲44号", "{d}{s}3栋44室")
ENGLISH = (
    "44 Renmin Road",
    "No. 44 Renmin Road",
    "Flat 3, 44 RENMIN ROAD",
    "Renmin Road 44",
    "44 renmin road, Handan",
)


def answer(address: str, *streets: PublicStreet, known: tuple[Text, ...] = ()) -> Answer:
    area = samples.area(0)
    area = type(area)(id=area.id, name=area.name, readings=area.readings, streets=known)
    snapshot = samples.ordinary(areas=(area,), notices=(samples.notice(streets=streets),))
    return look_up(Received(snapshot, samples.NOW + samples.MIN), address).answer


@pytest.mark.parametrize("form", SURE)
@pytest.mark.parametrize("district", ["", *DISTRICTS])
def test_a_house_of_the_list_is_affected_whatever_district_stands_before_its_street(form, district):
    assert answer(form.format(d=district, s="人民路").strip("，"), RENMIN) is Answer.AFFECTED
    outside = form.replace("44", "12").replace("４４", "１２")
    assert answer(outside.format(d=district, s="人民路").strip("，"), RENMIN) is Answer.NO


@pytest.mark.parametrize("address", ENGLISH)
def test_an_english_address_has_its_number_before_or_after_the_street(address):
    assert answer(address, RENMIN) is Answer.AFFECTED
    assert answer(address.replace("44", "12"), RENMIN) is Answer.NO


@pytest.mark.parametrize("form", ODD)
@pytest.mark.parametrize("district", ["", *DISTRICTS])
def test_what_cannot_be_read_for_sure_is_never_answered_no(form, district):
    asked = form.format(d=district, s="人民路")
    assert answer(asked, RENMIN, known=(RENMIN.name,)) in (Answer.MAYBE, Answer.UNKNOWN, Answer.AFFECTED)
    assert answer(asked, SHANDONG, known=(RENMIN.name,)) is not Answer.AFFECTED


def test_no_other_street_is_ever_affected():
    """Streets whose names hold the notice's, before, behind or on both sides; known to us or not."""
    rng = random.Random(4)
    before = [*"金新老大小东西南北中上下前后青红市区县镇", "环城", "一", "北京路", "泰山", "New ", "East "]
    behind = [
        "一巷",
        "东街",
        "西里",
        "南巷",
        "小区",
        "支路",
        "二弄",
        "2巷",
        "3号路",
        "北胡同",
        "3区",
        " East",
        "新村",
    ]
    wrong = []
    for _ in range(600):
        a, b = rng.choice(["", *before]), rng.choice(["", *behind])
        other = f"{a}山东路{b}"
        if not a + b or (not a.isascii() and b == " East"):
            continue
        street = rng.choice([SHANDONG, PublicStreet(name=SHANDONG.name, numbers="1–99")])
        known = rng.choice([(), (SHANDONG.name,), (Text(other, ""),)])
        said = answer(f"{other}{rng.randrange(1, 99)}号", street, known=known)
        if said is Answer.AFFECTED or (said is Answer.NO and known != (Text(other, ""),)):
            wrong.append((other, street.numbers, known, said))
    assert wrong == []


@pytest.mark.parametrize(
    "address", ["7 East Shandong Road", "7 Shandong Road East", "East Shandong Road 7", "Ashandong Road 7"]
)
def test_another_english_street_is_not_affected(address):
    assert answer(address, SHANDONG) in (Answer.UNKNOWN, Answer.MAYBE)


def test_a_street_we_know_with_a_longer_name_is_answered_for_itself():
    jin = Text("金山东路", "Jinshan East Road")
    assert answer("金山东路7号", SHANDONG, known=(jin, SHANDONG.name)) is Answer.NO
    assert answer("金山东路7号", SHANDONG) is Answer.UNKNOWN
    assert answer("山东路7号", SHANDONG, known=(jin,)) is Answer.AFFECTED


def test_the_beginning_of_a_name_is_answered_perhaps_and_never_no():
    assert answer("山东", SHANDONG) is Answer.MAYBE
    assert answer("人民", SHANDONG, known=(RENMIN.name,)) is Answer.UNKNOWN


def test_where_it_cannot_tell_it_says_so_and_shows_the_list(portal, put):
    put(samples.ordinary(notices=(samples.notice(streets=(SHANDONG,)),)))
    said = portal.get("/api/v1/affected", params={"address": "金山东路7号"}).json()
    assert said["answer"] == "unknown" and [n["id"] for n in said["notices"]] == ["NTC-20261122-00001"]
    page = portal.get("/", params={"q": "金山东路7号"}).text
    assert "无法判断" in page and "/n/NTC-20261122-00001" in page and "在公告范围内" not in page
