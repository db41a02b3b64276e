"""A flood on the screens: a count and its incidents, at most 20 rows on the wall, nothing lost behind it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.screens.conftest import Town, Watched, served

ROWS = "document.querySelectorAll('#banner:not(.none), #flood:not([hidden]), .incident, #zones tr').length"


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for tests that only look, with 2,000 alarms in it."""
    with served(tmp_path_factory.mktemp("flood")) as town:
        town.do("flood 2000")
        yield town


def opened(town: Town, visit: Callable[..., Watched], role: str, path: str, **more: object) -> Page:
    watched = visit(town, role, *((1920, 1080) if path.startswith("/wall") else (1440, 900)), **more)
    watched.open(path)
    return watched.page


def test_the_wall_says_how_much_it_is_and_stays_one_screen(
    flooded: Town, visit: Callable[..., Watched]
) -> None:
    page = opened(flooded, visit, "kiosk", "/wall?lang=zh")
    expect(page.locator("#flood")).to_contain_text("2,000 个报警，3 个事件")
    expect(page.locator("#banner .more")).to_contain_text("1999")
    assert sum(int(n) for n in page.locator("#counts b").all_inner_texts()) == 2_000
    page.wait_for_selector(".incident")
    assert 0 < page.evaluate(ROWS) <= 20
    assert page.evaluate("document.documentElement.scrollHeight - window.innerHeight") <= 0
    cut = """[...document.querySelectorAll('.incident:not([hidden])')].filter(row =>
        row.getBoundingClientRect().bottom > row.parentNode.getBoundingClientRect().bottom).length"""
    assert page.evaluate(cut) == 0


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/wall", "/desk?view=alarms"])
def test_a_page_in_a_flood_is_clean_and_accessible(
    flooded: Town, visit: Callable[..., Watched], path: str, lang: str, theme: str
) -> None:
    role = "kiosk" if path == "/wall" else "operator"
    page = opened(
        flooded, visit, role, f"{path}{'&' if '?' in path else '?'}lang={lang}&theme={theme}", bypass_csp=True
    )
    page.wait_for_timeout(800)
    assert "⟨" not in page.inner_text("body")
    assert violations(page) == []


def test_the_desk_begins_with_incidents_and_has_every_alarm_one_click_away(
    flooded: Town, visit: Callable[..., Watched]
) -> None:
    page = opened(flooded, visit, "operator", "/desk?lang=zh&view=alarms")
    rows = page.locator("#list tbody tr")
    expect(page.locator("#list td.value").first).to_contain_text("个报警")
    groups = rows.count()
    assert groups < 20
    counted = page.locator("#list td.value").all_inner_texts()
    assert sum(int(text.split()[0].replace(",", "")) for text in counted) == 2_000
    page.keyboard.press("j")
    expect(page.locator("#pane h2")).to_contain_text("低压")
    page.click("p.flood a")
    expect(rows).to_have_count(500)
    page.click(".more-rows")
    expect(rows).to_have_count(1_000)
    expect(page.locator('tr[data-key$=":pressure-low"] .behaves').first).to_contain_text("反复跳动 ×9")
    page.click("p.flood a")
    expect(rows).to_have_count(groups)
    page.click("#list tbody tr:nth-child(2) a")
    expect(page.locator("#list tbody tr.p1").first).to_be_visible()
    assert "zone=" in page.url


def test_in_a_flood_priority_3_is_not_heard_and_priority_1_thrice_a_minute_at_most(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = opened(town, visit, "operator", "/desk?lang=zh&view=alarms")
    page.evaluate("document.body.dataset.sounds = '0'")
    heard = "document.body.dataset.sounds"
    town.do("flood 20")
    expect(page.locator("#counts")).to_contain_text("20")
    expect(page.locator("p.flood")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-sounds", "1", timeout=30_000)
    town.do("minor")
    town.do("burst")
    expect(page.locator("#counts li").first).to_contain_text("1")
    page.wait_for_timeout(1_500)
    assert page.evaluate(heard) == "1"


def test_when_it_is_over_the_screens_are_as_before(town: Town, visit: Callable[..., Watched]) -> None:
    wall = opened(town, visit, "kiosk", "/wall?lang=en")
    desk = opened(town, visit, "operator", "/desk?lang=en&view=alarms", bypass_csp=True)
    town.do("flood 20")
    expect(wall.locator("#flood")).to_contain_text("20 alarms, 3 incidents")
    expect(desk.locator("#list tbody tr")).to_have_count(3)
    town.do("ebb")
    expect(wall.locator("#flood")).to_be_hidden()
    expect(desk.locator("#list tbody tr")).to_have_count(20)
    expect(desk.locator(".behaves")).to_have_text("chattering ×9")
    assert violations(desk) == []
