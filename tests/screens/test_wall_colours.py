"""Colour is for the abnormal (R-01), and only what is new and urgent interrupts whoever listens (R-15)."""

import colorsys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched

PAGES = ("/wall?", "/wall?view=blocks&", "/wall/zone/dma-06?", "/wall/quality?")
GREYEST = 32
"""Of 255, between a grey's least and its highest part: the style guide's lean to blue by less."""
PAINT = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgb = (text) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const names = ['color', 'backgroundColor', 'borderTopColor', 'borderLeftColor', 'fill', 'stroke'];
    const found = new Map();
    for (const node of document.querySelectorAll('body, body *')) {
        if (!node.checkVisibility() || node.closest('noscript, .visually-hidden')) continue;
        for (const pseudo of [null, '::before', '::after']) {
            const style = getComputedStyle(node, pseudo);
            if (pseudo && style.content === 'none') continue;
            for (const name of names) {
                const drawn = !['fill', 'stroke'].includes(name) || node.closest('svg');
                if (drawn && !['none', 'auto'].includes(style[name])) {
                    found.set(style[name], `${node.tagName}.${node.getAttribute('class')} ${name}`);
                }
            }
        }
    }
    for (const map of document.querySelectorAll('canvas')) {
        const { width, height } = map;
        const data = width && height ? map.getContext('2d').getImageData(0, 0, width, height).data : [];
        for (let i = 0; i < data.length; i += 4) {
            const [r, g, b] = data.slice(i, i + 3);
            if (Math.max(r, g, b) - Math.min(r, g, b) > 32) found.set(`rgb(${r}, ${g}, ${b})`, `#${map.id}`);
        }
    }
    return [...found].map(([text, where]) => [where, ...rgb(text)]);
}"""


def coloured(page: Page) -> list[tuple[str, int]]:
    """Where there is a colour, with its hue in degrees."""
    found = []
    for where, r, g, b, a in page.evaluate(PAINT):
        if a and max(r, g, b) - min(r, g, b) > GREYEST:
            found.append((where, round(colorsys.rgb_to_hsv(r / 255, g / 255, b / 255)[0] * 360)))
    return found


@pytest.mark.parametrize("theme", ["day", "night"])
def test_r_01_a_wall_where_all_is_well_has_no_colour_and_no_green_ever(
    town: Town, visit: Callable[..., Watched], theme: str
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    page = watched.page
    for path in PAGES:
        watched.open(f"{path}lang=zh&theme={theme}")
        expect(page.locator("#banner.none")).to_be_visible()
        expect(page.locator("#zones:not(:has(tr))")).to_have_count(0)
        for _ in range(20):  # on a busy machine the pipeline may stand for a moment, and is told of
            expect(page.locator("#troubles")).to_be_hidden()
            if not (seen := coloured(page)):
                break
            page.wait_for_timeout(500)
        assert seen == [], path
    town.do("burst")
    town.do("minor")
    for path in PAGES:
        watched.open(f"{path}lang=zh&theme={theme}")
        page.wait_for_selector("#banner.p1")
        hues = coloured(page)
        assert any(hue < 20 or hue > 340 for _, hue in hues), "and what is abnormal has one"
        assert [one for one in hues if 75 < one[1] < 180] == [], path


def test_r_15_only_a_new_alarm_of_priority_1_or_2_is_an_alert(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh")
    page = watched.page
    live = page.locator("[role=alert], [role=status], [aria-live]:not([aria-live=off]), [role=log]")
    assert live.evaluate_all("all => all.map((node) => node.id)") == ["spoken"], "values are silent"
    page.evaluate(
        """() => {
            window.said = [];
            const spoken = document.getElementById('spoken');
            new MutationObserver(() => window.said.push(spoken.textContent))
                .observe(spoken, { childList: true, characterData: true, subtree: true });
        }"""
    )
    town.do("raised dma-01.p1:stale")
    expect(page.locator("#banner.p4, #banner.p3")).to_be_visible()
    assert page.evaluate("window.said") == [], "priority 3 and 4 are not"
    town.do("raised plant-1.free_chlorine:dose-off")
    expect(page.locator("#banner.p2.unanswered")).to_be_visible()
    expect(page.locator("#spoken")).to_contain_text("2 级报警")
    town.do("burst")
    expect(page.locator("#banner.p1.unanswered")).to_be_visible()
    expect(page.locator("#spoken")).to_contain_text("1 级报警")
    said = page.evaluate("window.said.length")
    town.do("ack")
    expect(page.locator("#banner.p1.answered")).to_be_visible()
    page.wait_for_timeout(3000)
    assert page.evaluate("window.said.length") == said, "values, ages and what is answered say nothing"
    watched.open("/wall?lang=zh")
    expect(page.locator("#banner.p1.answered")).to_be_visible()
    expect(page.locator("#spoken")).to_be_empty()
