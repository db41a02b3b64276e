"""One menu, the same on every page of the rooms, by what a person may see."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

ROOMS = {
    "hotline": ["/board", "/orders", "/notices", "/deliveries", "/hotline"],
    "dispatcher": ["/desk", "/board", "/orders", "/notices", "/deliveries", "/handover", "/reports"],
}
OF_THE_DESK = {"/orders", "/notices"}
"""Among its own tabs, and not said twice."""


@pytest.mark.parametrize("role", ROOMS)
def test_every_page_leads_to_every_other_that_this_person_may_see(
    calm: Town, visit: Callable[..., Watched], role: str
) -> None:
    watched = visit(calm, role, 1366, 768)
    for room in ROOMS[role]:
        watched.open(f"{room}?lang=en")
        links = watched.page.locator(".menu a:not(#lang)").evaluate_all(
            "all => all.map((one) => one.getAttribute('href'))"
        )
        missing = set(ROOMS[role]) - set(links)
        assert missing == (OF_THE_DESK if room == "/desk" else set()), (room, links)
        assert len(links) == len(set(links))
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 1366, room
        if room == "/desk":
            expect(watched.page.locator("#n-notices")).to_have_text("1")
