"""WO-19: what a crew's phone says of time without a network. Its own clock may be wrong, and a demo's plant
runs faster: the plant's clock, as it was last heard, is what counts."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.screens.phone import CrewHub, at_the_desk, clock, new_phone, signed_in

HOUR_MS = 3600_000


def minutes_left(page: Page) -> int:
    """Of WO-1, which is due 40 min after its start."""
    page.wait_for_selector("[data-order=WO-1] .due")
    said = page.inner_text("[data-order=WO-1] .due")
    found = re.search(r"还有 (\d+) 分钟", said)
    assert found, said
    return int(found[1])


def times(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#said time").all_inner_texts()]


def minutes_from(earlier: str, later: str) -> int:
    """Between two clock times, of another day with its date, less than half a day apart, over midnight too;
    negative: out of order."""
    told = (said.split()[-1].split(":") for said in (earlier, later))
    before, after = (int(hour) * 60 + int(minute) for hour, minute in told)
    return (after - before + 720) % 1440 - 720


@pytest.mark.parametrize("off_ms", [-2 * HOUR_MS, 3 * HOUR_MS])
def test_a_phone_whose_clock_is_wrong_says_the_plants_time_also_after_a_reload_without_a_network(
    hub: CrewHub, chromium: Browser, off_ms: int
) -> None:
    with new_phone(chromium, hub) as page:
        page.context.add_init_script(clock(off_ms))
        signed_in(page)
        assert 36 <= minutes_left(page) <= 40
        page.wait_for_function(KEPT)
        page.context.set_offline(True)
        hub.kill()
        page.goto("/crew")
        expect(page.locator("#line")).to_have_text("离线")
        assert 34 <= minutes_left(page) <= 40
        since = page.inner_text("#since")
        page.click("[data-order=WO-1]")
        page.click("#next[data-step=depart]")
        expect(page.locator("#said li")).to_have_count(3)
        expect(page.locator("#said")).to_contain_text("已派工 · 抢修一班")
        newest, *before = times(page)
        told = [before[1], before[0], since.removeprefix("自 ").removesuffix(" 起"), newest]
        assert all(0 <= minutes_from(*pair) <= 60 for pair in pairwise(told)), told
        expect(page.locator(".due")).to_contain_text("到场")
        page.click("#next[data-step=arrive]")
        expect(page.locator(".due")).to_contain_text("止水")
        expect(page.locator(".due")).not_to_contain_text("到场")
        expect(page.locator(".state .tag")).to_have_text("待发")


def test_without_having_heard_the_plant_a_phone_says_when_and_never_how_long(
    hub: CrewHub, chromium: Browser
) -> None:
    """Orders kept by a phone that never heard the plant's clock."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        minutes_left(page)
        page.wait_for_function(KEPT)
        page.context.set_offline(True)
        hub.kill()
        page.evaluate(FORGOTTEN)
        page.goto("/crew")
        expect(page.locator("#line")).to_have_text("离线")
        expect(page.locator("[data-order=WO-1] .due")).to_contain_text("前")
        assert "还有" not in page.inner_text("[data-order=WO-1]")
        expect(page.locator("#since")).to_have_count(0)


def test_wo_08_a_crew_is_not_blamed_for_time_that_was_over_before_the_order_reached_it(
    hub: CrewHub, chromium: Browser
) -> None:
    """The order's clock stays as it is; accepted, the next of its clocks is the crew's own."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        said = page.locator("[data-order=WO-3] .due")
        expect(said).to_have_text(re.compile(r"派到本组 .*\d\d:\d\d；接单时限 .*\d\d:\d\d 已过"))
        expect(said).to_have_class("due")
        sent, due = re.findall(r"\d\d:\d\d", said.inner_text())
        assert minutes_from(due, sent) == 9
        page.goto("/crew?lang=en#WO-3")
        expect(page.locator(".due")).to_contain_text("was over")
        page.click("#more summary")
        page.click("#more [data-step=accept]")
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator(".due")).to_contain_text("min left")


def test_pressure_back_by_telemetry_is_no_second_isolation_on_any_page(
    hub: CrewHub, chromium: Browser
) -> None:
    """WO-04: crew phone, order page and desk say when the water was stopped; telemetry is apart."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        page.click("[data-order=WO-2]")
        said = page.locator("#said li")
        expect(said.nth(0)).to_contain_text("遥测显示已恢复正常")
        expect(said.filter(has_text="已止水")).to_have_count(1)
        stopped = said.filter(has_text="已止水").locator("time").inner_text()
        back = said.nth(0).locator("time").inner_text()
        assert stopped != back
        at_the_desk(page, "dispatcher")
        page.goto("/orders?id=WO-2")
        expect(page.locator(".log li").filter(has_text="已止水")).to_have_count(1)
        expect(page.locator(".log li").first).to_contain_text("遥测显示已恢复正常")
        page.goto("/desk?view=orders&id=WO-2")
        expect(page.locator(".stages li").filter(has_text="止水")).to_contain_text(stopped)


OPENED = """new Promise((done) => { const asked = indexedDB.open("waterhub-crew", 1);
asked.onsuccess = () => done(asked.result.transaction("seen", "readwrite").objectStore("seen")); })"""
KEPT = f"""() => {OPENED}.then((seen) => new Promise((done) => {{
  const asked = seen.get("clock"); asked.onsuccess = () => done(Boolean(asked.result)); }}))"""
FORGOTTEN = f"""{OPENED}.then((seen) => new Promise((done) => {{
  seen.delete("clock"); seen.transaction.oncomplete = () => done(); }}))"""
