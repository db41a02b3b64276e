"""The citizens' pages in a real browser: readable by everyone, small, alone, and whole without script."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from core.adapters.folder_snapshots import FolderSnapshots
from public_portal.server import build
from public_portal.signing import public_key_of, sealed
from tests.axe import violations
from tests.need import need
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.laboratory_month import with_results
from tests.public_portal.notices_then import PLANNED, called_off, lifted, over, planned
from tests.public_portal.recorded_days import with_pressure, with_record
from tests.public_portal.samples import HOUR, NOW

NOTICE = "/n/NTC-20261122-00001"
PAGES = [
    *("/?q=人民路44号", "/?q=无名路1号", "/area/dma-02", "/area/dma-05", "/area/dma-07"),
    *(f"/zh/t/{samples.TOKEN}", f"/en/t/{samples.TOKEN}", "/zh/t", "/en/t/nothing"),
    *("/area/dma-02/history?parameter=turbidity", "/area/dma-07/history"),
    *("/planned", "/accessibility", "/laboratory", "/data", "/report"),
    *(NOTICE, "/about", "/nothing-here", f"{NOTICE}/v1", "/verify"),
    *("/n/INC-20261122-00003", "/verify?q=INC-20261122-00003", "/verify?q=供水已恢复正常。请转发给邻居。"),
    *("/verify?q=预计恢复：11月23日(周一)08:30。请转发。城东片区人民路供水管道破裂，正在抢修。",),
]
LARGE = [
    *("/?size=large", "/?q=人民路44号&size=large", "/area/dma-02?size=large", f"{NOTICE}?size=large"),
    *("/area/dma-02/history?parameter=ph&size=large", "/planned?size=large", "/verify?size=large"),
    *("/accessibility?size=large", f"/en/t/{samples.TOKEN}?size=large"),
]
SHAPES = [(width, scheme) for width in (320, 390, 1280) for scheme in ("light", "dark")]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = need("chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of a portal by the kind of its day."""
    days = {"ordinary": samples.ordinary(), "burst": samples.burst(), "stale": samples.stale()}
    registered = {"icp": "冀ICP备12345678号-1", "police_record": "冀公网安备13053402000123号"}
    days["burst"] = replace(days["burst"], **registered)
    days["then"] = samples.ordinary(notices=(planned(moved_from_ns=(NOW, NOW + HOUR)), lifted(), over()))
    days["off"] = samples.ordinary(notices=(called_off(),))
    addresses: dict[str, str] = {}
    opened = []
    for name, snapshot in days.items():
        store = FolderSnapshots(Path(tmp_path_factory.mktemp(name)))
        recorded = with_pressure(store, with_record(store, snapshot), "dma-02")
        store.put(*sealed(with_results(store, recorded), samples.KEY))
        site = serving(build(store, public_key_of(samples.KEY)))
        addresses[name] = site.__enter__()
        opened.append(site)
    yield addresses
    for site in opened:
        site.__exit__(None, None, None)


def visit(browser: Browser, url: str, width: int, lang: str, scheme: str, script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(in_language(url, lang))
    return page


def in_language(url: str, lang: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}lang={lang}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(chromium, sites, lang):
    """Each page opened once, then seen in every shape."""
    found = {}
    urls = [*(sites["burst"] + path for path in PAGES), sites["stale"] + NOTICE, sites["ordinary"] + "/"]
    urls += [sites["then"] + path for path in ("/", "/?q=人民路44号", f"/n/{PLANNED}", "/planned")]
    urls.append(sites["off"] + f"/n/{PLANNED}")
    large = [sites["burst"] + path for path in LARGE]
    page = visit(chromium, urls[0], 320, lang, "light")
    for url in [*urls, *large]:
        page.goto(in_language(url, lang))
        # colours are those of the usual type; room is least here
        for width, scheme in SHAPES[:1] if url in large else SHAPES:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            if wrong := violations(page):
                found[url, width, scheme] = wrong
            across = page.evaluate("document.documentElement.scrollWidth")
            if across > width:
                found[url, width, "across"] = across
    page.context.close()
    assert found == {}


@pytest.mark.parametrize("path", [*PAGES, LARGE[0]])
def test_fingers_can_hit_what_is_meant_for_them(chromium, sites, path):
    """44 px, but for links inside a sentence (WCAG 2.5.8's own exception)."""
    page = visit(chromium, sites["burst"] + path, 390, "zh", "light")
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input')]
          .filter(e => e.offsetParent && !e.matches('.skip, [type=hidden], p:not(.links):not(.call) > a'))
          .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
          .filter(([, height]) => height < 43.5)"""
    )
    page.context.close()
    assert small == []


def test_without_script_the_search_answers(chromium, sites):
    page = visit(chromium, sites["burst"] + "/", 390, "zh", "light", script=False)
    page.get_by_role("searchbox").fill("人民路44号")
    page.get_by_role("button", name="查询").click()
    assert page.locator(".said").inner_text() == "在公告范围内"
    page.get_by_role("link", name="城东片区人民路供水管道抢修停水公告").first.click()
    assert page.locator("h1").inner_text() == "城东片区人民路供水管道抢修停水公告"
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text().startswith("Emergency repair")
    assert page.url.endswith(f"{NOTICE}?lang=en")
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_light_and_ask_nobody_else(chromium, sites, path):
    """Targets 1 and 14: HTML and CSS within 20 kB compressed, at most three requests, all to the origin."""
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(sites["burst"] + path)
    assert all(url.startswith(sites["burst"]) for url in asked)
    assert len(asked) <= 3
    html = page.content().encode()
    css = (Path(__file__).parents[2] / "public_portal" / "static" / "portal.css").read_bytes()
    assert len(gzip.compress(html)) + len(gzip.compress(css)) <= 20_000
    context.close()


def test_the_notice_prints_without_its_navigation(chromium, sites):
    page = visit(chromium, sites["burst"] + NOTICE, 1280, "zh", "light")
    page.emulate_media(media="print")
    assert not page.locator(".trail").is_visible()
    assert page.locator(".headline").is_visible()
    page.context.close()
