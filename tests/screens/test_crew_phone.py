"""WO-19: a phone-sized browser behind TLS, its network cut, its server killed: nothing is lost, nothing comes
twice, everything comes in the order in which it was done."""

import re
import time
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.api.hub_at_work import PASSWORD
from tests.axe import violations
from tests.phone_photos import photo
from tests.screens.phone import CrewHub, at_the_desk, clock, new_phone, phone, signed_in

LATER_MS = 30 * 60_000
WAY = ["en_route", "arrived", "isolated", "to_open"]


def tap(page: Page, step: str) -> None:
    page.click(f"#next[data-step={step}]")


def repaired(page: Page) -> None:
    tap(page, "complete")
    page.click("#sheet button.strong >> nth=0")


def shot(page: Page, stage: str, content: bytes) -> None:
    page.set_input_files(f"#photo-{stage}", {"name": "shot.jpg", "mimeType": "image/jpeg", "buffer": content})


def work(page: Page) -> None:
    """All of a repair, in its order: seven acts and two photos."""
    tap(page, "depart")
    tap(page, "arrive")
    shot(page, "before", photo(seed=7, lat=31.2, lon=121.4))
    expect(page.locator("#photos li.waiting")).to_have_count(1)
    page.click("#valves summary")
    page.fill("input[data-valve=v-017]", "18.5")
    page.click("#valves li >> nth=0 >> [data-turn=close]")
    expect(page.locator("#valves li.shut")).to_have_count(1)
    tap(page, "isolate")
    page.click("#sheet button:has-text('足以止水')")
    page.fill("#note", "阀门锈死，改关上游")
    page.check("#note-public")
    page.click("#send-note")
    shot(page, "after", photo(seed=8))
    expect(page.locator("#photos li.waiting")).to_have_count(2)
    repaired(page)


def assert_all_came_once_and_in_order(hub: CrewHub) -> dict[str, Any]:
    order: dict[str, Any] = hub.ask("/api/v1/work-orders/WO-1")
    own = [one for one in order["milestones"] if one["actor"] == "crew"]
    assert [one["state"] for one in own] == WAY
    assert (
        own[-1]["at"] >= own[0]["at"]
        and sorted(own, key=lambda one: one["done"].rstrip("Z").ljust(29, "0")) == own
    )
    photos = hub.ask("/api/v1/work-orders/WO-1/photos")["items"]
    assert [one["stage"] for one in photos] == ["before", "after"]
    notes = hub.ask("/api/v1/work-orders/WO-1/notes")["items"]
    told = [(one["side"], one["text"], one["public"]) for one in notes]
    assert told == [("field", "阀门锈死，改关上游", True)]
    (mine,) = [one for one in hub.ask("/api/v1/crew/orders")["items"] if one["id"] == "WO-1"]
    assert [(one["valve"], one["turning"], one["turns"]) for one in mine["turned"]] == [
        ("v-017", "close", 18.5)
    ]
    assert order["photos_after"] == 1
    return order


NEXT_ASKED_S = 20
"""How long after its orders came a phone asks for them again."""


@pytest.mark.parametrize("frozen", [False, True], ids=["dead", "frozen"])
def test_a_phone_says_that_it_is_offline_as_its_hub_falls_silent_and_not_when_it_asks_again(
    hub: CrewHub, chromium: Browser, frozen: bool
) -> None:
    """A heartbeat comes every two seconds; one that fails is seen at once, one that stays away after five."""
    with new_phone(chromium, hub) as page:
        with page.expect_response("**/api/v1/crew/orders"):
            signed_in(page)
        expect(page.locator("#line")).to_have_text("在线")
        asked_s = time.monotonic()
        with hub.frozen() if frozen else nullcontext():
            if not frozen:
                hub.kill()
            expect(page.locator("#line")).to_have_text("离线", timeout=NEXT_ASKED_S / 2 * 1000)
            assert time.monotonic() - asked_s < NEXT_ASKED_S * 0.9
        if frozen:
            expect(page.locator("#line"), "it answers again").to_have_text("在线", timeout=30_000)


def test_without_a_network_a_repair_is_kept_over_a_closed_browser_and_comes_once_in_order(
    hub: CrewHub, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, hub, tmp_path / "profile") as page:
        signed_in(page)
        page.click("[data-order=WO-1]")
        page.wait_for_selector("#next")
        page.context.set_offline(True)
        hub.kill()
        work(page)
        expect(page.locator("#waiting")).to_contain_text("8")
        expect(page.locator("#state")).to_have_text("待开阀")
    with phone(playwright, hub, tmp_path / "profile") as page:
        page.context.add_init_script(clock(LATER_MS))
        page.goto("/crew#WO-1")
        expect(page.locator("#state")).to_have_text("待开阀")
        expect(page.locator("#line")).to_have_text("离线")
        expect(page.locator("#waiting")).to_contain_text("8")
        expect(page.locator("#photos li.waiting")).to_have_count(2)
        hub.start()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#line")).to_have_text("在线")
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator("#photos img")).to_have_count(2)
    order = assert_all_came_once_and_in_order(hub)
    departed = next(one for one in order["milestones"] if one["state"] == "en_route")
    assert seconds(departed["at"]) - seconds(departed["done"]) == pytest.approx(30 * 60, abs=60)


def test_a_server_killed_between_acts_of_the_sync_loses_nothing_and_does_nothing_twice(
    hub: CrewHub, chromium: Browser
) -> None:
    """It dies with each fourth act on its disk and not yet answered, so that the phone must send it again."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        page.click("[data-order=WO-1]")
        page.wait_for_selector("#next")
        hub.kill()
        work(page)
        expect(page.locator("#waiting")).to_contain_text("8")
        for _ in range(2):
            hub.start(die=4)
            page.evaluate("dispatchEvent(new Event('online'))")
            assert hub.died()
        hub.start()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#waiting")).to_have_count(0)
    assert_all_came_once_and_in_order(hub)


def test_the_page_is_wide_enough_and_accessible(hub: CrewHub, chromium: Browser) -> None:
    """At 360 px nothing runs off, and what is to be tapped is 44 px at least."""
    with new_phone(chromium, hub, bypass_csp=True) as page:
        signed_in(page)
        for query in ("lang=zh&theme=day", "lang=en&theme=night"):
            page.goto(f"/crew?{query}")
            page.wait_for_selector("#orders")
            assert_good(page)
            page.click("[data-order=WO-1]")
            page.click("#more summary")
            page.click("#valves summary")
            assert_good(page)


def test_a_crew_takes_an_order_from_the_pool_on_its_phone(hub: CrewHub, chromium: Browser) -> None:
    """WO-14 at 360 px; what the desk wrote to it stands on the order."""
    opened = hub.do("/api/v1/work-orders", {"service": "leak", "zone": "dma-01", "priority": 3})
    hub.do(f"/api/v1/work-orders/{opened['id']}/pool", {})
    hub.do(f"/api/v1/work-orders/{opened['id']}/notes/n-1", {"text": "用户下午在家"})
    with new_phone(chromium, hub) as page:
        signed_in(page)
        page.click("[data-grab]")
        expect(page.locator("#state")).to_have_text("已接单")
        expect(page.locator("#notes .desk")).to_contain_text("用户下午在家")
        shot(page, "during", photo(size=(4000, 3000)) + b"\0" * 10 * 1024**2)
        expect(page.locator("#message")).to_contain_text("已压缩")
        expect(page.locator("#photos img")).to_have_count(1)
    (kept,) = hub.ask(f"/api/v1/work-orders/{opened['id']}/photos")["items"]
    assert (kept["width"], kept["height"], kept["camera"]) == (3072, 2304, None)


def assert_good(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "⟨" not in page.inner_text("body")
    assert violations(page) == []
    assert page.evaluate(SMALL) == []


def test_what_does_not_fit_any_more_is_said_and_what_a_phone_cannot_send_is_not_lost(
    hub: CrewHub, chromium: Browser
) -> None:
    """The dispatcher ended the order by telephone; the session ended meanwhile; a photo is none."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        page.click("[data-order=WO-1]")
        shot(page, "before", b"\0\0\0\x18ftypheic" + b"\0" * 64)
        expect(page.locator("#message")).to_contain_text("HEIC")
        page.evaluate(FULL)
        tap(page, "depart")
        expect(page.locator("#message")).to_contain_text("未能保存")
        expect(page.locator("#state")).to_have_text("已派工")
        page.evaluate("IDBObjectStore.prototype.add = add; 0")
        page.context.set_offline(True)
        tap(page, "depart")
        expect(page.locator("#waiting")).to_contain_text("1")
        hub.do("/api/v1/work-orders/WO-1/cancel", {"note": "误报", "outcome": "false_alarm"}, "dispatcher")
        hub.do("/api/v1/work-orders/WO-1/cancel", {"note": "同意"}, "duty_manager")
        page.context.clear_cookies()
        page.context.set_offline(False)
        expect(page.locator("#line")).to_have_text("登录已过期，操作已保存")
        page.click("#link a")
        page.fill("#user", "crew")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        refusal = page.locator(".refusal")
        expect(refusal).to_contain_text("已记为留言")
        expect(page.locator("#waiting")).to_have_count(0)
        refusal.locator("button").click()
        expect(refusal).to_have_count(0)
        at_the_desk(page, "dispatcher")
        for lang, other in (("en", r"[\u4e00-\u9fff]"), ("zh", "[A-Za-z]{3}")):
            page.goto(f"/orders?id=WO-1&lang={lang}")
            kept = page.locator("#notes .sync")
            expect(kept).to_contain_text(" — ")
            assert not re.search(other, kept.inner_text()), "what the hub says of it, in one language"
    notes = hub.ask("/api/v1/work-orders/WO-1/notes")["items"]
    assert [one["side"] for one in notes] == ["sync"]


def test_what_one_person_did_waits_for_that_person(hub: CrewHub, chromium: Browser) -> None:
    """Two people, one phone: signing out keeps what waits, and another's session does not send it."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        page.click("[data-order=WO-1]")
        hub.kill()
        tap(page, "depart")
        expect(page.locator("#line")).to_have_text("离线")
        hub.start()
        page.context.clear_cookies()
        page.goto("/sign-in?next=/crew")
        page.fill("#user", "dispatcher")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#link")).to_contain_text("其他人的待发内容")
        assert hub.ask("/api/v1/work-orders/WO-1")["state"] == "assigned"
        page.context.clear_cookies()
        page.goto("/sign-in?next=/crew")
        page.fill("#user", "crew")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#line")).to_have_text("在线")
        expect(page.locator("#waiting")).to_have_count(0)
    assert hub.ask("/api/v1/work-orders/WO-1")["state"] == "en_route"


FULL = """window.add = IDBObjectStore.prototype.add;
IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
0"""
SMALL = """[...document.querySelectorAll("main :is(button, label.shoot, summary, select), .settings summary")]
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""


def seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
