"""The hotline's form: what was put into it is not lost by a key, nor by another call."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched
from tests.screens.hotline_page import AWAKE, ask, ready


def test_hl_05_one_escape_keeps_a_form_that_was_begun_and_it_comes_back_with_its_call(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = ready(town, visit)
    page = watched.page
    town.do("three")
    expect(page.locator(".caller")).to_contain_text("4711")
    page.wait_for_selector(AWAKE)
    page.click("[data-act=report]")
    expect(page.locator("#kind")).to_contain_text("内容保留")
    fill(page)
    page.locator("[name=text]").press("Escape")
    expect(page.locator("form.report")).to_have_count(0)
    expect(page.locator("#said")).to_contain_text("已保留")
    page.locator("[data-call]").nth(1).click()
    expect(page.locator(".caller")).to_contain_text("0815")
    assert page.locator("form.report").count() == 0, "another caller's"
    page.locator("[data-call]").nth(0).click()
    expect_filled(page)
    assert page.inner_text("#said") == ""
    with page.expect_response("**/api/v1/hotline/reports") as saved:
        page.locator("[name=text]").press("Enter")
    report = saved.value.json()["report"]
    assert (report["symptom"], report["text"]) == ("odour", "楼梯间有味")
    expect(page.locator("form.report")).to_have_count(0)
    page.locator("[data-call]").nth(1).click()
    page.locator("[data-call]").nth(0).click()
    page.wait_for_selector("[data-act=linked]")
    assert page.locator("form.report").count() == 0, "what is saved is not to be saved again"
    assert watched.wrong == []


def test_hl_05_escape_opens_the_call_that_waits_and_the_form_is_a_press_away(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """Of a caller who was looked up, and has no call to come back with."""
    town.do("burst")
    watched = ready(town, visit, "en")
    page = watched.page
    ask(page, "火星路9号", "#verdict.nobody")
    page.click("[data-act=report]")
    fill(page)
    page.keyboard.press("Escape")
    page.click("#resume")
    expect_filled(page)
    town.do("ring")
    expect(page.locator("#kind")).to_contain_text("Esc opens the call that waits; the form is kept")
    assert page.locator("#offer kbd").is_visible()
    page.locator("[name=text]").press("Escape")
    page.wait_for_selector("#verdict.known_outage")
    page.click("#resume")
    expect_filled(page)
    assert page.input_value("[name=address]") == "火星路9号"
    page.click("form.report button:not(.strong)")
    page.keyboard.press("Escape")
    assert page.locator("#resume").count() == 0, "cancelled by its own button, it is gone"
    assert watched.wrong == []


def test_a_form_that_nothing_was_put_into_is_simply_gone(town: Town, visit: Callable[..., Watched]) -> None:
    watched = ready(town, visit)
    page = watched.page
    ask(page, "A000100", "[data-act=report]")
    page.keyboard.press("1")
    page.wait_for_selector("form.report")
    page.keyboard.press("Escape")
    expect(page.locator("form.report")).to_have_count(0)
    assert page.inner_text("#said") == "" and page.locator("#card section").count() == 0
    assert watched.wrong == []


def fill(page: Page) -> None:
    page.check("[value=odour]")
    page.fill("[name=text]", "楼梯间有味")


def expect_filled(page: Page) -> None:
    expect(page.locator("[name=text]")).to_have_value("楼梯间有味")
    expect(page.locator("[value=odour]")).to_be_checked()


def test_what_nobody_answered_is_asked_again_once_the_hub_is_back(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "hotline")
    watched.open("/hotline?lang=en")
    page = watched.page
    with town.frozen():
        page.keyboard.type("解放路1号")
        page.keyboard.press("Enter")
        expect(page.locator("#card [role=alert]")).to_be_visible()
    expect(page.locator("#card [role=alert]")).to_have_count(0)
    expect(page.locator("#card")).not_to_be_empty()
