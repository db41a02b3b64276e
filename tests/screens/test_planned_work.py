"""Planned work and what is suppressed, on the desk: entered by keyboard, previewed, read with its words."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.screens.conftest import Town, Watched

PATH = "/desk?lang=zh&view=alarms&tab=activities"


def desk(town: Town, visit: Callable[..., Watched], role: str, path: str, width: int = 1440) -> Page:
    watched = visit(town, role, width, 900)
    watched.open(path)
    return watched.page


def written(page: Page) -> None:
    page.select_option("#activity-zones", "dma-06")
    page.fill("#activity-work", "WO-2026-0117")
    page.fill("#activity-who", "冲洗二班")


def test_flushing_is_entered_by_keyboard_after_a_preview(town: Town, visit: Callable[..., Watched]) -> None:
    page = desk(town, visit, "operator", PATH)
    expect(page.locator("#list")).to_contain_text("没有计划中或进行中的作业")
    written(page)
    save = page.locator("form.activity button.strong")
    expect(save).to_be_hidden()
    page.locator("#activity-who").press("Enter")
    expect(page.locator("form.activity")).to_contain_text("将暂不响起的报警：10 个")
    expect(page.locator("form.activity")).to_contain_text("另有 1 个 1 级报警")
    assert violations(page) == []
    page.locator("form.activity button").first.focus()
    page.keyboard.press("Tab")
    expect(save).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody tr.selected")).to_contain_text("WO-2026-0117")
    expect(page.locator("#pane")).to_contain_text("将暂不响起的报警：10 个")
    assert violations(page) == []


def test_what_was_changed_after_the_preview_is_not_saved(town: Town, visit: Callable[..., Watched]) -> None:
    page = desk(town, visit, "operator", PATH)
    written(page)
    page.locator("#activity-who").press("Enter")
    save = page.locator("form.activity button.strong")
    expect(save).to_be_visible()
    page.select_option("#activity-kind", "valve_work")
    expect(save).to_be_hidden()
    expect(page.locator("form.activity")).to_contain_text("请重新预览")


def test_it_is_approved_by_another_person_and_ended(town: Town, visit: Callable[..., Watched]) -> None:
    page = desk(town, visit, "operator", PATH)
    written(page)
    page.locator("#activity-who").press("Enter")
    page.click("form.activity button.strong")
    expect(page.locator("[data-command^=approve]")).to_have_count(0)
    boss = desk(town, visit, "duty_manager", PATH)
    boss.click("#list tbody a")
    boss.click("[data-command^=approve]")
    boss.click(".confirm button.strong")
    expect(boss.locator("#pane")).to_contain_text("1 级报警已批准暂停（值班长）")
    expect(page.locator("#pane")).to_contain_text("将暂不响起的报警：11 个")
    for button in ("结束作业", "立即恢复报警"):
        page.click(f"[data-command^=end]:has-text('{button}')")
        page.click(".confirm button.strong")
    expect(page.locator("#list tbody tr")).to_have_count(0)


def test_a_refusal_says_which_field_and_keeps_what_was_written(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = desk(town, visit, "operator", PATH)
    page.select_option("#activity-kind", "calibration")
    page.fill("#activity-tags", "nowhere")
    page.fill("#activity-work", "WO-1")
    page.fill("#activity-who", "仪表班")
    page.locator("#activity-who").press("Enter")
    expect(page.locator("form.activity .bad")).to_contain_text("测点填写有误")
    expect(page.locator("#activity-tags")).to_have_value("nowhere")
    page.route("**/preview", lambda route: route.abort())
    page.locator("#activity-who").press("Enter")
    expect(page.locator("form.activity .bad")).not_to_contain_text("测点填写有误")
    expect(page.locator("#activity-who")).to_have_value("仪表班")


def test_on_a_phone_the_form_is_one_press_away(town: Town, visit: Callable[..., Watched]) -> None:
    page = desk(town, visit, "operator", PATH, 390)
    page.click("#list .newlink a")
    written(page)
    page.locator("#activity-who").press("Enter")
    expect(page.locator("form.activity")).to_contain_text("将暂不响起的报警")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []


def test_a_viewer_reads_what_is_planned_and_enters_nothing(town: Town, visit: Callable[..., Watched]) -> None:
    page = desk(town, visit, "viewer", PATH)
    expect(page.locator("form.activity, .newlink")).to_have_count(0)


def test_what_is_suppressed_is_listed_with_the_rules_words_and_its_age(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("held")
    for lang, pumps, station in (
        ("zh", "第一水厂水泵全部停机", "st-03 站通信中断"),
        ("en", "No. 1 Waterworks: all pumps stopped", "station st-03 is not heard"),
    ):
        page = desk(town, visit, "viewer", f"/desk?lang={lang}&view=alarms")
        page.click('.subtabs a[href*="tab=suppressed"]')
        first = page.locator("#list tbody tr").first
        expect(first).to_contain_text(pumps)
        expect(first).not_to_contain_text("plant-1-stopped")
        expect(first.locator("td.held_for")).to_contain_text("12")
        expect(page.locator("#list tbody tr", has_text=station)).to_have_count(18)
        first.locator("a").click()
        expect(page.locator(".held")).to_contain_text(pumps)
        assert violations(page) == []
