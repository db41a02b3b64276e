"""What stands at the top of the board is what its cards say."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched


def test_orders_that_nobody_was_sent_to_are_counted_at_the_top(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("orders")
    shown = visit(town, "dispatcher", 1440, 900)
    shown.open("/board?lang=en")
    without = shown.page.locator(".card .where", has_text="no crew")
    expect(without).not_to_have_count(0)
    expect(shown.page.locator(".sums .none")).to_have_text(f"{without.count()} not assigned")
    assert shown.wrong == []
