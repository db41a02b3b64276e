"""Four ages on the wall, each by itself: the screen's tick, the line's, each value's, and the pipeline's."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

TICK = "document.getElementById('tick').style.width"


def test_what_no_longer_comes_or_no_longer_runs_is_said_and_never_passes_for_now(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh&sound=off")
    page = watched.page
    first = page.locator("#zones tr").first
    expect(first.locator(".pressure")).to_have_text(re.compile(r"^0\.\d{3}$"))
    expect(page.locator("#zones")).to_contain_text("13/14")
    expect(page.locator("#sources.short")).to_have_text("来源 2/4")
    expect(page.locator("#pipeline")).to_have_text(re.compile(r"处理 [012] 秒"))
    expect(page.locator("#troubles")).to_be_hidden()
    tick = page.evaluate(TICK)
    town.do("stalls")
    expect(page.locator("#pipeline")).to_have_text(re.compile(r"处理 [3-9] 秒"), timeout=10_000)
    town.do("silence")
    stopped = page.locator("#troubles .p2")
    expect(stopped).to_have_text(re.compile(r"爆管与水质检测已停 \d+ 秒"), timeout=10_000)
    assert page.evaluate(TICK) != tick
    expect(page.locator("#zones .stale")).to_have_count(0)
    expect(first.locator(".pressure.stale")).to_have_text(re.compile(r"^0\.\d{3}$"), timeout=20_000)
    expect(first.locator(".delta.stale")).to_have_text(re.compile(r"^1\d 秒$"))
    expect(first.locator(".seen")).to_have_text(re.compile(r" 0/\d+"))
    expect(page.locator("#age")).to_have_text(re.compile(r"^连线 \d 秒$"))
    assert not page.is_visible("#stale:not([hidden])"), "the line is well: only what it carries is old"
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert watched.wrong == []


def test_a_pages_header_says_how_long_ago_the_hub_was_heard_and_calls_it_no_age_of_data(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("silence")
    for lang, said in (("zh", r"^连线 \d 秒$"), ("en", r"^link \d s$")):
        watched = visit(town, "hotline", 1366, 768)
        watched.open(f"/hotline?lang={lang}")
        expect(watched.page.locator("#age")).to_have_text(re.compile(said))
        assert watched.wrong == []
