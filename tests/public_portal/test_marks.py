"""What a public site carries: registrations, large type, share cards, planned works, accessibility, HSTS."""

import asyncio
import re
from html import unescape

import httpx
import pytest
from pydantic import ValidationError

from core.model.snapshot import PublicStreet
from core.model.tag import Quantity
from core.model.text import Text
from hub.config import UtilityConfig
from public_portal.areas import band_of
from public_portal.server import build
from public_portal.signing import public_key_of
from public_portal.usual import Band
from tests.public_portal import samples
from tests.public_portal.notices_then import PLANNED, called_off, lifted, over, planned
from tests.public_portal.recorded_days import with_record

NOTICE = "/n/NTC-20261122-00001"
ICP, POLICE = "冀ICP备12345678号-1", "冀公网安备13053402000123号"
PAGE = r"/($|\?|about|area/[^.]*$|n/[^/]*(/v\d)?$|verify|planned|accessibility|../t)"
EVERY = ["/", "/area/dma-02", "/area/dma-02/history", NOTICE, f"{NOTICE}/v1", "/verify", "/planned", "/zh/t"]
EVERY += ["/about", "/accessibility", f"/en/t/{samples.TOKEN}"]


def links(page: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', page)]


def test_registrations_stand_at_the_foot_and_lead_to_the_registers(portal, put):
    put(samples.burst())
    assert "备" not in portal.get("/").text
    put(samples.ordinary(2, icp=ICP, police_record=POLICE))
    for path in ("/", "/about?lang=en", "/nothing-here"):
        page = portal.get(path).text
        assert f'<a href="https://beian.miit.gov.cn/">{ICP}</a>' in page
        assert "https://beian.mps.gov.cn/#/query/webSearch?code=13053402000123" in links(page)
        assert POLICE in page


def test_the_foot_says_when_the_hotline_answers_only_where_it_is_configured(portal, put):
    put(samples.ordinary())
    foot = portal.get("/").text.split("<footer", 1)[1]
    assert "24小时" not in foot and "day and night" not in portal.get("/?lang=en").text
    hours = {"zh": "每天8:00至20:00", "en": "8:00 to 20:00 every day"}
    utility = UtilityConfig(id="u", name={"zh": "甲", "en": "A"}, hotline="96000", hotline_hours=hours)
    put(samples.ordinary(2, hotline_hours=utility.hotline_hours))
    assert hours["zh"] in portal.get("/").text.split("<footer", 1)[1]
    assert hours["en"] in portal.get("/about?lang=en").text.split("<footer", 1)[1]


def test_robots_may_read_every_page_and_the_policy_lets_them_ask(portal, put):
    """Lighthouse fetches /robots.txt from within the page."""
    put(samples.ordinary())
    answer = portal.get("/robots.txt")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert answer.text.splitlines() == ["User-agent: *", "Disallow:"]
    assert "connect-src 'self'" in portal.get("/").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("quantity", "low", "high", "printed"),
    [
        (Quantity.FREE_CHLORINE, 0.40, 0.42, (0.35, 0.47)),
        (Quantity.FREE_CHLORINE, 0.10, 0.40, (0.05, 0.70)),
        (Quantity.TURBIDITY, 0.02, 0.03, (0.0, 0.08)),
        (Quantity.PH, 7.20, 7.25, (7.1, 7.35)),
    ],
)
def test_about_says_how_the_usual_range_is_widened(portal, put, quantity, low, high, printed):
    """Least margins, nothing below nothing, and half the 5th percentile of chlorine: as it is computed."""
    assert band_of(quantity, Band(low, high)) == Band(*printed)
    put(samples.ordinary())
    zh, en = portal.get("/about").text, portal.get("/about?lang=en").text
    assert "至少放宽余氯0.05 mg/L、浊度0.05 NTU、pH 0.1" in zh and "余氯的下限不低于第5百分位的一半" in zh
    assert "by 0.05 mg/L of chlorine, 0.05 NTU or 0.1 pH at least" in en
    assert "of chlorine never below half the 5th percentile" in en


@pytest.mark.parametrize(
    "wrong",
    [
        {"icp": "12345678"},
        {"icp": "冀ICP备1号"},
        {"icp": "冀ICP备１２３４５６７８号"},
        {"police_record": "冀公网安备1号"},
        {"licence": "CC BY"},
        {"licence": "javascript:alert(1)"},
    ],
)
def test_a_registration_that_is_none_is_refused(wrong):
    whole = {"id": "u", "name": {"zh": "甲", "en": "A"}, "hotline": "96000"}
    assert UtilityConfig(**whole, icp=ICP, police_record=POLICE).icp == ICP
    with pytest.raises(ValidationError):
        UtilityConfig(**whole, **wrong)


def test_large_type_is_kept_by_every_link_and_left_by_one(portal, put, store):
    put(with_record(store, samples.burst()))
    for path in EVERY:
        plain, large = portal.get(path).text, portal.get(path, params={"size": "large"}).text
        assert 'class="large"' not in plain and 'class="large"' in large, path
        (back,) = re.findall(r'href="([^"]*)">标准字号|href="([^"]*)">Usual type', large)
        assert portal.get(unescape(back[0] or back[1])).text == plain, path
        pages = [href for href in links(large) if re.match(PAGE, href)]
        own = [href for href in pages if "size=large" not in href]
        assert own == [unescape(back[0] or back[1])], path


def test_large_type_goes_through_questions_and_the_other_language(portal, put):
    put(samples.burst())
    asked = portal.get("/", params={"q": "人民路44号", "size": "large", "lang": "en"}).text
    assert '<input type="hidden" name="size" value="large">' in asked
    assert "/?lang=zh&q=%E4%BA%BA%E6%B0%91%E8%B7%AF44%E5%8F%B7&size=large" in links(asked)
    token = portal.get("/zh/t", params={"code": samples.TOKEN, "size": "large"})
    assert token.headers["location"] == f"/zh/t/{samples.TOKEN}?size=large"


def test_a_shared_notice_has_a_card_that_stays_true_when_times_move(portal, put):
    put(samples.burst())
    assert "og:" not in portal.get("/").text
    page = portal.get(NOTICE).text
    card = dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)">', page))
    assert card["title"] == "城东片区人民路供水管道抢修停水公告"
    assert card["site_name"] == "示例水务" and card["locale"] == "zh_CN" and "url" not in card
    assert "人民路" in card["description"] and "最新时间以本页为准" in card["description"]
    assert not re.search(r"\d\d:\d\d", card["description"]), "a chat keeps the card for days"
    put(samples.ordinary(2, site="https://water.example.cn", notices=(over(),)))
    page = portal.get(NOTICE, params={"lang": "en"}).text
    card = dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)">', page))
    assert card["url"] == f"https://water.example.cn{NOTICE}?lang=en"
    assert "Water is back" in card["description"]


def test_a_shared_notice_names_streets_of_weak_water_among_none_without(portal, put):
    """ON-22: a chat's card has no room for what else holds there."""
    dry = PublicStreet(name=Text("牡丹路", "Mudan Road"), numbers="1–9")
    low = PublicStreet(name=Text("上海路", "Shanghai Road"), numbers="1–9", weak=True)
    for n, (streets, named) in enumerate((((low, dry), "牡丹路…"), ((low,), "上海路")), 2):
        put(samples.ordinary(n, notices=(samples.notice("NTC-7", streets=streets),)))
        said = re.findall(r'og:description" content="([^"]*)"', portal.get("/n/NTC-7").text)
        assert f" · {named}。" in said[0], said


def test_planned_works_stand_by_time_and_what_is_called_off_is_over(portal, put):
    put(samples.burst())
    assert "目前没有已公布的计划停水" in portal.get("/planned").text
    later = planned(id="NTC-9", starts_ns=samples.NOW + 5 * 24 * samples.HOUR)
    begun = planned(id="NTC-8", starts_ns=samples.NOW - samples.HOUR)
    put(samples.ordinary(2, notices=(later, planned(), begun, lifted(), samples.notice("NTC-7"))))
    page = portal.get("/planned").text
    order = re.findall(r"/n/(NTC-[-\d]+)\"", page)
    assert order == ["NTC-8", PLANNED, "NTC-9"]
    assert page.index("正在进行") < page.index("NTC-8") < page.index("将要开始") < page.index(PLANNED)
    assert f"/n/{PLANNED}/zh.ics" in links(page)
    assert "/feed/en.ics" in links(portal.get("/planned?lang=en").text)
    put(samples.ordinary(3, notices=(called_off(),)))
    page = portal.get("/planned").text
    assert "最近结束" in page and f"/n/{PLANNED}/zh.ics" not in links(page)


@pytest.mark.parametrize("path", ["/about", "/accessibility"])
def test_what_has_no_data_may_be_kept_longer_and_says_no_age(portal, put, path):
    """WQ-25: its own class; the age of data would be wrong by the time that a cache hands it out."""
    put(samples.stale())
    answer = portal.get(path)
    assert "s-maxage=60, stale-while-revalidate=600" in answer.headers["cache-control"]
    assert "小时前" not in answer.text and "数据时间" not in answer.text
    assert "96000" in answer.text


def test_browsers_that_came_by_tls_are_told_to_come_so_always(store, put):
    """TLS that ends here, or at a trusted proxy: uvicorn then says `https`."""
    put(samples.ordinary())
    app = build(store, public_key_of(samples.KEY))

    async def asked(scheme: str, path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{scheme}://p") as client:
            return await client.get(path)

    for path in ("/", "/?q=人民路", "/nothing", "/static/portal.css"):
        for _ in range(2):
            secure = asyncio.run(asked("https", path)).headers
            assert secure["strict-transport-security"] == "max-age=31536000"
            assert "strict-transport-security" not in asyncio.run(asked("http", path)).headers
