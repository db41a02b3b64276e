"""The page of a shift's log: all that is open with its way to it, notes, two signatures, a sheet of paper."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.screens.conftest import READY, Town, Watched

NIGHT, DAY = "2026-11-22-night", "2026-11-22-day"
"""The town's clock begins at 01:27 in Shanghai: the night shift's, and the day's was not handed over."""

LATE_ARE_COUNTED = """() => document.querySelector("#head .late").textContent
    === document.querySelectorAll("#log .late").length + " 项超时" """


def section(page: Page, name: str) -> Any:
    return page.locator(f"#log > section[data-key={name}]")


@pytest.mark.parametrize(
    ("lang", "unsigned", "orders"), [("zh", "未交班", "工单"), ("en", "not handed over", "Work orders")]
)
def test_what_is_open_stands_in_the_log_and_each_line_leads_to_its_record(
    calm: Town, visit: Callable[..., Watched], lang: str, unsigned: str, orders: str
) -> None:
    watched = visit(calm, "operator", 1440, 900)
    watched.open(f"/handover?lang={lang}")
    page = watched.page
    expect(page.locator("#head .badge").first).to_have_text(unsigned)
    expect(section(page, "orders").locator("h3")).to_contain_text(orders)
    leads = {
        "standing": "/desk?view=alarms&id=dma-06%3Aburst",
        "incidents": "/desk?view=incidents&id=INC-20261123-00001",
        "orders": "/orders?id=WO-20261123-00001",
        "notices": "/notices?id=NTC-20261123-00001",
    }
    for name, to in leads.items():
        expect(section(page, name).locator(f"a[href='{to}']")).to_have_count(1)
    scales = ("报警 1 级", "工单 2 级") if lang == "zh" else ("alarm priority 1", "order priority 2")
    for name, scale in zip(("standing", "orders"), scales, strict=True):
        expect(
            section(page, name).locator("li", has=page.locator(f"a[href='{leads[name]}']"))
        ).to_contain_text(scale)
    expect(section(page, "planned").locator(".none")).to_be_visible()
    section(page, "incidents").get_by_role("link").first.click()
    page.wait_for_url("**/desk?view=incidents&id=INC-20261123-00001")
    assert watched.wrong == []


def test_a_shift_is_noted_in_and_signed_by_keyboard_and_taken_by_another_on_the_same_desk(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    town.do("orders")
    watched = visit(town, "operator", 1440, 900)
    watched.open(f"/handover?shift={DAY}&lang=zh")
    page = watched.page
    expect(page.locator("#head .late")).to_have_text(re.compile(r"^[1-9]\d* 项超时$"))
    page.wait_for_function(LATE_ARE_COUNTED)
    page.locator("#note").focus()
    page.keyboard.type("二号柜钥匙在值班室")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(section(page, "notes")).to_contain_text("二号柜钥匙在值班室")
    expect(page.locator("#note")).to_have_value("")
    page.get_by_role("button", name="交班", exact=True).focus()
    page.keyboard.press("Enter")
    sure = page.get_by_role("button", name="签字交班")
    expect(sure).to_be_focused()
    expect(sure).not_to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#head .badge").first).to_have_text("已交班，待接班")
    expect(page.locator("#note")).to_have_count(0)
    expect(page.locator("#head")).to_contain_text(
        re.compile(r"11/22 08:00 至 11/23 01:\d\d，按交班签字时的内容")
    )
    lines = page.locator("#log").inner_text()
    town.do("minor")
    page.get_by_role("link", name="接班人员登录").click()
    page.fill("#user", "duty_manager")
    page.fill("#password", "turn the valve slowly")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/handover?shift={DAY}")
    page.wait_for_selector(READY)
    assert page.locator("#log").inner_text() == lines, "what was signed does not change"
    page.get_by_role("button", name="接班", exact=True).click()
    sure = page.get_by_role("button", name="已阅，签字接班")
    expect(sure).not_to_have_attribute("aria-disabled", "true")
    sure.click()
    expect(page.locator("#head .badge").first).to_have_text("已接班")
    expect(page.locator("#signed")).to_contain_text(re.compile(r"交班人 调度员 \d\d/\d\d \d\d:\d\d"))
    expect(page.locator("#signed")).to_contain_text("接班人 值班长")
    assert watched.wrong == []


def test_a_viewer_reads_on_a_phone_and_on_paper_and_signs_nothing(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "viewer", 390, 844, bypass_csp=True)
    watched.open(f"/handover?shift={NIGHT}&lang=en")
    page = watched.page
    expect(section(page, "incidents").locator("li.open")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.get_by_role("button", name="Hand over")).to_have_count(0)
    expect(page.locator("#note")).to_have_count(0)
    assert violations(page) == []
    page.emulate_media(media="print")
    expect(page.locator(".menu")).to_be_hidden()
    expect(page.locator("#acts")).to_be_hidden()
    expect(page.locator("#signed")).to_be_visible()
    expect(section(page, "incidents")).to_be_visible()
    assert watched.wrong == []


def test_a_kiosk_is_told_why_it_sees_nothing(calm: Town, visit: Callable[..., Watched]) -> None:
    page = visit(calm, "kiosk", 1440, 900).page
    page.goto("/handover?lang=zh")
    expect(page.locator("body")).to_contain_text("不能查看交接班日志")
    expect(page.locator("#log")).to_have_count(0)
