"""WO-21 on the crew's phone: what a cold thumb entered of a valve is taken back in two touches, with
a network and without."""

import os

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.screens.phone import CrewHub, new_phone, signed_in, stepped
from tests.screens.test_crew_valves import cut_off, opened, reached_again, repaired_behind_valves, state

PICTURES = os.environ.get("PICTURES")
ROW = "#valves li:has(input[data-valve=v-017])"
TWICE = "button => { button.click(); button.click(); }"


def entered(page: Page, turns: str) -> None:
    page.fill("input[data-valve=v-017]", turns)
    page.click(f"{ROW} [data-turn=close]")
    expect(page.locator(ROW)).to_contain_text(f"已关 {turns} 圈")


def taken_back(page: Page, button: str) -> None:
    page.click(button)
    page.locator("#sheet [data-undone]").evaluate(TWICE)
    expect(page.locator("#sheet")).to_be_hidden()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page="row" in name)


@pytest.mark.parametrize("network", [True, False])
def test_a_slip_of_a_valve_is_taken_back_and_the_true_one_written(
    hub: CrewHub, chromium: Browser, network: bool
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        stepped(page, "depart", "arrive")
        if not network:
            cut_off(page, hub)
        page.click("#valves summary")
        entered(page, "140")
        picture(page, f"undo-row-{network}")
        page.click(f"{ROW} [data-undo]")
        expect(page.locator("#sheet")).to_contain_text("v-017 已关 140 圈")
        page.click("#sheet form button")
        expect(page.locator(ROW)).to_contain_text("已关 140 圈")
        taken_back(page, f"{ROW} [data-undo]")
        expect(page.locator(ROW)).not_to_contain_text("已关")
        expect(page.locator("[data-undo]")).to_have_count(0)
        entered(page, "14")
        if not network:
            reached_again(page, hub)
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator(ROW)).to_contain_text("已关 14 圈")
        expect(page.locator("#said")).to_contain_text("误记已撤回：v-017 关 140 圈")
        expect(page.locator("#refused .refusal")).to_have_count(0)
    log = hub.ask("/api/v1/work-orders/WO-1/valves")
    assert log["shut"] == [{"valve": "v-017", "turns": 14}]
    assert [(one["turns"], one["taken_back_by"]) for one in log["items"]] == [(140, "crew"), (14, None)]


@pytest.mark.parametrize("network", [True, False])
def test_the_last_opening_is_taken_back_from_under_the_large_button(
    hub: CrewHub, chromium: Browser, network: bool
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        repaired_behind_valves(page)
        expect(page.locator("#waiting")).to_have_count(0)
        if not network:
            cut_off(page, hub)
        page.click("#next[data-step=open-valves]")
        page.click("[data-opened=v-017]")
        expect(page.locator("[data-opened]")).to_have_count(1)
        page.click("[data-opened=v-018]")
        expect(page.locator("#state")).to_have_text("已完工")
        expect(page.locator("#undo")).to_contain_text("v-018 已开 12 圈")
        tall = "document.querySelector('#undo [data-undo]').getBoundingClientRect().height >= 48"
        assert page.evaluate(tall)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, f"undo-zh-{network}")
        taken_back(page, "#undo [data-undo]")
        expect(page.locator("#state")).to_have_text("待开阀")
        expect(page.locator("#to-open li")).to_have_text(["v-018 关着：关 12 圈"])
        expect(page.locator(".way [data-way=opened].past, .way [data-way=opened].now")).to_have_count(0)
        if not network:
            reached_again(page, hub)
        expect(page.locator("#waiting")).to_have_count(0)
        assert state(hub) == "to_open"
        opened(page, "en")
        expect(page.locator("#undo")).to_contain_text("v-017 opened 21 turns")
        expect(page.locator("#undo [data-undo]")).to_have_text("Undo this entry")
        picture(page, f"undo-en-{network}")
        page.click("#undo [data-undo]")
        picture(page, f"undo-sheet-en-{network}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
