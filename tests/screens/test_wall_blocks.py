"""The block schematic of the wall: works, mains and zones as the network joins them, each with its state."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched
from tests.screens.test_wall_widths import SCREENS, WRONG

PARTS = "'.top > *, .banners > *, .map, .block, .incidents, .zones, .works, .kpi'"
LAYERS = """async ({ zones, links, reservoirs }) => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const { layersOf } = await import(`${base}js/wall/layers.js`);
    const names = zones.map(([id, kind]) => ({ id, kind }));
    const nodes = new Map((reservoirs ?? []).map((zone) => [zone, { zone, kind: 'reservoir' }]));
    const joined = layersOf({ names, nodes, links: links.map((ends) => ({ ends })) });
    const said = ({ zone, from }) => `${zone.id}<${from.map(({ id }) => id).join('+')}`;
    return joined.map((layer) => layer.map(said));
}"""
PLANTS = [["w1", "plant"], ["w2", "plant"]]


def shown(page: Page) -> tuple[bool, bool]:
    """Map, schematic."""
    return page.locator("#map").is_visible(), page.locator("#blocks").is_visible()


def unsettled(page: Page) -> list[str]:
    """What is still wrong once the page has drawn itself anew for its new size."""
    found: list[str] = []
    for _ in range(20):
        found = page.evaluate(re.sub("const parts = '[^']*'", f"const parts = {PARTS}", WRONG))
        if not found:
            break
        page.wait_for_timeout(250)
    return found


def test_it_follows_from_what_joins_the_zones(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.open("/wall")
    page = watched.page

    def layers(zones: list[list[str]], links: list[list[str]], **more: object) -> object:
        return page.evaluate(LAYERS, {"zones": zones, "links": links, **more})

    town = [*PLANTS, ["t", "trunk"], ["a", "dma"], ["b", "dma"], ["c", "dma"], ["x", "dma"]]
    links = [["w1", "t"], ["w2", "t"], ["t", "a"], ["a", "a"], ["t", "b"], ["b", "c"]]
    assert layers(town, links) == [["w1<", "w2<"], ["t<w1+w2"], ["a<t", "b<t"], ["c<b"], ["x<"]]
    assert layers([*PLANTS, ["a", "dma"]], [["w2", "a"]]) == [["w1<", "w2<"], ["a<w2"]]
    assert layers([["a", "dma"], ["b", "dma"]], [["a", "b"]], reservoirs=["a"]) == [["a<"], ["b<a"]]
    assert layers([["a", "dma"], ["b", "dma"]], [["a", "b"]]) == [["a<", "b<"]]


def test_the_demo_s_works_feed_its_mains_and_those_its_zones_each_with_its_state(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh&view=blocks")
    page = watched.page
    assert shown(page) == (False, True)
    expect(page.locator("#blocks .layer")).to_have_count(3)
    for n, count in enumerate((2, 1, 10)):
        expect(page.locator("#blocks .layer").nth(n).locator(".block")).to_have_count(count)
    burst = page.locator(".block", has_text="滨江")
    expect(burst.locator(".says")).to_have_text(re.compile(r"^\d+ m³/h$"))
    expect(page.locator(".block", has_text="第一水厂").locator(".says")).to_have_text(
        re.compile(r"^\d+ m³/h$")
    )
    expect(page.locator(".block", has_text="输水干管")).to_contain_text("3.40 m")
    expect(page.locator(".block.p1")).to_have_count(0)
    town.do("burst")
    expect(burst).to_have_class(re.compile(r"\bp1\b"))
    expect(burst.locator(".mark.p1")).to_be_visible()
    expect(page.locator(".block.p1")).to_have_count(1)
    town.do("silence")
    expect(burst.locator(".says.stale")).to_have_text(re.compile(r"^\d+ m³/h · \d+ 秒$"))
    assert watched.wrong == []


def test_a_key_and_the_address_choose_and_an_ultra_wide_wall_shows_both(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    page = watched.page
    watched.open("/wall")
    assert shown(page) == (True, False)
    page.keyboard.press("b")
    assert shown(page) == (False, True) and "view=blocks" in page.url
    page.keyboard.press("b")
    assert shown(page) == (True, False) and "view=map" in page.url
    page.set_viewport_size({"width": 5760, "height": 1080})
    assert shown(page) == (True, False), "as the address says"
    page.keyboard.press("b")
    expect(page.locator("#blocks .block")).to_have_count(13)
    assert shown(page) == (False, True)
    watched.open("/wall")
    expect(page.locator("#blocks .block")).to_have_count(13)
    assert shown(page) == (True, True)
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(page.locator("#blocks")).to_be_hidden()
    assert shown(page) == (True, False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_screens_of_every_shape_no_block_lies_on_another_and_no_text_is_cut(
    town: Town, visit: Callable[..., Watched], lang: str
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    page = watched.page
    wrong = []
    for order in ("minor", "burst"):
        town.do(order)
        watched.open(f"/wall?lang={lang}&view=blocks")
        expect(page.locator("#blocks .block")).to_have_count(13)
        expect(page.locator("#works .indicator:not(.empty)")).to_have_count(10)
        for width, height in (*SCREENS, (5760, 1080), (3840, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            wrong += [(order, width, what) for what in unsettled(page)]
    watched.open(f"/wall?lang={lang}")
    for width, height in ((5760, 1080), (3840, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator("#blocks .block")).to_have_count(13)
        wrong += [("both", width, what) for what in unsettled(page)]
    assert wrong == []


def test_of_three_screens_side_by_side_no_block_of_the_overview_crosses_a_bezel(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 5760, 1080)
    watched.open("/wall?lang=en")
    expect(watched.page.locator("#blocks .block")).to_have_count(13)
    boxes = watched.page.evaluate(
        """[...document.querySelectorAll('#map, #incidents, .block, #zones-pane, #works-pane, .kpi')]
            .map((node) => ({ name: node.id || node.className, ...node.getBoundingClientRect().toJSON() }))"""
    )
    bezels = (1920, 3840)
    crossed = [
        box["name"] for box in boxes for at in bezels if box["left"] < at - 12 and box["right"] > at + 12
    ]
    assert crossed == []
