"""A notice that nobody outside has read is withdrawn without a word to anybody, and is asked for so (ON-08);
what is pressed shows the state that it led to (ON-04)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.screens.conftest import Town, Watched

ID = "NTC-20261123-00001"


@pytest.mark.parametrize("approved", [False, True])
def test_of_what_was_never_published_it_is_said_that_nobody_read_it(
    town: Town, visit: Callable[..., Watched], approved: bool
) -> None:
    town.do("burst")
    watched = visit(town, "duty_manager", 1440, 900)
    page = watched.page
    watched.open(f"/notices?lang=zh&id={ID}")
    if approved:
        page.click("[data-act=approve]")
        page.wait_for_selector("[data-act=publish]")
    page.click("[data-act=withdraw]")
    asked = page.locator(".actions:has([data-act=withdraw-sure])")
    expect(asked).to_contain_text("从未发布")
    expect(asked).not_to_contain_text("公众会看到")
    page.wait_for_timeout(1000)
    expect(page.locator("#message")).to_be_empty()
    expect(page.locator("#outgoing")).to_have_count(0)
    page.click("[data-act=withdraw-sure]")
    expect(page.locator("#notice .badges")).to_contain_text("已撤回")
    assert watched.wrong == [], "nothing was asked that is refused"


def test_what_the_end_of_an_unpublished_notice_says_is_refused_with_the_reason(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = visit(town, "duty_manager").page
    for what in ("renderings", "messages"):
        answer = page.request.get(f"/api/v1/notices/{ID}/{what}?over=withdrawn")
        assert answer.status == 409
        assert "从未发布" in answer.json()["why"]["zh"]
        assert answer.json()["reason"] == "never_published"


def test_an_answer_shows_the_state_that_it_led_to_though_what_is_asked_after_it_fails(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """Of what is drawn beside a notice, one question is not answered for a while."""
    town.do("burst")
    page = visit(town, "duty_manager", 1440, 900).page
    page.goto(f"/notices?lang=zh&id={ID}")
    page.click("[data-act=approve]")
    page.wait_for_selector("[data-act=publish]")
    deaf, held = [True], list[Route]()
    for url in (f"**/api/v1/notices/{ID}/*", "**/api/v1/fire-service*"):
        page.route(
            url,
            lambda route: (
                held.append(route) if deaf[0] and route.request.method == "GET" else route.continue_()
            ),
        )
    page.dblclick("[data-act=publish]")
    page.click("[data-act=publish-sure]")
    expect(page.locator("#message")).to_contain_text("已完成")
    expect(page.locator("#notice .badges")).to_contain_text("已发布")
    expect(page.locator("[data-act=publish]")).to_have_count(0)
    expect(page.locator("[data-act=publish-sure]")).to_have_count(0)
    deaf[0] = False
