"""The way through the board: back and forward, and what is seen once the session is over."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched, served


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with served(tmp_path_factory.mktemp("board")) as town:
        town.do("orders")
        yield town


def test_back_closes_what_was_opened_and_leaves_the_board_only_from_where_it_began(
    busy: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(busy, "dispatcher", 1440, 900)
    watched.open("/board?lang=en")
    board = watched.page
    views, panel = board.locator("#views button"), board.locator("#panel")
    views.nth(1).click()
    expect(views.nth(1)).to_have_attribute("aria-pressed", "true")
    board.locator('[data-order="WO-20261122-00001"]').first.click()
    expect(panel).to_be_visible()
    board.go_back()
    expect(panel).to_be_hidden()
    expect(views.nth(1)).to_have_attribute("aria-pressed", "true")
    board.go_back()
    expect(views.nth(0)).to_have_attribute("aria-pressed", "true")
    board.go_forward()
    board.go_forward()
    expect(panel).to_be_visible()


def test_who_gives_out_an_order_after_the_session_is_over_sees_it_and_signs_in_again(
    busy: Town, visit: Callable[..., Watched]
) -> None:
    page = visit(busy, "dispatcher", 390, 844).page
    page.goto(f"{busy.url}/board?lang=zh&order=WO-20261122-00001&panel=assign")
    page.wait_for_selector("#panel [data-crew]")
    page.context.clear_cookies()
    page.locator("#panel [data-crew]").first.click()
    again = page.locator("#said a")
    expect(again).to_be_in_viewport()
    again.click()
    page.wait_for_url("**/sign-in?next=*")
