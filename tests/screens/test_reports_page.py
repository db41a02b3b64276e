"""F-14: a day's and a month's report on its page: chosen by the address, the same figures as its files."""

import csv
import io
from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched


def test_a_report_is_chosen_by_day_and_month_and_its_address_says_which(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "duty_manager", 1366, 768)
    watched.open("/reports?lang=en")
    page = watched.page
    expect(page.locator("#sheet h2")).to_contain_text("Daily report")
    yesterday = page.locator("#of").input_value()
    page.click("#before")
    expect(page.locator("#of")).not_to_have_value(yesterday)
    page.go_back()
    expect(page.locator("#of")).to_have_value(yesterday)
    page.check("[name=kind][value=monthly]")
    expect(page.locator("#sheet h2")).to_contain_text("Monthly report")
    page.locator("#of").fill(yesterday[:7])
    expect(page.locator("#of")).to_have_value(yesterday[:7])
    assert f"of={yesterday[:7]}" in page.url
    expect(page.locator("#sheet .odd")).to_contain_text("not over")
    expect(page.locator("#after")).to_be_hidden()
    assert watched.wrong == []


def test_the_page_and_its_files_state_the_same_figures(calm: Town, visit: Callable[..., Watched]) -> None:
    """The regulator begins here: it is the one page of that role."""
    watched = visit(calm, "regulator", 1366, 768)
    watched.open("/?lang=zh")
    page = watched.page
    assert page.url.endswith("/reports") or "/reports?" in page.url
    shown = [
        [cell.strip().replace(",", "") for cell in row]
        for row in page.locator("#volumes tbody tr").evaluate_all(
            "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
        )
    ]
    assert shown
    saved = page.context.request.get(page.locator("#csv").get_attribute("href") or "")
    assert "attachment" in saved.headers["content-disposition"]
    lines = [
        [_number(cell) for cell in line] for line in csv.reader(io.StringIO(saved.text().lstrip("\ufeff")))
    ]
    for row in shown:
        assert [_number("" if cell == "–" else cell) for cell in row] in lines, row
    paper = page.context.request.get(page.locator("#pdf").get_attribute("href") or "")
    assert paper.status == 200 and paper.body().startswith(b"%PDF-")
    assert watched.wrong == []


def _number(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


def test_a_phone_reads_it_and_a_day_that_has_not_begun_is_refused_in_words(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "duty_manager", 390, 844)
    watched.open("/reports?lang=zh&kind=daily")
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390
    watched.page.goto("/reports?lang=zh&kind=daily&of=2199-01-01")
    expect(watched.page.locator("#trouble")).to_contain_text("2199")
    expect(watched.page.locator("#of")).to_have_value("2199-01-01")
    for lead in ("before", "after", "csv", "pdf"):
        expect(watched.page.locator(f"#{lead}")).to_be_hidden()
