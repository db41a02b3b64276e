"""An alarm's priority is of its kind; what it belongs to may be more urgent, by how large the main is and who
is on it. The head of wall and desk says the incident's."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

ONE, TWO = "#counts li:nth-child(1) b", "#counts li:nth-child(2) b"


def test_banner_and_counts_say_the_priority_of_the_incident(
    town: Town, visit: Callable[..., Watched]
) -> None:
    wall, desk = visit(town, "kiosk", 1920, 1080), visit(town, "operator")
    wall.open("/wall?lang=en")
    desk.open("/desk?lang=en")
    town.do("burst 2")
    expect(wall.page.locator("#banner.p2")).to_be_visible()
    town.do("urgent")
    for page in (wall.page, desk.page):
        expect(page.locator(ONE)).to_have_text("1")
        expect(page.locator(TWO)).to_have_text("2")
        expect(page.locator("#spoken")).to_contain_text("Priority 1 alarm")
    expect(wall.page.locator("#banner.p1")).to_be_visible()
    expect(wall.page.locator("#banner .mark")).to_have_text("1")
    expect(wall.page.locator(".incident.p1")).to_be_visible()
    town.do("ack")
    expect(wall.page.locator("#banner.p1.answered")).to_be_visible()
    assert wall.wrong == desk.wrong == []
