"""The hotline: by keyboard alone, the verdict first, and nobody's number in an address."""

from collections.abc import Callable

from tests.screens.conftest import Town, Watched


def test_a_caller_is_answered_by_keyboard_alone(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    watched = visit(town, "hotline", 1280, 800)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.open("/hotline?lang=zh")
    page = watched.page
    page.keyboard.type("199 0000 0100")
    page.keyboard.press("Enter")
    page.wait_for_selector("#verdict")
    assert page.evaluate("document.activeElement.id") == "verdict"
    assert page.locator("#card > section").first.get_attribute("id") == "verdict"
    text = page.inner_text("#card")
    assert "199****0100" in text and "19900000100" not in text
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "asked"
    assert not any("19900000100" in url or "0100" in url for url in asked)
    assert watched.wrong == []


def test_a_draft_is_marked_as_not_to_be_told(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    watched = visit(town, "hotline", 1280, 800)
    watched.open("/hotline?lang=en")
    watched.page.wait_for_selector("#today >> text=not to be told")
