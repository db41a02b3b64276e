"""Two dispatchers at one order: no crew is taken off a burst by somebody who did not see that it was sent."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.screens.conftest import Town, Watched, served

ID = "WO-20261122-00002"


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Town]:
    with served(tmp_path) as town:
        town.do("orders")
        yield town


def choosing(visit: Callable[..., Watched], town: Town, role: str) -> Page:
    watched = visit(town, role, 1440, 900)
    watched.open("/board?lang=en")
    watched.page.focus(f'[data-order="{ID}"]')
    watched.page.keyboard.press("a")
    watched.page.wait_for_selector("#panel .crews button")
    return watched.page


def test_the_slower_one_is_told_and_asked_and_the_quicker_one_hears_of_it(
    busy: Town, visit: Callable[..., Watched]
) -> None:
    quick, slow = choosing(visit, busy, "dispatcher"), choosing(visit, busy, "duty_manager")
    deaf, held = [True], list[Route]()
    slow.route("**/api/v1/board", lambda route: held.append(route) if deaf[0] else route.continue_())
    fit = quick.locator("#panel .crews button:not(:has(.against))")
    first, second = fit.nth(0).get_attribute("data-crew"), fit.nth(1).get_attribute("data-crew")
    quick.click(f'#panel [data-crew="{first}"]')
    expect(quick.locator("#said")).to_contain_text(f"{ID} was given to")
    slow.click(f'#panel [data-crew="{second}"]')
    expect(slow.locator("#said")).to_contain_text("somebody else has just given it to")
    deaf[0] = False
    for route in held:
        route.continue_()
    expect(slow.locator("#now-with")).to_contain_text("has it now")
    slow.click(f'#panel [data-crew="{second}"]')
    expect(slow.locator("#said")).to_contain_text(f"{ID} was taken from")
    expect(quick.locator("#said.bad")).to_contain_text("by somebody else")
    card = quick.locator(f'.card:has([data-order="{ID}"])')
    expect(card.locator("button.assign")).to_contain_text("Reassign")
