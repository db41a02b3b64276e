"""The alarms' journal on the desk: what happened, in words, the newest first, the rest on demand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.screens.conftest import Town, Watched

BURST = "dma-06:burst"
TAB = "view=alarms&tab=journal"


def desk(town: Town, visit: Callable[..., Watched], path: str, width: int = 1440) -> Page:
    watched = visit(town, "operator", width, bypass_csp=True)
    watched.open(path)
    return watched.page


@pytest.mark.parametrize(
    ("lang", "raised", "acked", "refused"),
    [
        ("zh", "报警", "确认", "未执行：搁置时间超出"),
        ("en", "raised", "acknowledged", "refused: The shelf ends in the past"),
    ],
)
def test_what_happened_stands_in_words_with_whose_hand_it_was(
    town: Town, visit: Callable[..., Watched], lang: str, raised: str, acked: str, refused: str
) -> None:
    town.do("burst")
    town.do("ack")
    page = desk(town, visit, f"/desk?lang={lang}&{TAB}&alarm={BURST}", 1440 if lang == "zh" else 390)
    rows = page.locator(".journal tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text(acked)
    expect(rows.nth(0)).to_contain_text("调度员" if lang == "zh" else "operator")
    expect(rows.nth(1)).to_contain_text(raised)
    expect(rows.nth(1)).to_contain_text("82")
    long = {"until": "2027-01-01T00:00:00Z", "reason": "known work on the main"}
    assert page.request.post(f"/api/v1/alarms/{BURST}/shelve", data=long).status == 422
    page.reload()
    expect(rows.nth(0)).to_contain_text(refused)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert violations(page) == []


def test_older_entries_come_on_demand_and_new_ones_wait_behind_a_button(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("storm 140")
    page = desk(town, visit, f"/desk?lang=en&{TAB}")
    rows = page.locator(".journal tbody tr")
    expect(rows).to_have_count(100)
    page.click(".journal .more-rows")
    expect(rows).to_have_count(140)
    expect(page.locator(".journal")).to_contain_text("That is all there is")
    newer = page.locator(".journal .newer")
    expect(newer).to_be_hidden()
    town.do("burst")
    expect(newer).to_be_visible()
    expect(rows).to_have_count(140)
    newer.click()
    expect(rows).to_have_count(100)
    expect(rows.first).to_contain_text("raised")


def test_an_alarm_s_record_ends_with_its_last_entries_and_leads_to_all_of_them(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, f"/desk?lang=zh&view=alarms&id={BURST}")
    past = page.locator("#pane .past li")
    expect(past).to_have_count(1)
    town.do("ack")
    expect(past).to_have_count(2)
    expect(past.first).to_contain_text("确认")
    page.click("#pane >> text=此报警的全部流水")
    expect(page.locator(".journal tbody tr")).to_have_count(2)
    expect(page.locator(".subtabs a[aria-current]")).to_contain_text("流水")
    page.click("text=显示全部报警")
    expect(page.locator(".journal tbody tr")).not_to_have_count(2)
    assert violations(page) == []


def test_rules_and_people_told_stand_in_words(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    town.do("calls")
    town.do("held")
    page = desk(town, visit, f"/desk?lang=zh&{TAB}")
    rows = page.locator(".journal tbody tr")
    expect(rows.filter(has_text="第一水厂水泵全部停机")).to_have_count(1)
    told = rows.filter(has_text="通知 · 值班长 · 值班手机二 · 短信 · 已送达通道 · 无人确认")
    expect(told.first).to_contain_text("滨江片区 疑似爆管")
    expect(page.locator(".journal")).not_to_contain_text("duty-phone")
