"""An act that the hub has, and whose answer was lost on the way: the phone reads it in its orders, still has
it to send, and shows it once."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.screens.phone import CrewHub, new_phone, signed_in, stepped

NOTE = "现场积水较深"


def on_site(page: Page) -> None:
    page.goto("/crew?theme=day#WO-1")
    page.wait_for_selector("#next")
    stepped(page, "depart", "arrive")
    expect(page.locator("#next[data-step=isolate]")).to_be_visible()
    expect(page.locator("#waiting")).to_have_count(0)


@pytest.mark.parametrize("act", ["valve", "note"])
def test_what_the_hub_has_is_shown_once_while_it_still_waits_to_be_sent(
    hub: CrewHub, chromium: Browser, act: str
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        on_site(page)
        hub.kill()
        hub.start(die=1)
        if act == "note":
            page.fill("#note", NOTE)
            page.click("#send-note")
        else:
            page.click("#valves summary")
            page.fill("input[data-valve=v-017]", "21")
            page.click("#valves li:has(input[data-valve=v-017]) [data-turn=close]")
        assert hub.died()
        page.route("**/acts/*", lambda route: route.abort())
        page.route("**/notes/*", lambda route: route.abort())
        hub.start()
        with page.expect_response("**/api/v1/crew/orders"):
            page.reload()
        expect(page.locator("#waiting")).to_contain_text("1")
        if act == "note":
            expect(page.locator("#notes li").filter(has_text=NOTE)).to_have_count(1)
        else:
            page.click("#valves summary")
            expect(page.locator("input[data-valve=v-017]")).to_have_value("21")
