"""What a citizen reads first of a notice: from when to when, whether it has begun, how it ended, and what is
at the tap at this very address."""

from dataclasses import replace

import httpx
import pytest

from core.model.shanghai import span
from core.model.snapshot import PublicStreet
from core.model.text import Text
from tests.public_portal import samples
from tests.public_portal.notices_then import DAY, PLANNED, called_off, lifted, over, planned, unfounded
from tests.public_portal.samples import HOUR, MIN, NOW, S

WHEN = {"zh": "11月25日(周三)23:10至11月26日(周四)07:10", "en": "Wed 25 Nov, 23:10 to Thu 26 Nov, 07:10"}
NOT_BEGUN = {"zh": "尚未开始，现在正常供水", "en": "Not begun: water is on as usual until then"}
MANY = tuple(
    PublicStreet(name=Text(f"{c}{d}路", f"Street {n} {m}"))
    for n, c in enumerate("东西南北")
    for m, d in enumerate("春夏秋冬福")
)
HOME = "/"


def read(portal: httpx.Client, path: str, lang: str) -> str:
    answer = portal.get(path, params={"lang": lang})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", [HOME, f"/n/{PLANNED}", "/area/dma-01"])
def test_planned_work_says_from_when_to_when_before_its_streets(put, portal, path: str, lang: str) -> None:
    """ON-29: and that nothing has begun."""
    put(samples.ordinary(notices=(planned(streets=MANY),)))
    page = read(portal, path, lang)
    assert WHEN[lang] in page and NOT_BEGUN[lang] in page
    last = page.index(MANY[-1].name.in_(lang)) if path.startswith("/n/") else len(page)
    assert page.index(WHEN[lang]) < last and page.index(NOT_BEGUN[lang]) < last
    assert "预计恢复" not in page.partition("</section>")[0] + page[page.index(WHEN[lang]) :]


def test_planned_work_is_no_cut_before_it_begins(put, portal) -> None:
    """ON-30: neither in words nor in the answer for programs."""
    put(samples.ordinary(notices=(planned(),)))
    assert "将在计划停水范围内，现在正常供水" in portal.get("/", params={"q": "人民路44号"}).text
    (said,) = portal.get("/api/v1/affected", params={"address": "人民路44号"}).json()["notices"]
    assert (said["supply"], said["supply_during"], said["begun"]) == ("normal", "none", False)
    put(samples.ordinary(2, notices=(planned(starts_ns=NOW - HOUR, eta_latest_ns=NOW + 7 * HOUR),)))
    (said,) = portal.get("/api/v1/affected", params={"address": "人民路44号"}).json()["notices"]
    assert (said["supply"], said["begun"]) == ("none", True)
    assert "在公告范围内" in portal.get("/", params={"q": "人民路44号"}).text
    assert "尚未开始" not in portal.get("/").text


@pytest.mark.parametrize(("latest_ns", "passed"), [(NOW + 20 * S, True), (NOW + 21 * S, False)])
@pytest.mark.parametrize("planned_work", [False, True])
def test_on07_pages_and_programs_read_from_one_moment_on_that_the_estimate_has_passed(
    put, portal, latest_ns: int, passed: bool, planned_work: bool
) -> None:
    """Though the hub is away, and no newer snapshot says so."""
    made = planned if planned_work else samples.notice
    told = made(starts_ns=NOW - 3 * HOUR, eta_earliest_ns=NOW - HOUR, eta_latest_ns=latest_ns)
    put(samples.ordinary(notices=(told,)))
    (latest,) = portal.get("/api/v1/latest").json()["notices"]
    (asked,) = portal.get("/api/v1/affected", params={"address": "人民路44号"}).json()["notices"]
    for said in (latest, asked):
        assert (said["overdue"], said["eta"]["latest"] is None) == (passed, passed)
    for lang, words in (("zh", "正在重新评估"), ("en", "being assessed again")):
        page = read(portal, f"/n/{told.id}", lang)
        assert (words in page) is passed
        assert (span(told.starts_ns, latest_ns).in_(lang) in page) is (planned_work and not passed)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", [HOME, f"/n/{PLANNED}"])
def test_moved_work_says_from_when(put, portal, path: str, lang: str) -> None:
    put(samples.ordinary(notices=(planned(moved_from_ns=(NOW + 2 * DAY, NOW + 2 * DAY + 8 * HOUR)),)))
    page = read(portal, path, lang)
    was = {"zh": "11月24日(周二)23:10至11月25日(周三)07:10", "en": "Tue 24 Nov, 23:10 to Wed 25 Nov, 07:10"}
    assert page.index(WHEN[lang]) < page.index(was[lang])


@pytest.mark.parametrize("path", [HOME, "/area/dma-01", "/?q=人民路44号"])
@pytest.mark.parametrize(
    ("made", "words", "tap"),
    [
        (over, ("已恢复供水", "Water is back"), ("放水至清澈", "lowest cold tap")),
        (lifted, ("已解除", "Lifted"), ("各放水5分钟", "every tap for five minutes")),
        (called_off, ("停水已取消", "The cut is called off"), ("无需储水", "no need to store")),
    ],
)
def test_on09_what_just_ended_is_told_where_people_look_with_what_to_do(put, portal, path, made, words, tap):
    put(samples.ordinary(notices=(made(),)))
    for n, lang in enumerate(("zh", "en")):
        page = portal.get(f"{path}{'&' if '?' in path else '?'}lang={lang}").text
        assert words[n] in page and tap[n] in page
        if path == HOME:
            assert page.index(words[n]) < page.index('id="areas"'), "before the readings, not below them"


def test_on30_an_address_is_told_what_just_ended_there_and_nowhere_else(put, portal) -> None:
    put(samples.ordinary(notices=(over(),)))
    here = portal.get("/api/v1/affected", params={"address": "人民路44号"}).json()
    assert here["answer"] == "no" and [n["supply"] for n in here["ended"]] == ["restored"]
    beside = portal.get("/api/v1/affected", params={"address": "人民路99号"}).json()
    assert beside["answer"] == "no" and beside["ended"] == []


def test_an_ended_page_says_how_and_keeps_nothing_of_while_it_lasted(put, portal) -> None:
    put(samples.ordinary(notices=(called_off(), over(), lifted())))
    off = read(portal, f"/n/{PLANNED}", "zh")
    assert "停水已取消" in off and "原定涉及的街道" in off and "1458" not in off and "公告已撤销" not in off
    back = read(portal, "/n/NTC-20261122-00001", "zh")
    assert "恢复供水的街道" in back and "11月22日(周日)18:10至22:10" in back and "尚在评估" not in back
    clear = read(portal, "/n/NTC-20261122-00003", "zh")
    assert "LAB-7" in clear and "各放水5分钟" in clear and "解除" in clear


@pytest.mark.parametrize("path", [HOME, "/area/dma-01", f"/n/{PLANNED}"])
def test_on09_a_cut_that_is_called_off_once_it_has_begun_is_coming_back(put, portal, path: str) -> None:
    """Whoever is off for it does not read that there was no cut."""
    begun = replace(called_off(), starts_ns=NOW - 2 * HOUR, published_ns=NOW - HOUR)
    put(samples.ordinary(notices=(begun,)))
    assert "停水已取消，正在恢复供水" in read(portal, path, "zh")
    assert "The cut is called off; water is coming back" in read(portal, path, "en")
    (said,) = portal.get("/api/v1/affected", params={"address": "人民路44号"}).json()["ended"]
    assert (said["supply"], said["begun"]) == ("cancelled", True)
    put(samples.ordinary(2, notices=(replace(begun, supply="low"),)))
    assert "水压正在恢复正常" in read(portal, path, "zh")
    put(samples.ordinary(3, notices=(called_off(),)))
    assert "正在恢复供水" not in read(portal, path, "zh")
    (said,) = portal.get("/api/v1/affected", params={"address": "人民路44号"}).json()["ended"]
    assert (said["supply"], said["begun"]) == ("cancelled", False)


@pytest.mark.parametrize("path", [HOME, "/area/dma-01", "/n/NTC-20261122-00003"])
@pytest.mark.parametrize(
    ("kind", "order", "over"),
    [
        ("boil", ("煮沸后饮用", "Boil water"), ("煮沸饮用提示已解除", "Boil-water advice lifted")),
        ("do_not_drink", ("请勿饮用", "Do not drink"), ("暂停饮用提示已解除", "Do-not-drink advice lifted")),
        ("do_not_use", ("请勿使用", "Do not use"), ("暂停使用提示已解除", "Do-not-use advice lifted")),
    ],
)
def test_on09_advice_that_is_lifted_is_not_headed_by_its_order(put, portal, path: str, kind, order, over):
    """Nor where a chat shows the page's card."""
    put(samples.ordinary(notices=(replace(lifted(), kind=kind),)))
    for lang, was, now in zip(("zh", "en"), order, over, strict=True):
        page = read(portal, path, lang)
        assert now in page and was not in page
    put(samples.ordinary(2, notices=(replace(lifted(), kind=kind, change="first", progress=()),)))
    assert order[0] in read(portal, path, "zh") and over[0] not in read(portal, path, "zh")


def test_what_was_only_confirmed_to_be_over_says_by_when_and_not_until_when_it_lasted(put, portal) -> None:
    put(samples.ordinary(notices=(replace(over(), confirmed=True),)))
    back = read(portal, "/n/NTC-20261122-00001", "zh")
    assert "已恢复供水，确认于" in back and "18:10至" not in back
    assert "11月22日(周日)18:10起，不晚于11月22日(周日)22:10结束" in back


@pytest.mark.parametrize("path", [HOME, "/area/dma-01", "/?q=人民路44号", "/n/NTC-20261122-00001"])
@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        ({}, "疑似故障未经现场确认，供水正常", "The suspected fault was not confirmed; supply is normal"),
        (
            {"doubt": "nothing_found"},
            "现场未发现故障，供水正常",
            "No fault was found on site; supply is normal",
        ),
        ({"supply": "low"}, "疑似故障未经现场确认，水压正常", "not confirmed; pressure is normal"),
    ],
)
def test_on09_a_suspected_fault_that_ended_without_a_cut_brings_no_water_back(
    put, portal, path: str, more: dict[str, str], zh: str, en: str
) -> None:
    """Nobody knows that it was ever off: no page, stage or shared card says that it is back."""
    said = (samples.said(1, "first", NOW - 4 * HOUR), samples.said(2, "restored", NOW - HOUR))
    for seq, confirmed in enumerate((False, True), 1):
        put(samples.ordinary(seq, notices=(replace(unfounded(versions=said), confirmed=confirmed, **more),)))
        pages = [portal.get(f"{path}{'&' if '?' in path else '?'}lang={lang}").text for lang in ("zh", "en")]
        stamps = (("起于", ", since"), ("确认于", ", as confirmed"))[confirmed]
        for page, words, stamp in zip(pages, (zh, en), stamps, strict=True):
            assert words in page and stamp in page
            assert "确认于。" not in page and "confirmed. " not in page, "a card without a time promises none"
        assert "恢复供水的街道" not in pages[0] and "已恢复" not in pages[0] and "恢复供水</" not in pages[0]
        assert not [words for words in ("Water is back", "water back", "Restored<") if words in pages[1]]
    (said,) = portal.get("/api/v1/affected", params={"address": "人民路44号"}).json()["ended"]
    assert said["doubt"] == more.get("doubt", "unconfirmed")


@pytest.mark.parametrize("asked", ["金山東路7號", "金山東路７號", "金山东路7号"])
def test_x03_an_address_in_traditional_characters_is_found(put, portal, asked: str) -> None:
    east = PublicStreet(name=Text("金山东路", "Jinshan East Road"), numbers="1–11")
    put(samples.ordinary(notices=(samples.notice(streets=(east,)),)))
    assert portal.get("/api/v1/affected", params={"address": asked}).json()["answer"] == "affected"
    assert "在公告范围内" in portal.get("/", params={"q": asked}).text


def test_on30_where_pressure_is_low_and_no_more_that_is_the_answer(put, portal) -> None:
    weak = PublicStreet(name=Text("凤凰东路", "Fenghuang East Road"), numbers="1–7", weak=True)
    off = PublicStreet(name=Text("人民路", "Renmin Road"))
    put(samples.ordinary(notices=(samples.notice(streets=(off, weak)),)))
    for asked, supply, word in (
        ("凤凰东路5号", "low", "水压可能偏低，不停水"),
        ("人民路5号", "none", "在公告范围内"),
    ):
        (said,) = portal.get("/api/v1/affected", params={"address": asked}).json()["notices"]
        assert said["supply"] == supply
        assert word in portal.get("/", params={"q": asked}).text


def test_the_notice_that_answers_stands_once_on_the_page(put, portal) -> None:
    put(samples.ordinary(notices=(samples.notice(), planned(streets=MANY))))
    page = portal.get("/", params={"q": "人民路44号"}).text
    assert page.count("城东片区人民路供水管道抢修停水公告") == 1
    assert page.count("城东片区人民路计划停水公告") == 1


def test_a_boil_notice_is_no_check_that_is_to_come(put, portal) -> None:
    boil = samples.notice(kind="boil", supply="quality", progress=(("reported", NOW - HOUR),))
    put(samples.ordinary(notices=(boil,)))
    page = read(portal, "/n/NTC-20261122-00001", "en")
    assert "Checked" not in page and "Advice in force" in page and "Lifted" in page


def test_wo28_a_late_promise_is_said_once_and_steps_before_the_report_as_such(put, portal) -> None:
    row = samples.tracking(
        reached=(("received", NOW - 10 * MIN), ("dispatched", NOW - 95 * MIN), ("repair", NOW - 25 * MIN)),
        next_update_ns=NOW - 5 * MIN,
    )
    late = samples.notice(next_update_ns=NOW - 5 * MIN)
    put(samples.ordinary(notices=(late,), tracking=(row,)))
    page = portal.get(f"/zh/t/{samples.TOKEN}").text
    assert page.count("逾期") == 1
    assert page.count("（在您反映之前）") == 2
    assert "(before your report)" in portal.get(f"/en/t/{samples.TOKEN}").text


@pytest.mark.parametrize("path", ["/", "/area/dma-01", "/?q=人民路44号"])
def test_what_may_harm_people_stands_above_what_is_only_newer(put, portal, path) -> None:
    """ON-30: a cut in three days, published last, does not push down the advice that is in force."""
    told = (
        planned(id="NTC-20261122-00012", starts_ns=NOW + 3 * DAY, published_ns=NOW - MIN),
        planned(id="NTC-20261122-00013", starts_ns=NOW + DAY, published_ns=NOW - 2 * MIN),
        samples.notice("NTC-20261122-00014", kind="low_pressure", supply="low", published_ns=NOW - 3 * MIN),
        samples.notice("NTC-20261122-00015", supply="none", published_ns=NOW - 4 * MIN),
        samples.notice("NTC-20261122-00016", supply="none", published_ns=NOW - 5 * MIN),
        samples.notice("NTC-20261122-00017", kind="boil", supply="quality", published_ns=NOW - 6 * MIN),
        samples.notice("NTC-20261122-00018", kind="do_not_use", supply="quality", published_ns=NOW - HOUR),
    )
    put(samples.ordinary(notices=told))
    page = portal.get(path).text
    stand = [page.index(f"NTC-20261122-000{n}") for n in (18, 17, 15, 16, 14, 13, 12)]
    assert stand == sorted(stand)
