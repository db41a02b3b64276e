"""On site with a phone: where to dig, which valves, and how the water was stopped; also without a network."""

import os
import re

from playwright.sync_api import Browser, FloatRect, Page, Route, expect

from tests.screens.phone import CrewHub, new_phone, signed_in, stepped

PICTURES = os.environ.get("PICTURES")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def opened(page: Page) -> None:
    page.goto("/crew?lang=zh&theme=day#WO-1")
    page.wait_for_selector("#next")


def redrawn(page: Page) -> None:
    """The finger leaves the field, something comes from the hub, and the page is drawn anew."""
    page.evaluate("""() => {
        document.querySelector("#where").dataset.old = "";
        document.activeElement.blur();
        dispatchEvent(new Event("online"));
    }""")
    expect(page.locator("#where:not([data-old])")).to_have_count(1)


def test_it_shows_where_to_dig_also_without_a_network(hub: CrewHub, chromium: Browser) -> None:
    """WO-19, WO-20: likely pipes with their share and distance, a sketch, and the way there."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        page.context.set_offline(True)
        hub.kill()
        page.reload()
        page.wait_for_selector("#next")
        pipes = page.locator("#where .likely li")
        expect(pipes).to_have_text(["人民路 DN200 本管段 62%", "DN400 本管段 21% 101 米"])
        expect(page.locator("#where")).to_contain_text("沿管 180 米")
        expect(page.locator("#where .begin")).to_contain_text("一带：300 米内可能性 83%")
        expect(page.locator("#where .by-pipe")).to_have_text("下列按单根管段的可能性排列；距离从上述位置起算")
        expect(page.locator("#where .sketch polyline.p1")).to_have_count(1)
        expect(page.locator("#where .sketch .valve.shut text")).to_have_text(["v-017", "v-018"])
        assert (page.get_attribute("#map-link", "href") or "").startswith("geo:37.0500")
        expect(page.locator("#valves li")).to_have_count(3)
        picture(page, "crew-site-zh-day")
        page.goto("/crew?lang=en&theme=night#WO-1")
        page.wait_for_selector("#where .sketch")
        expect(page.locator("#where .by-pipe")).to_contain_text("distances are from the place above")
        picture(page, "crew-site-en-night")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_wo_20_two_valves_at_one_junction_are_both_seen_named_and_tapped(
    hub: CrewHub, chromium: Browser
) -> None:
    """v-017 and v-019 stand at j1; at 360 px a finger meets the one that it means."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        valves = page.locator("#where .sketch .valve")
        expect(valves).to_have_count(3)
        boxes = page.evaluate(
            "[...document.querySelectorAll('#where .sketch .valve rect')]"
            ".map((one) => one.getBoundingClientRect().toJSON())"
        )
        assert len(boxes) == 3
        for n, one in enumerate(boxes):
            assert min(one["width"], one["height"]) >= 24
            assert one["x"] >= 0 and one["x"] + one["width"] <= 360
            for other in boxes[n + 1 :]:
                assert apart(one, other), "one lies upon the other"
        expect(page.locator("#where .sketch .valve text")).to_have_text(["v-017", "v-018", "v-019"])
        for valve in ("v-019", "v-017"):
            one = page.locator(f"#where .sketch [data-at={valve}]")
            expect(one).to_have_accessible_name(re.compile(valve))
            one.locator("rect").tap()
            expect(page.locator(f"#valves input[data-valve={valve}]")).to_be_focused()
        picture(page, "crew-two-valves")


def apart(one: FloatRect, other: FloatRect) -> bool:
    return (
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
    )


def test_wo_21_the_water_is_stopped_by_the_order_s_valves_in_one_more_tap(
    hub: CrewHub, chromium: Browser
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        stepped(page, "depart", "arrive", "isolate")
        expect(page.locator("#sheet button")).to_have_count(4)
        picture(page, "crew-stopped-zh-day")
        page.click("#sheet button.strong")
        expect(page.locator("#state")).to_have_text("已止水")
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator("#valves li.shut")).to_have_count(2)
    assert turned(hub) == [("v-017", "close", 0, False), ("v-018", "close", 0, False)]


def turned(hub: CrewHub) -> list[tuple[str, str, float, bool]]:
    (mine,) = [one for one in hub.ask("/api/v1/crew/orders")["items"] if one["id"] == "WO-1"]
    return [(one["valve"], one["turning"], one["turns"], one["not_known"]) for one in mine["turned"]]


def test_wo_21_turns_that_nobody_counted_are_asked_for_until_written_or_said_not_to_be_known(
    hub: CrewHub, chromium: Browser
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        expect(page.locator("#number")).to_have_text("WO-1")
        expect(page.locator("#uncounted")).to_have_count(0)
        stepped(page, "depart", "arrive", "isolate")
        page.click("#sheet button.strong")
        expect(page.locator("#uncounted")).to_contain_text("v-017、v-018")
        picture(page, "crew-uncounted-zh-day")
        page.click("#uncounted")
        page.fill("input[data-valve=v-017]", "18.5")
        page.click("#valves li:has(input[data-valve=v-017]) [data-turn=close]")
        expect(page.locator("#uncounted")).not_to_contain_text("v-017")
        expect(page.locator("#waiting")).to_have_count(0)
        page.click("#uncounted")
        picture(page, "crew-uncounted-open-zh-day")
        page.click("#valves li:has(input[data-valve=v-018]) [data-turn=unknown]")
        expect(page.locator("#uncounted")).to_have_count(0)
        expect(page.locator("#valves li.shut")).to_have_count(2)
        expect(page.locator("#waiting")).to_have_count(0)
    assert turned(hub)[2:] == [("v-017", "close", 18.5, False), ("v-018", "close", 0, True)]


def test_what_was_done_stands_until_the_orders_are_read_anew(hub: CrewHub, chromium: Browser) -> None:
    """On a slow network the server has the act long before the phone has the orders."""
    held: list[Route] = []
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        page.route("**/api/v1/crew/orders", lambda route: held.append(route))
        with page.expect_response("**/acts/*"):
            page.click("#next[data-step=depart]")
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator("#line")).to_have_text("在线")
        expect(page.locator("#next")).to_have_attribute("data-step", "arrive")
        for route in held:
            route.continue_()
        page.unroute("**/api/v1/crew/orders")
        expect(page.locator("#said .waiting")).to_have_count(0)
        expect(page.locator("#next")).to_have_attribute("data-step", "arrive")


def test_wo_21_while_a_valve_is_not_in_the_log_it_is_asked_and_what_is_typed_stays(
    hub: CrewHub, chromium: Browser
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        stepped(page, "depart", "arrive")
        page.click("#valves summary")
        page.fill("input[data-valve=v-018]", "22.5")
        page.fill("input[data-valve=v-017]", "18.5")
        page.select_option("#valves li >> nth=1 >> select", "anticlockwise")
        redrawn(page)
        assert page.input_value("input[data-valve=v-018]") == "22.5"
        assert page.locator("#valves li >> nth=1 >> select").input_value() == "anticlockwise"
        page.click("#valves li >> nth=0 >> [data-turn=close]")
        expect(page.locator("#valves li.shut")).to_have_count(1)
        page.click("#next[data-step=isolate]")
        page.click("#sheet button:has-text('足以止水')")
        expect(page.locator("#state")).to_have_text("已止水")
        assert page.input_value("input[data-valve=v-018]") == "22.5"
