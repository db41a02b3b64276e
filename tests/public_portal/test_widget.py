"""WQ-26: an area's water on other people's pages: framed by those who are named, and as honest there."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from core.model.clock import Anchor
from public_portal.server import build
from public_portal.signing import public_key_of, sealed
from tests.axe import violations
from tests.need import need
from tests.public_portal import samples
from tests.public_portal.conftest import serving

CITY = "https://www.city.example"
ELSEWHERE = ("/", "/area/dma-01", "/about", "/planned", "/verify", "/nothing-here", "/api/v1/latest")


@contextmanager
def widgets(store, *ancestors: str) -> Iterator[httpx.Client]:
    app = build(store, public_key_of(samples.KEY), frame_ancestors=ancestors)
    with serving(app) as url, httpx.Client(base_url=url, headers={"accept-language": "zh-CN"}) as client:
        yield client


def framing(answer: httpx.Response) -> tuple[str, str | None]:
    policy = answer.headers["content-security-policy"].split("; ")
    (ancestors,) = (one for one in policy if one.startswith("frame-ancestors "))
    return ancestors.removeprefix("frame-ancestors "), answer.headers.get("x-frame-options")


def test_it_may_be_framed_by_those_who_are_named_and_nothing_else_may(store, put):
    put(samples.burst())
    with widgets(store, CITY, "https://*.gov.example") as client:
        for _ in range(2):
            assert framing(client.get("/widget/dma-01")) == (f"{CITY} https://*.gov.example", None)
        assert framing(client.get("/widget/none")) == (f"{CITY} https://*.gov.example", None)
        for path in ELSEWHERE:
            assert framing(client.get(path)) == ("'none'", "DENY"), path
        tag = client.get("/widget/dma-01").headers["etag"]
        assert framing(client.get("/widget/dma-01", headers={"if-none-match": tag}))[0].startswith(CITY)


def test_without_a_list_nobody_may_frame_it(portal, put):
    put(samples.burst())
    answer = portal.get("/widget/dma-01")
    assert answer.status_code == 200
    assert framing(answer) == ("'none'", "DENY")


def test_it_tells_what_the_area_s_page_tells(portal, put):
    put(samples.burst())
    page = portal.get("/widget/dma-01").text
    for said in (
        "城东片区",
        "余氯",
        "0.42",
        "未见异常",
        "抢修停水公告",
        "11月23日(周一)03:30至08:30",
        "96000",
    ):
        assert said in page, said
    assert "在线仪表临时数据，未经审核" in page and "22:" in page
    assert "仪表维护中" in portal.get("/widget/dma-06").text
    assert "没有在线水质仪表" in portal.get("/widget/dma-07").text
    assert "偏离日常范围" in portal.get("/widget/dma-02").text
    english = portal.get("/widget/dma-01?lang=en").text
    assert '<html lang="en"' in english and "Free chlorine" in english
    assert "<script" not in page and "style=" not in page
    links = page.split("<body")[1].split("<a ")[1:]
    assert links and all('target="_blank"' in one.split(">")[0] or "tel:" in one for one in links)


def test_stale_data_is_called_so_and_old_readings_go(portal, put):
    put(replace(samples.burst(), clock=Anchor(0, samples.NOW + 30 * samples.MIN, 0.0)))
    page = portal.get("/widget/dma-01").text
    assert "数据已过时" in page and "30分钟前" in page and "0.42" in page and "未见异常" not in page
    put(samples.stale(2))
    page = portal.get("/widget/dma-01").text
    assert "数据已过时" in page and "0.42" not in page and "无数据" in page and "未见异常" not in page


def test_without_data_or_area_it_says_so(portal, put):
    answer = portal.get("/widget/dma-01?lang=en")
    assert answer.status_code == 503 and "not received its first trusted data" in answer.text
    put(samples.ordinary())
    answer = portal.get("/widget/none?lang=en")
    assert answer.status_code == 404 and "There is no such area" in answer.text


def test_type_and_theme_are_asked_for_and_each_answer_is_its_own(portal, put):
    put(samples.ordinary())
    usual = portal.get("/widget/dma-01").text
    assert '<html lang="zh-CN">' in usual
    for _ in range(2):
        assert 'class="large"' in portal.get("/widget/dma-01?large=1").text
        assert 'class="dark"' in portal.get("/widget/dma-01?theme=dark").text
        assert 'class="light large"' in portal.get("/widget/dma-01?theme=light&large=1").text
        assert portal.get('/widget/dma-01?theme="><b>&large=2').text == usual
    assert "size=large" in portal.get("/widget/dma-01?large=1").text, "where it leads to is large too"


def test_the_snippet_to_copy_is_on_the_page_about_the_data(store, put):
    put(samples.ordinary(site="https://water.example"))
    with widgets(store, CITY) as client:
        page = client.get("/about?lang=en").text
        assert "&lt;iframe src=&#34;https://water.example/widget/dma-01?lang=en&#34;" in page
        assert f"It may stand on: {CITY}" in page
    with widgets(store) as client:
        assert "No site has been allowed to show it yet" in client.get("/about?lang=en").text


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need("chromium-headless-shell"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def somebody_s_page(frame: str) -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<!doctype html><iframe src="{frame}" width="320" height="600">'.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def test_a_browser_shows_it_on_a_page_that_is_named_and_on_no_other(chromium, store, put):
    put(samples.burst())
    page = chromium.new_page()
    for named in (True, False):
        # the page's own port is known once it is served: it frames a portal that is made after it
        with somebody_s_page("about:blank") as host:
            ancestors = (host.rstrip("/"),) if named else (CITY,)
            with widgets(store, *ancestors) as client:
                page.goto(host)
                page.evaluate(
                    "url => { document.querySelector('iframe').src = url }",
                    f"{client.base_url}/widget/dma-01",
                )
                page.wait_for_timeout(1000)
                shown = page.frames[1].evaluate("document.body.innerText")
                assert ("城东片区" in shown) is named, shown
    page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(chromium, store, lang):
    found = {}
    page = chromium.new_page()
    for name, snapshot in {"burst": samples.burst(), "stale": samples.stale(2)}.items():
        store.put(*sealed(snapshot, samples.KEY))
        with widgets(store) as client:
            for area in ("dma-01", "dma-02", "dma-06", "dma-07", "none"):
                for more in ("", "&theme=dark", "&theme=light", "&large=1"):
                    url = f"{client.base_url}/widget/{area}?lang={lang}{more}"
                    page.goto(url)
                    for width, scheme in ((320, "light"), (320, "dark"), (1280, "light")):
                        page.emulate_media(color_scheme=scheme)
                        page.set_viewport_size({"width": width, "height": 700})
                        across = page.evaluate("document.documentElement.scrollWidth")
                        if (wrong := violations(page)) or across > width:
                            found[name, url, width, scheme] = wrong, across
    page.close()
    assert found == {}
