"""The trends: eight pens, their quality, their gaps with a reason, and what people wrote beside them."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.screens.conftest import Town, Watched

EIGHT = [
    "dma-06.inflow",
    "dma-05.inflow",
    "dma-04.inflow",
    "dma-06.p1",
    "dma-06.p2",
    "dma-06.p3",
    "q-01.turbidity",
    "plant-1.pump-1.running",
]
DRAWN = "body[data-drawn]"
NOTES = "**/api/v1/annotations?*"
WIDTH = "document.querySelector('#plots canvas').width"

INK = """() => {
    const pens = [1, 2, 3, 4, 5, 6].map((n) => {
        const probe = document.createElement('i');
        probe.style.color = getComputedStyle(document.documentElement).getPropertyValue(`--pen-${n}`);
        document.body.append(probe);
        const rgb = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
        probe.remove();
        return rgb;
    });
    const ink = pens.map(() => 0);
    for (const canvas of document.querySelectorAll('#plots canvas')) {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4) pens.forEach((rgb, n) => {
            if (data[i + 3] > 250 && rgb.every((value, c) => Math.abs(value - data[i + c]) < 3)) ink[n] += 1;
        });
    }
    return ink;
}"""
"""Pixels of each pen's own colour; a number's square at a line's end alone has 225."""


def trends(calm: Town, visit: Callable[..., Watched], role: str, query: str) -> Watched:
    watched = visit(calm, role)
    watched.open(f"/trends?{query}")
    return watched


def asked(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    return found


def test_eight_pens_stand_in_panels_by_their_unit_and_a_ninth_is_refused(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = trends(calm, visit, "operator", f"pens={','.join(EIGHT)}&lang=en&range=24h")
    page = watched.page
    page.wait_for_selector('body[data-drawn="8"]')
    assert page.locator("#plots .panel").count() == len({"m3/h", "m", "NTU", "status"})
    rows = page.locator("#legend tbody tr").evaluate_all("rows => rows.map(r => r.dataset.pen)")
    assert rows == EIGHT
    assert all(pixels > 400 for pixels in page.evaluate(INK)), "a pen with a past has no line"
    page.fill("#tag", "dma-02.inflow")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("8 pens at most")
    assert asked(page)["pens"] == ",".join(EIGHT)
    page.click(f'tr[data-pen="{EIGHT[0]}"] .remove')
    expect(page.locator("#legend tbody tr")).to_have_count(7)
    assert asked(page)["pens"] == ",".join(EIGHT[1:])
    assert watched.wrong == []


def test_a_gap_has_its_reason_and_the_cursor_says_it(calm: Town, visit: Callable[..., Watched]) -> None:
    page = trends(calm, visit, "engineer", "lang=en&pens=dma-06.inflow,dma-05.inflow&range=24h").page
    gap = page.locator("#gaps li", has_text="no answer in time")
    expect(gap).to_have_count(1)
    expect(gap.locator(".swatch")).to_have_text("1")
    page.wait_for_selector(DRAWN)
    box = page.locator("#plots .u-over").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 18.5 / 24, box["y"] + 40)
    expect(page.locator('tr[data-pen="dma-06.inflow"] .cursor')).to_have_text("no answer in time")
    expect(page.locator('tr[data-pen="dma-05.inflow"] .cursor')).to_contain_text("m³/h")


def test_a_tag_that_is_not_there_is_told_and_no_other_chart_stands_in_its_place(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = trends(calm, visit, "engineer", "pens=no-such&lang=en")
    page = watched.page
    expect(page.locator("#said")).to_contain_text("no-such")
    expect(page.locator(".uplot")).to_have_count(0)
    page.fill("#tag", "no such tag")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("no such tag")
    page.fill("#tag", "dma-05.inflow")
    page.keyboard.press("Enter")
    expect(page.locator(".uplot")).to_have_count(1)
    assert "dma-05.inflow" in asked(page)["pens"]
    assert watched.wrong == []


def test_the_address_is_the_state_and_keys_move_it(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = trends(calm, visit, "operator", "pens=dma-06.inflow,dma-06.p1&lang=en&theme=day&range=6h")
    page = watched.page
    page.wait_for_selector(DRAWN)
    page.keyboard.press("ArrowLeft")
    earlier = asked(page)
    assert earlier["from"] < earlier["to"] and "range" not in earlier
    assert (earlier["lang"], earlier["theme"]) == ("en", "day")
    page.keyboard.press("+")
    closer = asked(page)
    assert earlier["from"] < closer["from"] < closer["to"] < earlier["to"]
    page.keyboard.press("2")
    expect(page.locator('tr[data-pen="dma-06.p1"]')).to_have_class("chosen")
    assert asked(page)["focus"] == "2"
    page.go_back()
    assert asked(page)["from"] == earlier["from"]
    page.wait_for_selector(DRAWN)
    box = page.locator("#plots .u-over").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 100, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 40, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "before => new URLSearchParams(location.search).get('from') > before", arg=earlier["from"]
    )
    page.keyboard.press("l")
    assert asked(page)["range"] == "24h" and "from" not in asked(page)
    page.select_option("#zone", "dma-05")
    page.wait_for_function("new URLSearchParams(location.search).get('pens').startsWith('dma-05.inflow')")
    assert watched.wrong == []


def test_the_desk_s_old_address_and_an_alarm_lead_to_the_trends(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "operator")
    page = watched.page
    watched.open("/desk?lang=en&view=trends&id=dma-06.inflow&range=7d")
    assert "/trends?" in page.url
    assert (asked(page)["pens"], asked(page)["range"], asked(page)["lang"]) == ("dma-06.inflow", "7d", "en")
    watched.open("/desk?view=trends&zone=dma-06")
    page.wait_for_function("new URLSearchParams(location.search).get('pens')?.startsWith('dma-06.inflow')")
    watched.open("/desk?lang=en")
    watched.open("/desk?lang=en&theme=day")
    page.locator("tbody tr", has_text="pressure 3").click()
    page.click("#pane a[href^='/trends']")
    page.wait_for_selector('tr[data-pen="dma-06.p3"]')
    assert (asked(page)["lang"], asked(page)["theme"]) == ("en", "day")
    watched.open("/desk?lang=en")
    page.click(".tabs a[href='/trends']")
    page.wait_for_url("**/trends")
    assert watched.wrong == []


def test_a_note_is_seen_at_every_desk_and_withdrawn_by_whoever_may(
    town: Town, visit: Callable[..., Watched]
) -> None:
    query = "pens=dma-06.inflow,dma-06.p1&lang=zh&range=6h"
    mine = trends(town, visit, "operator", query).page
    other = trends(town, visit, "viewer", query).page
    mine.wait_for_selector(DRAWN)
    mine.keyboard.press("2")
    mine.keyboard.press("m")
    mine.fill("#note-text", "冲洗主管")
    mine.keyboard.press("Enter")
    note = other.locator("#notes li", has_text="冲洗主管")
    expect(note).to_have_count(1)
    expect(note.locator(".swatch")).to_have_text("2")
    expect(mine.locator("#writing")).to_be_hidden()
    assert other.locator("#notes button, #annotate:visible").count() == 0
    mine.click("#notes li button")
    expect(note).to_have_count(0)


def test_the_table_is_what_is_looked_at(calm: Town, visit: Callable[..., Watched]) -> None:
    page = trends(
        calm,
        visit,
        "viewer",
        "pens=dma-06.inflow,dma-06.p1&from=2026-11-22T08:00:00Z&to=2026-11-22T12:00:00Z",
    ).page
    page.wait_for_selector(DRAWN)
    with page.expect_download() as download:
        page.click("#csv")
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["tag"] for row in rows} == {"dma-06.inflow", "dma-06.p1"}
    assert all("2026-11-22T08" <= row["time_utc"] < "2026-11-22T12" for row in rows)


def test_a_late_answer_about_another_span_changes_nothing(calm: Town, visit: Callable[..., Watched]) -> None:
    page = trends(calm, visit, "viewer", "pens=dma-06.inflow&lang=en&range=6h").page
    page.wait_for_selector(DRAWN)
    asked: list[Route] = []
    page.route(NOTES, lambda route: route.continue_() if asked else asked.append(route))
    with page.expect_request(NOTES):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("l")
    page.wait_for_selector(DRAWN)
    then = "2026-11-22T08:00:00Z"
    told = {"id": "x", "start": then, "end": then, "tags": [], "note": "of another span"}
    with page.expect_response(NOTES):
        asked[0].fulfill(json={"items": [told]})
    width = page.evaluate(WIDTH)
    page.set_viewport_size({"width": 1200, "height": 800})
    page.wait_for_function(f"before => {WIDTH} < before", arg=width)
    expect(page.locator("#notes li")).to_have_count(0)


PARTED = """async (columns) => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const { parted } = await import(`${base}js/trends/past.js`);
    return parted(columns, Date.parse('2026-11-22T01:00:00Z'));
}"""
GOOD, DOUBT, LAST_USABLE, TIMEOUT, NONE = 0, 0x40930000, 0x40900000, 0x800A0000, 0x80000000


def columns(v: list[Any], q: list[int], aggregated: bool = False) -> dict[str, Any]:
    t = [f"2026-11-22T00:{n:02d}:00Z" for n in range(len(q))]
    return {"t": t, "v": v, "q": q, "aggregated": aggregated}


@pytest.fixture
def sheet(calm: Town, visit: Callable[..., Watched]) -> Page:
    return trends(calm, visit, "viewer", "").page


def test_quality_is_shown_good_solid_doubtful_dashed_held_hollow_and_a_lost_reading_as_a_gap(
    sheet: Page,
) -> None:
    q = [GOOD, DOUBT, GOOD, GOOD, LAST_USABLE, TIMEOUT, GOOD]
    found = sheet.evaluate(PARTED, columns([1, 2, 3, 4, 5, None, 7], q))
    assert found["good"] == [1, None, 3, 4, None, None, 7]
    assert found["doubt"] == [1, 2, 3, 4, 5, None, None]
    assert found["held"] == [None, None, None, None, 5, None, None]
    assert [(gap["to"] - gap["from"], gap["q"]) for gap in found["gaps"]] == [(60_000, TIMEOUT)]


def test_a_reading_lost_and_not_back_is_a_gap_up_to_the_end(sheet: Page) -> None:
    found = sheet.evaluate(PARTED, columns([1, None], [GOOD, TIMEOUT]))
    assert [gap["to"] - gap["from"] for gap in found["gaps"]] == [59 * 60_000]


def test_of_what_is_sent_seldom_empty_windows_are_no_gaps_but_a_long_silence_is(sheet: Page) -> None:
    seldom = [1.0, None, None, None] * 6
    q = [GOOD if v is not None else NONE for v in seldom]
    assert sheet.evaluate(PARTED, columns(seldom, q, True))["gaps"][:-1] == []
    silent = [*([1.0] * 20), *([None] * 8), *([1.0] * 4)]
    q = [GOOD if v is not None else NONE for v in silent]
    assert len(sheet.evaluate(PARTED, columns(silent, q, True))["gaps"]) == 1
    lost = [1.0, None, 1.0, None, 1.0]
    assert len(sheet.evaluate(PARTED, columns(lost, [0, TIMEOUT, 0, NONE, 0], True))["gaps"]) == 1
