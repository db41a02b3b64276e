"""ON-30: am I affected? Against a town whose truth is known, under a flood of questions, and by position."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from core.model.snapshot import PublicSnapshot, PublicStreet
from core.model.text import Text
from public_portal.limit import Limit
from public_portal.lookup import Answer, look_up, within
from public_portal.received import Received
from public_portal.server import build
from public_portal.signing import public_key_of
from tests.public_portal import samples
from tests.public_portal.conftest import serving

RING = ((37.00, 115.00), (37.00, 115.10), (37.08, 115.10), (37.08, 115.00), (37.00, 115.00))
NOTICE = "/n/NTC-20261122-00001"
AFFECTED = "/api/v1/affected"


def town(rng: random.Random) -> tuple[PublicSnapshot, list[tuple[str, Answer]]]:
    """40 streets, half of them in a notice, whole or from one number to another; 1,000 addresses, and what is
    true of each by how they were made."""
    letters = [(c, d) for c in "甲乙丙丁" for d in "一二三四五六七八九十"]
    english = [f"{chr(97 + n // 10)}{chr(107 + n % 10)} Road" for n in range(len(letters))]
    names = [Text(f"{c}{d}路", en) for (c, d), en in zip(letters, english, strict=True)]
    streets, asked = [], []
    for n, name in enumerate(names):
        low = rng.randrange(1, 60)
        numbers = None if n % 4 == 1 else f"{low}–{low + 40}"
        if n % 2:
            streets.append(PublicStreet(name=name, numbers=numbers))
        for _ in range(24):
            house = rng.randrange(1, 150)
            if n % 2 == 0:
                truth = Answer.NO
            elif numbers is None or low <= house <= low + 40:
                truth = Answer.AFFECTED
            else:
                truth = Answer.NO
            written = rng.choice([f"{name.zh}{house}号", f"{name.zh} {house} 號", f"{house} {name.en}"])
            asked.append((written, truth))
        asked.append(
            (name.zh, Answer.MAYBE if n % 2 and numbers else Answer.AFFECTED if n % 2 else Answer.NO)
        )
    asked += [(f"无名{n}巷{n}号", Answer.UNKNOWN) for n in range(10, 10 + 1000 - len(asked))]
    area = replace(samples.area(0), streets=tuple(names))
    return samples.ordinary(areas=(area,), notices=(samples.notice(streets=tuple(streets)),)), asked


def test_on30_a_thousand_addresses_are_answered_by_what_is_true() -> None:
    snapshot, asked = town(random.Random(20261122))
    received = Received(snapshot, samples.NOW + samples.MIN)
    wrong = [(a, t, look_up(received, a).answer) for a, t in asked if look_up(received, a).answer is not t]
    assert (len(asked), wrong) == (1000, [])


def test_on30_the_answer_has_kind_estimate_points_version_and_time(portal, put) -> None:
    put(samples.burst())
    said = portal.get(AFFECTED, params={"address": "人民路44号"}).json()
    (notice,) = said["notices"]
    assert (said["answer"], notice["kind"], notice["version"]) == ("affected", "emergency_outage", 2)
    assert notice["eta"]["latest"].endswith("Z") and said["as_of"].endswith("Z")
    assert [point["state"] for point in notice["water_points"]] == ["open", "empty"]
    assert notice["page"] == "/n/NTC-20261122-00001"


def test_on30_a_position_inside_an_outline_may_be_affected_and_unknown_is_not_no(portal, put) -> None:
    put(samples.ordinary(notices=(samples.notice(ring=RING),)))

    def said(lat: float, lon: float) -> str:
        return portal.get(AFFECTED, params={"lat": lat, "lon": lon}).json()["answer"]

    assert said(37.04, 115.05) == "maybe"
    assert said(37.20, 115.05) == "no"
    put(samples.ordinary(2, notices=(samples.notice(ring=RING), samples.notice("NTC-20261122-00002"))))
    assert said(37.20, 115.05) == "unknown", "another notice has no outline to be outside of"
    put(samples.ordinary(3, notices=(samples.notice(ring=RING, change="cancelled"),)))
    assert said(37.04, 115.05) == "no"
    assert portal.get(AFFECTED, params={"lat": 91, "lon": 0}).status_code == 422
    assert portal.get(AFFECTED, params={"lat": "here", "lon": 0}).status_code == 422


def test_within_knows_a_ring_that_is_not_convex() -> None:
    horseshoe = ((0.0, 0.0), (0.0, 3.0), (3.0, 3.0), (3.0, 2.0), (1.0, 2.0), (1.0, 1.0), (3.0, 1.0))
    ring = (*horseshoe, (3.0, 0.0), (0.0, 0.0))
    assert within(ring, 0.5, 1.5) and within(ring, 2.0, 0.5) and within(ring, 2.0, 2.5)
    assert not within(ring, 2.0, 1.5)
    assert not within((), 0.0, 0.0)


def test_on30_one_address_that_asks_for_everything_is_stopped_and_others_are_not(store, put) -> None:
    put(samples.burst())
    app = build(store, public_key_of(samples.KEY), questions_a_minute=20)
    with serving(app) as address, httpx.Client(base_url=address, verify=False) as client:
        codes = [client.get(AFFECTED, params={"address": f"人民路{n}号"}).status_code for n in range(40)]
        assert codes[:20] == [200] * 20
        assert codes.count(429) >= 18
        refused = client.get("/", params={"q": "人民路1号"})
        assert (refused.status_code, int(refused.headers["retry-after"]) >= 1) == (429, True)
        assert client.get("/verify", params={"q": "人民路"}).status_code == 429
        assert client.get("/").status_code == 200, "pages without a question are for everybody"
    with (
        serving(app) as address,
        httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.7"), base_url=address) as other,
    ):
        assert other.get(AFFECTED, params={"address": "人民路1号"}).status_code == 200


def test_a_bucket_fills_again_and_forgets_the_longest_silent() -> None:
    now = [0.0]
    limit = Limit(60, lambda: now[0], most=2)
    assert [limit.wait_s("a") for _ in range(60)] == [0.0] * 60
    assert limit.wait_s("a") == pytest.approx(1.0)
    now[0] = 1.0
    assert limit.wait_s("a") == 0.0
    assert limit.wait_s("a") > 0
    limit.wait_s("b"), limit.wait_s("c")
    assert limit.wait_s("a") == 0.0, "forgotten: bounded memory is worth more"


def test_on30_a_surge_of_questions_is_answered(store, put) -> None:
    """600 questions from 60 addresses, twenty at a time; then one after the other, nineteen of twenty within
    300 ms."""
    put(town(random.Random(7))[0])
    app = build(store, public_key_of(samples.KEY))
    with serving(app) as address, httpx.Client(base_url=address, timeout=10, verify=False) as client:

        def ask(n: int) -> tuple[int, float]:
            began = time.perf_counter()
            headers = {"x-forwarded-for": f"203.0.113.{n % 60}"}
            answer = client.get(AFFECTED, params={"address": f"甲二路{n}号"}, headers=headers)
            return answer.status_code, time.perf_counter() - began

        with ThreadPoolExecutor(20) as many:
            codes = [code for code, _ in many.map(ask, range(600))]
        alone = sorted(took for _, took in map(ask, range(100)))
    assert codes == [200] * 600
    assert alone[94] < 0.3


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        *(("人民路44号", "affected"), ("人民路５８号3栋", "affected"), ("44 Renmin Road", "affected")),
        *(("人民路12号", "no"), ("人民路", "maybe"), ("renmin road", "maybe")),
        *(("中山路7号", "affected"), ("中山路", "affected"), ("和平街3号", "no"), ("无名路3号", "unknown")),
    ],
)
def test_am_i_affected(portal, put, address, answer):
    put(samples.burst())
    said = portal.get("/api/v1/affected", params={"address": address}).json()
    assert said["answer"] == answer
    assert bool(said["notices"]) is (answer in ("affected", "maybe"))
    assert portal.get("/", params={"q": address}).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["A000031", "19900000031", "199 0000 0031", "+86-100-0000-1235", "用户000123", "", "路", "路" * 101],
)
def test_numbers_of_people_are_not_addresses(portal, put, address):
    put(samples.burst())
    said = portal.get("/api/v1/affected", params={"address": address})
    assert (said.status_code, said.headers["content-type"]) == (422, "application/problem+json")
    assert address == "" or portal.get("/", params={"q": address}).status_code == 200


def test_the_search_says_its_answer_on_the_page(portal, put):
    put(samples.burst())
    page = portal.get("/", params={"q": "人民路44号"}).text
    assert "在公告范围内" in page and 'value="人民路44号"' in page
    assert "无法判断" in portal.get("/", params={"q": "无名路1号"}).text
    assert "这看起来是户号或电话" in portal.get("/", params={"q": "19900000031"}).text
    assert "&lt;b&gt;路" in portal.get("/", params={"q": "<b>路"}).text


def test_whose_water_is_weak_finds_their_street_in_the_notice(portal, put):
    streets = (
        PublicStreet(name=Text("人民路", "Renmin Road"), numbers="40–58"),
        PublicStreet(name=Text("人民路", "Renmin Road"), numbers="2–20", weak=True),
    )
    put(samples.ordinary(notices=(samples.notice(streets=streets, weak=1970),)))
    found = portal.get("/api/v1/affected", params={"address": "人民路12号"}).json()
    assert found["answer"] == "affected"
    assert found["notices"][0]["connections_low_pressure"] == 1970
    page = portal.get(NOTICE).text
    assert "水压偏低" in page and "约1,970户" in page
    assert page.count("<li>人民路") == 1 and "40–58号 · 停水 · 2–20号水压偏低" in page, "one line a street"


@pytest.mark.parametrize(("lang", "page"), [("zh", "1号"), ("en", "no. 1")])
def test_one_house_that_is_named_is_affected_and_its_neighbours_are_not(portal, put, lang, page):
    """The page says its number as its notice has it, never the whole street."""
    streets = (PublicStreet(name=Text("人民路", "Renmin Road"), numbers="1"),)
    put(samples.ordinary(notices=(samples.notice(streets=streets),)))
    for asked, answer in (("人民路1号", "affected"), ("人民路11号", "no"), ("人民路", "maybe")):
        found = portal.get("/api/v1/affected", params={"address": asked}).json()
        assert found["answer"] == answer, asked
    for path in (NOTICE, "/"):
        text = portal.get(path, params={"lang": lang}).text
        assert page in text and "全段" not in text and "whole street" not in text and "nos." not in text


def test_on30_no_house_is_in_two_classes_and_of_a_whole_street_the_graver_is_told(portal, put):
    """Fewer than ten have weak water beside those without: the rest of the street is named for them."""
    streets = (
        PublicStreet(name=Text("人民路", "Renmin Road"), numbers="40–58"),
        PublicStreet(name=Text("人民路", "Renmin Road"), weak=True),
    )
    put(samples.ordinary(notices=(samples.notice(streets=streets),)))
    for asked, answer, supply in (
        ("人民路44号", "affected", "none"),
        ("人民路12号", "affected", "low"),
        ("人民路", "maybe", "none"),
    ):
        found = portal.get("/api/v1/affected", params={"address": asked}).json()
        assert (found["answer"], found["notices"][0]["supply"]) == (answer, supply), asked
    assert "40–58号 · 停水 · 其余门牌水压偏低" in portal.get(NOTICE).text


def test_on30_of_a_street_that_is_named_whole_and_holds_both_nobody_is_told_which_house_is_which(portal, put):
    """Fewer than ten are off, so that the whole street is named for them; a message tells the others of low
    pressure, and the page must not tell them that they are off."""
    name = Text("人民路", "Renmin Road")
    off = PublicStreet(name=Text("中山路", "Zhongshan Road"))
    streets = (PublicStreet(name=name), off, PublicStreet(name=name, weak=True))
    put(samples.ordinary(notices=(samples.notice(streets=streets),)))
    for asked, supply in (
        ("人民路44号", "none_or_low"),
        ("人民路", "none_or_low"),
        ("人民路、中山路", "none"),
    ):
        found = portal.get("/api/v1/affected", params={"address": asked}).json()
        assert (found["answer"], found["notices"][0]["supply"]) == ("affected", supply), asked
    assert "部分门牌可能仅水压偏低" in portal.get("/", params={"q": "人民路44号"}).text
    assert "全段 · 部分门牌水压偏低" in portal.get(NOTICE).text
    english = portal.get(NOTICE, params={"lang": "en"}).text
    assert "whole street · some numbers: low pressure" in english
