"""The citizens' server over a real socket: what it shows, in which language, and what it never shows."""

import re
from dataclasses import replace

import pytest

from core.model.clock import Anchor
from core.model.snapshot import PublicStreet, ReadingState
from core.model.text import Text
from tests.public_portal import samples

NOTICE = "/n/NTC-20261122-00001"
PAGES = [
    "/",
    "/area/dma-01",
    "/area/dma-05",
    "/area/dma-07",
    NOTICE,
    f"{NOTICE}/v1",
    "/n/INC-20261122-00003",
    "/verify",
    "/about",
    "/planned",
]


def test_home_tells_every_area_in_words(portal, put):
    put(samples.burst())
    page = portal.get("/").text
    assert page.count('class="area"') == 8
    assert "1个片区偏离日常范围，1个片区核实中，2个片区无数据，1个片区仪表维护中，3个片区未见异常。" in page
    assert "在线仪表临时数据，未经审核" in page
    assert "本片区没有在线水质仪表" in page
    assert "城东片区人民路供水管道抢修停水公告" in page
    assert "11月23日(周一)03:30至08:30" in page


def test_the_language_is_asked_for_and_keeps_the_path(portal, put):
    put(samples.burst())
    chinese = portal.get(NOTICE)
    assert '<html lang="zh-CN">' in chinese.text
    assert f'href="{NOTICE}?lang=en"' in chinese.text
    english = portal.get(NOTICE, params={"lang": "en"})
    assert '<html lang="en">' in english.text
    assert f'href="{NOTICE}?lang=zh"' in english.text
    assert '"/area/dma-01?lang=en"' in english.text, "a chosen language stays chosen"
    assert '<html lang="en">' in portal.get("/", headers={"accept-language": "en-GB,zh;q=0.5"}).text
    assert '<html lang="zh-CN">' in portal.get("/", headers={"accept-language": "fr"}).text
    assert '<html lang="zh-CN">' in portal.get("/", headers={"accept-language": "zh;q=0.9,en;q=0.8,*"}).text


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_small_scriptless_and_load_nothing_foreign(portal, put, path):
    put(samples.burst())
    answer = portal.get(path)
    assert answer.status_code == 200
    assert "<script" not in answer.text and "style=" not in answer.text
    assert not re.findall(r'(?:src|href|action)="(?!/|#|tel:)', answer.text)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_reader_who_has_the_page_gets_no_body(portal, put):
    put(samples.ordinary())
    first = portal.get("/")
    assert "s-maxage=5" in first.headers["cache-control"]
    again = portal.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    put(samples.burst(2))
    assert portal.get("/", headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_a_published_notice_is_there_with_the_next_request(portal, put):
    put(samples.ordinary())
    assert "目前没有停水或水质公告" in portal.get("/").text
    assert portal.get(NOTICE).status_code == 404
    put(samples.burst(2))
    assert portal.get(NOTICE).status_code == 200


def test_a_tampered_snapshot_is_refused_and_the_last_good_one_stays(portal, put, store):
    put(samples.burst(5))
    content, signature = store.get() or pytest.fail("nothing was put")
    assert "人民路" in portal.get(NOTICE).text
    store.put(content.replace("人民路".encode(), "解放路".encode()), signature)
    page = portal.get(NOTICE).text
    assert "人民路" in page
    assert "未通过签名验证" in page
    health = portal.get("/healthz")
    assert (health.status_code, health.json()["detail"]) == (503, "the signature does not hold")
    put(samples.ordinary(6))
    assert portal.get("/healthz").status_code == 200
    assert "未通过签名验证" not in portal.get("/").text


def test_an_older_snapshot_never_replaces_a_newer_one(portal, put):
    put(samples.burst(5))
    assert portal.get(NOTICE).status_code == 200
    put(samples.ordinary(4))
    assert portal.get(NOTICE).status_code == 200
    assert portal.get("/api/v1/latest").json()["seq"] == 5
    assert portal.get("/healthz").json()["detail"] == "snapshot 4 does not follow 5"


def test_rubbish_in_the_store_is_refused(portal, put, store, tmp_path):
    put(samples.ordinary(1))
    assert portal.get("/").status_code == 200
    (tmp_path / "public" / "snapshot").write_bytes(b"rubbish")
    assert portal.get("/").status_code == 200
    assert portal.get("/healthz").status_code == 503


def test_before_the_first_snapshot_it_says_so(portal):
    assert portal.get("/").status_code == 503
    assert "还没有收到第一份可信的数据" in portal.get("/").text
    for path in ("/api/v1/latest", "/api/v1/affected?address=人民路", "/healthz"):
        answer = portal.get(path)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"


def test_stale_data_is_called_stale_and_nothing_in_it_normal(portal, put):
    put(samples.stale())
    page = portal.get("/").text
    assert "最近一次更新是3小时前" in page
    assert "未见异常" not in page
    assert "8个片区无数据" in page
    assert "（11月22日(周日)23:10）" in page
    assert not re.search(r'class="value">\d', page)
    latest = portal.get("/api/v1/latest").json()["areas"][0]["readings"][0]
    assert (latest["value"], latest["at"], latest["state"]) == (None, None, "no_data")
    assert portal.get("/api/v1/latest").json()["stale"] is True
    assert portal.get("/api/v1/affected", params={"address": "和平街"}).json()["answer"] == "unknown"
    assert portal.get("/healthz").status_code == 503


@pytest.mark.parametrize(("minutes", "stale", "shown"), [(19, False, 1), (21, True, 1), (61, True, 0)])
def test_old_readings_are_warned_of_and_then_gone(portal, put, minutes, stale, shown):
    put(samples.ordinary(clock=Anchor(0, samples.NOW + minutes * samples.MIN, 0.0)))
    page = portal.get("/").text
    assert ("数据已过时" in page) is stale
    assert ("未见异常" in page) is not stale
    assert bool(re.search(r'class="value">\d', page)) is bool(shown)
    of_one = portal.get("/area/dma-01").text
    assert (">未见异常<" in of_one) is not stale
    assert bool(re.search(r'class="big">\d', of_one)) is bool(shown)


def test_after_restoration_nothing_is_expected(portal, put):
    back = (("reported", samples.NOW - samples.HOUR), ("restored", samples.NOW))
    put(samples.ordinary(notices=(samples.notice(progress=back),)))
    for path in ("/", NOTICE, f"{NOTICE}?lang=en"):
        page = portal.get(path).text
        for words in ("预计", "下次通报", "03:30", "xpected back", "ext update"):
            assert words not in page
    (told,) = portal.get("/api/v1/latest").json()["notices"]
    assert (told["eta"], told["next_update"]) == ({"earliest": None, "latest": None}, None)
    assert "03:30" not in str(told)


def test_an_update_that_did_not_come_is_owned_up_to(portal, put):
    late = samples.notice(next_update_ns=samples.NOW - 5 * samples.MIN)
    put(samples.ordinary(notices=(late,)))
    page = portal.get(NOTICE).text
    assert "通报逾期未发，原定不晚于" in page and "下次通报不晚于" not in page.split("公告全文")[0]


def test_an_estimate_that_has_passed_is_shown_nowhere(portal, put):
    late = samples.notice(eta_earliest_ns=samples.NOW - samples.HOUR, eta_latest_ns=samples.NOW - samples.MIN)
    late = replace(
        late,
        body=Text(
            "第一段。\n预计11月22日(周日)22:10至23:09恢复供水。\n末段。",
            "One.\nBack Sun 22 Nov, 22:10–23:09.\nEnd.",
        ),
    )
    put(samples.ordinary(notices=(late,)))
    for path in ("/", NOTICE):
        page = portal.get(path).text
        assert "已超过预计时间，正在重新评估" in page
        assert "23:09" not in page
    assert "末段。" in page


def test_progress_is_shown_in_stages(portal, put):
    put(samples.burst())
    page = portal.get(NOTICE).text
    assert page.index("接报") < page.index("定位") < page.index("关阀止水") < page.index("抢修</span>")
    assert re.search(r'class="current" aria-current="step">.*?关阀止水', page, re.S)
    restored = samples.notice(progress=(("reported", samples.NOW), ("restored", samples.NOW + 1)))
    put(samples.ordinary(2, notices=(restored,)))
    assert "已恢复" in portal.get(NOTICE).text
    home = portal.get("/").text
    assert "目前没有停水或水质公告" in home and "最近结束" in home


def test_no_value_is_a_dash_and_never_a_figure(portal, put):
    put(samples.ordinary(areas=(samples.area(0, *[ReadingState.NO_DATA] * 3),)))
    page = portal.get("/area/dma-01").text
    assert "余氯、浊度、pH无数据。" in page
    assert not re.search(r'class="big">\d', page)


def test_latest_is_the_page_as_data(portal, put):
    put(samples.burst())
    latest = portal.get("/api/v1/latest").json()
    assert latest["as_of"] == "2026-11-22T15:10:00Z"
    first = latest["areas"][0]["readings"][0]
    assert first == {
        "parameter": "free_chlorine",
        "unit": "mg/L",
        "value": 0.42,
        "at": "2026-11-22T15:10:00Z",
        "state": "normal",
        "held_until": None,
        "usual": {"low": 0.31, "high": 0.58},
        "limit": None,
    }
    assert latest["notices"][0]["eta"] == {
        "earliest": "2026-11-22T19:30:00Z",
        "latest": "2026-11-23T00:30:00Z",
    }


def test_what_is_not_there(portal, put):
    put(samples.ordinary())
    page = portal.get("/area/dma-99")
    assert page.status_code == 404 and "没有这个页面" in page.text
    assert "There is no such page" in portal.get("/nothing?lang=en").text
    machine = portal.get("/api/v1/nothing")
    assert (machine.status_code, machine.headers["content-type"]) == (404, "application/problem+json")
    assert portal.get("/static/../server.py").status_code == 404
    assert portal.post("/").status_code == 405
    assert portal.head("/").status_code == 200
    assert portal.get("/openapi.json").json()["paths"].keys() == {
        "/api/v1/latest",
        "/api/v1/affected",
        "/healthz",
    }
    assert portal.get("/docs").status_code == 404


@pytest.mark.parametrize("path", ["/en/nothing", "/en/", "/en", "/en/notice/NTC-1", "/en/t/a/b"])
def test_what_is_not_there_is_said_in_the_language_of_its_address(portal, put, path):
    put(samples.ordinary())
    page = portal.get(path, headers={"accept-language": "zh-CN"})
    assert page.status_code == 404 and "There is no such page" in page.text
    assert '<html lang="en">' in page.text and 'class="brand" href="/?lang=en"' in page.text
    page = portal.get(path.replace("/en", "/zh"), params={"lang": "en"}, headers={"accept-language": "en"})
    assert page.status_code == 404 and "没有这个页面" in page.text
    assert "没有这个页面" in portal.get("/english").text, "another word that begins alike"


def test_a_few_connections_are_not_counted_out(portal, put):
    few = samples.notice(connections=None, streets=(PublicStreet(name=Text("中山路", "Zhongshan Road")),))
    put(samples.ordinary(notices=(few,)))
    assert "不足10户" in portal.get(NOTICE).text


@pytest.mark.parametrize("kind", ["boil", "do_not_drink", "do_not_use"])
def test_under_health_advice_pages_say_that_instruments_cannot_see_it(portal, put, kind):
    put(samples.ordinary(notices=(samples.notice(kind=kind, progress=()),)))
    for path in ("/", "/area/dma-01"):
        assert "测不到公告所说的问题" in portal.get(path).text
        assert "cannot see what the notice warns of" in portal.get(f"{path}?lang=en").text
    assert re.search(r"用水限制生效</span>\s*<span class=\"stamp\">11月22日", portal.get(NOTICE).text)
    put(samples.ordinary(2, notices=(samples.notice(),)))
    assert "测不到公告所说的问题" not in portal.get("/").text + portal.get("/area/dma-01").text


def test_a_notice_of_several_areas_stands_on_the_page_of_each(portal, put):
    told = replace(samples.notice(), areas=("dma-01", "dma-02"))
    put(samples.ordinary(notices=(told,)))
    for area in ("dma-01", "dma-02"):
        assert told.title.zh in portal.get(f"/area/{area}").text
    assert told.title.zh not in portal.get("/area/dma-03").text
    page = portal.get(f"/n/{told.id}").text
    names = [a.name.zh for a in samples.ordinary().areas if a.id in told.areas]
    assert "、".join(names) in page
    (shown,) = portal.get("/api/v1/latest").json()["notices"]
    assert shown["areas"] == ["dma-01", "dma-02"]
    put(samples.ordinary(2, notices=(samples.notice(),)))
    assert told.title.zh in portal.get("/area/dma-01").text, "an older snapshot names one"


def test_the_list_of_notices_stands_worst_first_and_says_so(portal, put) -> None:
    """As the pages have it; feeds go by time."""
    (one,) = samples.burst().notices[:1]
    later = replace(one, id="NTC-2", kind="planned_outage", starts_ns=samples.NOW + samples.HOUR)
    later = replace(later, published_ns=one.published_ns + 1)
    boil = replace(one, id="NTC-3", kind="boil", supply="quality", published_ns=one.published_ns - 1)
    put(replace(samples.burst(), notices=(later, one, boil)))
    shown = portal.get("/api/v1/latest").json()
    assert [notice["id"] for notice in shown["notices"]] == ["NTC-3", one.id, "NTC-2"]
    assert shown["notices_order"] == "worst_first"
