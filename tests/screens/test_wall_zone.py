"""One zone on the wall: its state, its instruments on what is usual, its water, its day, its incidents."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched
from tests.screens.test_wall_widths import SCREENS, WRONG

PAGE = "/wall/zone/dma-06"
PARTS = "'.top > *, .banners > *, .zone > *'"
SHADED = "document.querySelector('#curves .shade').getAttribute('d')"


def test_it_says_how_a_zone_is_and_what_a_burst_does_to_it(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open(f"{PAGE}?lang=zh")
    page = watched.page
    expect(page.locator("#name")).to_have_text("滨江片区")
    expect(page.locator("#state")).to_have_text("无报警")
    expect(page.locator("#seen")).to_have_text(re.compile(r"在线 (\d+)/\1$"))
    expect(page.locator("#balance")).to_have_text(re.compile(r"进水 \d+ m³/h · 日常 \d+–\d+"))
    gauge = page.locator("#gauges tr").filter(has=page.get_by_text("压力 1", exact=True))
    expect(gauge.locator(".value")).to_have_text(re.compile(r"^0\.\d{3} MPa$"))
    expect(gauge.locator(".indicator:not(.empty)")).to_have_count(1)
    expect(page.locator("#curves .curve")).to_have_count(3)
    expect(page.locator("#incidents")).to_contain_text("无进行中的事件")
    assert not page.evaluate(SHADED)
    town.do("burst")
    expect(page.locator("#zone.p1 #sign .mark.p1")).to_be_visible()
    expect(page.locator("#state")).to_have_text(re.compile("现行报警 [1-9]"))
    expect(page.locator("#incidents .incident")).to_contain_text("滨江片区爆管")
    expect(page.locator("#curves .shade").first).to_have_attribute("d", re.compile("^M"))
    expect(gauge.locator(".indicator[data-side='-1']")).to_have_count(1)
    assert page.locator("button, input, a[href]").count() == 0
    assert "用户" not in page.inner_text("body")
    assert watched.wrong == []


def test_another_zone_s_burst_is_in_the_banner_and_not_in_this_zone(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.open("/wall/zone/dma-09?lang=en")
    page = watched.page
    expect(page.locator("#banner.p1")).to_contain_text("Binjiang")
    expect(page.locator("#state")).to_have_text("no alarm")
    expect(page.locator("#incidents")).to_contain_text("No open incidents")
    watched.open("/wall/zone/nowhere?lang=en")
    expect(page.locator("#empty")).to_have_text("There is no such zone: nowhere")


def test_a_works_tells_what_leaves_it_and_which_pumps_run(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.open("/wall/zone/plant-1?lang=en")
    page = watched.page
    expect(page.locator("#balance")).to_have_text(re.compile(r"outflow \d+ m³/h"))
    expect(page.locator("#gauges tr", has_text="pump 1").locator(".value")).to_have_text("running")


def test_what_is_late_is_grey_with_its_age_and_a_dead_line_is_told(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open(f"{PAGE}?lang=zh")
    page = watched.page
    gauge = page.locator("#gauges tr").filter(has=page.get_by_text("压力 1", exact=True))
    value = gauge.locator(".value")
    expect(value).to_have_text(re.compile("MPa$"))
    town.do("silence")
    expect(value).to_have_text(re.compile(r"^0\.\d{3} MPa · \d+ 秒$"))
    expect(page.locator("#balance.stale")).to_contain_text("无读数")
    with town.frozen():
        expect(page.locator("body.not-live #stale")).to_be_visible()
    expect(page.locator("#stale")).to_be_hidden()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_screens_of_every_shape_no_text_of_a_zone_is_cut(
    calm: Town, visit: Callable[..., Watched], lang: str
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    page = watched.page
    watched.open(f"{PAGE}?lang={lang}")
    expect(page.locator("#incidents .incident .chain")).to_have_count(1)
    expect(page.locator("#curves .usual")).to_have_count(3)
    page.wait_for_function("document.fonts.status === 'loaded'")
    wrong = []
    for width, height in (*SCREENS, (5760, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        found = page.evaluate(re.sub("const parts = '[^']*'", f"const parts = {PARTS}", WRONG))
        wrong += [(width, what) for what in found]
    assert wrong == []
