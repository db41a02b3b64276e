"""Dispatch orders: issued, read back and done by keyboard, seen at every desk and on the log."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched


def opened(town: Town, visit: Callable[..., Watched], role: str, query: str = "lang=zh") -> Page:
    watched = visit(town, role)
    watched.open(f"/dispatch?{query}")
    return watched.page


def issued(page: Page, to: str, text: str) -> None:
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("i")
    page.keyboard.type(to)
    page.fill("#text", text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#orders > li", has_text=text)).to_have_count(1)


def test_it_is_issued_read_back_and_done_by_keyboard_and_seen_at_another_desk(
    town: Town, visit: Callable[..., Watched]
) -> None:
    mine, other = opened(town, visit, "operator"), opened(town, visit, "viewer")
    issued(mine, "一水厂", "2 号泵停，3 号泵启")
    line = other.locator("#orders > li")
    expect(line).to_contain_text("2 号泵停，3 号泵启", timeout=5_000)
    assert other.locator("form:visible, #orders button").count() == 0, "a viewer reads"
    mine.evaluate("() => document.activeElement.blur()")
    mine.keyboard.press("j")
    mine.keyboard.press("Enter")
    mine.keyboard.type("一水厂值班")
    mine.keyboard.press("Enter")
    expect(line).to_contain_text("一水厂值班", timeout=5_000)
    expect(mine.locator("#message")).to_have_text("已记录复诵。")
    mine.evaluate("() => document.activeElement.blur()")
    mine.keyboard.press("j")
    mine.keyboard.press("Enter")
    mine.keyboard.type("出口压力 0.32 MPa")
    mine.keyboard.press("Enter")
    expect(line).to_have_count(0, timeout=5_000)
    expect(other.locator("#none")).to_be_visible()
    all_of_them = opened(town, visit, "duty_manager", "lang=en&view=all")
    expect(all_of_them.locator("#orders > li.done")).to_contain_text("出口压力 0.32 MPa")


def test_it_stands_on_the_handover_log_which_leads_to_it(town: Town, visit: Callable[..., Watched]) -> None:
    page = opened(town, visit, "dispatcher", "lang=en")
    issued(page, "Pumping station 2", "close the outlet to half")
    page.goto(f"{town.url}/handover?lang=en")
    page.wait_for_selector("body[data-ready]")
    line = page.locator("section", has=page.locator("#h-dispatch")).locator(
        "li", has_text="Pumping station 2"
    )
    expect(line).to_contain_text("close the outlet to half")
    expect(line).to_contain_text("issued")
    line.locator("a").first.click()
    page.wait_for_url("**/dispatch?id=DO-*")
    expect(page.locator("#orders > li.chosen")).to_contain_text("close the outlet to half")


def test_withdrawn_it_says_why_and_nothing_more_is_done_with_it(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = opened(town, visit, "operator", "lang=en&view=all")
    issued(page, "Works 1", "raise the outlet")
    order = page.locator("#orders > li")
    order.locator("summary").click()
    order.locator("details input").fill("pressure is back")
    page.keyboard.press("Enter")
    expect(page.locator("#orders > li.withdrawn")).to_contain_text("pressure is back")
    expect(order.locator("form")).to_have_count(0)


def test_what_is_typed_stays_when_another_order_comes(town: Town, visit: Callable[..., Watched]) -> None:
    mine, other = opened(town, visit, "operator"), opened(town, visit, "duty_manager")
    issued(mine, "一水厂", "第一条")
    mine.locator("#orders input").first.fill("一水厂值")
    issued(other, "二水厂", "第二条")
    expect(mine.locator("#orders > li")).to_have_count(2, timeout=5_000)
    expect(mine.locator("#orders input").first).to_have_value("一水厂值")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_that_it_is_recorded_and_never_executed(
    calm: Town, visit: Callable[..., Watched], lang: str
) -> None:
    page = opened(calm, visit, "operator", f"lang={lang}")
    expect(page.locator(".how")).to_contain_text(
        "只记录，不执行" if lang == "zh" else "Recorded, never executed"
    )
