"""The map: what is found and chosen on it, what is measured, and the past that a slider goes through."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched

INFLOW = "dma-06.inflow"
INK = """() => {
    const canvas = document.querySelector('#plan');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4)
        sum = (sum * 31 + data[i] + 7 * data[i + 1] + 13 * data[i + 2]) % 2147483647;
    return sum;
}"""
"""A figure of all that the map draws."""


def on_map(
    town: Town, visit: Callable[..., Watched], query: str, role: str = "operator", **more: Any
) -> Watched:
    watched = visit(town, role, **more)
    watched.open(f"/map?lang=en&{query}")
    return watched


def asked(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    return found


def ago(page: Page, hours: float) -> str:
    """Plant time so long ago, as an address has it: from the latest that may be typed."""
    latest = datetime.fromisoformat(page.evaluate("document.querySelector('#when').max"))
    return (latest - timedelta(hours=hours)).isoformat(timespec="minutes")


def drawn(page: Page) -> int:
    page.wait_for_timeout(700)
    ink: int = page.evaluate(INK)
    return ink


@pytest.mark.parametrize(
    ("typed", "kind", "says"),
    [
        ("dma-06 inflow", "instrument", "m³/h"),
        ("v0100", "valve", "not recorded shut"),
    ],
)
def test_what_is_searched_for_is_found_by_keyboard_and_stands_in_the_address(
    calm: Town, visit: Callable[..., Watched], typed: str, kind: str, says: str
) -> None:
    watched = on_map(calm, visit, "theme=day")
    page = watched.page
    page.keyboard.press("/")
    page.keyboard.type(typed)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel .kind")).to_contain_text(kind)
    expect(page.locator("#panel")).to_contain_text(says)
    address = page.url
    chosen = asked(page)["focus"]
    other = on_map(calm, visit, f"focus={chosen}").page
    expect(other.locator("#panel .kind")).to_contain_text(chosen)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_contain_text("Choose an instrument")
    page.go_back()
    assert page.url == address
    assert watched.wrong == []


def test_a_street_is_found_in_chinese_in_pinyin_and_by_its_initials(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    page = on_map(calm, visit, "").page
    streets = page.evaluate("JSON.parse(document.querySelector('#places').textContent).streets")
    street = next(one for one in streets if "朝" in one["name"]["zh"])
    last = ["".join(one[-1] for one in street["readings"]), "".join(one[-1][0] for one in street["readings"])]
    assert len(street["readings"][0]) > 1
    for typed in (street["name"]["zh"], street["name"]["en"], *last, street["readings"][0][0] + last[1][1:]):
        page.fill("#search", typed)
        expect(page.locator(f'#found button[data-id="{street["id"]}"]')).to_have_count(1)
    page.click(f'#found button[data-id="{street["id"]}"]')
    expect(page.locator("#panel .kind")).to_contain_text("street")
    expect(page.locator("#panel")).to_contain_text("DN")


def test_each_layer_changes_the_picture_and_stands_in_the_address(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = on_map(calm, visit, "layers=zones,pipes,valves,instruments,incidents,orders&theme=day")
    page = watched.page
    whole = drawn(page)
    for n, layer in enumerate(("zones", "pipes", "valves", "instruments", "incidents", "orders"), 1):
        page.keyboard.press(str(n))
        expect(page.locator(f"#layer-{layer}")).to_have_attribute("aria-pressed", "false")
        assert layer not in asked(page)["layers"].split(",")
        assert drawn(page) != whole, f"{layer} draws nothing"
        page.keyboard.press(str(n))
    expect(page.locator("#layer-valves .n")).to_have_text("650")
    assert watched.wrong == []


def test_a_distance_is_what_lies_between_the_points_that_were_clicked(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    page = on_map(calm, visit, "at=3000,3000,1200").page
    box = page.locator("#plan").bounding_box()
    assert box
    page.keyboard.press("m")
    expect(page.locator("#measured")).to_contain_text("Click corner by corner")
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for dx, dy in ((0, 0), (300, 0), (300, 200)):
        page.mouse.click(middle[0] + dx, middle[1] + dy)
    metres = 500 * 1200 / box["width"]
    expect(page.locator("#measured")).to_contain_text("m in straight lines")
    assert abs(int(page.locator("#measured").inner_text().split()[0]) - metres) <= 2
    assert asked(page)["measure"].count(",") == 5
    page.keyboard.press("Escape")
    assert "measure" not in asked(page)
    page.focus("#plan")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#measured")).to_contain_text(f"{0.15 * 1200:.0f} m")


def test_the_map_is_moved_and_what_is_clicked_is_chosen(calm: Town, visit: Callable[..., Watched]) -> None:
    page = on_map(calm, visit, f"focus={INFLOW}").page
    before = drawn(page)
    box = page.locator("#plan").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.press("Escape")
    page.goto(f"{calm.url}/map?lang=en&at=3000,3000,6000")
    page.wait_for_selector("body[data-ready]")
    moved = drawn(page)
    assert moved != before
    page.mouse.move(*middle)
    page.mouse.wheel(0, -600)
    page.wait_for_function("() => !new URLSearchParams(location.search).get('at').endsWith(',6000')")
    closer = asked(page)["at"]
    assert float(closer.split(",")[2]) < 3000
    page.mouse.down()
    page.mouse.move(middle[0] + 120, middle[1], steps=4)
    page.mouse.up()
    page.wait_for_function("at => new URLSearchParams(location.search).get('at') !== at", arg=closer)
    x, y, width = map(float, asked(page)["at"].split(","))
    x0, y0, _ = map(float, closer.split(","))
    assert math.isclose(x0 - x, 120 * width / box["width"], abs_tol=4)
    assert math.isclose(y0, y, abs_tol=4)


def test_the_past_is_shown_as_it_was_and_is_never_taken_for_now(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = on_map(calm, visit, f"focus={INFLOW}")
    page = watched.page
    expect(page.locator("#past")).to_be_hidden()
    expect(page.locator("#layer-incidents .n")).to_have_text("1")
    now = page.locator("#panel dd b").first.inner_text()
    then = ago(page, 2)
    watched.open(f"/map?lang=en&focus={INFLOW}&t={then}")
    page.wait_for_selector("body[data-at]:not([data-at='']):not([data-at='now'])")
    expect(page.locator("#past")).to_contain_text("NOT NOW")
    expect(page.locator("#past")).to_contain_text("2 h ago")
    told = page.request.get(f"/api/v1/tag-states?time={then}:00%2B08:00").json()
    value = dict(zip(told["tags"], told["v"], strict=True))[INFLOW]
    expect(page.locator("#panel dd b").first).to_have_text(f"{value:.0f}")
    assert f"{value:.0f}" != now, "the burst is in what flows now"
    expect(page.locator("#layer-incidents .n")).to_have_text("0")
    expect(page.locator("#layer-orders .n")).to_have_text("0")
    page.wait_for_timeout(2_500)
    expect(page.locator("#panel dd b").first).to_have_text(f"{value:.0f}")
    page.keyboard.press("l")
    expect(page.locator("#past")).to_be_hidden()
    expect(page.locator("#layer-incidents .n")).to_have_text("1")
    assert "t" not in asked(page)
    assert watched.wrong == []


def test_a_reading_that_was_lost_then_is_told_as_lost_with_its_reason(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = on_map(calm, visit, "")
    page = watched.page
    watched.open(f"/map?lang=en&focus={INFLOW}&t={ago(page, 5.5)}")
    expect(page.locator("#panel")).to_contain_text("no answer in time")
    expect(page.locator("#panel dd b.bad")).to_have_count(1)


def test_the_slider_and_its_keys_go_through_the_past_and_each_instant_is_an_address(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = on_map(calm, visit, f"focus={INFLOW}&span=6h")
    page = watched.page
    page.focus("#slider")
    page.keyboard.press("Home")
    expect(page.locator("#past")).to_contain_text("6 h ago")
    first = asked(page)["t"]
    page.keyboard.press("PageUp")
    page.wait_for_function("first => new URLSearchParams(location.search).get('t') > first", arg=first)
    expect(page.locator("#slider")).to_have_attribute("aria-valuetext", page.locator("#shown").inner_text())
    page.evaluate("document.activeElement.blur()")
    second = asked(page)["t"]
    page.keyboard.press(".")
    page.wait_for_function("second => new URLSearchParams(location.search).get('t') > second", arg=second)
    page.click("[data-step='-60']")
    assert asked(page)["t"] < second
    page.click("#now")
    assert "t" not in asked(page)
    assert watched.wrong == []


def test_while_the_past_is_not_answered_nothing_stands_in_its_place(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    page = on_map(calm, visit, f"focus={INFLOW}").page
    page.route("**/api/v1/tag-states?*", lambda route: route.abort())
    page.keyboard.press(",")
    expect(page.locator("#past .doing")).to_contain_text("does not answer")
    expect(page.locator("#panel dd")).to_have_count(0)
    assert page.evaluate("document.body.dataset.at") == ""
    page.unroute("**/api/v1/tag-states?*")
    page.wait_for_selector("body[data-at]:not([data-at=''])")
    expect(page.locator("#panel dd").first).to_contain_text("m³/h")


def test_what_has_not_come_yet_is_shown_as_now(calm: Town, visit: Callable[..., Watched]) -> None:
    page = on_map(calm, visit, "t=2036-01-01T00:00").page
    expect(page.locator("#past")).to_be_hidden()
    assert page.evaluate("document.body.dataset.at") == "now"
    assert "t" not in asked(page), "it may come while the page stands"


def test_an_incident_and_its_order_are_found_on_the_map_and_lead_on(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    page = on_map(calm, visit, "focus=INC-20261123-00001", role="dispatcher").page
    expect(page.locator("#panel h2")).to_contain_text("Burst in")
    expect(page.locator("#panel .way")).to_have_attribute(
        "href", "/desk?view=incidents&id=INC-20261123-00001&lang=en"
    )
    page.goto(f"{calm.url}/map?lang=en&focus=WO-20261123-00001")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#panel .way")).to_have_attribute("href", "/orders?id=WO-20261123-00001&lang=en")


def test_an_agent_of_the_hotline_sees_pressures_and_no_flows(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = on_map(calm, visit, "focus=dma-06.p2", role="hotline")
    expect(watched.page.locator("#panel dd").first).to_contain_text("read")
    watched.page.fill("#search", INFLOW)
    expect(watched.page.locator("#found-n")).to_have_text("0 found")
    assert watched.wrong == []


def test_on_a_phone_nothing_runs_off_the_side(calm: Town, visit: Callable[..., Watched]) -> None:
    page = on_map(calm, visit, f"focus={INFLOW}", role="dispatcher", width=390, height=844).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
