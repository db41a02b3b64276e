"""Every page, in both languages, by day and by night: without an error, a stranger or a barrier, and by its
content policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.axe import violations
from tests.screens.conftest import Town, Watched

PAGES = {
    "/wall": ("kiosk", 1920, 1080),
    "/wall?view=blocks": ("kiosk", 5760, 1080),
    "/wall/event": ("kiosk", 1920, 1080),
    "/wall/quality": ("kiosk", 1920, 1080),
    "/wall/zone/dma-06": ("kiosk", 1920, 1080),
    "/desk?view=alarms&id=dma-06:burst": ("operator", 1440, 900),
    "/desk?view=alarms&tab=figures": ("operator", 1440, 900),
    "/desk?view=alarms&tab=activities": ("operator", 1440, 900),
    "/desk?view=alarms&tab=calls": ("operator", 1440, 900),
    "/desk?view=incidents&id=INC-20261123-00001": ("duty_manager", 1440, 900),
    "/desk?view=orders&id=WO-20261123-00001": ("dispatcher", 1440, 900),
    "/desk?view=notices&id=NTC-20261123-00001": ("duty_manager", 1440, 900),
    "/trends": ("engineer", 1440, 900),
    "/trends?pens=dma-06.inflow,dma-06.p1,q-01.turbidity&focus=1": ("operator", 1440, 900),
    "/trends?pens=dma-06.inflow,dma-06.p1&range=6h": ("dispatcher", 390, 844),
    "/map": ("operator", 1440, 900),
    "/map?focus=dma-06.inflow&layers=pipes,valves,instruments&t=2026-11-22T23:00": (
        "viewer",
        1440,
        900,
    ),
    "/map?focus=INC-20261123-00001": ("dispatcher", 390, 844),
    "/replay?t=2026-11-22T19:00": ("operator", 1440, 900),
    "/replay?t=2026-11-23T01:00": ("viewer", 390, 844),
    "/desk?view=collection": ("operator", 1440, 900),
    "/desk?view=collection&id=modbus:st-02": ("engineer", 1440, 900),
    "/desk?view=master&tab=rows&id=pressure-low": ("engineer", 1440, 900),
    "/desk?view=master&tab=versions&id=1": ("duty_manager", 1440, 900),
    "/hotline": ("hotline", 1280, 800),
    "/deliveries": ("duty_manager", 1280, 800),
    "/orders?id=WO-20261123-00001": ("dispatcher", 1440, 900),
    "/orders?new=1": ("operator", 1440, 900),
    "/crew": ("crew", 360, 740),
    "/board": ("dispatcher", 1440, 900),
    "/board?view=crew&order=WO-20261123-00001&panel=zone": ("duty_manager", 1440, 900),
    "/board?view=figures": ("duty_manager", 1440, 900),
    "/notices?id=NTC-20261123-00001": ("duty_manager", 1440, 900),
    "/publishing": ("quality_officer", 1280, 800),
    "/dispatch": ("operator", 1280, 800),
    "/dispatch?view=all": ("viewer", 390, 844),
    "/handover": ("operator", 1440, 900),
    "/handover?shift=2026-11-22-night": ("viewer", 390, 844),
    "/reports?kind=monthly": ("duty_manager", 1280, 800),
    "/phone": (None, 1280, 800),
    "/sign-in": (None, 1280, 800),
}


@pytest.mark.parametrize(("lang", "theme"), [("zh", "night"), ("en", "day")])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_clean_alone_and_accessible(
    calm: Town, visit: Callable[..., Watched], path: str, lang: str, theme: str
) -> None:
    role, width, height = PAGES[path]
    watched = visit(calm, role, width, height)
    policies: list[str | None] = []
    watched.page.on("response", lambda r: policies.append(r.headers.get("content-security-policy")))
    watched.open(f"{path}{'&' if '?' in path else '?'}lang={lang}&theme={theme}")
    watched.page.wait_for_timeout(800)
    html = watched.page.locator("html")
    assert html.get_attribute("lang") == ("zh-CN" if lang == "zh" else "en")
    assert html.get_attribute("data-theme") == theme
    assert "⟨" not in watched.page.inner_text("body"), "a word is missing from the glossary"
    assert violations(watched.page) == []
    assert policies and all(policy and policy.startswith("default-src 'self';") for policy in policies)
    assert not any("unsafe" in (policy or "") for policy in policies)
    assert watched.wrong == []


def test_a_stranger_is_sent_to_the_door_and_back_to_where_he_wanted(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    page = visit(calm, None).page
    page.goto("/desk?view=orders")
    assert "/sign-in?next=%2Fdesk%3Fview%3Dorders" in page.url
    page.fill("#user", "dispatcher")
    page.fill("#password", "wrong words here")
    page.keyboard.press("Enter")
    expect(page.locator("#error")).not_to_be_empty()
    assert page.evaluate("document.activeElement.id") == "password"
    page.fill("#password", "turn the valve slowly")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk?view=orders")


@pytest.mark.parametrize(
    "away", ["//elsewhere.example/", "/\\elsewhere.example", "https://elsewhere.example"]
)
def test_the_door_leads_to_this_hub_only(calm: Town, visit: Callable[..., Watched], away: str) -> None:
    page = visit(calm, None).page
    page.goto(f"/sign-in?next={away}")
    page.fill("#user", "hotline")
    page.fill("#password", "turn the valve slowly")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{calm.url}/hotline")


def test_the_wall_neither_names_anyone_nor_takes_commands(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.open("/wall")
    watched.page.wait_for_selector(".incident .chain b")
    assert watched.page.locator("button, input, a[href]").count() == 0
    assert "用户" not in watched.page.inner_text("body")


@pytest.mark.parametrize(
    ("role", "path", "home"),
    [
        ("regulator", "/desk", "/reports"),
        ("regulator", "/wall/event", "/reports"),
        ("crew", "/hotline", "/crew"),
        ("kiosk", "/hotline", "/wall"),
    ],
)
def test_who_may_not_see_a_page_is_told_so_in_both_languages_and_shown_the_way_out(
    calm: Town, visit: Callable[..., Watched], role: str, path: str, home: str
) -> None:
    watched = visit(calm, role, 1024, 768, bypass_csp=True)
    page = watched.page
    answer = page.goto(path)
    page.wait_for_selector("body[data-ready]")
    assert answer and answer.status == 403
    for word in ("不能", "may not"):
        expect(page.locator("main")).to_contain_text(word)
    assert page.locator(".refusal a").evaluate_all("links => links.map(a => a.getAttribute('href'))") == [
        home,
        home,
    ]
    assert violations(page) == []
    page.click("#sign-out")
    page.wait_for_url("**/sign-in")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_nothing_of_the_header_is_cut_off(
    calm: Town, visit: Callable[..., Watched], width: int, lang: str
) -> None:
    watched = visit(calm, "duty_manager", width, 768)
    watched.open(f"/desk?lang={lang}")
    watched.page.wait_for_timeout(500)
    cut = watched.page.evaluate(
        """width => [...document.querySelectorAll('.top > *, .menu > *')]
            .filter(e => e.getBoundingClientRect().right > width
                || e.clientWidth && e.scrollWidth > e.clientWidth + 1)
            .map(e => e.id || e.className || e.tagName)""",
        width,
    )
    assert cut == []


WHAT_IS_CUT = """() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    .then(() => [...document.querySelectorAll('#banner .what')].filter(what =>
        what.scrollWidth > what.clientWidth
        || what.scrollHeight - what.clientHeight > parseFloat(getComputedStyle(what).fontSize) / 2)
        .map(what => what.textContent))"""
"""What has happened, where the banner shows less than all of it; the tails of letters stand out of a line."""
FILLED = {
    "raised plant-1.free_chlorine:dose-off": "#banner.p2",
    "raised plant-2.free_chlorine:dose-off": "#banner.p2:has(.more)",
    "burst": "#banner.p1:has(.order)",
}
"""What fills it, and how that is seen."""
SQUARE = ((1440, 900), (1280, 1024), (1024, 768))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_squarer_screen_the_banner_says_whole_what_has_happened(
    town: Town, visit: Callable[..., Watched], lang: str
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open(f"/wall?lang={lang}")
    page = watched.page
    cut = []
    for order, shown in FILLED.items():
        town.do(order)
        page.wait_for_selector(shown, state="attached")
        for width, height in SQUARE:
            page.set_viewport_size({"width": width, "height": height})
            cut += [(order, width, what) for what in page.evaluate(WHAT_IS_CUT)]
    assert cut == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_squarer_screen_nothing_of_the_wall_runs_off_its_edge(
    calm: Town, visit: Callable[..., Watched], lang: str
) -> None:
    watched = visit(calm, "kiosk", 1440, 900)
    watched.open(f"/wall?lang={lang}")
    page = watched.page
    page.wait_for_selector("#incidents .chain")
    assert page.evaluate("document.body.scrollWidth") <= 1440
    cut = """[...document.querySelectorAll('.clock, .kpi, .kpi dt, .zones')].filter(node =>
        node.scrollWidth > node.clientWidth || node.getBoundingClientRect().right > innerWidth)
        .map(node => node.textContent)"""
    assert page.evaluate(cut) == []
    assert page.locator("#incidents .incident").first.locator(".chain > li").last.is_visible()
