"""How many are without water: nobody is said to be until a crew has stopped it, nor once it is back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

ORDER, NOTICE, INCIDENT = "WO-20261123-00001", "NTC-20261123-00001", "INC-20261123-00001"
SCREENS = {
    "wall": ("/wall", "#kpi-affected"),
    "incident": (f"/desk?view=incidents&id={INCIDENT}", "#pane"),
    "order on the desk": (f"/desk?view=orders&id={ORDER}", "#pane"),
    "notice on the desk": (f"/desk?view=notices&id={NOTICE}", "#pane"),
    "board": ("/board", ".card"),
    "order": (f"/orders?id={ORDER}", "main"),
    "notice": (f"/notices?id={NOTICE}", "main"),
    "hotline": ("/hotline", "#today"),
}
MAY = {
    "zh": re.compile(r"可能停水 \d|可能停水户数"),
    "en": re.compile(r"\d may be without|May be without"),
}
SURE = {
    "zh": re.compile(r"(?<!可能)停水 \d|(?<!可能)停水户数"),
    "en": re.compile(r"\d without water|(?<!be )Without water"),
}
NONE = re.compile("[1-9]")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_b3_who_may_be_without_water_is_not_counted_as_without_and_nobody_is_once_it_is_back(
    town: Town, visit: Callable[..., Watched], lang: str
) -> None:
    town.do("burst")
    pages = {}
    for name in SCREENS if lang == "zh" else ("wall", "board", "notice"):
        path, where = SCREENS[name]
        watched = visit(town, "kiosk" if name == "wall" else "duty_manager", 1440, 900)
        watched.open(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        pages[name] = watched.page.locator(where).first
    for name, place in pages.items():
        expect(place, name).to_contain_text(MAY[lang])
        expect(place, name).not_to_contain_text(SURE[lang])
    town.do("shut")
    for name, place in pages.items():
        expect(place, name).to_contain_text(SURE[lang])
        expect(place, name).not_to_contain_text(MAY[lang])
    town.do("back")
    for name, place in pages.items():
        expect(place, name).not_to_contain_text(NONE if name == "wall" else SURE[lang])
        expect(place, name).not_to_contain_text(MAY[lang])


def test_a_press_counts_though_what_is_known_of_the_water_changes_meanwhile(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = visit(town, "dispatcher", 1440, 900)
    watched.open("/board?lang=en")
    page = watched.page
    page.locator(f'[data-order="{ORDER}"]').hover()
    page.mouse.down()
    with page.expect_response("**/api/v1/incidents*"):
        town.do("shut")
    page.wait_for_timeout(200)
    page.mouse.up()
    expect(page.locator("#panel h2")).to_be_visible()
    assert watched.wrong == []


def test_board_and_order_tell_the_published_numbers_and_the_hub_s_own_beside_them(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """A person draws another scope: whoever sends crews reads what the public was told, and whoever writes
    notices takes the hub's scope by one press."""
    town.do("burst")
    writer, manager = (visit(town, role, 1440, 900) for role in ("operator", "duty_manager"))
    for watched in (writer, manager):
        watched.open(f"/notices?lang=en&id={NOTICE}")
    page, other = writer.page, manager.page
    page.click("[data-act=edit]")
    page.select_option("#where", "streets")
    expect(page.locator("#streets [data-kept]").first).to_be_visible()
    page.fill("#street-search", "zhongshan")
    page.click("#street-found [data-street] >> nth=0")
    expect(page.locator("#streets [data-chosen]")).to_contain_text("whole street")
    page.click("#write button.strong")
    expect(page.locator("#hub-scope")).to_contain_text("fewer")
    expect(page.locator("[data-lack=scope_differs]")).to_contain_text("note")
    expect(other.locator("[data-lack=scope_differs]")).to_contain_text("note")
    for act in ("approve", "publish", "publish-sure"):
        other.click(f"[data-act={act}]")
    expect(page.locator("[data-act=update]")).to_be_visible()
    board, order = (visit(town, "dispatcher", 1440, 900) for _ in range(2))
    board.open("/board?lang=en")
    order.open(f"/orders?lang=en&id={ORDER}")
    expect(board.page.locator(".card").first).to_contain_text("Notice, version 1:")
    expect(board.page.locator(".card").first).to_contain_text("The hub reckons:")
    expect(order.page.locator("main")).to_contain_text("Connections affected (notice, version 1)")
    expect(order.page.locator("main")).to_contain_text("As the hub reckons (not published)")
    page.click("[data-act=hub-scope]")
    expect(page.locator("#hub-scope")).to_have_count(0)
    expect(other.locator("[data-lack=scope_differs]")).to_have_count(0)
    for act in ("approve", "publish", "publish-sure"):
        other.click(f"[data-act={act}]")
    expect(board.page.locator(".card").first).not_to_contain_text("The hub reckons:")
    expect(order.page.locator("main")).not_to_contain_text("As the hub reckons")
    for watched in (writer, manager, board, order):
        assert watched.wrong == []


@pytest.mark.parametrize(
    ("path", "asked_for"),
    [
        ("/wall", "/without-water"),
        ("/wall/zone/dma-06", f"/incidents/{INCIDENT}"),
        ("/wall/event", f"/incidents/{INCIDENT}"),
    ],
)
def test_a_wall_that_loads_asks_by_the_standing_state_and_once_more_by_the_lists(
    calm: Town, visit: Callable[..., Watched], path: str, asked_for: str
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    asked: list[str] = []
    watched.page.on("request", lambda one: asked.append(one.url) if one.url.endswith(asked_for) else None)
    watched.open(path)
    watched.page.wait_for_timeout(3_000)
    assert 1 <= len(asked) <= 2
