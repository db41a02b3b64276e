"""HL-06: one card at 1366 x 768 answers "when will water be back?" without scrolling, when it is calm, in a
burst and in mass calls."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched
from tests.screens.hotline_page import ask, ready

PARTS = "#verdict :is(h2, #back, .next, .say, .other, button)"
OUT_OF_SIGHT = """parts => [...document.querySelectorAll(parts)].filter(n => {
    const { left, right, top, bottom } = n.getBoundingClientRect();
    const seen = document.elementFromPoint((left + right) / 2, bottom - 2);
    const inside = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
    return !inside || !document.getElementById('verdict').contains(seen);
}).map(n => n.className || n.id || n.tagName)"""
"""Parts of the answer that are below the edge, cut off or covered."""


@pytest.mark.parametrize(
    ("lang", "next_by", "told"), [("zh", "下次通报", "恢复"), ("en", "Next update", "back")]
)
def test_when_water_is_back_is_read_without_scrolling(
    town: Town, visit: Callable[..., Watched], lang: str, next_by: str, told: str
) -> None:
    watched = ready(town, visit, lang)
    page = watched.page
    ask(page, "A000100", "#verdict.nothing_known")
    assert whole(page)
    page.keyboard.press("Escape")
    town.do("burst")
    town.do("told")
    town.do("ring")
    page.wait_for_selector("#verdict.known_outage")
    in_the_burst, who = answer(page), re.search(r"A\d{6}", page.inner_text("#card"))
    page.keyboard.press("Escape")
    page.click("text=开启大量来电模式" if lang == "zh" else "text=Turn mass-call mode on")
    page.wait_for_selector("body.surge")
    assert who
    page.locator("#asked").focus()
    ask(page, who[0], "#verdict.known_outage")
    for said in (in_the_burst, answer(page)):
        assert "05:30" in said and next_by in said and told in said
    assert watched.wrong == []


def test_of_an_order_that_was_opened_again_the_card_keeps_the_steps_of_before(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = ready(town, visit, "zh")
    for act in ("burst", "told", "reopened", "ring"):
        town.do(act)
    steps = watched.page.locator("#card .steps").first.locator("li")
    line = ["接报", "派工", "维修", "完工", "工单重开，再次处理"]
    expect(steps).to_have_text([re.compile(f"^{one}") for one in (*line, *line[:4], "回访", "考核")])
    reached = [bool(re.search(r"\d\d:\d\d", one)) for one in steps.all_inner_texts()]
    assert reached == [*[True] * 5, False, True, *[False] * 4], "of this round it was sent alone"
    assert watched.wrong == []


@pytest.mark.parametrize(
    ("lang", "said", "row", "hedged"),
    [("zh", "您家已停水", "已停水", "可能停水"), ("en", "your water is off", "without water", "may be")],
)
def test_hl_06_the_row_is_as_sure_as_the_sentence(
    town: Town, visit: Callable[..., Watched], lang: str, said: str, row: str, hedged: str
) -> None:
    watched = ready(town, visit, lang)
    page = watched.page
    for act in ("burst", "told", "parted", "ring"):
        town.do(act)
    page.wait_for_selector("#verdict.known_outage")
    assert said in page.inner_text("#verdict")
    for part in (".caller .facts", ".standing .facts"):
        facts = page.locator(part).first.inner_text()
        assert row in facts and hedged not in facts, facts
    assert watched.wrong == []


def answer(page: Page) -> str:
    """Its words, all of them in sight."""
    assert whole(page)
    return page.inner_text("#verdict")


def whole(page: Page) -> bool:
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]
    assert page.evaluate(OUT_OF_SIGHT, PARTS) == []
    return True
