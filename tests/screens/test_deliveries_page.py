"""The page of messages to customers: what went out at a glance, what did not, and one click to try again."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched


def test_it_says_how_many_were_told_and_sends_the_dead_again(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("delivered")
    watched = visit(town, "duty_manager", 1280, 800)
    watched.open("/deliveries?lang=en")
    page = watched.page
    second, first = page.locator(".mailing").all()
    expect(first.locator(".told")).to_contain_text("sent to 1,181 of 1,184 people")
    expect(first.locator(".told")).to_contain_text("1,080 of them with a receipt")
    expect(second.locator(".told")).to_contain_text("sent to 490 of 1,126 people")
    expect(first.locator(".contents")).to_have_count(0)
    expect(second.locator(".contents")).to_contain_text("update: 1,124")
    expect(second.locator(".contents")).to_contain_text("restored: 1")
    expect(second.locator(".contents")).to_contain_text("outside as known; to ring if they have no water: 1")
    expect(first.locator(".withheld")).to_contain_text("116 accounts that no channel reaches")
    expect(second).to_contain_text("not told (the estimate stands): 60")
    first.locator("summary").click()
    row = first.locator("tbody tr", has_text="A001122")
    expect(row).to_contain_text("MOBILE_NUMBER_ILLEGAL")
    row.get_by_role("button").click()
    expect(page.locator("#message")).to_have_text("Queued again: 1.")
    expect(first.locator(".told")).to_contain_text("2 failed")
    first.get_by_role("button", name="Send all again").click()
    expect(page.locator("#message")).to_have_text("Queued again: 2.")
    expect(first.locator(".dead-box")).to_be_hidden()
    assert watched.wrong == []


def test_a_code_that_did_not_come_is_among_what_failed_with_the_masked_number(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """WO-28: it was told on the hotline's page alone, to whoever had just sent it."""
    town.do("delivered")
    for role, shown in (("viewer", False), ("hotline", True)):
        watched = visit(town, role, 1280, 800)
        watched.open("/deliveries?lang=en")
        codes = watched.page.locator("#codes")
        expect(codes.locator("summary")).to_have_text("Codes that did not reach the caller: 1")
        codes.locator("summary").click()
        expect(codes).to_contain_text("199****0100" if shown else "Your role")
        if shown:
            expect(codes).to_contain_text("MOBILE_NUMBER_ILLEGAL")
            codes.get_by_role("button").click()
            expect(codes).to_be_hidden()
        assert watched.wrong == []


def test_promises_that_are_not_kept_stand_first_for_who_may_see_whose_they_are(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("delivered")
    watched = visit(town, "hotline", 1280, 800)
    watched.open("/deliveries?lang=zh")
    expect(watched.page.locator("#promises li")).to_have_count(2)
    expect(watched.page.locator("#promises")).to_contain_text("应在")
    operator = visit(town, "operator", 360, 740)
    operator.open("/deliveries?lang=zh")
    expect(operator.page.locator(".mailing")).to_have_count(2)
    expect(operator.page.locator("#promises")).to_be_hidden()
    operator.page.locator(".mailing summary").first.click()
    expect(operator.page.locator(".mailing").first).to_contain_text("您的角色不能查看户号")
    wide = operator.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide, "no sideways scrolling on a phone"
    assert watched.wrong == [] and operator.wrong == []


def test_before_anything_was_published_it_says_so(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "viewer", 1280, 800)
    watched.open("/deliveries?lang=en")
    expect(watched.page.locator("#mailings")).to_have_text("No notice has been published yet.")
    assert watched.wrong == []
