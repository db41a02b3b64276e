"""WO-18 and WO-28 on the hotline's page: a window is chosen with the report, and a code is read out."""

import os
from collections.abc import Callable

from tests.screens.conftest import Town, Watched

PICTURES = os.environ.get("ORDERS_PICTURES")


def test_a_window_is_booked_with_the_report_and_the_code_is_there_to_be_read_out(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "hotline", 1366, 768)
    watched.open("/hotline?lang=zh&theme=day")
    page = watched.page
    page.wait_for_selector("body[data-ready]")
    page.keyboard.type("A000100")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-act=report]")
    page.keyboard.press("1")
    page.wait_for_selector("form.report select[name=slot]", state="attached")
    page.click("form.report .chip:has([value=burst_visible])")
    assert not page.is_visible("form.report select[name=slot]"), "nobody comes in for a burst"
    page.click("form.report .chip:has([value=low_pressure])")
    page.select_option("form.report select[name=slot]", index=1)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/visit-form.png")
    with page.expect_response("**/api/v1/hotline/reports") as saved:
        page.click("form.report button.strong")
    told = saved.value.json()
    assert told["visit"]["slot"]
    page.wait_for_selector("#tracking")
    assert page.inner_text("#tracking code") == told["tracking"]["code"]
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/visit-code.png")
    page.goto(f"/orders?id={told['work_order']}&lang=en")
    page.wait_for_selector("#visit b")
    page.wait_for_selector("section[aria-label=Visit] select[name=slot]")
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/visit-order.png", full_page=True)
    assert watched.wrong == []
