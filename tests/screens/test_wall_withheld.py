"""The wall never says that all is well while it is not, nor that something is wrong which is over."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched

BURST, LOW, LOW_TOO = "dma-06:burst", "dma-06.p1:pressure-low", "dma-06.p3:pressure-low"


def wall(town: Town, visit: Callable[..., Watched], lang: str = "zh") -> Page:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open(f"/wall?lang={lang}")
    return watched.page


def test_the_banner_shows_what_still_stands_before_what_is_over(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    town.do(f"acked {LOW}")
    town.do(f"returns {BURST}")
    page = wall(town, visit)
    expect(page.locator("#banner.unanswered")).to_contain_text("压力低")
    expect(page.locator("#banner .value")).to_contain_text("报警时 0.110 MPa")
    expect(page.locator("#counts b")).to_have_text(["0", "2", "0", "0"])
    expect(page.locator("#aside")).to_have_text("已恢复 1")
    town.do(f"acked {LOW_TOO}")
    expect(page.locator("#banner.answered")).to_contain_text("压力低")
    for id in (LOW, LOW_TOO):
        town.do(f"returns {id}")
    expect(page.locator("#banner.returned")).to_contain_text("已恢复")
    expect(page.locator("#counts b")).to_have_text(["0", "0", "0", "0"])
    town.do(f"acked {BURST}")
    expect(page.locator("#banner")).to_have_text("无现行报警")
    expect(page.locator("#zones tr.withheld")).to_have_count(0)


def test_a_burst_that_is_shelved_is_counted_and_its_zone_keeps_its_mark(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = wall(town, visit, "en")
    expect(page.locator("#zones tr:first-child.p1")).to_have_count(1)
    for id in (BURST, LOW, LOW_TOO):
        town.do(f"shelved {id}")
    expect(page.locator("#banner")).to_have_text("No alarm to answer; some stand but are withheld")
    expect(page.locator("#aside")).to_have_text("3 shelved")
    first = page.locator("#zones tr:first-child.withheld")
    expect(first.locator("td.sign .mark")).to_have_count(1)
    expect(first).to_contain_text("withheld")
    town.do(f"returns {BURST}")
    town.do(f"returns {LOW}")
    town.do(f"returns {LOW_TOO}")
    expect(page.locator("#banner")).to_have_text("No standing alarms")
    expect(page.locator("#zones tr.withheld")).to_have_count(0)


def test_a_long_message_wraps_and_never_costs_the_value_or_the_work_order(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1440, 900)
    watched.open("/wall?lang=en")
    page = watched.page
    town.do("burst")
    for part, text in ((".value", "128 m³/h"), (".limit", "usual 82"), (".order", "Work order")):
        expect(page.locator(f"#banner {part}")).to_contain_text(text)
        expect(page.locator(f"#banner {part}")).to_be_visible()
    assert page.evaluate("(b => b.scrollWidth <= b.clientWidth)(document.getElementById('banner'))")
    town.do("storm 300")
    expect(page.locator("#banner .more")).to_be_visible()
    assert page.locator("#banner .value").is_visible()
    assert page.evaluate("(b => b.scrollWidth <= b.clientWidth)(document.getElementById('banner'))")
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
