"""Pages whose data comes in another order than the usual one: what is drawn follows, whatever came last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.screens.conftest import Town, Watched, served
from tests.screens.hotline_page import ask, ready

PUMP = "plant-1.pump-1.running:duty-pump"
BURST_ZONE_INFLOW = ("dma-06.inflow",)
SHOWN_ABOVE = """least => [...document.querySelectorAll('#zones tr')].some((row) =>
    row.textContent.includes('滨江') && parseFloat(row.querySelector('.inflow').textContent) > least)"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with served(tmp_path_factory.mktemp("late")) as town:
        yield town


@contextmanager
def held_back(page: Page, *paths: str) -> Iterator[None]:
    """The hub answers at once; the browser has the answers only when this is over."""
    waiting: list[Route] = []
    for path in paths:
        page.route(f"**{path}", lambda route: waiting.append(route))
    yield
    for route in waiting:
        route.continue_()
    for path in paths:
        page.unroute(f"**{path}")


def test_what_is_drawn_before_its_names_have_come_is_drawn_again_with_them(
    town: Town, visit: Callable[..., Watched]
) -> None:
    for order in ("tripped", "advise boil"):
        town.do(order)
    desk = visit(town, "operator").page
    value = desk.locator(f'tr[data-key="{PUMP}"] td.value')
    with held_back(desk, "/api/v1/tags"):
        desk.goto("/desk?lang=zh&view=alarms")
        expect(value).not_to_be_empty()
    expect(value).to_have_text("停 / 应运行")
    wall = visit(town, "kiosk", 1920, 1080).page
    with held_back(wall, "/api/v1/tags", "/api/v1/network"):
        wall.goto("/wall?lang=zh")
        expect(wall.locator("#banner .value")).not_to_be_empty()
        expect(wall.locator("#advisory .many")).not_to_be_empty()
    expect(wall.locator("#banner .value")).to_have_text("停 （应运行）")
    expect(wall.locator("#advisory .where")).to_have_text("滨江片区")
    town.do("flood 20")
    with held_back(wall, "/api/v1/network"):
        wall.reload()
        expect(wall.locator("#flood .much")).not_to_be_empty()
    expect(wall.locator("#flood .most")).to_contain_text("片区")


def test_what_the_hub_did_not_answer_is_asked_again_without_another_event(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = visit(town, "operator").page
    refused: list[str] = []

    def once(route: Route) -> None:
        if len(refused) < 2:
            refused.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/tags", once)
    page.goto("/desk?lang=zh&view=alarms&all=1")
    page.wait_for_selector("body[data-ready]")
    assert len(refused) == 2
    refused.clear()
    page.route("**/api/v1/alarms?*", once)
    town.do("lost")
    expect(page.locator('tr[data-key="st-02:communication"]')).to_have_count(1)
    assert len(refused) == 2


def test_an_answer_that_breaks_off_is_none_and_is_asked_for_again(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    broken: list[str] = []

    def breaks_off(route: Route) -> None:
        if broken:
            route.continue_()
            return
        broken.append(route.request.url)
        route.fulfill(status=200, content_type="application/json", body='{"items": [')

    watched.page.route("**/api/v1/tags", breaks_off)
    watched.open("/wall?lang=zh")
    expect(watched.page.locator("#zones tr").first).not_to_be_empty()
    assert broken and watched.wrong == []


def inflow(answer: APIResponse) -> float:
    values = {tag["id"]: tag["latest"]["v"] for tag in answer.json()["items"] if tag["latest"]}
    return sum(values[id] for id in BURST_ZONE_INFLOW)


def test_a_value_told_before_the_tags_have_come_is_shown(town: Town, visit: Callable[..., Watched]) -> None:
    page = visit(town, "kiosk", 1920, 1080).page
    asked: list[Route] = []
    told: list[APIResponse] = []
    page.route(
        "**/api/v1/tags", lambda route: route.fulfill(response=told[0]) if told else asked.append(route)
    )
    page.goto("/wall?lang=zh")
    expect(page.locator("#counts b").first).not_to_be_empty()
    old = page.request.get("/api/v1/tags")
    town.do("burst")
    while inflow(page.request.get("/api/v1/tags")) < inflow(old) + 40:
        page.wait_for_timeout(200)
    town.do("silence")
    page.wait_for_timeout(1_500)  # the stream tells values once a second, and then no more
    told.append(old)
    asked[-1].fulfill(response=old)
    page.wait_for_selector("body[data-ready]")
    page.wait_for_function(SHOWN_ABOVE, arg=inflow(old) + 30)


def failing(page: Page, path: str) -> Callable[[], None]:
    """Its questions are not answered until what is returned is called."""
    page.route(path, lambda route: route.abort())
    return lambda: page.unroute(path)


def test_what_is_written_and_asked_on_the_desk_stays_while_others_change_things(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = visit(town, "dispatcher").page
    town.do("burst")
    page.goto("/desk?lang=en&view=orders")
    page.locator("#list tbody tr a").first.click()
    page.locator("#pane input[id^=note-]").fill("valve chamber under water")
    town.do("assign")
    expect(page.locator("#pane [aria-current=step]")).to_contain_text("assigned")
    expect(page.locator("#pane input[id^=note-]")).to_have_value("valve chamber under water")
    page = visit(town, "operator").page
    page.goto("/desk?lang=en&view=incidents")
    page.locator("#list tbody tr a", has_text="Burst").first.click()
    page.locator('#pane [data-command^="false-alarm:"]').click()
    expect(page.locator("#sure, #pane .confirm .strong").first).to_be_focused()
    rows = page.locator("#list tbody tr").count()
    town.do("burst")
    expect(page.locator("#list tbody tr")).to_have_count(rows + 1)
    expect(page.locator("#pane #merge-with")).to_be_visible()
    expect(page.locator("#sure")).to_be_focused()


def test_an_answer_about_the_last_caller_touches_nothing_of_the_next(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = ready(town, visit, "en").page
    ask(page, "A000100", "[data-act=report]")
    page.keyboard.press("1")
    page.click("form.report .chip:has([value=low_pressure])")
    with held_back(page, "/api/v1/hotline/reports"):
        with page.expect_request("**/api/v1/hotline/reports"):
            page.click("form.report button.strong")
        page.keyboard.press("Escape")
        ask(page, "A000200", "[data-act=report]")
        page.locator("[data-act=report]").click()
        page.fill("[name=text]", "water in the cellar")
    expect(page.locator("#said")).not_to_be_empty()
    expect(page.locator("[name=text]")).to_have_value("water in the cellar")
    expect(page.locator("#tracking")).to_have_count(0)


def test_what_was_written_and_not_taken_is_still_there_when_the_order_changes(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = visit(town, "dispatcher").page
    town.do("burst")
    page.goto("/orders?lang=en")
    page.locator("#list a").first.click()
    page.wait_for_selector("body[data-ready]")
    answer = failing(page, "**/notes/*")
    written = page.locator("#order form [name=text]")
    written.fill("the lid is stuck")
    written.press("Enter")
    expect(page.locator("#message.bad")).not_to_be_empty()
    listed = page.locator('#list [aria-current="true"]')
    before = listed.inner_text()
    town.do("assign")
    expect(listed).not_to_have_text(before)
    page.wait_for_timeout(500)
    expect(written).to_have_value("the lid is stuck")
    answer()


def test_a_notice_that_cannot_be_asked_for_again_stays_as_it_was_read(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "duty_manager")
    watched.open("/notices?lang=en")
    page = watched.page
    page.locator("#list a").first.click()
    expect(page.locator("#notice .badges")).to_be_visible()
    read = page.inner_text("#notice h2")
    answer = failing(page, "**/api/v1/notices/*")
    entries = page.locator("#list a").count()
    town.do("burst")
    expect(page.locator("#list a")).to_have_count(entries + 1)
    page.wait_for_timeout(500)
    expect(page.locator("#notice h2")).to_have_text(read)
    answer()
