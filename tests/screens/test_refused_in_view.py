"""What is refused is told where the person is: at the foot of a long form as at its head, on a phone as at a
desk; whose session is over reads that, and finds what they typed once they are signed in again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.axe import violations
from tests.screens.conftest import PASSWORD, Town, Watched

OVER = "登录已过期"
SIZES = [(1280, 800), (390, 844)]


def opened(visit: Callable[..., Watched], town: Town, role: str, path: str, size: tuple[int, int]) -> Page:
    watched = visit(town, role, *size)
    watched.open(path)
    return watched.page


def expect_told(page: Page, line: Locator, words: str) -> None:
    """Whole, in view, above whatever else stands there, and in a region that is read out."""
    expect(line).to_contain_text(words)
    expect(line).to_be_in_viewport(ratio=0.95)
    on_top = "line => { const b = line.getBoundingClientRect();" + (
        "return line.contains(document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2)) }"
    )
    assert line.evaluate(on_top), "something lies over it"
    assert line.evaluate("line => line.closest('[role=status], [role=alert]') !== null")
    assert violations(page) == []


@pytest.mark.parametrize("size", SIZES)
def test_what_a_notice_lacks_is_told_at_the_foot_where_it_was_saved(
    calm: Town, visit: Callable[..., Watched], size: tuple[int, int]
) -> None:
    page = opened(visit, calm, "operator", "/notices?lang=zh&new=1", size)
    page.click("#write .actions button.strong")
    expect_told(page, page.locator("#message.bad"), "请指明管段、路段或片区")


@pytest.mark.parametrize("size", SIZES)
def test_whose_session_is_over_is_told_at_the_foot_signs_in_and_has_what_was_typed(
    calm: Town, visit: Callable[..., Watched], size: tuple[int, int]
) -> None:
    page = opened(visit, calm, "operator", "/notices?lang=zh&new=1", size)
    page.fill("#reason_zh", "第三方施工损坏")
    page.context.clear_cookies()
    page.click("#write .actions button.strong")
    expect_told(page, page.locator("#message.bad"), OVER)
    expect(page.locator("#reason_zh")).to_have_value("第三方施工损坏")
    page.click("#message a")
    page.fill("#user", "operator")
    page.fill("#password", PASSWORD)
    page.click("#go")
    page.wait_for_url("**/notices*new=1*")
    expect(page.locator("#reason_zh")).to_have_value("第三方施工损坏")
    expect(page.locator("#write .kept")).to_contain_text("已恢复")


@pytest.mark.parametrize("size", SIZES)
def test_on_the_desk_planned_work_and_a_change_of_limits(
    calm: Town, visit: Callable[..., Watched], size: tuple[int, int]
) -> None:
    page = opened(visit, calm, "operator", "/desk?lang=zh&view=alarms&tab=activities", size)
    if size[0] < 700:
        page.click("#list .newlink a")
    page.select_option("#activity-zones", "dma-06")
    page.fill("#activity-work", "WO-2026-0117")
    page.fill("#activity-who", "冲洗二班")
    page.context.clear_cookies()
    page.locator("form.activity button").first.click()
    expect_told(page, page.locator("#message.bad"), OVER)
    expect(page.locator("#activity-who")).to_have_value("冲洗二班")

    page = opened(visit, calm, "engineer", "/desk?lang=zh&view=master&tab=rows&id=pressure-low", size)
    page.click('[data-act="propose"] summary')
    page.fill("#master-setpoint", "12")
    page.get_by_label("原因（至少 10 个字符）").last.fill("the new pump holds three metres less")
    page.context.clear_cookies()
    page.locator('[data-act="propose"] form button').last.click()
    expect_told(page, page.locator("#message.bad"), OVER)
    expect(page.locator("#master-setpoint")).to_have_value("12")


SAYING = {
    "/notices?id=NTC-20261123-00001": "duty_manager",
    "/dispatch": "operator",
    "/handover": "operator",
    "/publishing": "quality_officer",
    "/deliveries": "duty_manager",
    "/orders?id=WO-20261123-00001": "dispatcher",
    "/hotline": "hotline",
    "/board": "dispatcher",
    "/trends": "engineer",
    "/crew": "crew",
}


@pytest.mark.parametrize("path", SAYING)
def test_what_a_page_says_is_in_view_wherever_it_was_scrolled_to(
    calm: Town, visit: Callable[..., Watched], path: str
) -> None:
    page = opened(visit, calm, SAYING[path], path, (390, 500))
    line = page.locator("#message, #said")
    for part in (0, 0.5, 1):
        line.evaluate("line => line.textContent = '未做'")
        page.evaluate("part => scrollTo(0, part * document.documentElement.scrollHeight)", part)
        expect(line).to_be_in_viewport(ratio=0.95)
