"""A wall that can be left alone, and read from where people stand."""

import re
from collections.abc import Callable
from math import hypot

import pytest
from playwright.sync_api import expect

from tests.axe import violations
from tests.screens.conftest import Town, Watched

DUE = """async () => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const { reloadDue, shift } = await import(`${base}js/wall/rest.js`);
    const calm = { other: false, quietMs: 61e3, ageMs: 13 * 3600e3, hour: 4, lastMs: Infinity };
    const due = [{}, { other: true, hour: 9 }, { hour: 9 }, { ageMs: 3600e3 }, { quietMs: 59e3, other: true },
        { other: true, lastMs: 9 * 60e3 }].map((change) => reloadDue({ ...calm, ...change }));
    const at = new Set(), sizes = new Set();
    for (let i = 0; i < 9; i += 1) {
        shift(i * 300e3);
        const box = document.querySelector('.data').getBoundingClientRect();
        at.add(`${box.left} ${box.top}`);
        sizes.add(`${box.width} ${box.height} ${document.documentElement.scrollHeight}`);
    }
    return { due, places: at.size, sizes: sizes.size };
}"""
SIXTEEN_MINUTES_AT_5_M_MM = 23.27
"""ISO 9241-303: 2 D tan(MA / 2)."""
SHRUNK = """() => {
    const sheet = document.styleSheets[2];
    sheet.insertRule('.kpi dt { font-size: 0.5em }', sheet.cssRules.length);
    window.dispatchEvent(new Event('resize'));
}"""


def test_every_text_role_is_measured_and_one_that_is_too_small_is_named(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080, bypass_csp=True)
    page = watched.page
    for theme, lang in (("day", "zh"), ("night", "en")):
        watched.open(f"/wall/check?d=5&in=86&lang={lang}&theme={theme}")
        expect(page.locator("body")).to_have_attribute("data-failed", "0")
        assert "⟨" not in page.inner_text("body")
        assert violations(page) == []
    expect(page.locator("#roles tr", has_text="zone names")).to_contain_text(
        re.compile(r"32\.0\s*23\.\d\s*1[56]\.\d′")
    )
    page.evaluate(SHRUNK)
    expect(page.locator("#verdict.failed")).to_have_text("too small: names of key figures")
    watched.open("/wall/check?d=5&in=65&lang=zh")
    expect(page.locator("#dropped")).to_contain_text("已省去")
    assert watched.wrong == []


@pytest.mark.parametrize(
    ("width", "height", "inches"), [(1920, 1080, 86), (1920, 1200, 86), (3440, 1440, 98), (5760, 1080, 204)]
)
def test_type_is_as_high_as_it_must_be_on_a_wall_of_any_shape(
    calm: Town, visit: Callable[..., Watched], width: int, height: int, inches: int
) -> None:
    watched = visit(calm, "kiosk", width, height)
    watched.open(f"/wall/check?d=5&in={inches}&lang=en")
    row = watched.page.locator("#roles tr", has_text="zone names")
    px, mm = (float(row.locator("td").nth(n).inner_text()) for n in (0, 1))
    drawn_mm = 0.733 * px * inches * 25.4 / hypot(width, height)
    assert mm == pytest.approx(drawn_mm, abs=0.1)
    assert drawn_mm >= SIXTEEN_MINUTES_AT_5_M_MM - 0.5 * drawn_mm / px
    expect(watched.page.locator("body")).to_have_attribute("data-failed", "0")


def test_a_wall_whose_size_is_not_told_is_taken_to_be_as_high_as_a_usual_one(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 5760, 1080)
    watched.open("/wall/check?lang=en")
    expect(watched.page.locator("#setting")).to_contain_text("on 229 in")
    expect(watched.page.locator("#roles tr", has_text="zone names")).to_contain_text("32.0")


def test_a_wall_shifts_against_burn_in_and_reloads_only_when_nobody_waits(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh")
    assert watched.page.evaluate(DUE) == {
        "due": ["daily", "version", None, None, None, None],
        "places": 9,
        "sizes": 1,
    }
    expect(watched.page.locator("#mode")).to_have_text("仿真")
    assert watched.page.locator("body.hatched").count() == 1
    assert watched.wrong == []
