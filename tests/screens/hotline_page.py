"""The hotline's page opened, and its box asked by keyboard."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.screens.conftest import Town, Watched

AWAKE = "#card:not([data-waking]) #verdict"
"""A card that came by itself, once it acts on keys."""


def ready(town: Town, visit: Callable[..., Watched], lang: str = "zh") -> Watched:
    watched = visit(town, "hotline", 1366, 768)
    watched.open(f"/hotline?lang={lang}&theme=day")
    watched.page.wait_for_selector("body[data-ready]")
    return watched


def ask(page: Page, text: str, shown: str) -> None:
    """Typed and entered; until `shown` is there."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_selector(shown)
