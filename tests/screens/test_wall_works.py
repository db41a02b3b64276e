"""The works on the wall: what leaves each, its clear well and its pumps, as the roles of its tags say."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.screens.conftest import Town, Watched

HEADS = {
    "zh": ["出厂水压 MPa", "出厂流量 m³/h", "浊度 NTU", "余氯 mg/L", "清水池 m", "运行水泵"],
    "en": [
        "Outlet pressure MPa",
        "Outlet m³/h",
        "Turbidity NTU",
        "Chlorine mg/L",
        "Clear well m",
        "Pumps on",
    ],
}


def row(page: Page, name: str) -> Locator:
    return page.locator("#works tr").filter(has=page.locator("th", has_text=name))


def value(one: Locator, role: str) -> Locator:
    return one.locator(f"td.value.{role}")


def test_each_works_is_a_row_of_its_roles_on_their_bands(town: Town, visit: Callable[..., Watched]) -> None:
    for order in ("outlet_pressure 48.2", "clear_well_level 3.41", "turbidity 0.15", "free_chlorine 0.62"):
        town.do(f"reads plant-1.{order}")
    for lang, heads in HEADS.items():
        watched = visit(town, "kiosk", 1920, 1080)
        watched.open(f"/wall?lang={lang}")
        page = watched.page
        expect(page.locator("#works-pane thead th.role")).to_have_text(heads)
        expect(page.locator("#works tr")).to_have_count(2)
        first = page.locator("#works tr").first
        expect(first.locator("th")).to_have_text("第一水厂" if lang == "zh" else "No. 1 Waterworks")
        expect(value(first, "outlet_pressure")).to_have_text("0.473")
        expect(value(first, "outlet_flow")).to_have_text(re.compile(r"^\d{2,3}$"))
        expect(value(first, "outlet_turbidity")).to_have_text("0.15")
        expect(value(first, "outlet_chlorine")).to_have_text("0.62")
        expect(value(first, "clear_well")).to_have_text("3.41")
        expect(value(first, "pump")).to_have_text("3/3")
        expect(first.locator(".indicator:not(.empty)")).to_have_count(5)
        assert watched.wrong == []


def test_what_is_out_of_its_band_is_marked_and_a_pump_that_stands_is_not_counted(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh")
    second = row(watched.page, "第二水厂")
    expect(second.locator(".indicator:not(.empty)")).to_have_count(5)
    expect(second.locator(".indicator:not([data-side='0'])")).to_have_count(0)
    town.do("reads plant-2.pump-2.running 0")
    expect(value(second, "pump")).to_have_text("2/3")
    town.do("reads plant-2.turbidity 1.4")
    expect(second.locator("td.value.outlet_turbidity.beyond")).to_have_text("1.40")
    town.do("reads plant-2.outlet_pressure 30")
    side = "td.outlet_pressure .indicator[data-side='-1']"
    expect(second.locator(side)).to_have_count(1)


def test_a_works_in_alarm_comes_first_and_says_what_of_it(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh")
    page = watched.page
    expect(page.locator("#works tr").first.locator("th")).to_have_text("第一水厂")
    town.do("raised plant-2.free_chlorine:dose-off")
    first = page.locator("#works tr").first
    expect(first.locator("th")).to_have_text("第二水厂")
    expect(first.locator(".sign .mark.p2")).to_be_visible()
    expect(first.locator("td.value.outlet_chlorine.p2")).to_have_count(1)
    expect(first.locator("td.value.outlet_pressure.p2")).to_have_count(0)


def test_what_is_late_is_grey_with_its_age_pumps_too(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh")
    first = watched.page.locator("#works tr").first
    expect(value(first, "pump")).to_have_text("3/3")
    town.do("silence")
    expect(first.locator("td.value.clear_well.stale")).to_have_text(re.compile(r"^3\.4\d · \d+ 秒$"))
    expect(first.locator("td.value.pump.stale")).to_have_text(re.compile(r"^3/3 · \d+ 秒$"))
    expect(first.locator("td.value.outlet_flow.stale")).to_have_text(re.compile(r"^\d+ · \d+ 秒$"))


def test_with_less_room_bars_go_first_and_then_the_strip(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    page = watched.page
    for inches, bars, strip in ((86, True, True), (75, False, True), (65, False, False)):
        watched.open(f"/wall?d=5&in={inches}")
        expect(page.locator("#works tr")).to_have_count(2)
        assert page.locator("#works td.on").first.is_visible() is bars
        assert page.locator("#works-pane").is_visible() is strip


def test_where_no_tag_has_a_role_there_is_no_strip(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)

    def without_roles(route: Route) -> None:
        answer = route.fetch()
        told = json.loads(answer.text())
        assert sum(tag["role"] is not None for tag in told["items"]) == 16, "two works of eight"
        told["items"] = [tag | {"role": None} for tag in told["items"]]
        route.fulfill(response=answer, json=told)

    watched.page.route("**/api/v1/tags*", without_roles)
    watched.open("/wall?lang=zh")
    expect(watched.page.locator("#zones tr")).to_have_count(10)
    expect(watched.page.locator("#works-pane")).to_be_hidden()
