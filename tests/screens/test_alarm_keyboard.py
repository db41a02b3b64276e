"""The keyboard keeps its place in the alarms: what a person answers goes, and the next row is chosen."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched

BURST, LOW, LOW_TOO = "dma-06:burst", "dma-06.p1:pressure-low", "dma-06.p3:pressure-low"
PUMP = "plant-1.pump-1.running:duty-pump"
WHY = "known work on the main, crew on site"


def desk(town: Town, visit: Callable[..., Watched], path: str, role: str = "operator") -> Page:
    watched = visit(town, role)
    watched.open(path)
    return watched.page


def order(page: Page) -> list[str]:
    expect(page.locator("#list tbody tr")).to_have_count(3)
    rows = page.locator("#list tbody tr").all()
    return [row.get_attribute("data-key") or "" for row in rows]


def test_after_a_returned_alarm_is_acknowledged_the_next_one_is_chosen(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    for id in (BURST, LOW, LOW_TOO):
        town.do(f"returns {id}")
    page = desk(town, visit, "/desk?lang=zh&view=alarms")
    first, second, third = order(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(f'tr[data-key="{second}"].selected')).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator(f'tr[data-key="{second}"]')).to_have_count(0)
    expect(page.locator(f'tr[data-key="{third}"].selected a').first).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator(f'tr[data-key="{first}"].selected a').first).to_be_focused()


def test_after_an_alarm_is_shelved_the_next_one_is_chosen(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    page = desk(town, visit, "/desk?lang=en&view=alarms")
    first, second, _ = order(page)
    page.keyboard.press("j")
    page.wait_for_selector('#pane details[data-act="s"]')
    page.keyboard.press("s")
    page.keyboard.press("Tab")
    page.keyboard.type(WHY)
    page.keyboard.press("Enter")
    expect(page.locator(f'tr[data-key="{first}"]')).to_have_count(0)
    expect(page.locator(f'tr[data-key="{second}"].selected a').first).to_be_focused()


def test_what_another_takes_away_moves_no_selection_but_j_goes_on_from_its_place(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, "/desk?lang=zh&view=alarms")
    _, second, third = order(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    town.do(f"shelved {second}")
    expect(page.locator(f'tr[data-key="{second}"]')).to_have_count(0)
    expect(page.locator("tr.selected")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator(f'tr[data-key="{third}"].selected')).to_have_count(1)


def test_a_pump_stands_or_should_run_in_words(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("tripped")
    page = desk(town, visit, "/desk?lang=zh&view=alarms")
    expect(page.locator(f'tr[data-key="{PUMP}"] td.value')).to_have_text("停 / 应运行")
    wall = desk(town, visit, "/wall?lang=en", "kiosk")
    expect(wall.locator("#banner .value")).to_have_text("stopped (should run)")
