"""At the foot of the alarms: how many were new within ten minutes, beside the target."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.axe import violations
from tests.screens.conftest import Town, Watched


@pytest.mark.parametrize(
    ("lang", "width", "n", "said"),
    [("zh", 1440, 3, "为泛滥）：3"), ("en", 390, 25, "more than 10, a flood")],
)
def test_the_foot_of_the_alarms_counts_what_is_new_within_ten_minutes(
    town: Town, visit: Callable[..., Watched], lang: str, width: int, n: int, said: str
) -> None:
    town.do(f"load {n}")
    watched = visit(town, "operator", width, bypass_csp=True)
    watched.open(f"/desk?lang={lang}&view=alarms")
    page = watched.page
    expect(page.locator("footer .rate")).to_contain_text(said)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    page.keyboard.press("2")
    expect(page.locator("footer .rate")).to_be_hidden()
