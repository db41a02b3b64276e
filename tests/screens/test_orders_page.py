"""The work orders' page: a person's way through an order, told what a close lacks (WO-03)."""

import os
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.phone_photos import photo
from tests.screens.conftest import PASSWORD, Town, Watched
from tests.screens.lost import lose_first_answer

ORDER = "/orders?id=WO-20261123-00001"
PICTURES = os.environ.get("ORDERS_PICTURES")
NARROW = """() => {
    const walk = document.createTreeWalker(document.getElementById('order'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
        const text = walk.currentNode, range = document.createRange();
        range.selectNodeContents(text);
        const lines = [...range.getClientRects()].filter((line) => line.width > 0);
        const em = parseFloat(getComputedStyle(text.parentElement).fontSize);
        if (lines.length > 2 && Math.max(...lines.map((line) => line.width)) < 6 * em) found.push(text.data);
    }
    return found;
}"""
"""Text that stands in three lines or more, none of them six characters wide."""


def at_the_order(town: Town, visit: Callable[..., Watched], more: str = "") -> Page:
    """A dispatcher's page of the order of a burst, in English."""
    town.do("burst")
    page: Page = visit(town, "dispatcher", 1366, 900).page
    page.goto(f"{ORDER}&lang=en{more}")
    page.wait_for_selector("body[data-ready]")
    return page


def press(page: Page, step: str, reached: str) -> None:
    page.click(f"[data-step={step}]")
    expect(page.locator("#order h2 + .quiet b")).to_have_text(reached)


def picture(page: Page, name: str) -> None:
    """Where somebody wants to look at it."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def test_an_order_from_the_best_crew_to_what_a_close_lacks(town: Town, visit: Callable[..., Watched]) -> None:
    page = at_the_order(town, visit, "&theme=day")
    picture(page, "order-en-day")
    expect(page.locator("[data-crew]")).to_have_count(4)
    page.locator("[data-crew]").first.click()
    expect(page.locator("#order h2 + .quiet b")).to_have_text("assigned")
    log = page.locator("section[aria-label='What happened'] li")
    expect(log.first).to_contain_text("Repair crew")
    expect(page.locator("[name=part] option").first).to_contain_text("(0)")
    for step, reached in (("depart", "en route"), ("arrive", "arrived")):
        press(page, step, reached)
    page.fill("[name=turns]", "20")
    page.select_option("[name=closes]", "anticlockwise")
    page.click("section[aria-label=Valves] form button")
    expect(page.locator("section[aria-label=Valves] td.late")).to_have_count(1)
    for step, reached in (("isolate", "isolated"), ("repair", "repairing")):
        press(page, step, reached)
    page.select_option("[name=outcome]", "repaired")
    press(page, "complete", "valves to open")
    expect(page.locator("[data-step].strong")).to_have_count(0)
    expect(page.locator("[data-off]")).to_contain_text("is shut: 20 turns")
    expect(page.locator("[name=turning]")).to_have_value("open")
    expect(page.locator("[name=closes]"), "as recorded").to_have_value("anticlockwise")
    expect(page.locator("[name=turns]")).to_have_value("20")
    page.fill("[name=turns]", "24")
    page.click("section[aria-label=Valves] form button")
    expect(page.locator("#order h2 + .quiet b")).to_have_text("completed")
    expect(page.locator("[data-off]")).to_contain_text("shut 20, opened 24, 4 over")
    expect(log.filter(has_text="isolated")).to_contain_text("by valves")
    expect(page.locator("[data-step].strong")).to_have_attribute("data-step", "close")
    page.fill("[name=note]", "two clamps")
    page.click("[data-step=close]")
    lacking = page.locator("[data-missing]")
    expect(lacking).to_have_count(3)
    assert [one.get_attribute("data-missing") for one in lacking.all()] == [
        "telemetry",
        "photo_after",
        "turns_balanced",
    ]
    picture(page, "order-missing")
    note = f"/api/v1/work-orders/{ORDER.rpartition('=')[2]}/notes/{uuid4()}"
    assert page.request.put(note, data={"text": "the photo follows"}).ok
    expect(page.locator("#notes")).to_contain_text("the photo follows")
    assert page.input_value("[name=note]") == "two clamps", "what was written is not lost by a refusal"
    page.fill("[name=override]", "pressure measured at the hydrant; two turns were not written down")
    page.click("[data-step=close]")
    expect(page.locator("[data-missing]")).to_have_count(1)


def test_what_an_act_has_changed_is_drawn_with_its_answer_not_before(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """Turns typed in between were swept away by the answer, and the turns of before were written down."""
    page = at_the_order(town, visit)
    path = f"/api/v1/work-orders/{ORDER.rpartition('=')[2]}"
    state = page.locator("#order h2 + .quiet b")
    assert page.request.post(f"{path}/assign", data={"crew": "crew-1"}).ok
    expect(state).to_have_text("assigned")
    asked: list[Route] = []
    answers: list[Callable[[], None]] = []

    def act(route: Route) -> None:
        done = route.fetch()
        answers.append(lambda: route.fulfill(response=done))

    page.route(re.compile(f"{path}$"), lambda route: asked.append(route))
    page.route(f"**{path}/depart", act)
    with page.expect_request(re.compile(f"{path}$")):
        assert page.request.put(f"{path}/notes/{uuid4()}", data={"text": "a note of somebody else"}).ok
    with page.expect_request(f"**{path}/depart"):
        page.click("[data-step=depart]")
    while not answers:
        page.wait_for_timeout(20)
    with page.expect_response(f"**{path}/clocks"):
        asked.pop().continue_()
    page.wait_for_timeout(300)
    assert state.inner_text() == "assigned"
    page.unroute(re.compile(f"{path}$"))
    answers.pop()()
    expect(state).to_have_text("en route")


def test_a_repair_under_pressure_asks_for_no_valve_and_its_log_says_how(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """WO-21, and WO-03: once it is done nothing says that anybody was called back."""
    page = at_the_order(town, visit)
    expect(page.locator("section[aria-label=Valves] td", has_text="to shut")).not_to_have_count(0)
    path = f"/api/v1/work-orders/{ORDER.rpartition('=')[2]}"
    steps = [("assign", {"crew": "crew-1"}), ("depart", {}), ("arrive", {})]
    for step, body in [*steps, ("isolate", {"stopped": "under_pressure"})]:
        assert page.request.post(f"{path}/{step}", data=body).ok
    log = page.locator("section[aria-label='What happened'] li", has_text="isolated")
    expect(log).to_contain_text("Clamp under pressure")
    expect(page.locator("section[aria-label=Valves] td", has_text="to shut")).to_have_count(0)
    picture(page, "order-under-pressure")


def test_a_crew_takes_an_order_from_the_pool_with_one_press(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """WO-14, on a phone."""
    desk = visit(town, "dispatcher").page
    desk.goto("/orders?new=1&lang=zh&theme=night")
    desk.wait_for_selector("body[data-ready]")
    picture(desk, "order-new")
    desk.select_option("[name=service]", "leak")
    desk.fill("[name=text]", "人行道渗水")
    desk.click("form .strong")
    desk.wait_for_url("**/orders?id=WO-*")
    desk.click("[data-step=pool]")
    expect(desk.locator("#order h2 + .quiet b")).to_have_text("待抢单")
    page = visit(town, "crew", 360, 740).page
    page.goto("/orders?lang=zh")
    page.click("[data-grab]")
    expect(page.locator("#list")).to_contain_text("已接单")
    expect(page.locator("#pool")).to_be_hidden()
    page.click("#list a")
    page.wait_for_selector("[data-step=depart]")
    picture(page, "order-phone")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


def test_a_crew_with_work_is_put_out_of_use_after_one_press_that_moves_it_all(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """WO-31; and WO-23: a delivery, and a part put on the vehicle that goes. X-02: of the delivery the first
    answer is lost; pressed again, it is booked once."""
    town.do("burst")
    page = visit(town, "duty_manager", 1366, 900).page
    page.goto(ORDER)
    page.click("[data-crew=crew-1]")
    page.wait_for_selector("[data-step=depart]")
    page.goto("/orders?view=flow&lang=en&theme=day")
    page.wait_for_selector("body[data-ready]")
    page.select_option("[name=subject]", "crew:crew-1")
    page.fill("[name=reason]", "the vehicle is in the workshop")
    page.click("#order form button")
    expect(page.locator("[data-open]")).to_have_text("WO-20261123-00001")
    picture(page, "order-flow")
    page.select_option(".missing [name=crew]", "crew-2")
    page.click(".missing button")
    expect(page.locator("[data-open]")).to_have_count(0)
    page.select_option("[name=subject]", "crew:crew-1")
    page.fill("[name=reason]", "the vehicle is in the workshop")
    page.click("#order form button")
    expect(page.locator("#order .log b")).to_have_text("Repair crew 1")
    page.goto("/orders?view=stock&lang=en")
    page.wait_for_selector("body[data-ready]")
    lose_first_answer(page, "**/api/v1/stock")
    page.locator("#order form").first.locator("[name=quantity]").fill("2")
    page.click("#order button:text('Deliver')")
    expect(page.locator("#message")).to_have_class("message bad")
    page.click("#order button:text('Deliver')")
    cells = page.locator("tbody tr").first.locator("td")
    expect(cells.nth(0)).to_have_text("2")
    page.locator("#order form").last.locator("[name=quantity]").fill("2")
    page.locator("#order form").last.locator("[name=to]").select_option("crew-2")
    page.click("#order button:text('Move')")
    expect(cells.nth(2)).to_have_text("2")
    picture(page, "order-stock")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_looked_at_in_both_languages(calm: Town, visit: Callable[..., Watched], lang: str) -> None:
    """Nobody's session is kept: only what the hub says now is shown, and an unknown order is told."""
    watched = visit(calm, "viewer", 1366, 900)
    watched.open(f"{ORDER}&lang={lang}&theme=night")
    picture(watched.page, f"order-{lang}-night")
    assert watched.wrong == []
    watched.page.goto("/orders?id=WO-9")
    expect(watched.page.locator("#order .bad")).to_be_visible()
    assert PASSWORD not in watched.page.content()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_phone_no_column_is_so_narrow_that_its_text_stands_upright(
    calm: Town, visit: Callable[..., Watched], lang: str
) -> None:
    """An instrument's name stood one character a line."""
    page = visit(calm, "dispatcher", 390, 844).page
    for width in (390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"{ORDER}&lang={lang}&theme=day")
        expect(page.locator("#order .around tbody th")).not_to_have_count(0)
        expect(page.locator("[data-crew]")).to_have_count(4)
        picture(page, f"order-{width}-{lang}")
        assert page.evaluate(NARROW) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        table = page.locator("#order .around")
        assert table.evaluate("it => it.scrollWidth <= it.clientWidth"), "all of it is seen"


def test_the_desk_sees_what_the_field_shows_and_writes_back(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """WO-22, WO-24: photos with their place, notes both ways."""
    town.do("burst")
    watched = visit(town, "dispatcher", 1366, 900)
    page, order = watched.page, "/api/v1/work-orders/WO-20261123-00001"
    wrong = "at=2020-01-01T00:00:00Z&sent=2026-11-22T17:00:00Z"
    sent = page.request.put(f"{order}/photos/ph-1?stage=after&{wrong}", data=photo(lat=31.2304, lon=121.4737))
    assert sent.status == 201, sent.text()
    watched.open(f"{ORDER}&lang=en&theme=day")
    shots = page.locator("section[aria-label=Photos]")
    expect(shots.locator("img")).to_have_js_property("naturalWidth", 160)
    expect(shots).to_contain_text("31.23040, 121.47370")
    expect(shots).to_contain_text("the phone's clock was off: it said")
    picture(page, "order-clock-off")
    page.fill("[name=text]", "the owner is at home after three")
    page.click("section[aria-label=Notes] form button")
    expect(page.locator("#notes .desk")).to_contain_text("at home after three")
    assert watched.wrong == []


def test_the_first_owner_writes_down_that_the_caller_was_told(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """WO-12: the work is done, the caller waits for a word: one line, and the promise is kept."""
    town.do("orders")
    watched = visit(town, "hotline", 1366, 900)
    page, order = watched.page, "WO-20261122-00007"
    watched.open(f"/orders?id={order}&lang=en&theme=day")
    told = page.get_by_role("button", name="Caller was told")
    expect(told).to_be_visible()
    picture(page, "order-told")
    page.locator("form", has=told).locator("[name=note]").fill("told by telephone, is content")
    told.click()
    expect(told).to_have_count(0)
    clocks = page.request.get(f"/api/v1/work-orders/{order}/clocks").json()["items"]
    assert next(one for one in clocks if one["clock"] == "inform")["state"] in ("met", "missed")
    assert watched.wrong == []


@pytest.mark.parametrize(("lang", "of"), [("zh", "回访"), ("en", "Call-backs")])
def test_wo_27_what_was_put_down_of_a_call_back_stands_on_its_order(
    town: Town, visit: Callable[..., Watched], lang: str, of: str
) -> None:
    town.do("orders")
    watched = visit(town, "hotline", 1366, 900)
    watched.open(f"/orders?id=WO-20261122-00007&lang={lang}")
    row = watched.page.locator(f"section[aria-label='{of}'] li")
    expect(row).to_contain_text("三楼水压正常了")
    expect(row).to_contain_text("已评价 5 分" if lang == "zh" else "answered 5 of 5")
    assert watched.wrong == []
