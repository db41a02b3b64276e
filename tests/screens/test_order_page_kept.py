"""At the desk's page of an order: what is typed outlives a reload, and a refusal shows what stands."""

from playwright.sync_api import Browser, Page, expect

from tests.screens.phone import CrewHub, new_phone
from tests.screens.test_crew_valves import as_the_desk

NOTE = "#order section[aria-label='Notes'] [name=text]"
ORDER = "/orders?id=WO-1&lang=en"


def opened(page: Page) -> None:
    page.goto(ORDER)
    page.wait_for_selector(NOTE)


def test_a_note_to_the_crew_outlives_a_reload_and_no_sign_out(hub: CrewHub, chromium: Browser) -> None:
    with new_phone(chromium, hub) as page:
        as_the_desk(page)
        opened(page)
        page.fill(NOTE, "mind the gas main")
        opened(page)
        expect(page.locator(NOTE)).to_have_value("mind the gas main")
        page.locator("#order section[aria-label='Notes'] form button").click()
        expect(page.locator("#notes")).to_contain_text("mind the gas main")
        opened(page)
        expect(page.locator(NOTE)).to_have_value("")
        page.fill(NOTE, "another")
        page.evaluate('document.getElementById("sign-out").click()')
        page.wait_for_url("**/sign-in*")
        as_the_desk(page)
        opened(page)
        expect(page.locator(NOTE)).to_have_value("")


def test_who_was_slower_sees_beside_the_refusal_how_it_stands(hub: CrewHub, chromium: Browser) -> None:
    path = "/api/v1/work-orders/WO-1"
    hub.do(f"{path}/reject", {"reject": "safety"}, "crew")
    with new_phone(chromium, hub) as page:
        as_the_desk(page)
        opened(page)
        page.fill("#steps [name=note]", "closer by")
        page.select_option("#steps [name=crew]", "crew-2")
        hub.do(f"{path}/assign", {"crew": "crew-1", "seen": "", "note": "x"})
        page.click("[data-step=assign]")
        expect(page.locator("#message.bad")).to_be_visible()
        expect(page.locator("#order h2 + .quiet b")).to_have_text("assigned")
        expect(page.locator("#steps [name=note]")).to_have_value("closer by")
        expect(page.locator("#message.bad")).to_be_visible()
