"""The streets of a notice are chosen by every reading their characters have, whole, by initials, or both."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

ASKED = {
    "chaoyang-street": ("朝阳街", "chaoyang s", "cyj", "zyj", "chaoyj", "zhaoyangjie", "cyangj"),
    "changjiang-road": ("长江路", "cjl", "zjl", "changjl", "zhangjianglu", "jianglu"),
}


def test_a_street_is_chosen_by_any_reading_of_its_characters(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "operator")
    watched.open("/notices?lang=zh&new=1")
    for street, asked in ASKED.items():
        for typed in asked:
            watched.page.fill("#street-search", typed)
            found = watched.page.locator(f'#street-found [data-street="{street}"]')
            expect(found, typed).to_have_count(1, timeout=3000)
    watched.page.fill("#street-search", "cyjx")
    expect(watched.page.locator("#street-found [data-street]")).to_have_count(0)
    assert watched.wrong == []
