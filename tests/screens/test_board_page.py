"""The dispatcher's board: what is late is seen, and an order is given out without a mouse."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.screens.conftest import Town, Watched, served

PICTURES = os.environ.get("PICTURES")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder: Path = tmp_path_factory.mktemp("board")
    with served(folder) as town:
        town.do("orders")
        yield town


@pytest.fixture
def board(busy: Town, visit: Callable[..., Watched]) -> Iterator[Page]:
    watched = visit(busy, "dispatcher", 1440, 900)
    watched.open("/board?lang=en")
    watched.page.wait_for_selector(".card .clockrow")
    yield watched.page
    assert watched.wrong == []


def picture(page: Page, name: str) -> None:
    """Where somebody wants to look at it."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def card(page: Page, n: int) -> str:
    return f'.card:has([data-order="WO-20261122-{n:05d}"])'


def test_orders_stand_by_state_the_most_urgent_first(board: Page) -> None:
    heads = board.locator(".column h2").all_inner_texts()
    assert heads[0].startswith("received")
    received = board.locator(".column").first.locator("[data-order]")
    expect(received.first).to_have_attribute("data-order", "WO-20261122-00001")
    late = board.locator(f"{card(board, 1)} .clockrow.late")
    expect(late).to_contain_text("accept")
    expect(late).to_contain_text("late")
    expect(board.locator(".sums .late b").first).to_have_text("4")


@pytest.mark.parametrize(
    ("lang", "said", "whole"),
    [
        ("zh", "责任人 值班长（值班手机一）", "值班长（值班手机一）"),
        ("en", "Owner: Duty manager (Duty phone 1)", "Duty manager (Duty phone 1)"),
    ],
)
def test_wo_12_who_is_on_call_stands_on_an_order_that_nobody_took_yet(
    busy: Town, visit: Callable[..., Watched], lang: str, said: str, whole: str
) -> None:
    watched = visit(busy, "dispatcher", 1440, 900)
    page = watched.page
    watched.open(f"/board?lang={lang}")
    expect(page.locator(f"{card(page, 1)} .owner")).to_have_text(said)
    expect(page.locator(".card .owner")).to_have_count(1)
    picture(page, f"board-on-call-{lang}")
    watched.open(f"/orders?id=WO-20261122-00001&lang={lang}")
    expect(page.locator("dd.owner")).to_have_text(whole)
    picture(page, f"order-on-call-{lang}")
    assert watched.wrong == []


def test_wo_09_each_clock_is_told_with_pauses_and_without(board: Page) -> None:
    held = board.locator(f"{card(board, 5)} .clockrow.held")
    expect(held).to_contain_text("paused, 18 h")
    expect(held).to_contain_text("without pauses: 15 h")
    expect(board.locator(card(board, 5))).to_contain_text("waiting for a permit")
    for row in board.locator(".clockrow:not(.held)").all():
        assert "without pauses" not in row.inner_text(), "the same is not said twice"


def test_wo_11_what_lies_is_marked(board: Page) -> None:
    expect(board.locator(f"{card(board, 4)} .flag.idle")).to_contain_text("nothing done for 4 h")


def test_one_click_shows_the_zones_pressures_as_they_are_now(board: Page) -> None:
    board.click(f"{card(board, 3)} .zone")
    panel = board.locator("#panel")
    expect(panel.locator("h3")).to_contain_text("Pressures now")
    values = panel.locator(".pressures .value")
    expect(values.first).to_have_text(re.compile(r"^0\.\d{3}$"))
    assert "panel=zone" in board.url
    board.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_by_keyboard_an_order_goes_to_a_crew(board: Page) -> None:
    """Arrows to the order, A, the crew's digit: three keys, and it stands in the crew's column. Crews stand
    by the minutes until they can be at work (WO-15), those that do not fit last."""
    board.keyboard.press("ArrowDown")
    board.keyboard.press("ArrowDown")
    focused = board.evaluate("document.activeElement.getAttribute('data-order')")
    assert focused == "WO-20261122-00002"
    board.keyboard.press("a")
    expect(board.locator("#panel .crews button")).to_have_count(4)
    expect(board.locator('#panel [data-crew="crew-2"]')).to_contain_text("has 1")
    picture(board, "board-assign-en")
    shown = board.locator("#panel .crews button")
    fit = [one for one in shown.all() if not one.locator(".against").count()]
    minutes = [int(one.locator(".soon").inner_text().split()[3]) for one in fit]
    assert minutes == sorted(minutes) and fit
    expect(shown.last.locator(".against").first).to_be_visible()
    expect(board.locator('#panel [data-crew="crew-2"] .against')).to_contain_text(["off shift"])
    picture(board, "board-assign-en")
    board.keyboard.press("4")
    expect(board.locator("#said")).to_contain_text("say why first")
    board.keyboard.press("Escape")
    board.keyboard.press("a")
    best = shown.first.get_attribute("data-crew")
    board.wait_for_selector("#panel .crews button")
    board.keyboard.press("1")
    name = f"Repair crew {str(best)[-1]}"
    expect(board.locator("#said")).to_contain_text(name)
    board.keyboard.press("2")
    column = board.locator(f'.column[aria-label="{name}"]')
    expect(column.locator('[data-order="WO-20261122-00002"]')).to_be_visible()
    expect(column).to_contain_text("assigned")


def test_what_cannot_be_assigned_says_so(board: Page) -> None:
    board.focus('[data-order="WO-20261122-00005"]')
    board.keyboard.press("a")
    expect(board.locator("#said")).to_contain_text("cannot be assigned")


def test_wo_09_a_pause_is_made_with_its_evidence_and_ended(board: Page) -> None:
    board.click('[data-order="WO-20261122-00003"]')
    board.select_option("#pause-reason", "await_third_party")
    board.fill("#pause-evidence", "燃气公司 2026-7")
    board.click(".pause button")
    expect(board.locator(card(board, 3))).to_contain_text("waiting for a third party")
    board.click("#panel .pause button")
    expect(board.locator(card(board, 3))).not_to_contain_text("waiting for a third party")


def test_wo_13_a_hospital_that_heard_leaves_the_list(board: Page) -> None:
    board.keyboard.press("3")
    rows = board.locator("table.rows tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("hospital")
    expect(rows.first).to_have_class("late")
    rows.first.get_by_text("Has heard, needs water").click()
    expect(rows.first.locator(".acts .strong")).to_contain_text("Has heard, needs water · ")
    picture(board, "board-duty-sure-en")
    expect(rows).to_have_count(3)
    rows.first.locator(".acts .strong").click()
    expect(rows).to_have_count(2)


ACT_OF_ANOTHER = """() => fetch("/api/v1/work-orders/WO-20261122-00001/clocks/accept/ack", {
    method: "POST", body: "{}",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
}).then((answer) => answer.status)"""


def test_a_press_counts_though_the_board_is_drawn_anew_meanwhile(board: Page) -> None:
    board.keyboard.press("3")
    row = board.locator("table.rows tbody tr").last
    row.get_by_text("No answer").hover()
    board.mouse.down()
    with board.expect_response("**/api/v1/callbacks"):
        assert board.evaluate(ACT_OF_ANOTHER) == 200
    board.wait_for_timeout(200)
    board.mouse.up()
    expect(row).to_contain_text("tried 1")


def test_wo_13_whom_nobody_reached_stays_on_the_page_with_the_reason(board: Page) -> None:
    board.keyboard.press("3")
    board.locator(".missed summary").click()
    expect(board.locator(".missed li")).to_contain_text("water was back before anybody was reached")
    board.keyboard.press("5")
    expect(board.locator(".sheet")).to_contain_text("Key customers told")
    row = board.locator("tr", has_text="nursing home")
    expect(row).to_contain_text("0.0 % (0.0–79.3) · n = 1")


def test_wo_27_at_night_nobody_can_be_called_back(board: Page) -> None:
    board.keyboard.press("4")
    expect(board.locator(".sheet")).to_contain_text("It is night")
    expect(board.locator("table.rows button").first).to_be_disabled()


def test_figures_are_told_with_n_and_interval(board: Page) -> None:
    board.keyboard.press("5")
    expect(board.locator(".sheet")).to_contain_text("n = 54")
    expect(board.locator(".sheet")).to_contain_text("100.0 % (93.4–100.0)")


def test_on_a_phone_nothing_is_wider_than_the_screen(busy: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(busy, "dispatcher", 360, 740)
    watched.open("/board")
    watched.page.wait_for_selector(".card .clockrow")
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 360
    watched.page.click(".card .zone >> nth=0")
    expect(watched.page.locator("#panel .pressures .value").first).to_be_visible()
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert watched.wrong == []


def test_a_crew_sees_its_own_orders_alone(busy: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(busy, "crew", 1024, 768)
    watched.open("/board")
    orders = watched.page.locator("[data-order]")
    expect(orders).to_have_count(2)
    expect(watched.page.locator("#views button")).to_have_count(2)
    assert watched.wrong == []


def test_with_the_hub_gone_it_says_that_it_is_not_live(busy: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(busy, "dispatcher", 1280, 800)
    watched.open("/board")
    with busy.frozen():
        expect(watched.page.locator("#stale")).to_be_visible(timeout=15_000)
    expect(watched.page.locator("#stale")).to_be_hidden()


def test_wo_27_a_call_back_has_its_address_and_its_result_takes_a_second_press(board: Page) -> None:
    """What is said there stands for ever. In this town it is night, when nobody may call: so the page is told
    that it is day."""
    sent: list[str] = []

    def by_day(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(f"{route.request.url.rpartition('/')[2]} {route.request.post_data}")
            return route.fulfill(json={})
        return route.fulfill(json=route.fetch().json() | {"may_call": True})

    board.route(re.compile(r"/api/v1/callbacks"), by_day)
    board.evaluate("history.replaceState(null, '', '?lang=en&view=callbacks')")
    board.reload()
    board.wait_for_selector("body[data-ready]")
    row = board.locator("table.rows tbody tr").first
    expect(row).to_contain_text("A000001")
    expect(row.locator("td").nth(2).locator("b")).not_to_be_empty()
    mark = (marks := row.locator(".acts button")).first
    marks.nth(1).focus()
    for _ in range(3):
        board.keyboard.down("Enter")
    board.keyboard.up("Enter")
    expect(marks.nth(1)).to_contain_text("press again")
    row.locator(".acts input").fill("水压正常了")
    mark.dblclick()
    expect(mark).to_contain_text("press again")
    expect(mark).to_be_enabled()
    assert sent == [], "neither a double click nor a key held down is a second press"
    mark.click()
    expect(mark).to_have_text("5")
    assert sent == ['calls {"outcome":"answered","mark":5,"note":"水压正常了"}']
    expect(board.locator("#slip")).to_contain_text("A000001 · 5 of 5")
    board.get_by_role("button", name="A slip: take it back").click()
    expect(board.locator("#slip")).to_have_count(0)
    assert sent[1:] == ["take-back {}"]
    board.unroute(re.compile(r"/api/v1/callbacks"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 360])
def test_wo_27_who_may_see_customers_has_number_and_card_and_everybody_how_many_wait(
    busy: Town, visit: Callable[..., Watched], lang: str, width: int
) -> None:
    watched = visit(busy, "duty_manager", width, 800)
    page = watched.page

    def some_wait(route: Route) -> None:
        """Nobody is on a list, and those who are there wait for it."""
        said = route.fetch().json()
        route.fulfill(json=said | {"items": [], "waiting": said["items"], "unlisted": len(said["items"])})

    page.route(re.compile(r"/api/v1/callbacks$"), some_wait)
    watched.open(f"/board?lang={lang}&view=callbacks")
    row = page.locator("table.rows tbody tr").first
    expect(row.locator(".tel")).to_contain_text("****")
    expect(row).to_contain_text("三楼水压低")
    expect(row).not_to_contain_text("object")
    expect(row).to_contain_text("low pressure" if lang == "en" else "水压低")
    n = page.locator("table.rows tbody tr").count()
    expect(page.locator("#views [aria-pressed=true]")).to_have_text(re.compile(rf"\D{n}$"))
    expect(row).to_contain_text("not on the list yet" if lang == "en" else "待列入名单")
    expect(page.locator(".sheet button").first).to_contain_text(str(n))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"callbacks-{lang}-{width}")
    if width == 1440:
        row.get_by_role("link", name="A000001").click()
        expect(page.locator("#card")).to_contain_text("A000001")
    page.unroute_all(behavior="wait")
    assert watched.wrong == []
