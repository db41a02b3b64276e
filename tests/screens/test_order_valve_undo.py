"""WO-21 at the desk: an entry of the valve log that was a slip is taken back, and stays to be read."""

import os
from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched
from tests.screens.test_orders_page import ORDER

PICTURES = os.environ.get("PICTURES")


def test_the_last_entry_of_a_valve_is_taken_back_and_struck_through(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = visit(town, "dispatcher", 1366, 900).page
    page.goto(f"{ORDER}&lang=zh&theme=day")
    expect(page.locator("[data-step=assign]")).to_be_visible()
    town.do("shut")
    entries = page.locator("#valve-log li")
    undo = page.locator("#valve-log [data-undo]")
    expect(entries).not_to_have_count(0)
    n = undo.count()
    assert n == entries.count() > 0, "each valve was turned once"
    valve = page.locator("#valve-log li:has([data-undo])").first.inner_text().split("\n")[-1].split(" ·")[0]
    undo.first.click()
    expect(page.locator("#valve-log s")).to_contain_text(f"{valve} · 关")
    expect(page.locator("#valve-log li:has(s)")).to_contain_text("撤回")
    expect(undo).to_have_count(n - 1)
    expect(entries).to_have_count(n)
    expect(page.locator("#order tr", has_text=valve)).not_to_contain_text("未恢复")
    if PICTURES:
        page.locator("#valve-log").screenshot(path=f"{PICTURES}/undo-desk.png")
