"""A wall that can be trusted: it says so when it is not live, and misses nothing meanwhile."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Route, expect

from tests.screens.conftest import Town, Watched
from tests.screens.line import line_to

OVERLAY, BANNER = "#stale:not([hidden])", "#banner.unanswered"


def test_a_frozen_server_is_told_within_six_seconds_and_forgotten_within_three(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh")
    page = watched.page
    page.wait_for_timeout(2500)
    assert not page.is_visible(OVERLAY)
    with town.frozen():
        began = time.monotonic()
        page.wait_for_selector(OVERLAY, timeout=6_500)
        assert time.monotonic() - began <= 6.0
        assert "画面不是实时" in page.inner_text("#stale")
        assert page.evaluate("document.getElementById('time').textContent") != ""
        page.wait_for_timeout(5_000)
    began = time.monotonic()
    expect(page.locator(OVERLAY)).to_be_hidden(timeout=5_000)
    assert time.monotonic() - began <= 3.0
    assert watched.wrong == []


def test_what_happens_behind_a_dead_line_is_shown_after_it(town: Town, visit: Callable[..., Watched]) -> None:
    with line_to(int(town.url.rpartition(":")[2])) as line:
        watched = visit(replace(town, url=f"http://127.0.0.1:{line.port}"), "kiosk", 1920, 1080)
        watched.open("/wall?lang=zh")
        page = watched.page
        line.cut()
        expect(page.locator(OVERLAY)).to_be_visible()
        town.do("burst")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        line.mend()
        expect(page.locator(OVERLAY)).to_be_hidden(timeout=20_000)
        expect(page.locator(BANNER)).to_contain_text("滨江片区")
        expect(page.locator(".incident.p1")).to_be_visible()
        assert any("/api/v1/events?since=" in url for url in asked)


@pytest.mark.parametrize(
    ("role", "path", "question", "happens", "shown", "words"),
    [
        (
            "kiosk",
            "/wall?lang=zh",
            "**/api/v1/incidents/*",
            "burst",
            ".incident.p1 .chain .step >> nth=1",
            "工单",
        ),
        (
            "operator",
            "/desk?lang=zh&view=alarms&all=1",
            "**/api/v1/alarms?*",
            "lost",
            "#list tbody tr >> nth=0",
            "st-02",
        ),
    ],
    ids=["wall", "desk"],
)
def test_a_question_that_a_silent_line_swallowed_holds_back_no_other(
    town: Town,
    visit: Callable[..., Watched],
    role: str,
    path: str,
    question: str,
    happens: str,
    shown: str,
    words: str,
) -> None:
    """How long the page waited in vain for it is no measure of what an answer costs the hub."""
    watched = visit(town, role, 1920, 1080)
    watched.open(path)
    page = watched.page
    page.wait_for_timeout(2_000)  # what is asked for while it loads
    swallowed: list[Route] = []
    page.route(question, lambda route: swallowed.append(route))
    with page.expect_event("requestfailed", timeout=30_000):
        town.do(happens)
    page.unroute(question)
    assert swallowed
    expect(page.locator(shown)).to_contain_text(words, timeout=20_000)


def test_a_burst_reaches_every_part_of_the_wall(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    streams: list[str] = []
    page = watched.page
    page.on("request", lambda asked: streams.append(asked.url) if "/api/v1/events" in asked.url else None)
    watched.open("/wall?lang=zh")
    expect(page.locator("#banner")).to_have_text("无现行报警")
    town.do("burst")
    page.wait_for_selector("#banner.p1.unanswered.blink")
    page.wait_for_selector("#zones tr:first-child.p1")
    assert page.inner_text("#zones tr:first-child th") == "滨江"
    expect(page.locator("#incidents")).to_contain_text("未发公告")
    town.do("assign")
    expect(page.locator("#incidents")).to_contain_text("抢修一班")
    town.do("ack")
    page.wait_for_selector("#banner.p1.answered")
    assert len(streams) == 1, "all of it by the one stream: nothing waited for a new connection"


def test_an_incident_of_which_no_more_is_answered_is_shown_as_far_as_it_is_known(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    page = watched.page
    page.route("**/api/v1/incidents/*", lambda route: None)
    watched.open("/wall?lang=zh")
    town.do("burst")
    expect(page.locator("#incidents .incident.p1")).to_contain_text("滨江片区")
    expect(page.locator("#incidents")).not_to_contain_text("未派工单")
    expect(page.locator("#incidents .quiet.none")).to_have_count(0)


def test_a_storm_stays_readable(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall")
    town.do("storm 400")
    page = watched.page
    expect(page.locator("#banner .more")).to_contain_text("399")
    overflow = "document.documentElement.scrollHeight - window.innerHeight"
    assert page.evaluate(overflow) <= 0
    assert watched.wrong == []


def test_motion_is_left_out_for_those_who_asked(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "kiosk", 1920, 1080, reduced_motion="reduce")
    watched.open("/wall")
    watched.page.wait_for_selector("#banner.blink")
    frame = "getComputedStyle(document.getElementById('banner'), '::after')"
    assert watched.page.evaluate(f"{frame}.animationName") == "none"
    assert watched.page.evaluate(f"{frame}.opacity") == "1", (
        "what calls for attention stands there all the same"
    )


def test_type_follows_distance_and_size_and_blocks_fall_by_rank(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    sizes = {}
    for inches in (98, 86, 65, 55):
        watched.open(f"/wall?d=5&in={inches}")
        page = watched.page
        page.wait_for_selector("#zones tr", state="attached")
        page.wait_for_timeout(400)
        sizes[inches] = page.evaluate(
            "parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--u'))"
        )
        small = """u => [...document.querySelectorAll('body *')].filter(n => n.childNodes.length &&
          [...n.childNodes].some(c => c.nodeType === 3 && c.textContent.trim()) && n.checkVisibility() &&
          !n.closest('.visually-hidden, svg, noscript') && parseFloat(getComputedStyle(n).fontSize) < u - 0.5)
          .map(n => n.outerHTML.slice(0, 80))"""
        assert page.evaluate(small, sizes[inches]) == []
        assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    assert sizes == {98: 28, 86: 32, 65: 42, 55: 50}
