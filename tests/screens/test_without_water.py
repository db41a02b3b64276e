"""How many are without water: nobody is said to be until a crew has stopped it, nor once it is back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

ORDER, NOTICE, INCIDENT = "WO-20261123-00001", "NTC-20261123-00001", "INC-20261123-00001"
SCREENS = {
    "wall": ("/wall", "#kpi-affected"),
    "incident": (f"/desk?view=incidents&id={INCIDENT}", "#pane"),
    "order on the desk": (f"/desk?view=orders&id={ORDER}", "#pane"),
    "notice on the desk": (f"/desk?view=notices&id={NOTICE}", "#pane"),
    "board": ("/board", ".card"),
    "order": (f"/orders?id={ORDER}", "main"),
    "notice": (f"/notices?id={NOTICE}", "main"),
    "hotline": ("/hotline", "#today"),
}
MAY = {
    "zh": re.compile(r"可能停水 \d|可能停水户数"),
    "en": re.compile(r"\d may be without|May be without"),
}
SURE = {
    "zh": re.compile(r"(?<!可能)停水 \d|(?<!可能)停水户数"),
    "en": re.compile(r"\d without water|(?<!be )Without water"),
}
NONE = re.compile("[1-9]")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_b3_who_may_be_without_water_is_not_counted_as_without_and_nobody_is_once_it_is_back(
    town: Town, visit: Callable[..., Watched], lang: str
) -> None:
    town.do("burst")
    pages = {}
    for name in SCREENS if lang == "zh" else ("wall", "board", "notice"):
        path, where = SCREENS[name]
        watched = visit(town, "kiosk" if name == "wall" else "duty_manager", 1440, 900)
        watched.open(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        pages[name] = watched.page.locator(where).first
    for name, place in pages.items():
        expect(place, name).to_contain_text(MAY[lang])
        expect(place, name).not_to_contain_text(SURE[lang])
    town.do("shut")
    for name, place in pages.items():
        expect(place, name).to_contain_text(SURE[lang])
        expect(place, name).not_to_contain_text(MAY[lang])
    town.do("back")
    for name, place in pages.items():
        expect(place, name).not_to_contain_text(NONE if name == "wall" else SURE[lang])
        expect(place, name).not_to_contain_text(MAY[lang])
