"""R-13: pressures are read in the unit of the site, on every screen alike; what is kept stays in metres."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched, served
from tests.screens.hotline_page import ask

Reader = tuple[str, tuple[int, int]]
TAG = "dma-02.p1"
METRES = 18.4
READ = {"MPa": "0.180", "kPa": "180", "bar": "1.80", "m": "18.4"}
PLAIN = {"MPa": r"0\.\d{3}", "kPa": r"\d{3}", "bar": r"\d\.\d{2}", "m": r"\d{2}\.\d"}
A_METRE = {"MPa": 0.00980665, "kPa": 9.80665, "bar": 0.0980665, "m": 1.0}
LETTERED = """window.lettered = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
        window.lettered.push(String(text));
        return fillText.call(this, text, ...at);
    };"""
"""What is written on canvases."""
ALARM = ("dma-06.p1:pressure-low", {"MPa": "0.110", "kPa": "110", "bar": "1.10", "m": "11.2"})
FLOOR = {"MPa": "0.137", "kPa": "137", "bar": "1.37", "m": "14.0"}


@pytest.fixture(scope="module", params=list(READ))
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Town, str]]:
    with served(tmp_path_factory.mktemp("town"), request.param) as town:
        town.do(f"reads {TAG} {METRES}")
        town.do("burst")
        yield town, request.param


@pytest.fixture(params=[("zh", (1366, 768)), ("en", (390, 844))], ids=["zh-desk", "en-phone"])
def reader(request: pytest.FixtureRequest) -> Reader:
    """A language, and a screen."""
    lang, size = request.param
    return lang, size


def opened(town: Town, visit: Callable[..., Watched], role: str, path: str, size: tuple[int, int]) -> Page:
    watched = visit(town, role, *size)
    watched.open(path)
    return watched.page


def test_r_13_the_wall_and_a_zone_on_it(
    site: tuple[Town, str], visit: Callable[..., Watched], reader: Reader
) -> None:
    (town, unit), (lang, _) = site, reader
    page = opened(town, visit, "kiosk", f"/wall?lang={lang}", (1920, 1080))
    expect(page.locator("#zones-pane th.pressure")).to_contain_text(re.compile(rf"\n{unit}$"))
    expect(page.locator("#zones td.pressure").first).to_have_text(re.compile(f"^{PLAIN[unit]}$"))
    expect(page.locator('th[data-role="outlet_pressure"]')).to_have_text(re.compile(f" {unit}$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920
    page = opened(town, visit, "kiosk", f"/wall/zone/dma-02?lang={lang}", (1920, 1080))
    gauge = page.locator("#gauges .value", has_text=f"{READ[unit]} {unit}")
    expect(gauge).to_have_count(1)


def test_r_13_the_desk_s_alarm_with_its_limit(
    site: tuple[Town, str], visit: Callable[..., Watched], reader: Reader
) -> None:
    (town, unit), (lang, size) = site, reader
    id, value = ALARM
    page = opened(town, visit, "operator", f"/desk?lang={lang}&view=alarms&id={id}", size)
    shown = f"{value[unit]} / {FLOOR[unit]} {unit}"
    expect(page.locator(f'tr[data-key="{id}"] td.value')).to_have_text(shown)
    expect(page.locator("#pane .stateline")).to_contain_text(shown)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_r_13_the_map(site: tuple[Town, str], visit: Callable[..., Watched], reader: Reader) -> None:
    (town, unit), (lang, size) = site, reader
    page = opened(town, visit, "operator", f"/map?lang={lang}&focus={TAG}", size)
    expect(page.locator("#panel dd").first).to_contain_text(f"{READ[unit]}{unit}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_r_13_a_trend_s_axis_its_figures_and_not_its_table_of_data(
    site: tuple[Town, str], visit: Callable[..., Watched], reader: Reader
) -> None:
    (town, unit), (lang, size) = site, reader
    watched = visit(town, "operator", *size)
    watched.page.add_init_script(LETTERED)
    watched.open(f"/trends?lang={lang}&pens={TAG},dma-06.p2&range=24h")
    page = watched.page
    expect(page.locator("#plots .unit-of")).to_have_text(unit)
    expect(page.locator(f'tr[data-pen="{TAG}"] .now')).to_have_text(f"{READ[unit]} {unit}")
    expect(page.locator('tr[data-pen="dma-06.p2"] .high')).to_have_text(re.compile(f"^{PLAIN[unit]}$"))
    page.wait_for_selector("body[data-drawn]")
    numbers = [text for text in page.evaluate("lettered") if re.fullmatch(r"[\d.]+", text)]
    figures = [float(text) for text in numbers if text not in ("1", "2")]  # the pens' own
    assert figures, "the axis says no figure"
    assert all(0.4 * METRES < figure / A_METRE[unit] < 2.5 * METRES for figure in figures), figures
    steps = {round(b - a, 6) for a, b in pairwise(sorted(set(figures)))}
    assert len(steps) == 1, "the axis is even, and reads so"
    kept = page.request.get(f"/api/v1/tags/{TAG}/history?points=10").json()
    assert kept["unit"] == "m"
    told = page.request.get("/api/v1/tags").json()
    assert {tag["unit"] for tag in told["items"] if tag["quantity"] == "pressure"} == {"m"}


def test_r_13_what_an_agent_of_the_hotline_reads(
    site: tuple[Town, str], visit: Callable[..., Watched], reader: Reader
) -> None:
    (town, unit), (lang, size) = site, reader
    page = opened(town, visit, "hotline", f"/hotline?lang={lang}", size)
    ask(page, "199 0000 0100", "#verdict")
    cells = page.locator("#card .sensors tr td:nth-child(2)").filter(has=page.locator(".unit", has_text=unit))
    expect(cells.first).to_have_text(re.compile(rf"^{PLAIN[unit]}{unit}$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
