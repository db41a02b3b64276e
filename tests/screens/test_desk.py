"""The desk at three in the morning: two keystrokes, nothing optimistic, nothing that moves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched


def desk(town: Town, visit: Callable[..., Watched], role: str, path: str = "/desk?lang=zh") -> Watched:
    watched = visit(town, role)
    watched.open(path)
    return watched


def test_two_keystrokes_acknowledge_and_every_desk_sees_it(town: Town, visit: Callable[..., Watched]) -> None:
    mine, other = desk(town, visit, "operator"), desk(town, visit, "duty_manager")
    town.do("burst")
    row = 'tr[data-key="dma-06:burst"]'
    mine.page.wait_for_selector(f"{row}.unanswered")
    other.page.wait_for_selector(f"{row}.unanswered")
    mine.page.keyboard.press("j")
    assert "id=dma-06%3Aburst" in mine.page.url
    mine.page.keyboard.press("a")
    other.page.wait_for_selector(f"{row}.answered")
    mine.page.wait_for_selector(f"{row}.answered")
    assert "已确认" in mine.page.inner_text(row)


def test_a_command_nobody_answers_changes_nothing_and_says_what_to_do(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = desk(town, visit, "operator")
    town.do("burst")
    page = watched.page
    row = 'tr[data-key="dma-06:burst"]'
    page.wait_for_selector(f"{row}.unanswered")
    page.route("**/ack", lambda route: route.abort())
    page.click(f"{row} button")
    page.wait_for_selector("#message.bad")
    assert "重试" in page.inner_text("#message")
    assert page.locator(f"{row}.unanswered").count() == 1


def test_rows_hold_still_under_the_pointer(town: Town, visit: Callable[..., Watched]) -> None:
    watched = desk(town, visit, "operator")
    page = watched.page
    town.do("minor")
    page.wait_for_selector("tbody tr")
    before = page.eval_on_selector_all("tbody tr", "rows => rows.map(r => r.dataset.key)")
    page.hover("tbody tr:first-child")
    town.do("burst")
    page.wait_for_selector(".chip:not([hidden])")
    assert page.eval_on_selector_all("tbody tr", "rows => rows.map(r => r.dataset.key)") == before
    page.click(".chip")
    page.wait_for_selector('tr[data-key="dma-06:burst"]')


def test_those_who_may_not_are_offered_no_button(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = desk(calm, visit, "viewer", "/desk?view=incidents&id=INC-20261123-00001")
    watched.page.wait_for_selector("#pane .drafts")
    assert watched.page.locator("[data-command]").count() == 0


def test_a_notice_goes_from_draft_to_published_by_a_duty_manager(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, "duty_manager", "/desk?lang=en&view=incidents&id=INC-20261123-00001").page
    page.click("text=Approve")
    page.wait_for_selector("#pane >> text=Publish")
    page.click("[data-command^=publish]")
    page.click(".confirm button.strong")
    page.wait_for_selector("#pane h3 >> text=published")


def test_a_dispatcher_sends_a_crew_from_the_ranking(town: Town, visit: Callable[..., Watched]) -> None:
    """WO-15: the desk leads to the board's choice, which asks why where a crew does not fit."""
    town.do("burst")
    page = desk(town, visit, "dispatcher", "/desk?lang=zh&view=orders&id=WO-20261123-00001").page
    page.click("#pane .actions a.strong")
    page.wait_for_selector('#panel[data-shown^="WO-20261123-00001/assign"]')
    page.click('#panel [data-crew="crew-1"]')
    page.wait_for_selector("#said >> text=抢修一班")
    page.goto("/desk?lang=zh&view=orders&id=WO-20261123-00001")
    page.wait_for_selector('tr[data-key="WO-20261123-00001"] >> text=抢修一班')
    page.goto("/board?lang=zh&order=WO-20261123-00001&panel=assign")
    page.wait_for_selector('#panel[data-shown^="WO-20261123-00001"]')


def test_every_view_is_an_address_and_back_returns(calm: Town, visit: Callable[..., Watched]) -> None:
    page = desk(calm, visit, "operator").page
    page.keyboard.press("2")
    page.click("tbody a")
    page.wait_for_selector("#pane .likely")
    there = page.url
    page.keyboard.press("5")
    assert "view=collection" in page.url
    page.go_back()
    assert page.url == there
    page.wait_for_selector("#pane .likely")


def test_what_is_restored_has_no_priority_and_values_have_the_unit_of_their_kind(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    page = desk(calm, visit, "operator").page
    found = page.evaluate(
        """async () => {
            const base = JSON.parse(document.getElementById('page').textContent).static;
            const { priorityOf } = await import(`${base}js/core/alarms.js`);
            const { reading } = await import(`${base}js/control/reading.js`);
            const tag = { quantity: 'pressure', unit: 'm' };
            const alarm = { value: 90, limit: 60, zone: 'dma-01' };
            return {
                priorities: ['suspected', 'confirmed', 'restored', 'closed', 'false_alarm'].map(
                    (state) => priorityOf({ id: 'i', kind: 'burst', state }, [])),
                communication: reading({ ...alarm, kind: 'communication' }, null),
                stale: reading({ ...alarm, kind: 'stale' }, tag),
                burst: reading({ ...alarm, kind: 'burst' }, null),
                low: reading({ ...alarm, kind: 'limit_low' }, tag),
            };
        }"""
    )
    assert found["priorities"] == [1, 1, None, None, None]
    assert found["communication"] is None
    assert found["stale"] == {"value": "90", "limit": "60", "unit": "s", "usual": False, "status": False}
    assert found["burst"] == {"value": "90", "limit": "60", "unit": "m³/h", "usual": True, "status": False}
    assert found["low"] == {
        "value": "0.883",
        "limit": "0.588",
        "unit": "MPa",
        "usual": False,
        "status": False,
    }


def test_an_engineer_puts_a_station_in_maintenance_and_takes_it_back(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = desk(calm, visit, "engineer", "/desk?view=collection&lang=en")
    page = watched.page
    page.fill("#maintenance-of", "q-01")
    page.fill("#maintenance-note", "probe exchanged")
    page.wait_for_timeout(2500)
    expect(page.locator("#maintenance-note")).to_have_value("probe exchanged")
    page.click("text=Begin")
    row = page.locator(".members li", has_text="q-01")
    expect(row).to_contain_text("probe exchanged")
    row.locator("button").click()
    expect(page.locator(".members li", has_text="q-01")).to_have_count(0)
    assert watched.wrong == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_causes_are_told_in_the_reader_s_language_with_the_driver_s_line_and_the_badge_counts_lost_lines(
    calm: Town, visit: Callable[..., Watched], lang: str
) -> None:
    watched = desk(calm, visit, "engineer", f"/desk?view=collection&lang={lang}")
    page = watched.page
    down = page.locator("tr.health-down").first
    said = "对方拒绝连接" if lang == "zh" else "Connect call failed"
    expect(down).to_contain_text(said)
    lost = page.locator("tr.health-down").count()
    conditions = page.locator(".conditions li").count()
    assert lost and conditions == 2
    expect(page.locator("#n-collection")).to_have_text(str(lost + conditions))
    down.locator("a").click()
    expect(page.locator("p.cause")).to_contain_text(said)
    expect(page.locator("main")).to_contain_text("Errno 111")
    assert watched.wrong == []
