"""Each finding explains itself on the desk, and its incident on the wall's event page: a curve, its window,
what was expected, how far off it lies, and in words."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.screens.conftest import Town, Watched
from tests.screens.town_findings import FINDINGS

SAID = {
    "leak": ("52.4 m³/h · 预期 43.1 · 偏差 +9.3 m³/h", "The mean inflow from 02:00 to 05:00 stands above"),
    "quality": (
        "796 µS/cm · 预期 408 · 预期范围 388–428 · 偏差 +388 µS/cm",
        "change of source, conductivity up",
    ),
    "check": ("0.220 MPa · 预期 0.274", "contradict each other"),
    "level": ("5.62 m · 预期 5.10 · 不应高于 5.16 · 偏差 +0.52 m", "It runs above the highest level"),
    "spike": ("3.10 NTU · 预期 0.22 · 预期范围 0.10–0.34 · 偏差 +2.88 NTU", "leapt away and was back"),
    "drift": ("7.90 · 预期 7.30", "the reading drifts"),
    "balance": ("410.0 m³/h · 预期 220.0 · 预期范围 110.0–330.0", "has left what it is compared with"),
}
DRAWN = ("shade", "expected", "residual", "trace")
PARTS = """(svg, names) => names.filter(name => {
    const path = svg.querySelector(`path.${name}`), d = path?.getAttribute('d') ?? '';
    return !/\\d/.test(d) || /NaN|Infinity/.test(d);
})"""
"""Those of the names that are not drawn."""


def plot_of(figure: Locator, *without: str) -> None:
    svg = figure.locator("svg.explained-plot")
    expect(svg).to_be_visible()
    assert svg.evaluate(PARTS, [name for name in DRAWN if name not in without]) == []
    assert svg.bounding_box()["height"] > 20  # type: ignore[index]


@pytest.fixture(scope="module")
def finds(calm: Town) -> Town:
    for name in FINDINGS:
        calm.do(f"found {name}")
    return calm


@pytest.mark.parametrize("name", FINDINGS)
def test_an_alarm_s_record_on_the_desk_explains_it(
    finds: Town, visit: Callable[..., Watched], name: str
) -> None:
    watched = visit(finds, "operator", 1440, 900)
    figures, words = SAID[name]
    for lang in ("zh", "en"):
        watched.open(f"/desk?view=alarms&id={FINDINGS[name].alarm}&lang={lang}")
        figure = watched.page.locator("#pane figure.explained")
        expect(figure).to_have_count(1)
        said = figure.locator("p.usual" if lang == "zh" else ".says")
        expect(said).to_contain_text(figures if lang == "zh" else words)
        plot_of(figure, *(("residual",) if name in ("spike",) else ()))
        assert "⟨" not in watched.page.inner_text("#pane")
    assert watched.wrong == []


def test_an_incident_on_the_desk_and_on_the_wall_is_explained_by_its_likeliest_cause(
    finds: Town, visit: Callable[..., Watched]
) -> None:
    desk, wall = visit(finds, "operator", 1440, 900), visit(finds, "kiosk", 1920, 1080)
    items = desk.page.request.get("/api/v1/incidents").json()["items"]
    ids = {one["kind"]: one["id"] for one in items}
    for kind, said in (
        ("burst", "128.4 m³/h · expected 82.2 · off by +46.2 m³/h"),
        ("leak", SAID["leak"][0].replace("预期", "expected").replace("偏差", "off by")),
        ("water_quality", "expected 408"),
    ):
        desk.open(f"/desk?view=incidents&id={ids[kind]}&lang=en")
        figure = desk.page.locator("#pane figure.explained").first
        expect(figure.locator("p.usual")).to_contain_text(said)
        expect(figure.locator(".window")).to_have_text(re.compile(r"shaded: since \d\d/\d\d, \d\d:\d\d"))
        plot_of(figure)
        wall.open(f"/wall/event/{ids[kind]}?lang=en")
        figure = wall.page.locator("#found figure.explained")
        expect(figure.locator("p.usual")).to_contain_text(said)
        plot_of(figure)
        expect(wall.page.locator("#nearest .curve").first).to_be_visible()
    assert (desk.wrong, wall.wrong) == ([], [])


def test_of_a_burst_the_desk_says_that_the_pressures_fell_and_by_how_much(
    finds: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(finds, "operator", 1440, 900)
    watched.open("/desk?view=alarms&id=dma-06:burst&lang=zh")
    figure = watched.page.locator("#pane figure.explained")
    expect(figure.locator(".says")).to_contain_text("各测点水压同时下降")
    expect(figure.locator(".others")).to_contain_text("滨江片区压力 1 0.108 MPa")
