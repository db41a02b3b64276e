"""R-06: what is acknowledged at once is what a person sees on the list of alarms, counted and asked about."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.screens.conftest import Town, Watched

ALL = "view=alarms&tab=active&all=1"
IN_SIGHT = """() => {
    const box = document.getElementById('list').getBoundingClientRect();
    const bar = document.querySelector('.bulk').getBoundingClientRect();
    const head = document.querySelector('#list th').getBoundingClientRect();
    return [...document.querySelectorAll('#list tbody tr.unanswered')].filter(row => {
        const at = row.getBoundingClientRect();
        return at.top >= Math.max(0, box.top, innerWidth > 700 ? head.bottom : 0) - 1
            && at.bottom <= Math.min(innerHeight, box.bottom, bar.top) + 1;
    }).map(row => row.dataset.key);
}"""
ANSWERED = "rows => rows.map(row => row.dataset.key)"


@pytest.fixture
def flooded(town: Town) -> Iterator[Town]:
    town.do("flood 60")
    yield town


def desk(
    town: Town, visit: Callable[..., Watched], path: str, role: str = "operator", **more: object
) -> Page:
    watched = visit(town, role, **({"width": 1366, "height": 768} | more))
    watched.open(f"/desk?{path}")
    return watched.page


def in_sight(page: Page) -> list[str]:
    return page.evaluate(IN_SIGHT)


def answered(page: Page) -> set[str]:
    return set(page.eval_on_selector_all("#list tbody tr.answered", ANSWERED))


def test_r_06_the_rows_in_sight_are_counted_asked_about_and_acknowledged_by_keyboard(
    flooded: Town, visit: Callable[..., Watched]
) -> None:
    page, other = desk(flooded, visit, f"lang=zh&{ALL}"), desk(flooded, visit, f"lang=en&{ALL}")
    expect(page.locator("#list tbody tr")).to_have_count(60)
    seen = in_sight(page)
    assert 5 < len(seen) < 30
    expect(page.locator(".bulk button")).to_contain_text(f"确认可见的 {len(seen)} 条")
    page.keyboard.press("Shift+A")
    expect(page.locator(".bulk")).to_contain_text(f"确认当前可见的 {len(seen)} 条报警？")
    expect(page.locator("#list tr.asked")).to_have_count(len(seen))
    assert answered(page) == set()
    page.wait_for_selector("#sure:not([aria-disabled])")
    page.keyboard.press("Enter")
    expect(page.locator("#list tr.answered")).to_have_count(len(seen))
    expect(other.locator("#list tr.answered")).to_have_count(len(seen))
    assert answered(page) == set(seen) == answered(other)
    expect(page.locator("#message")).to_have_text(f"已确认 {len(seen)} 条。")


def test_r_06_what_is_scrolled_away_is_left_and_a_scroll_takes_the_question_back(
    flooded: Town, visit: Callable[..., Watched]
) -> None:
    page = desk(flooded, visit, f"lang=en&{ALL}")
    expect(page.locator("#list tbody tr")).to_have_count(60)
    above = in_sight(page)
    page.keyboard.press("Shift+A")
    expect(page.locator("#list tr.asked")).to_have_count(len(above))
    page.locator("#list").evaluate("list => list.scrollTo(0, 700)")
    expect(page.locator("#sure")).to_have_count(0)
    expect(page.locator("#list tr.asked")).to_have_count(0)
    seen = in_sight(page)
    assert set(seen) != set(above)
    page.click(".bulk button")
    expect(page.locator(".bulk")).to_contain_text(f"Acknowledge the alarms in sight: {len(seen)}?")
    page.wait_for_selector("#sure:not([aria-disabled])")
    page.click("#sure")
    expect(page.locator("#message")).to_have_text(f"Acknowledged: {len(seen)}.")
    expect(page.locator("#list tr.answered")).to_have_count(len(seen))
    assert answered(page) == set(seen)


def test_r_06_what_another_zone_s_list_hides_is_left(flooded: Town, visit: Callable[..., Watched]) -> None:
    page = desk(flooded, visit, "lang=zh&view=alarms&tab=active&zone=dma-02")
    whole = desk(flooded, visit, f"lang=zh&{ALL}", "duty_manager", height=4000)
    expect(whole.locator("#list tbody tr")).to_have_count(60)
    mine = page.locator("#list tbody tr")
    expect(mine.first).to_be_visible()
    seen = in_sight(page)
    assert 0 < len(seen) == mine.count()
    page.keyboard.press("Shift+A")
    page.wait_for_selector("#sure:not([aria-disabled])")
    page.keyboard.press("Enter")
    expect(page.locator("#list tr.answered")).to_have_count(len(seen))
    expect(whole.locator("#list tr.answered")).to_have_count(len(seen))
    assert answered(whole) == set(seen)


def test_r_06_rows_hold_still_while_it_is_asked_and_what_came_meanwhile_is_left(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("minor")
    page = desk(town, visit, "lang=zh&view=alarms")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    seen = in_sight(page)
    page.keyboard.press("Shift+A")
    expect(page.locator(".bulk")).to_contain_text("2 条")
    town.do("burst")
    page.wait_for_selector(".chip:not([hidden])")
    assert page.eval_on_selector_all("#list tbody tr", ANSWERED) == seen
    page.wait_for_selector("#sure:not([aria-disabled])")
    page.keyboard.press("Enter")
    expect(page.locator("#list tr.answered")).to_have_count(2)
    expect(page.locator("#list tr.unanswered")).to_have_count(3)
    assert answered(page) == set(seen)


def test_r_06_each_refusal_stands_in_its_row_and_the_others_are_done(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("minor")
    town.do("burst")
    page = desk(town, visit, "lang=zh&view=alarms")
    expect(page.locator("#list tbody tr")).to_have_count(5)
    page.keyboard.press("Shift+A")
    expect(page.locator(".bulk")).to_contain_text("5 条报警（其中 1 级 3 条）")
    page.route("**/dma-06%3Aburst/ack", lambda route: route.abort())
    town.do("acked dma-06.p1:pressure-low")
    page.wait_for_selector("#sure:not([aria-disabled])")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("已确认 3 条，2 条未成，原因见各行。")
    late = page.locator('tr[data-key="dma-06.p1:pressure-low"] .refused')
    expect(late).to_contain_text("报警已变化，或已处于该状态")
    unheard = page.locator('tr[data-key="dma-06:burst"]')
    expect(unheard.locator(".refused")).to_contain_text("重试")
    expect(page.locator("#list .refused")).to_have_count(2)
    expect(page.locator("#list tr.answered")).to_have_count(4)
    page.unroute("**/dma-06%3Aburst/ack")
    unheard.locator("button").click()
    expect(page.locator("#list tr.answered")).to_have_count(5)
    expect(unheard.locator(".refused")).to_have_count(0)


def test_r_06_nothing_is_sent_by_no_or_escape_or_a_double_press(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, "lang=zh&view=alarms")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.url.endswith("/ack") else None)
    expect(page.locator("#list tbody tr")).to_have_count(3)
    page.keyboard.press("Shift+A")
    page.keyboard.press("Escape")
    expect(page.locator("#sure")).to_have_count(0)
    page.dblclick(".bulk button")
    expect(page.locator("#sure")).to_have_count(1)
    page.click(".bulk button:not(#sure)")
    expect(page.locator("#sure")).to_have_count(0)
    assert sent == [] and answered(page) == set()


def test_r_06_only_who_acknowledges_is_offered_it_and_only_where_rows_wait(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    viewer = desk(town, visit, "lang=zh&view=alarms", "viewer")
    expect(viewer.locator("#list tbody tr")).to_have_count(3)
    expect(viewer.locator(".bulk button")).to_have_count(0)
    viewer.keyboard.press("Shift+A")
    expect(viewer.locator("#sure")).to_have_count(0)
    page = desk(town, visit, "lang=zh&view=alarms&tab=shelved")
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator(".bulk")).to_have_count(0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_r_06_on_a_phone_the_bar_is_in_reach_and_asks_about_the_screen(
    flooded: Town, visit: Callable[..., Watched], lang: str
) -> None:
    page = desk(flooded, visit, f"lang={lang}&{ALL}", width=390, height=844, bypass_csp=True)
    expect(page.locator("#list tbody tr")).to_have_count(60)
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(500)
    box = page.locator(".bulk button").bounding_box()
    assert box and box["height"] >= 44 and 0 < box["y"] < 844 - 44
    page.click(".bulk button")
    seen = in_sight(page)
    assert 2 < len(seen) < 15
    expect(page.locator("#list tr.asked")).to_have_count(len(seen))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.wait_for_selector("#sure:not([aria-disabled])")
    page.click("#sure")
    expect(page.locator("#list tr.answered")).to_have_count(len(seen))
    assert answered(page) == set(seen)
    page.click(".bulk button")
    assert violations(page) == []
