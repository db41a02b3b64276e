"""Slips of a cold thumb, and a phone that throws its page away to open the camera: nothing false is put down,
nothing that was written is lost."""

from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect

from tests.screens.phone import CrewHub, new_phone, phone, signed_in

TWO_TOUCHES = """() => { const next = document.getElementById("next"); next.click(); next.click(); }"""
QUEUED = """() => new Promise((done) => {
  const asked = indexedDB.open("waterhub-crew", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("queue").objectStore("queue").getAll();
    all.onsuccess = () => done(all.result.map((act) => act.body.step));
  };
})"""


def at_order(page: Page) -> None:
    signed_in(page)
    page.click("[data-order=WO-1]")
    expect(page.locator("#next")).to_have_attribute("data-step", "depart")


def test_a_double_touch_is_one_step_and_the_next_waits_until_it_can_be_read(
    hub: CrewHub, chromium: Browser
) -> None:
    with new_phone(chromium, hub) as page:
        at_order(page)
        page.context.set_offline(True)
        page.evaluate(TWO_TOUCHES)
        next_step = page.locator("#next[data-step=arrive]")
        expect(next_step).to_be_disabled()
        expect(next_step).to_be_enabled()
        assert page.evaluate(QUEUED) == ["depart"]


def test_while_a_note_is_written_a_slow_second_touch_is_not_the_step_again(
    hub: CrewHub, chromium: Browser
) -> None:
    """The page is not drawn anew under somebody who writes: the button is still the step that was taken."""
    with new_phone(chromium, hub) as page:
        at_order(page)
        page.context.set_offline(True)
        page.focus("#note")
        page.evaluate('document.getElementById("next").click()')
        expect(page.locator("#waiting")).to_contain_text("1")
        page.wait_for_timeout(1000)
        page.evaluate('document.getElementById("next").click()')
        page.evaluate("document.activeElement.blur()")
        expect(page.locator("#next[data-step=arrive]")).to_be_enabled()
        assert page.evaluate(QUEUED) == ["depart"]


def test_a_note_that_is_being_written_outlives_a_page_that_is_thrown_away_and_not_a_sign_out(
    hub: CrewHub, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, hub, tmp_path / "profile") as page:
        at_order(page)
        page.fill("#note", "阀门锈死")
        page.check("#note-public")
        expect(page.locator("#note")).to_have_value("阀门锈死")
    with phone(playwright, hub, tmp_path / "profile") as page:
        page.goto("/crew#WO-1")
        expect(page.locator("#note")).to_have_value("阀门锈死")
        expect(page.locator("#note-public")).to_be_checked()
        page.click("#send-note")
        expect(page.locator("#notes")).to_contain_text("阀门锈死")
        page.fill("#note", "下一条")
        page.reload()
        expect(page.locator("#note")).to_have_value("下一条")
        page.evaluate('document.getElementById("sign-out").click()')
        page.wait_for_url("**/sign-in*")
        signed_in(page)
        page.goto("/crew#WO-1")
        expect(page.locator("#note")).to_have_value("")
