"""WO-28 on the hotline's page: the code goes to the caller's mobile by one press, and its way is told."""

import os
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched
from tests.screens.hotline_page import AWAKE, ask, ready

PICTURES = os.environ.get("HOTLINE_PICTURES")
MASKED = "199****0100"


def put_down(page: Page) -> dict:
    """The caller of A000100, with water of low pressure."""
    ask(page, "A000100", "[data-act=report]")
    page.keyboard.press("1")
    page.click("form.report .chip:has([value=low_pressure])")
    with page.expect_response("**/api/v1/hotline/reports") as saved:
        page.click("form.report button.strong")
    page.wait_for_selector("#tracking")
    return dict(saved.value.json())


def test_wo_28_the_first_button_sends_the_code_to_the_callers_mobile(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = ready(town, visit)
    page = watched.page
    kept = put_down(page)
    first = page.locator("#tracking button").first
    expect(first).to_have_text(f"发送给来电人 {MASKED}")
    with page.expect_response(f"**/hotline/reports/{kept['report']['id']}/message") as pressed:
        first.click()
    assert pressed.value.status == 200
    expect(page.locator("#code-said")).to_have_text(f"短信 {MASKED}：已发出")
    expect(first).to_be_disabled()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/code-sent-zh-day.png")
    assert watched.wrong == []


def test_who_rings_from_a_landline_is_sent_nothing_and_the_agent_reads_why(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = ready(town, visit, "en")
    page = watched.page
    town.do("landline")
    page.wait_for_selector(AWAKE)
    page.locator("[data-act=report]").click()
    page.select_option("[name=zone]", "dma-06")
    page.click("form.report .chip:has([value=low_pressure])")
    page.click("form.report button.strong")
    expect(page.locator("#code-refused")).to_contain_text("no mobile number")
    expect(page.locator("#send-code")).to_have_count(0)
    expect(page.locator("#tracking code")).not_to_be_empty()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/code-refused-en-day.png")
    assert watched.wrong == []
