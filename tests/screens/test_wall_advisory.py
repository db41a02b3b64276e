"""While people are told not to drink the water, the wall says so, whatever else happens."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched


def test_doubtful_water_stands_on_the_wall_until_it_is_lifted_the_gravest_first(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall?lang=zh")
    line = watched.page.locator("#advisory")
    expect(line).to_be_hidden()
    town.do("advise discoloured")
    expect(line).to_contain_text("水黄冲洗")
    expect(watched.page.locator("#advisory.p3")).to_have_count(1)
    town.do("advise boil")
    expect(line).to_contain_text("煮沸后饮用")
    expect(line).to_contain_text("3,419 户")
    expect(line).to_contain_text("＋1 条")
    expect(watched.page.locator("#advisory.p1")).to_have_count(1)
    town.do("burst")
    expect(watched.page.locator("#banner.unanswered")).to_be_visible()
    expect(line).to_be_visible()
    town.do("lifted")
    expect(line).to_be_hidden()
