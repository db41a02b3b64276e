"""A past hour as it stood: alarms, incidents, orders and values of an instant, stepped by keyboard."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched

ANSWERED = "body[data-at]:not([data-at=''])"


def replayed(town: Town, visit: Callable[..., Watched], query: str = "", role: str = "operator") -> Watched:
    watched = visit(town, role)
    watched.open(f"/replay?lang=en{query}")
    return watched


def when(page: Page) -> datetime:
    found = page.evaluate("() => new URLSearchParams(location.search).get('t')")
    return datetime.fromisoformat(found)


def test_it_is_plainly_the_past_and_says_how_far(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = replayed(calm, visit)
    page = watched.page
    expect(page.locator("#past")).to_contain_text("NOT NOW")
    expect(page.locator("#past-ago")).to_contain_text("1 h ago")
    assert page.evaluate("() => getComputedStyle(document.body).borderTopWidth") == "8px"
    at = when(page)
    expect(page.locator("#past-at")).to_contain_text(f"{at:%H:%M}:00")
    later = page.evaluate("() => document.querySelector('#when').max")
    page.goto(f"{calm.url}/replay?lang=en&t=2036-01-01T00:00")
    page.wait_for_selector(ANSWERED)
    expect(page.locator("#past-ago")).to_contain_text("1 h ago")
    assert page.evaluate("() => document.querySelector('#when').max") >= later
    assert when(page) >= at, "what has not come is not in the address: it may come while the page stands"
    assert when(page).year == at.year
    assert watched.wrong == []


def test_an_hour_before_the_burst_there_was_none_and_after_it_all_stands_as_the_journal_has_it(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = replayed(town, visit)
    page = watched.page
    town.do("burst")
    expect(page.locator("#incidents")).to_contain_text("No incident was open")
    expect(page.locator("#alarms")).to_contain_text("Every alarm was normal")
    expect(page.locator("#orders")).to_contain_text("No order was open")
    page.wait_for_timeout(2_000)
    expect(page.locator("#incidents")).to_contain_text("No incident was open")
    whole = page.request.get("/api/v1/incidents/INC-20261123-00001").json()
    after = max(whole["confirmed"], whole["work_orders"][0]["opened"])
    just = datetime.fromisoformat(after) + timedelta(seconds=1)
    page.wait_for_timeout(1_200)
    page.goto(f"{town.url}/replay?lang=en&t={just:%Y-%m-%dT%H:%M:%SZ}")
    page.wait_for_selector(ANSWERED)
    expect(page.locator('#incidents li[data-id="INC-20261123-00001"]')).to_contain_text("confirmed")
    expect(page.locator("#alarms li")).to_have_count(3)
    expect(page.locator("#alarms li").first).to_contain_text("unacked")
    expect(page.locator('#orders li[data-id="WO-20261123-00001"]')).to_have_count(1)
    assert watched.wrong == []


def test_values_of_each_zone_are_those_of_that_instant(calm: Town, visit: Callable[..., Watched]) -> None:
    page = replayed(calm, visit).page
    page.keyboard.press("[")
    page.wait_for_selector(ANSWERED)
    stamp = f"{when(page):%Y-%m-%dT%H:%M}:00%2B08:00"
    told = page.request.get(f"/api/v1/tag-states?time={stamp}").json()
    value = dict(zip(told["tags"], told["v"], strict=True))["dma-06.inflow"]
    row = page.locator('#values tr[data-zone="dma-06"]')
    expect(row.locator("td").first).to_have_text(f"{value:.0f} m³/h")
    first = row.inner_text()
    page.keyboard.press("[")
    page.wait_for_selector(ANSWERED)
    expect(row).not_to_have_text(first)


@pytest.mark.parametrize(
    ("key", "minutes"),
    [("ArrowLeft", -1), ("ArrowRight", 1), ("Shift+ArrowLeft", -10), ("Shift+ArrowRight", 10), ("[", -60)],
)
def test_a_key_steps_and_the_instant_is_the_address(
    calm: Town, visit: Callable[..., Watched], key: str, minutes: int
) -> None:
    page = replayed(calm, visit).page
    before = when(page)
    page.keyboard.press(key)
    assert when(page) - before == timedelta(minutes=minutes)
    page.wait_for_selector(ANSWERED)
    expect(page.locator("#past-at")).to_contain_text(f"{when(page):%H:%M}:00")


def test_no_step_leads_beyond_now(calm: Town, visit: Callable[..., Watched]) -> None:
    page = replayed(calm, visit).page
    page.keyboard.press("]")
    page.keyboard.press("]")
    latest = datetime.fromisoformat(page.evaluate("() => document.querySelector('#when').max"))
    assert when(page) <= latest
    expect(page.locator("[data-step='60']")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#past")).to_contain_text("NOT NOW")


def test_what_is_not_answered_leaves_nothing_of_another_instant(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    page = replayed(calm, visit).page
    page.wait_for_selector(ANSWERED)
    page.route("**/api/v1/alarm-states?*", lambda route: route.abort())
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#past .doing")).to_contain_text("does not answer")
    expect(page.locator("#stood")).to_be_hidden()
    page.unroute("**/api/v1/alarm-states?*")
    expect(page.locator("#stood")).to_be_visible()


def test_the_map_opens_at_the_same_instant(calm: Town, visit: Callable[..., Watched]) -> None:
    page = replayed(calm, visit, "&theme=day").page
    at = when(page)
    page.click("#to-map")
    page.wait_for_url("**/map?*")
    assert when(page) == at
    page.wait_for_selector(ANSWERED)
    expect(page.locator("#past")).to_contain_text("NOT NOW")
