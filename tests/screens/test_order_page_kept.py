"""At the desk's page of an order: what is typed outlives a reload, and a refusal shows what stands."""

from playwright.sync_api import Browser, Page, expect

from tests.screens.phone import CrewHub, at_the_desk, new_phone, signed_in

NOTE = "#order section[aria-label='Notes'] [name=text]"
ORDER = "/orders?id=WO-1&lang=en"


def opened(page: Page) -> None:
    page.goto(ORDER)
    page.wait_for_selector(NOTE)


def test_a_note_to_the_crew_outlives_a_reload_and_no_sign_out(hub: CrewHub, chromium: Browser) -> None:
    with new_phone(chromium, hub) as page:
        at_the_desk(page)
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
        at_the_desk(page)
        opened(page)
        expect(page.locator(NOTE)).to_have_value("")


def test_who_was_slower_sees_beside_the_refusal_how_it_stands(hub: CrewHub, chromium: Browser) -> None:
    path = "/api/v1/work-orders/WO-1"
    hub.do(f"{path}/reject", {"reject": "safety"}, "crew")
    with new_phone(chromium, hub) as page:
        at_the_desk(page)
        opened(page)
        page.fill("#steps [name=note]", "closer by")
        page.select_option("#steps [name=crew]", "crew-2")
        hub.do(f"{path}/assign", {"crew": "crew-1", "seen": "", "note": "x"})
        page.click("[data-step=assign]")
        expect(page.locator("#message.bad")).to_be_visible()
        expect(page.locator("#order h2 + .quiet b")).to_have_text("assigned")
        expect(page.locator("#steps [name=note]")).to_have_value("closer by")
        expect(page.locator("#message.bad")).to_be_visible()


def test_after_the_water_is_stopped_the_phone_and_the_order_page_offer_the_same(
    hub: CrewHub, chromium: Browser
) -> None:
    """WO-19: three taps, 到场 止水 完工; nobody has to press 开始维修."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        page.goto("/crew#WO-2")
        expect(page.locator("#next")).to_have_attribute("data-step", "complete")
        at_the_desk(page)
        page.goto("/orders?id=WO-2&lang=en")
        expect(page.locator("[data-step].strong")).to_have_attribute("data-step", "complete")
