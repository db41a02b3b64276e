"""WO-21 on the crew's phone: after the repair the valves that stand shut are the next step, and turns that do
not balance are said when they are entered."""

import os

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.screens.phone import CrewHub, at_the_desk, new_phone, signed_in, stepped

PICTURES = os.environ.get("PICTURES")
SHUT = {"v-017": "21", "v-018": "12"}


def opened(page: Page, lang: str = "zh") -> None:
    page.goto(f"/crew?lang={lang}&theme=day#WO-1")
    page.wait_for_selector("#next")


def repaired_behind_valves(page: Page) -> None:
    stepped(page, "depart", "arrive")
    page.click("#valves summary")
    for valve, turns in SHUT.items():
        page.fill(f"input[data-valve={valve}]", turns)
        page.click(f"#valves li:has(input[data-valve={valve}]) [data-turn=close]")
    expect(page.locator("#valves li.shut")).to_have_count(2)
    stepped(page, "isolate", "complete")
    page.click("#sheet button.strong >> nth=0")


def repaired_and_nothing_counted(page: Page) -> None:
    """The water stopped by the order's valves, in one word."""
    stepped(page, "depart", "arrive", "isolate")
    page.click("#sheet button.strong >> nth=0")
    stepped(page, "complete")
    page.click("#sheet button.strong >> nth=0")


def cut_off(page: Page, hub: CrewHub) -> None:
    page.context.set_offline(True)
    hub.kill()


def reached_again(page: Page, hub: CrewHub) -> None:
    page.context.set_offline(False)
    hub.start()
    page.evaluate("dispatchEvent(new Event('online'))")


def state(hub: CrewHub) -> str:
    return str(hub.ask("/api/v1/work-orders/WO-1")["state"])


@pytest.mark.parametrize("network", [True, False])
def test_after_the_repair_the_valves_left_shut_are_the_next_step(
    hub: CrewHub, chromium: Browser, network: bool
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        if not network:
            cut_off(page, hub)
        repaired_behind_valves(page)
        expect(page.locator("#state")).to_have_text("待开阀")
        expect(page.locator("#next")).to_have_text("开阀")
        expect(page.locator("#to-open li")).to_have_text(["v-017 关着：关 21 圈", "v-018 关着：关 12 圈"])
        if network:
            expect(page.locator("#waiting")).to_have_count(0)
            assert state(hub) == "to_open"
        page.click("#next[data-step=open-valves]")
        expect(page.locator("[data-open=v-017]")).to_have_value("21")
        page.click("[data-opened=v-017]")
        expect(page.locator("[data-opened]")).to_have_count(1)
        page.click("[data-opened=v-018]")
        expect(page.locator("#sheet")).to_be_hidden()
        expect(page.locator("#state")).to_have_text("已完工")
        expect(page.locator("#to-open")).to_have_count(0)
        if not network:
            reached_again(page, hub)
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator("#state")).to_have_text("已完工")
    order = hub.ask("/api/v1/work-orders/WO-1")
    assert [one["state"] for one in order["milestones"]][-2:] == ["to_open", "completed"]
    assert order["off_balance"] == []


def test_turns_that_do_not_balance_are_said_as_they_are_entered(hub: CrewHub, chromium: Browser) -> None:
    with new_phone(chromium, hub) as page:
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
        expect(page.locator("[data-open=v-017]")).to_have_value("3")
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


@pytest.mark.parametrize("network", [True, False])
def test_a_valve_of_which_nobody_counted_the_turns_is_opened_without_them(
    hub: CrewHub, chromium: Browser, network: bool
) -> None:
    """Shut in one word with 止水: there is nothing that an opening could balance."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        if not network:
            cut_off(page, hub)
        repaired_and_nothing_counted(page)
        expect(page.locator("#to-open li")).to_have_text(["v-017 关着：圈数不详", "v-018 关着：圈数不详"])
        page.click("#next[data-step=open-valves]")
        page.click("[data-opened=v-017]")
        expect(page.locator("[data-opened]")).to_have_count(1)
        page.click("#sheet form button")
        page.click("#valves summary")
        row = page.locator("#valves li:has(input[data-valve=v-018])")
        row.locator("[data-turn=open]").click()
        expect(page.locator("#state")).to_have_text("已完工")
        expect(row).to_contain_text("已开，圈数不详")
        if not network:
            reached_again(page, hub)
        expect(page.locator("#waiting")).to_have_count(0)
        expect(page.locator("#state")).to_have_text("已完工")
    assert off_balance(hub) == []


def test_nor_does_the_desk_ask_for_turns_that_nobody_counted(hub: CrewHub, chromium: Browser) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        repaired_and_nothing_counted(page)
        expect(page.locator("#state")).to_have_text("待开阀")
        expect(page.locator("#waiting")).to_have_count(0)
        at_the_desk(page)
        page.goto("/orders?id=WO-1&lang=en&theme=day")
        form = page.locator("section[aria-label=Valves] form")
        for left in ("v-017", "v-018"):
            form.locator("[name=valve]").select_option(left)
            form.locator("[name=turning]").select_option("close")
            expect(form.locator("[name=turns]")).to_have_attribute("required", "")
            form.locator("[name=turning]").select_option("open")
            form.locator("button").click()
            expect(page.locator(f"[data-off={left}]")).to_have_count(0)
        expect(page.locator("#order h2 + .quiet b")).to_have_text("completed")


def off_balance(hub: CrewHub) -> list[dict[str, object]]:
    found: list[dict[str, object]] = hub.ask("/api/v1/work-orders/WO-1")["off_balance"]
    return found


def test_a_valve_that_stays_shut_has_a_reason(hub: CrewHub, chromium: Browser) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        repaired_behind_valves(page)
        expect(page.locator("#waiting")).to_have_count(0)
        page.click("#more summary")
        page.click("#more [data-step=complete]")
        page.fill("#sheet-note", "阀门锈死，待更换")
        page.click("#sheet button.strong")
        expect(page.locator("#state")).to_have_text("已完工")
        expect(page.locator("#waiting")).to_have_count(0)
    order = hub.ask("/api/v1/work-orders/WO-1")
    assert (order["state"], order["milestones"][-1]["note"]) == ("completed", "阀门锈死，待更换")
    assert order["finding"]["outcome"] == "repaired"


PAGES = {
    "phone": "/crew#WO-1",
    "order": "/orders?id=WO-1",
    "board": "/board?order=WO-1&panel=clocks",
    "desk": "/desk?view=orders&id=WO-1",
    "incident": "/desk?view=incidents&id=WO-1",
}
BEFORE = ["接报", "派工", "到场", "止水", "修复"]


def test_every_page_shows_the_same_way_and_what_is_not_open_again(hub: CrewHub, chromium: Browser) -> None:
    """Water is never said to be back before the valves are open; turns that do not balance stand on all."""
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        repaired_behind_valves(page)
        expect(page.locator("#waiting")).to_have_count(0)
        page.click("#next[data-step=open-valves]")
        page.fill("[data-open=v-017]", "18")
        page.click("[data-opened=v-017]")
        page.click("#sheet form button")
        expect(page.locator("#waiting")).to_have_count(0)
        by_page = {"phone": way(page)}
        expect(page.locator("#to-open li").first).to_contain_text("差 3 圈")
        at_the_desk(page)
        for name, address in PAGES.items():
            if name == "phone":
                continue
            page.goto(address.replace("?", "?lang=zh&theme=day&"))
            by_page[name] = way(page)
            expect(page.locator("[data-off=v-017]").first).to_contain_text("关 21 圈，开 18 圈，差 3 圈")
            expect(page.locator("[data-off=v-018]").first).to_have_text("v-018 关着：关 12 圈")
        assert by_page == {name: [*BEFORE, "待开阀", "已开阀", "恢复供水", "办结"] for name in PAGES}
        page.goto("/board?lang=zh")
        card = page.locator(".column[aria-label=维修] .card", has=page.locator("[data-order=WO-1]"))
        expect(card.locator(".state")).to_have_text("待开阀")
        picture(page, "board-to-open")


def way(page: Page) -> list[str]:
    """Its steps without their times."""
    page.wait_for_selector("[data-way]")
    names: list[str] = page.eval_on_selector_all("[data-way]", "all => all.map((li) => li.firstChild.data)")
    return names


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("lang", "crew", "sent_by"), [("zh", "抢修人员", "派单员"), ("en", "crew", "dispatcher")]
)
def test_whoever_did_it_is_named_by_the_place_of_work_and_no_page_runs_off_a_phone(
    hub: CrewHub, chromium: Browser, lang: str, crew: str, sent_by: str
) -> None:
    with new_phone(chromium, hub) as page:
        signed_in(page)
        opened(page)
        repaired_behind_valves(page)
        expect(page.locator("#waiting")).to_have_count(0)
        at_the_desk(page)
        page.goto(f"/orders?lang={lang}&theme=day&id=WO-1")
        log = page.locator("section .log li")
        expect(log.filter(has_text="v-017")).to_contain_text(f"· {crew}")
        expect(log.filter(has_text=sent_by)).to_have_count(1)
        picture(page, f"order-phone-{lang}")
        for address in (*(PAGES[name] for name in ("order", "board", "desk")), "/notices?", "/board?"):
            page.goto(f"{address}&lang={lang}")
            page.wait_for_selector("body[data-ready]")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
