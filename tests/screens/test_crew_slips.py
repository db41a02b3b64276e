"""Slips of a cold thumb, and a phone that throws its page away to open the camera: nothing false is put down,
nothing that was written is lost."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.screens.phone import CrewHub, new_phone, phone, signed_in, stepped

TWO_TOUCHES = """() => { const next = document.getElementById("next"); next.click(); next.click(); }"""
QUEUED = """() => new Promise((done) => {
  const asked = indexedDB.open("waterhub-crew", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("queue").objectStore("queue").getAll();
    all.onsuccess = () => done(all.result.map((act) => act.body.step));
  };
})"""


ACTS = """() => new Promise((done) => {
  const asked = indexedDB.open("waterhub-crew", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("queue").objectStore("queue").getAll();
    all.onsuccess = () => done(all.result.map(({ what, body }) =>
      [body.turning ?? what, body.turns ?? body.quantity]));
  };
})"""
KEPT = """([text, ticked]) => new Promise((done) => {
  const asked = indexedDB.open("waterhub-crew", 1);
  asked.onsuccess = () => {
    const one = asked.result.transaction("seen").objectStore("seen").get("drafts");
    one.onsuccess = () => {
      const draft = one.result?.drafts["WO-1"];
      done(draft?.text === text && draft.forAll === ticked);
    };
  };
})"""
TWICE = """button => {
  setTimeout(() => document.querySelector(%r)?.click(), 200);
  button.click();
  button.click();
}"""


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
        page.wait_for_function(KEPT, arg=["阀门锈死", True])
    with phone(playwright, hub, tmp_path / "profile") as page:
        page.goto("/crew#WO-1")
        expect(page.locator("#note")).to_have_value("阀门锈死")
        expect(page.locator("#note-public")).to_be_checked()
        page.click("#send-note")
        expect(page.locator("#notes")).to_contain_text("阀门锈死")
        page.fill("#note", "下一条")
        page.wait_for_function(KEPT, arg=["下一条", False])
        page.reload()
        expect(page.locator("#note")).to_have_value("下一条")
        page.evaluate('document.getElementById("sign-out").click()')
        page.wait_for_url("**/sign-in*")
        signed_in(page)
        page.goto("/crew#WO-1")
        expect(page.locator("#note")).to_have_value("")


def twice(page: Page, button: str) -> None:
    """A double tap: at once, and again where the button is drawn anew meanwhile."""
    page.eval_on_selector(button, TWICE % button)
    page.wait_for_timeout(400)


@pytest.mark.parametrize("network", [True, False])
def test_a_double_touch_turns_a_valve_once_and_what_is_typed_anew_counts(
    hub: CrewHub, chromium: Browser, network: bool
) -> None:
    with new_phone(chromium, hub) as page:
        at_order(page)
        page.context.set_offline(not network)
        page.click("#valves summary")
        row = "#valves li:has(input[data-valve=v-017])"
        page.fill("input[data-valve=v-017]", "21")
        twice(page, f"{row} [data-turn=close]")
        expect(page.locator(row)).to_contain_text("已关 21 圈")
        expect(page.locator("input[data-valve=v-017]")).to_have_value("21")
        twice(page, f"{row} [data-turn=open]")
        expect(page.locator(row)).to_contain_text("已开 21 圈")
        page.click(f"{row} [data-turn=close]")
        expect(page.locator(row)).to_contain_text("已关 21 圈")
        expect(page.locator(f"{row} [data-turn=close]")).to_be_disabled()
        page.fill("input[data-valve=v-017]", "4")
        page.click(f"{row} [data-turn=close]")
        expect(page.locator(row)).to_contain_text("已关 4 圈")
        page.context.set_offline(False)
        expect(page.locator("#waiting")).to_have_count(0)
    turned = hub.ask("/api/v1/work-orders/WO-1/valves")["items"]
    assert [(one["turning"], one["turns"]) for one in turned] == [
        ("close", 21),
        ("open", 21),
        ("close", 21),
        ("close", 4),
    ]


def test_a_double_touch_opens_one_valve_of_those_left_shut_and_takes_one_part(
    hub: CrewHub, chromium: Browser
) -> None:
    hub.do("/api/v1/parts/clamp-dn100", {"name_zh": "抢修卡箍", "name_en": "Repair clamp"})
    hub.do("/api/v1/stock", {"part": "clamp-dn100", "quantity": 4, "place": "crew-1"})
    with new_phone(chromium, hub) as page:
        at_order(page)
        page.context.set_offline(True)
        stepped(page, "depart", "arrive", "isolate")
        page.click("#sheet button.strong >> nth=0")
        stepped(page, "complete")
        page.click("#sheet button.strong >> nth=0")
        page.click("#next[data-step=open-valves]")
        twice(page, "[data-opened]")
        expect(page.locator("[data-opened]")).to_have_count(1)
        expect(page.locator("[data-opened]")).to_be_enabled()
        page.click("#sheet form button")
        page.click("#parts summary")
        page.fill("#parts input", "1")
        twice(page, "#take-part")
        assert page.evaluate(ACTS)[-2:] == [["open", 0], ["part", 1]]


def test_what_was_sent_no_longer_waits_though_a_phone_leaves_the_focus_in_its_box(
    hub: CrewHub, chromium: Browser
) -> None:
    """Not every phone gives the focus to a button that is touched."""
    with new_phone(chromium, hub) as page:
        at_order(page)
        page.fill("#note", "阀门锈死")
        page.evaluate('document.getElementById("send-note").click()')
        expect(page.locator("#notes")).to_contain_text("阀门锈死")
        expect(page.locator("#notes .tag")).to_have_count(0)
        page.click("#valves summary")
        page.fill("input[data-valve=v-017]", "21")
        page.eval_on_selector(
            "#valves li:has(input[data-valve=v-017]) [data-turn=close]", "one => one.click()"
        )
        expect(page.locator("#valves li.shut")).to_have_count(1)
        expect(page.locator("#valves .tag")).to_have_count(0)


def test_what_a_valve_was_shut_by_in_several_goes_is_filled_in_and_taken(
    hub: CrewHub, chromium: Browser
) -> None:
    with new_phone(chromium, hub) as page:
        at_order(page)
        page.click("#valves summary")
        row = "#valves li:has(input[data-valve=v-017])"
        for turns, said in (("1000", "1,000"), ("18", "18")):
            page.fill("input[data-valve=v-017]", turns)
            page.click(f"{row} [data-turn=close]")
            expect(page.locator(row)).to_contain_text(f"已关 {said} 圈")
        expect(page.locator("input[data-valve=v-017]")).to_have_value("1018")
        page.click(f"{row} [data-turn=open]")
        expect(page.locator(row)).to_contain_text("已开 1,018 圈")
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator("#refused .refusal")).to_have_count(0)
    assert hub.ask("/api/v1/work-orders/WO-1/valves")["shut"] == []
