"""What a person wrote, to its end: while that waits it stands among what the public sees, doubtful water
is not told as water that was off, and somebody says how it is known (ON-09)."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched
from tests.screens.test_notices_page import BOIL

OUTAGE = {
    "kind": "emergency_outage",
    "scope": {"zones": ["dma-01"]},
    "reason": {"zh": "管道漏水", "en": "a leaking main"},
}


def published(town: Town, body: dict, writer: Page, first: Page, second: Page) -> str:
    """Written by one person, approved and published by others."""
    id: str = post(town, writer, "", body)["id"]
    post(town, first, f"/{id}/approve")
    post(town, second, f"/{id}/publish")
    return id


def post(town: Town, page: Page, path: str, body: dict | None = None) -> dict:
    answer = page.request.post(f"{town.url}/api/v1/notices{path}", data=body or {})
    assert answer.ok, answer.text()
    return dict(answer.json())


def test_on_09_what_waits_to_be_lifted_is_still_what_the_public_sees_and_was_never_without_water(
    town: Town, visit: Callable[..., Watched]
) -> None:
    operator, officer, manager = (
        visit(town, role, 1440, 900).page for role in ("operator", "quality_officer", "duty_manager")
    )
    id = published(town, BOIL | {"kind": "do_not_drink"}, operator, officer, manager)
    manager.goto(f"{town.url}/notices?lang=en&id={id}")
    entries = manager.locator(f"#list a[href$='{id}']")
    expect(entries).to_have_count(1)
    post(town, officer, f"/{id}/restore", {"lab": "LAB-7"})
    expect(entries).to_have_count(2)
    waits, told = entries.nth(0), entries.nth(1)
    expect(waits).to_contain_text("approved · Version 2")
    expect(waits).to_have_class("waiting")
    expect(told).to_contain_text("published · Version 1")
    order = re.compile(r"Waiting for somebody.*Version 2.*What the public sees now.*Version 1", re.DOTALL)
    expect(manager.locator("#list")).to_have_text(order)
    post(town, manager, f"/{id}/publish")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("restored")
    expect(manager.locator(".numbers")).to_contain_text("had doubtful water")
    for lang, said, wrong in (
        ("en", "had doubtful water", "without water"),
        ("zh", "原水质受影响", "停水"),
    ):
        hotline = visit(town, "hotline", 1366, 768)
        hotline.open(f"/hotline?lang={lang}")
        line = hotline.page.locator("#today li").filter(has_text=said)
        expect(line).to_have_count(1)
        expect(line.locator("p.quiet")).not_to_contain_text(wrong)
        assert hotline.wrong == []


def test_on_09_what_no_signal_watches_asks_how_it_is_known_and_says_that_it_must_be_told(
    town: Town, visit: Callable[..., Watched]
) -> None:
    operator, manager = (visit(town, role, 1440, 900).page for role in ("operator", "duty_manager"))
    id = published(town, OUTAGE, operator, manager, manager)
    manager.goto(f"{town.url}/notices?lang=zh&id={id}")
    manager.click("[data-act=restore]")
    expect(manager.locator("label[for=why]")).to_contain_text("恢复依据（必填）")
    expect(manager.locator("#outgoing article").first).to_be_visible()
    manager.click("[data-act=restore-read]")
    expect(manager.locator("#message")).to_contain_text("请写明恢复依据")
    expect(manager.locator("[data-act=restore-sure]")).to_have_count(0)
    manager.fill("#why", "抢修一班报告现场已通水")
    manager.click("[data-act=restore-read]")
    manager.click("[data-act=restore-sure]")
    expect(manager.locator("[data-version='2']")).to_be_visible()
