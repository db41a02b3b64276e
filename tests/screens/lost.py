"""A command that is done, and its first answer lost on the way."""

from playwright.sync_api import Page, Route


def lose_first_answer(page: Page, url: str) -> None:
    """Of what is sent by POST to url."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.request.url)
        assert route.fetch().ok
        route.abort()

    page.route(url, lose)
