"""The master alarm database on the desk: found, read, changed by two persons, gone back to."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.screens.conftest import Town, Watched

WHY = "the new pump holds three metres less"
ROW = 'tr[data-key="pressure-low"]'
SHOTS = os.environ.get("WATERHUB_SHOTS")
"""A folder for pictures to look at."""


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def test_an_engineer_proposes_by_keyboard_and_a_duty_manager_approves_what_is_in_view(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("drift")
    engineer = visit(town, "engineer")
    engineer.open("/desk?lang=zh&view=master")
    page = engineer.page
    expect(page.locator(".drift")).to_contain_text("文件：pressure-low，限值：批准 14，现为 4")
    page.fill("#master-search", "压力低")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.keyboard.press("Tab")
    page.locator(f"{ROW} a").press("Enter")
    page.locator('[data-act="propose"] summary').press("Enter")
    expect(page.locator("#master-setpoint")).to_have_value("14")
    page.fill("#master-setpoint", "12")
    page.fill("#master-time_to_respond_min", "4")
    shot(page, "master-row-zh")
    page.get_by_label("原因（至少 10 个字符）").last.fill(WHY)
    page.keyboard.press("Enter")
    expect(page.locator("#pane h2")).to_contain_text("报警总表改动")
    expect(page.locator("#pane")).to_contain_text("须由另一人批准")
    assert "tab=changes" in page.url and page.locator("[data-command^=approve]").count() == 0

    page.goto("/desk?lang=en&view=master&tab=rows&id=pressure-low")
    expect(page.locator("#master-setpoint")).to_have_value("14")
    page.click('[data-act="propose"] summary')
    page.fill("#master-time_to_respond_min", "9")

    manager = visit(town, "duty_manager")
    manager.open("/desk?lang=en&view=master&tab=changes")
    page = manager.page
    expect(page.locator("#list tbody a")).to_contain_text("pressure low")
    page.locator("#list tbody a").first.click()
    expect(page.locator("#pane h2")).to_contain_text("pressure low")
    line = page.locator(".difference tr", has_text="Setpoint")
    expect(line.locator("del")).to_have_text("14")
    expect(line.locator("ins")).to_have_text("12")
    shot(page, "master-change-en")
    page.click("[data-command^=approve]")
    page.click(".confirm button.strong")
    expect(page.locator("#list .empty")).to_be_visible()
    page.click(".subtabs a >> text=Rows")
    expect(page.locator(ROW)).to_contain_text("12 m")
    page.click(".subtabs a >> text=Versions")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page = engineer.page
    expect(page.locator("#pane dl")).to_contain_text("12")
    expect(page.locator("#master-setpoint")).to_have_value("12")
    expect(page.locator("#master-time_to_respond_min")).to_have_value("9")
    assert engineer.wrong == [] and manager.wrong == []


def test_what_the_hub_refuses_names_the_field_and_the_form_keeps_what_was_written(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "engineer")
    watched.open("/desk?lang=en&view=master&tab=rows&id=pressure-low")
    page = watched.page
    page.click('[data-act="propose"] summary')
    page.fill("#master-corrective_action_en", "Acknowledge")
    page.get_by_label("Reason (10 characters or more)").last.fill(WHY)
    page.keyboard.press("Enter")
    expect(page.locator("#message.bad")).to_contain_text("corrective_action")
    expect(page.locator("#master-corrective_action_en")).to_have_value("Acknowledge")


def test_on_a_telephone_a_row_is_read_whole_and_those_who_may_not_propose_see_no_form(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "operator", 390, 844, bypass_csp=True)
    watched.open("/desk?lang=zh&view=master")
    shot(watched.page, "master-list-phone")
    watched.page.locator(f"{ROW} a").click()
    expect(watched.page.locator("#pane dl")).to_contain_text("服务压力最低14米")
    shot(watched.page, "master-row-phone")
    assert watched.page.locator('[data-act="propose"]').count() == 0
    assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(watched.page) == []
    assert watched.wrong == []
