"""The hotline: by keyboard alone, the verdict first, and nobody's number in an address."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched
from tests.screens.hotline_page import AWAKE, ask, ready


def test_a_caller_is_answered_by_keyboard_alone(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    watched = visit(town, "hotline", 1280, 800)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.open("/hotline?lang=zh")
    page = watched.page
    ask(page, "199 0000 0100", "#verdict")
    assert page.evaluate("document.activeElement.id") == "verdict"
    assert page.locator("#card section").first.get_attribute("id") == "verdict"
    text = page.inner_text("#card")
    assert "199****0100" in text and "19900000100" not in text
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "asked"
    assert not any("19900000100" in url or "0100" in url for url in asked)
    assert watched.wrong == []


def test_a_draft_is_marked_as_not_to_be_told(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    watched = visit(town, "hotline", 1280, 800)
    watched.open("/hotline?lang=en")
    watched.page.wait_for_selector("#today >> text=not to be told")


def test_when_the_telephone_rings_the_card_is_there_and_says_when_water_is_back(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """HL-05 and HL-06, at 1366 x 768."""
    town.do("burst")
    town.do("told")
    watched = ready(town, visit)
    page = watched.page
    town.do("ring")
    page.wait_for_selector("#back")
    box = page.locator("#back").bounding_box()
    assert box and box["y"] + box["height"] < 400, "seen at the first glance"
    assert "05:30" in page.inner_text("#back") and "下次通报" in page.inner_text("#verdict")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    text = page.inner_text("#card")
    assert "公开进度" in text
    for named in ("199****", "维修", "抢修一班", "MPa", "余氯", "近两小时邻近来电", "最近联系"):
        assert named in text, named
    page.wait_for_selector(AWAKE)
    page.keyboard.press("1")
    page.wait_for_selector("#said >> text=已关联工单")
    assert watched.wrong == []


def test_a_call_never_takes_the_place_of_a_form_that_is_not_saved(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """HL-05."""
    watched = ready(town, visit, "en")
    page = watched.page
    ask(page, "A000100", "[data-act=report]")
    page.keyboard.press("1")
    page.fill("[name=text]", "water runs down the stairs")
    town.do("burst")
    town.do("ring")
    page.wait_for_selector("#said >> text=the call waits above")
    assert page.input_value("[name=text]") == "water runs down the stairs"
    page.check("[value=wet_ground]")
    page.fill("[name='q.where']", "by the stairs")
    page.click("form.report button.strong")
    page.wait_for_selector("#said >> text=Linked to WO-")
    page.click("[data-call]")
    page.wait_for_selector("#verdict.known_outage")
    assert "Told so far" not in page.inner_text("#card"), "of a draft nobody was told anything"
    assert watched.wrong == []


def test_hl_03_three_clicks_say_what_since_when_and_how_far(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """HL-03: what the symptom is of the catalogue follows from it; Enter saves."""
    watched = ready(town, visit)
    page = watched.page
    ask(page, "A000100", "[data-act=report]")
    page.keyboard.press("1")
    for value in ("low_pressure", "hour", "neighbours"):
        page.click(f"form.report .chip:has([value={value}])")
    with page.expect_response("**/api/v1/hotline/reports") as saved:
        page.keyboard.press("Enter")
    report = saved.value.json()["report"]
    assert (report["symptom"], report["service"]) == ("low_pressure", "low_pressure")
    assert (report["outlets"], report["neighbours"]) == ("all", True)
    assert 0 <= at_s(report["at"]) - at_s(report["since"]) - 3600 < 120
    page.wait_for_selector("#said >> text=已关联工单")
    assert watched.wrong == []


def at_s(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_in_mass_calls_three_keys_are_enough(town: Town, visit: Callable[..., Watched]) -> None:
    """HL-23: answer, put down, next caller."""
    town.do("burst")
    town.do("told")
    watched = ready(town, visit)
    page = watched.page
    page.click("text=开启大量来电模式")
    page.wait_for_selector("body.surge")
    assert page.locator("#today li h3").first.is_visible(), "the notices that stand stay in sight"
    town.do("ring")
    page.wait_for_selector("#back")
    assert page.locator("[data-act]").count() == 3
    page.wait_for_selector(AWAKE)
    page.keyboard.press("1")
    page.wait_for_selector("#said >> text=已关联工单")
    page.wait_for_selector("#asked:focus")
    assert page.locator("#card section").count() == 0, "the last answer is not told to the next caller"
    assert watched.wrong == []


@pytest.mark.parametrize(
    ("lang", "on", "off", "by", "until"),
    [
        ("zh", "开启大量来电模式", "关闭", "人工开启", r"原因已消除，\d\d:\d\d 自动关闭"),
        ("en", "Turn mass-call mode on", "Turn off", "by a person", r"off by itself at \d\d:\d\d"),
    ],
)
def test_mass_calls_say_what_holds_them_on_and_else_until_when(
    town: Town, visit: Callable[..., Watched], lang: str, on: str, off: str, by: str, until: str
) -> None:
    watched = ready(town, visit, lang)
    page = watched.page
    page.click(f"text={on}")
    page.wait_for_selector(f".queue .mass >> text={by}")
    page.click(f".queue .mass button >> text={off}")
    page.wait_for_selector(f".queue .mass >> text=/{until}/")
    assert watched.wrong == []


def test_a_ringing_call_leaves_the_box_to_the_agent_who_types(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """HL-05: the call is offered beside the box; what is typed stays whole and makes no order."""
    town.do("burst")
    town.do("told")
    watched = ready(town, visit)
    page = watched.page
    saved: list[str] = []
    page.on("request", lambda one: saved.append(one.url) if one.url.endswith("/hotline/reports") else None)
    page.keyboard.type("A00", delay=50)
    town.do("ring")
    page.wait_for_selector("#offer button")
    page.keyboard.type("0100", delay=50)
    assert page.input_value("#asked") == "A000100"
    page.keyboard.press("Enter")
    page.wait_for_selector("#verdict")
    assert "A000100" in page.inner_text("#card") and saved == []
    page.keyboard.press("Escape")
    page.wait_for_selector("#verdict.known_outage")
    assert page.locator("#offer button").count() == 0
    assert watched.wrong == []


def test_a_card_that_comes_by_itself_acts_on_no_key_at_first_and_orders_nobody_unasked(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """HL-05: also after a reload while a call is spoken."""
    town.do("burst")
    town.do("told")
    watched = ready(town, visit)
    page = watched.page
    town.do("ring")
    page.wait_for_selector("#back")
    page.reload()
    page.wait_for_selector("#back")
    page.keyboard.type("2112", delay=20)
    page.keyboard.press("Enter")
    assert page.is_hidden("#form") and page.inner_text("#said") == ""
    assert "按键未生效" in page.inner_text("#kind")
    page.wait_for_selector(AWAKE)
    expect(page.locator("#kind")).to_contain_text("数字键选择")
    page.keyboard.press("2")
    page.wait_for_selector("form.report")
    assert not page.is_checked("[name=order]"), "the footprint explains it"
    assert page.locator("[name=symptom]:checked").count() == 0
    assert watched.wrong == []


def test_a_card_that_stands_changes_with_what_is_published_and_its_figures_grow_old(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """HL-06: nobody is told to promise no time once a time is published; keys act on nothing at first."""
    town.do("burst")
    watched = ready(town, visit)
    page = watched.page
    town.do("ring")
    page.wait_for_selector("#verdict")
    expect(page.locator("#verdict")).not_to_contain_text("05:30")
    assert "疑似故障" in page.inner_text("#verdict .say"), "the cause is not confirmed"
    assert page.inner_text("#verdict .confidence") == "异常已确认，公告未发布"
    old = page.locator(".as-of").inner_text()
    expect(page.locator(".as-of")).not_to_have_text(old)
    town.do("told")
    expect(page.locator("#back")).to_contain_text("05:30")
    expect(page.locator("#said")).to_contain_text("卡片已更新")
    assert page.evaluate("document.activeElement.id") == "verdict"
    page.wait_for_selector(AWAKE)
    page.keyboard.press("1")
    page.wait_for_selector("#said >> text=已关联工单")
    assert watched.wrong == []
