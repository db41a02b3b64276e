"""One certainty everywhere: what may be is nowhere told as what is, whichever box of a page says it, and
messages are shown as sent where they are (ON-02, ON-25)."""

import os
import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

NOTICE = "NTC-20261123-00001"
SURE = re.compile(r"\d no water|inside what is shut|behind valves that are shut")


def test_how_people_are_supplied_is_no_surer_than_the_headline(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = visit(town, "duty_manager", 1440, 900)
    watched.open(f"/notices?lang=en&id={NOTICE}")
    page = watched.page
    boxes = page.locator(".boxes")
    expect(boxes).to_contain_text(re.compile(r"\d may be without water"))
    expect(boxes).not_to_contain_text(SURE)
    expect(page.locator("#preview .sent-to").first).to_contain_text("may be without water")
    town.do("shut")
    expect(boxes).to_contain_text(re.compile(r"\d no water"))
    assert watched.wrong == []


def test_the_board_says_of_a_version_what_that_version_said(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = visit(town, "duty_manager", 1440, 900)
    watched.open(f"/notices?lang=en&id={NOTICE}")
    for act in ("approve", "publish", "publish-sure"):
        watched.page.click(f"[data-act={act}]")
    expect(watched.page.locator("#notice .badges")).to_contain_text("published")
    board = visit(town, "dispatcher", 1440, 900)
    board.open("/board?lang=en")
    card = board.page.locator(".card").first
    expect(card).to_contain_text("may be without water")
    town.do("shut")
    expect(card).to_contain_text(re.compile(r"The hub reckons: \d+ without water"))
    expect(card).to_contain_text(re.compile(r"Notice, version 1: \d+ may be without water"))


def test_messages_are_shown_of_those_to_whom_they_went_and_of_nobody_else(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = visit(town, "duty_manager", 1440, 900)
    watched.open(f"/notices?lang=zh&id={NOTICE}")
    page = watched.page
    for act in ("approve", "publish"):
        answer = page.request.post(f"/api/v1/notices/{NOTICE}/{act}", data={})
        assert answer.ok, answer.text()
    town.do("mailed")
    page.reload()
    expect(page.locator("#preview .sum")).to_contain_text("已发给")
    expect(page.locator("#preview .sent-to").first).to_contain_text("人")
    writer = visit(town, "operator").page
    same = writer.request.post(f"/api/v1/notices/{NOTICE}/updates", data={}, headers={"idempotency-key": "u"})
    assert same.ok, same.text()
    expect(page.locator("#preview .sum")).to_contain_text("发给 0 人")
    expect(page.locator("#preview")).to_contain_text("不发送")
    expect(page.locator("#preview .bubble")).to_have_count(0)
    assert watched.wrong == []


def test_on09_what_is_over_is_told_in_the_past_tense(town: Town, visit: Callable[..., Watched]) -> None:
    """Whatever its incident does: of a fault that nobody saw, that they may have been without."""
    town.do("burst")
    manager = visit(town, "duty_manager", 1440, 900).page
    for path, body in (("approve", {}), ("publish", {}), ("restore", {"reason": "用户来电说已恢复"})):
        assert manager.request.post(f"{town.url}/api/v1/notices/{NOTICE}/{path}", data=body).ok
    manager.goto(f"{town.url}/notices?lang=en&id={NOTICE}")
    expect(manager.locator(".numbers")).to_contain_text("may have been without water")
    if pictures := os.environ.get("PICTURES"):
        for lang, said in (("zh", "原可能停水"), ("en", "may have been")):
            manager.goto(f"{town.url}/notices?lang={lang}&id={NOTICE}")
            expect(manager.locator(".numbers")).to_contain_text(said)
            manager.screenshot(path=f"{pictures}/restored-{lang}.png", full_page=True)
