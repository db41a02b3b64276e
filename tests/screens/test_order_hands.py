"""An order's page under somebody's hands: what others do meanwhile takes no field away, and is seen after."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched

ORDER = "WO-20261122-00007"


@pytest.fixture
def page(town: Town, visit: Callable[..., Watched]) -> Page:
    town.do("orders")
    watched = visit(town, "dispatcher", 1366, 900)
    watched.open(f"/orders?id={ORDER}&lang=en&theme=day")
    return watched.page


def noted(town: Town, visit: Callable[..., Watched], text: str) -> None:
    """By another dispatcher."""
    other = visit(town, "duty_manager", 1366, 900)
    other.open(f"/orders?id={ORDER}&lang=en&theme=day")
    field = other.page.get_by_label("To the crew")
    field.fill(text)
    field.press("Enter")
    expect(other.page.locator("#notes")).to_contain_text(text)


def test_a_field_that_is_about_to_be_written_is_not_drawn_anew_and_what_others_did_is_shown_as_it_is_left(
    town: Town, visit: Callable[..., Watched], page: Page
) -> None:
    field = page.locator("#steps [name=note]")
    field.focus()
    noted(town, visit, "dig on the left")
    page.wait_for_timeout(1500)
    page.keyboard.type("as agreed")
    expect(field).to_have_value("as agreed")
    field.fill("")
    page.evaluate("document.activeElement.blur()")
    expect(page.locator("#notes")).to_contain_text("dig on the left")


def test_a_note_that_is_kept_over_a_reload_keeps_nothing_of_what_others_do_away(
    town: Town, visit: Callable[..., Watched], page: Page
) -> None:
    page.get_by_label("To the crew").fill("half a sent")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.get_by_label("To the crew")).to_have_value("half a sent")
    noted(town, visit, "dig on the left")
    expect(page.locator("#notes")).to_contain_text("dig on the left")
    expect(page.get_by_label("To the crew")).to_have_value("half a sent")
