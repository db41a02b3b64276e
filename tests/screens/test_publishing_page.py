"""WQ-06 on its page: publication is held, and let go."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

VIEW = "/publishing?lang="


@pytest.mark.parametrize(
    ("lang", "held", "none"),
    [("zh", "怀疑管壁扰动", "没有暂缓发布的指标。"), ("en", "scale came loose", "Nothing is held.")],
)
def test_a_quality_officer_holds_and_lets_go_and_who_may_not_sees_it(
    calm: Town, visit: Callable[..., Watched], lang: str, held: str, none: str
) -> None:
    officer, manager = visit(calm, "quality_officer"), visit(calm, "duty_manager")
    officer.open(VIEW + lang)
    manager.open(VIEW + lang)
    page = officer.page
    expect(page.locator("#hold-what option")).not_to_have_count(0)
    page.click("form:has(#hold-what) button")
    expect(page.locator("#message.bad")).to_be_visible()
    page.select_option("#hold-minutes", "30")
    page.fill("#hold-reason", held)
    page.wait_for_timeout(2500)
    expect(page.locator("#hold-reason")).to_have_value(held)
    page.click("form:has(#hold-what) button")
    row = page.locator("li", has_text=held)
    expect(row).to_contain_text("quality_officer")
    expect(manager.page.locator("li", has_text=held)).to_have_count(1)
    assert manager.page.locator("#hold-what").count() == 0
    page.fill("#hold-reason", held)
    row.locator("button").click()
    expect(page.locator("li", has_text=none)).to_have_count(1)
    assert officer.wrong == manager.wrong == []


def test_wq_07_one_proposes_that_an_instrument_was_at_fault_and_the_other_decides(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("published")
    officer, manager = visit(town, "quality_officer"), visit(town, "duty_manager")
    officer.open(f"{VIEW}zh")
    manager.open(f"{VIEW}zh")
    page = officer.page
    expect(page.locator("#fault-what option")).not_to_have_count(0)
    page.click("form:has(#fault-what) button")
    expect(page.locator("#message.bad")).to_contain_text("证据编号")
    page.fill("#fault-from", "2026-11-23T00:10")
    page.select_option("#fault-evidence", "instrument_photo")
    page.fill("#fault-reference", "照片 17")
    page.fill("#fault-reason", "探头脱落")
    page.click("form:has(#fault-what) button")
    row = "li:has-text('探头脱落')"
    expect(page.locator(row)).to_contain_text("仪表照片 照片 17")
    expect(page.locator(f"{row} button")).to_have_text(["撤回"])
    expect(manager.page.locator(f"{row} button")).to_have_text(["批准", "驳回"])
    manager.page.click(f"{row} button >> text=批准")
    expect(manager.page.locator(row)).to_have_count(0)
    expect(page.locator(row)).to_have_count(0)
    assert officer.wrong == manager.wrong == []
