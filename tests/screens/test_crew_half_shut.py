"""WO-21: with one of two valves recorded shut 止水 asks, and every page says that it is half of them."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.screens.phone import CrewHub, at_the_desk, new_phone, signed_in, stepped
from tests.screens.test_crew_valves import cut_off, opened, reached_again

ORDER = "/api/v1/work-orders/WO-1"
HALF = "记录已关 1/2 个阀门，未关：v-018"


def one_shut(page: Page) -> None:
    stepped(page, "depart", "arrive")
    page.click("#valves summary")
    page.fill("input[data-valve=v-017]", "21")
    page.click("#valves li:has(input[data-valve=v-017]) [data-turn=close]")
    expect(page.locator("#half")).to_have_text(HALF)


@pytest.mark.parametrize("network", [True, False])
@pytest.mark.parametrize(
    ("answer", "stopped", "shut"),
    [("v-018 也已关", "valves", 2), ("已关的阀门足以止水", "valves", 1), ("他人已关阀", "by_others", 1)],
)
def test_the_sheet_names_what_is_left_and_takes_an_answer(
    hub: CrewHub, chromium: Browser, network: bool, answer: str, stopped: str, shut: int
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        if not network:
            cut_off(page, hub)
        one_shut(page)
        page.click("#next[data-step=isolate]")
        expect(page.locator("#left")).to_have_text("未记录关闭：v-018")
        page.click(f"#sheet button:has-text('{answer}')")
        expect(page.locator("#state")).to_have_text("已止水")
        expect(page.locator("#half")).to_have_count(0)
        expect(page.locator("#valves li.shut")).to_have_count(shut)
        if not network:
            reached_again(page, hub)
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator("#half")).to_have_count(0)
    order = hub.ask(ORDER)
    assert (order["state"], order["stopped"], order["half_shut"]) == ("isolated", stopped, None)
    assert sum(one["shut"] for one in order["off_balance"]) == shut


def test_without_an_answer_every_page_says_that_it_is_half_of_them(hub: CrewHub, chromium: Browser) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        one_shut(page)
        expect(page.locator("#waiting")).to_have_count(0)
        hub.do(f"{ORDER}/isolate", {})
        expect(page.locator("#state")).to_have_text("已止水")
        expect(page.locator("#half")).to_have_text(HALF)
        at_the_desk(page)
        for address in ("/board?lang=zh", "/orders?id=WO-1&lang=zh", "/desk?view=orders&id=WO-1&lang=zh"):
            page.goto(address)
            expect(page.locator("[data-half=WO-1]")).to_have_text(HALF)
        page.goto("/orders?id=WO-1&lang=zh")
        expect(page.locator("tr:has(th:text-is('v-018'))")).to_contain_text("需关闭")
        expect(page.locator("#steps [name=stopped]")).to_contain_text("已关的阀门足以止水")
        page.goto("/board?lang=en")
        expect(page.locator("[data-half=WO-1]")).to_have_text("1 of 2 valves recorded shut; not shut: v-018")
