"""Water quality on the wall: points on the limits in force; the laboratory alone says what complies."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.screens.conftest import Town, Watched
from tests.screens.test_wall_widths import SCREENS, WRONG

SHAPES = (*SCREENS, (5760, 1080))
PARTS = "'.top > *, .banners > *, .points, .curves > *'"
NOTHING = '{"items": [], "next": null, "network": ""}'


def point(page: Page, name: str) -> Locator:
    return page.locator("#points tr").filter(has=page.locator("th", has_text=name))


def test_every_point_stands_on_its_limit_and_what_is_beyond_is_said(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("reads q-01.free_chlorine 0.41")
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall/quality?lang=zh")
    page = watched.page
    expect(page.locator("#points tr")).to_have_count(14)
    expect(page.locator("#points tr").first.locator("th")).to_have_text("第一水厂")
    expect(point(page, "第一水厂").locator("td.limit").first).to_have_text("0.3–2")
    east = point(page, "城东")
    expect(east.locator("td.limit")).to_have_text(["0.05–2", "≤1", "6.5–8.5"])
    expect(east.locator("td.value").first).to_have_text("0.41")
    expect(page.locator("#points .beyond")).to_have_count(0)
    expect(page.locator("#rests-on")).to_have_text(re.compile("限值 GB 5749-2022.*是否合格只看化验"))
    expect(east.locator(".lab")).to_have_text("无")
    town.do("reads q-01.turbidity 1.4")
    town.do("reads q-01.free_chlorine 0.04")
    expect(east.locator("td.value")).to_have_text(["0.04 ▼", "1.40 ▲", "7.30"])
    expect(east.locator(".indicator")).to_have_count(3)
    sides = east.locator(".indicator").evaluate_all("all => all.map(one => one.dataset.side)")
    assert sides == ["-1", "1", "0"]
    town.do("raised q-01.turbidity:turbidity-high")
    expect(page.locator("#points tr").first.locator("th")).to_have_text("城东")
    expect(page.locator("#banner.unanswered")).to_be_visible()
    assert page.locator("button, input, a[href]").count() == 0
    assert watched.wrong == []


def test_the_worst_of_each_is_drawn_with_its_day(town: Town, visit: Callable[..., Watched]) -> None:
    for order in ("q-01.free_chlorine 0.07", "q-02.turbidity 0.9", "q-05.ph 8.4"):
        town.do(f"reads {order}")
    watched = visit(town, "kiosk", 1920, 1080)
    watched.page.clock.install()
    watched.open("/wall/quality?lang=en")
    page = watched.page
    expect(point(page, "Chengdong").locator("td.value").first).to_have_text("0.07")
    page.clock.run_for(61_000)
    said = page.locator("#curves figcaption")
    expect(said.nth(0)).to_have_text("Least chlorine: Chengdong")
    expect(said.nth(1)).to_have_text("Highest turbidity: Chengxi q-02")
    expect(said.nth(2)).to_have_text("pH farthest out: Kaifaqu")
    expect(page.locator("#curves .value").nth(1)).to_have_text("0.90 NTU")


def test_the_last_laboratory_sample_of_each_place_and_what_of_it_does_not_comply(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("sampled")
    for lang, failed, passed, what in (
        ("zh", "11-20 1/2 合格", "11-20 3/3 合格", "化验不合格：城东 浑浊度 1.2 NTU（11-20）"),
        ("en", "20 Nov 1/2 comply", "20 Nov 3/3 comply", "Turbidity 1.2 NTU (20 Nov)"),
    ):
        watched = visit(town, "kiosk", 1920, 1080)
        watched.open(f"/wall/quality?lang={lang}")
        page = watched.page
        rows = page.locator("#points tr")
        expect(rows.nth(0).locator(".lab")).to_have_text(passed)
        expect(rows.nth(2).locator(".lab.beyond")).to_have_text(failed)
        expect(page.locator("#failed")).to_contain_text(what)
        expect(page.locator("#failed")).not_to_contain_text("1.9")


def test_a_value_that_is_late_is_grey_with_its_age_and_a_dead_line_is_told(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall/quality?lang=zh")
    page = watched.page
    expect(point(page, "城东").locator("td.value").first).to_have_text(re.compile(r"^0\.\d\d$"))
    town.do("silence")
    expect(point(page, "城东").locator("td.value.stale")).to_have_count(3)
    expect(point(page, "城东").locator("td.value").first).to_have_text(re.compile(r"^0\.\d\d · \d+ 秒$"))
    with town.frozen():
        expect(page.locator("body.not-live #stale")).to_be_visible()
    expect(page.locator("#stale")).to_be_hidden()


def test_without_an_instrument_it_says_so(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    for path in ("tags", "quality"):
        watched.page.route(f"**/api/v1/{path}", lambda route: route.fulfill(body=NOTHING))
    watched.open("/wall/quality?lang=zh")
    expect(watched.page.locator("#empty")).to_have_text("没有水质测点")
    expect(watched.page.locator("#table")).to_be_hidden()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_screens_of_every_shape_no_text_of_it_is_cut(
    calm: Town, visit: Callable[..., Watched], lang: str
) -> None:
    calm.do("sampled")
    watched = visit(calm, "kiosk", 1920, 1080)
    page = watched.page
    watched.open(f"/wall/quality?lang={lang}")
    expect(page.locator("#curves .usual")).to_have_count(3)
    page.wait_for_function("document.fonts.status === 'loaded'")
    wrong = []
    for width, height in SHAPES:
        page.set_viewport_size({"width": width, "height": height})
        found = page.evaluate(re.sub("const parts = '[^']*'", f"const parts = {PARTS}", WRONG))
        wrong += [(width, what) for what in found]
    assert wrong == []
