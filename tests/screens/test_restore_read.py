"""ON-02, ON-09 on the notices page: that water is back is read as it is sent, and said by a second press."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched

PICTURES = os.environ.get("NOTICE_PICTURES")
ID = "NTC-20261123-00001"


def standing(town: Town, visit: Callable[..., Watched], width: int, height: int, query: str) -> Watched:
    """A notice that is published, and everybody it concerns was told."""
    town.do("burst")
    watched = visit(town, "duty_manager", width, height)
    watched.open(f"/notices?{query}&id={ID}")
    for act in ("approve", "publish"):
        answer = watched.page.request.post(f"{town.url}/api/v1/notices/{ID}/{act}", data={})
        assert answer.ok, answer.text()
    town.do("mailed")
    watched.page.reload()
    watched.page.wait_for_selector("[data-act=restore]")
    return watched


def version(page: Page, town: Town) -> int:
    return int(page.request.get(f"{town.url}/api/v1/notices/{ID}").json()["version"])


def test_on_09_water_is_back_is_read_and_said_by_a_second_press(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = standing(town, visit, 1440, 900, "lang=zh&theme=day")
    page = watched.page
    page.click("[data-act=restore]")
    out = page.locator("#outgoing")
    expect(out).to_contain_text("将发出的内容")
    chinese = out.locator("article[lang=zh-CN]")
    expect(chinese).to_contain_text("正常")
    expect(chinese.locator(".bubble")).to_have_count(2)
    for n in (0, 1):
        expect(chinese.locator(".bubble").nth(n)).to_contain_text("【清河水务】")
        expect(chinese.locator(".bubble").nth(n)).to_contain_text(f"/n/{ID}")
    page.click("[data-act=restore-read]")
    expect(page.locator("#message")).to_contain_text("遥测尚未恢复")
    expect(page.locator("[data-act=restore-sure]")).to_have_count(0)
    page.fill("#why", "抢修一班报告现场已通水")
    page.keyboard.press("Enter")
    question = page.locator(".actions:has([data-act=restore-sure])")
    expect(question).to_contain_text("人")
    expect(out).to_be_visible()
    assert version(page, town) == 1, "one press says nothing"
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/restore-zh-wide.png", full_page=True)
    yes = page.locator("[data-act=restore-sure]")
    expect(yes).not_to_have_attribute("aria-disabled", "true")
    expect(yes).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-version='2']")).to_be_visible()
    expect(page.locator("#outgoing")).to_have_count(0)
    assert version(page, town) == 2
    assert watched.wrong == []


def test_on_09_behind_shut_valves_what_is_read_says_that_it_is_refused_and_names_them(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = standing(town, visit, 1440, 900, "lang=zh&theme=day")
    page = watched.page
    page.click("[data-act=restore]")
    expect(page.locator("#outgoing .bubble").first).to_be_visible()
    expect(page.locator("#outgoing [data-lack]")).to_have_count(0)
    town.do("shut")
    page.fill("#why", "用户来电说已有水")
    page.click("[data-act=restore-read]")
    refused = page.request.post(f"{town.url}/api/v1/notices/{ID}/restore", data={"reason": "已有水"})
    (missing,) = refused.json()["missing"]
    assert (refused.status, missing["item"]) == (422, "valves_still_shut")
    expect(page.locator("#outgoing [data-lack=valves_still_shut]")).to_have_text(f"✕ {missing['why']['zh']}")
    expect(page.locator("#message")).to_contain_text(missing["why"]["zh"])
    expect(page.locator("[data-act=restore-sure]")).to_have_count(0)
    log = page.request.get(f"{town.url}/api/v1/work-orders").json()["items"]
    (order,) = [one for one in log if one["kind"] == "burst"]
    assert order["valves"] and all(valve in missing["why"]["zh"] for valve in order["valves"][:5])


def test_who_turns_back_keeps_the_reason_and_has_said_nothing(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = standing(town, visit, 1440, 900, "lang=en&theme=day")
    page = watched.page
    page.click("[data-act=restore]")
    expect(page.locator("#outgoing .bubble").first).to_be_visible()
    page.fill("#why", "the crew saw it run")
    page.click("[data-act=restore-read]")
    page.locator(".actions:has([data-act=restore-sure]) button", has_text="Cancel").click()
    expect(page.locator("#why")).to_have_value("the crew saw it run")
    page.locator("form:has(#why) button", has_text="Cancel").click()
    expect(page.locator("[data-act=restore]")).to_be_visible()
    expect(page.locator("#outgoing")).to_have_count(0)
    assert version(page, town) == 1


@pytest.mark.parametrize(("width", "theme"), [(360, "day"), (1440, "night")])
def test_what_goes_out_is_read_without_scrolling_sideways(
    town: Town, visit: Callable[..., Watched], width: int, theme: str
) -> None:
    watched = standing(town, visit, width, 800, f"lang=zh&theme={theme}")
    page = watched.page
    page.click("[data-act=restore]")
    expect(page.locator("#outgoing .bubble").first).to_be_visible()
    page.fill("#why", "抢修一班报告现场已通水")
    page.click("[data-act=restore-read]")
    expect(page.locator("[data-act=restore-sure]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/restore-zh-{width}-{theme}.png", full_page=True)


def test_what_a_withdrawal_says_is_read_before_its_second_press(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = standing(town, visit, 1440, 900, "lang=zh&theme=day")
    page = watched.page
    page.click("[data-act=withdraw]")
    chinese = page.locator("#outgoing article[lang=zh-CN]")
    expect(chinese.locator(".bubble").first).to_contain_text("【清河水务】")
    expect(chinese).to_contain_text("撤回")
    known = page.locator("#outgoing [data-lack=incident_stands]")
    expect(known).to_contain_text("尚未结束")
    expect(known).to_contain_text("户可能停水")
    expect(known).to_contain_text("不再从公告获知")
    assert version(page, town) == 1, "one press says nothing"
    expect(page.locator("#why")).to_be_focused()
    page.click("[data-act=withdraw-sure]")
    expect(page.locator("#message")).to_contain_text("撤回原因（必填")
    assert version(page, town) == 1, "nor does one without a reason"
    page.fill("#why", "现场并非公共管道")
    page.click("[data-act=withdraw-sure]")
    expect(page.locator("[data-version='2']")).to_be_visible()
    expect(page.locator("#notice .facts")).to_contain_text("现场并非公共管道")
    page.goto(f"{page.url.partition('/notices')[0]}/handover?lang=zh")
    notices = page.locator("#log > section[data-key=notices]")
    expect(notices).to_contain_text("已撤回")
    expect(notices).to_contain_text("现场并非公共管道")
    assert watched.wrong == []
