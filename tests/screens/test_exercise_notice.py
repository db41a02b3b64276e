"""ON-42: a notice of an exercise is called one wherever staff read it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched
from tests.screens.test_notices_page import act, write_planned


def test_an_exercise_is_no_word_for_the_public_and_the_hotline_sees_that(
    town: Town, visit: Callable[..., Watched]
) -> None:
    written = visit(town, "operator", 1440, 900)
    written.open("/notices?lang=zh")
    page = written.page
    write_planned(page, "exercise")
    act(page, "edit")
    page.fill("#approval", "水审〔2026〕7号")
    page.click("#write button.strong")
    act(page, "fire", sure=True)
    expect(page.locator("#checks")).to_contain_text("没有问题")
    expect(page.locator("#notice .badges .badge.exercise")).to_have_text("演练")
    expect(page.locator("#fire .badge.exercise"), "nor is the fire service").to_have_text("演练")
    id = page.evaluate("new URLSearchParams(location.search).get('id')")
    managed = visit(town, "duty_manager", 1440, 900)
    managed.open(f"/notices?lang=zh&id={id}")
    page = managed.page
    act(page, "approve")
    page.click("[data-act=publish]")
    expect(page.locator("#notice")).to_contain_text("公众看不到")
    page.click("[data-act=publish-sure]")
    expect(page.locator("[data-version='1']")).to_be_visible()
    expect(page.locator("#notice h3", has_text="公众看不到")).to_be_visible()
    expect(page.locator("#notice h3", has_text="公众现在看到的")).to_have_count(0)

    watched = visit(town, "hotline", 1280, 800)
    watched.open("/hotline?lang=zh")
    first = watched.page.locator("#today li", has_text="停水").first
    expect(first).to_contain_text("演练 · ")
    expect(first).to_contain_text("不可告知")
