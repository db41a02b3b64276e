"""WO-21 on the crew's phone: after the repair the valves that stand shut are the next step, and turns that do
not balance are said when they are entered."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.screens.phone import CrewHub, phone, signed_in

SHUT = {"v-017": "21", "v-018": "12"}


def opened(page: Page, lang: str = "zh") -> None:
    page.goto(f"/crew?lang={lang}&theme=day#WO-1")
    page.wait_for_selector("#next")


def repaired_behind_valves(page: Page) -> None:
    for step in ("depart", "arrive"):
        page.click(f"#next[data-step={step}]")
    page.click("#valves summary")
    for valve, turns in SHUT.items():
        page.fill(f"input[data-valve={valve}]", turns)
        page.click(f"#valves li:has(input[data-valve={valve}]) [data-turn=close]")
    expect(page.locator("#valves li.shut")).to_have_count(2)
    for step in ("isolate", "complete"):
        page.click(f"#next[data-step={step}]")
    page.click("#sheet button.strong >> nth=0")


def state(hub: CrewHub) -> str:
    return str(hub.ask("/api/v1/work-orders/WO-1")["state"])


@pytest.mark.parametrize("network", [True, False])
def test_after_the_repair_the_valves_left_shut_are_the_next_step(
    hub: CrewHub, playwright: Playwright, tmp_path: Path, network: bool
) -> None:
    with phone(playwright, hub, tmp_path / "profile") as page:
        signed_in(page)
        opened(page)
        if not network:
            page.context.set_offline(True)
            hub.kill()
        repaired_behind_valves(page)
        expect(page.locator("#state")).to_have_text("待开阀")
        expect(page.locator("#next")).to_have_text("开阀")
        expect(page.locator("#to-open li")).to_have_text(["v-017 关着：关 21 圈", "v-018 关着：关 12 圈"])
        if network:
            expect(page.locator("#waiting")).to_have_count(0)
            assert state(hub) == "to_open"
        page.click("#next[data-step=open-valves]")
        assert page.input_value("[data-open=v-017]") == "21"
        page.click("[data-opened=v-017]")
        expect(page.locator("[data-opened]")).to_have_count(1)
        page.click("[data-opened=v-018]")
        expect(page.locator("#sheet")).to_be_hidden()
        expect(page.locator("#state")).to_have_text("已完工")
        expect(page.locator("#to-open")).to_have_count(0)
        if not network:
            page.context.set_offline(False)
            hub.start()
            page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator("#state")).to_have_text("已完工")
    order = hub.ask("/api/v1/work-orders/WO-1")
    assert [one["state"] for one in order["milestones"]][-2:] == ["to_open", "completed"]
    assert order["off_balance"] == []


def test_turns_that_do_not_balance_are_said_as_they_are_entered(
    hub: CrewHub, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, hub, tmp_path / "profile") as page:
        signed_in(page)
        opened(page)
        repaired_behind_valves(page)
        page.click("#next[data-step=open-valves]")
        page.fill("[data-open=v-017]", "18")
        expect(page.locator("#sheet [role=status]").first).to_have_text(
            "v-017 未开足：关 21 圈，开 18 圈，差 3 圈"
        )
        page.click("[data-opened=v-017]")
        expect(page.locator("#sheet .opening").first).to_contain_text("差 3 圈")
        assert page.input_value("[data-open=v-017]") == "3", "what is left to open"
        page.fill("[data-open=v-018]", "15")
        page.click("[data-opened=v-018]")
        expect(page.locator("#sheet [role=alert]").first).to_have_text(
            "v-018 圈数不符：关 12 圈，开 15 圈，多 3 圈"
        )
        page.click("#sheet form button")
        expect(page.locator("#state")).to_have_text("待开阀")
        expect(page.locator("#to-open li")).to_have_text(
            ["v-017 未开足：关 21 圈，开 18 圈，差 3 圈", "v-018 圈数不符：关 12 圈，开 15 圈，多 3 圈"]
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        opened(page, "en")
        expect(page.locator("#to-open li").first).to_have_text(
            "v-017 not fully open: shut 21, opened 18, 3 short"
        )
        expect(page.locator("#next")).to_have_text("Open valves")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect(page.locator("#waiting")).to_have_count(0)
    off = [(one["valve"], one["closed"], one["opened"], one["shut"]) for one in off_balance(hub)]
    assert off == [("v-017", 21, 18, True), ("v-018", 12, 15, False)]


def off_balance(hub: CrewHub) -> list[dict[str, object]]:
    found: list[dict[str, object]] = hub.ask("/api/v1/work-orders/WO-1")["off_balance"]
    return found


def test_a_valve_that_stays_shut_has_a_reason(hub: CrewHub, playwright: Playwright, tmp_path: Path) -> None:
    with phone(playwright, hub, tmp_path / "profile") as page:
        signed_in(page)
        opened(page)
        repaired_behind_valves(page)
        page.click("#more summary")
        page.click("#more [data-step=complete]")
        page.fill("#sheet-note", "阀门锈死，待更换")
        page.click("#sheet button.strong")
        expect(page.locator("#state")).to_have_text("已完工")
        expect(page.locator("#waiting")).to_have_count(0)
    order = hub.ask("/api/v1/work-orders/WO-1")
    assert (order["state"], order["milestones"][-1]["note"]) == ("completed", "阀门锈死，待更换")
    assert order["finding"]["outcome"] == "repaired"
