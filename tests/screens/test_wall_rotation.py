"""One screen that shows several pages in turn, and stays on the overview while something is urgent."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

ROUND = "rotate=overview:2,quality:2,dma-06:2&d=6&lang=zh"
OVERVIEW, QUALITY, ZONE = (
    re.compile(rf"{path}\?.*d=6") for path in ("/wall", "/wall/quality", "/wall/zone/dma-06")
)


def test_pages_come_in_turn_and_nothing_turns_while_a_priority_1_is_open(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open(f"/wall?{ROUND}")
    page = watched.page
    for shown in (QUALITY, ZONE, OVERVIEW, QUALITY):
        page.wait_for_url(shown, timeout=60_000)
    town.do("raised dma-03:burst")
    page.wait_for_url(OVERVIEW, timeout=60_000)
    held = page.locator("#troubles", has_text="轮换已停")
    expect(held).to_be_visible()
    turned: list[str] = []
    page.on("framenavigated", lambda frame: turned.append(frame.url))
    page.wait_for_timeout(6_000)
    assert turned == [], "three times as long as it stays"
    town.do("returns dma-03:burst")
    town.do("acked dma-03:burst")
    page.wait_for_url(QUALITY, timeout=60_000)
    expect(held).to_be_hidden()


def test_a_screen_that_is_not_live_turns_to_no_other_page(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?rotate=overview:12,quality:60&lang=zh")
    page = watched.page
    with town.frozen():
        expect(page.locator("#stale")).to_be_visible(timeout=6_500)
        page.wait_for_timeout(9_000)
        assert "/wall?" in page.url
        expect(page.locator("#stale")).to_be_visible()
    page.wait_for_url(re.compile("/wall/quality"), timeout=150_000)


def test_what_was_silenced_stays_silent_on_the_next_page(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("minor")
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh")
    page = watched.page
    body = page.locator("body")
    expect(body).not_to_have_attribute("data-sounding", "")
    page.keyboard.press("m")
    expect(page.locator("#troubles")).to_contain_text("已静音")
    page.goto("/wall/quality?lang=zh")
    expect(page.locator("#troubles")).to_contain_text("已静音")
    expect(body).to_have_attribute("data-sounding", "")
