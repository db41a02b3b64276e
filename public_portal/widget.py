"""An area's water for other people's pages: what stands in the frame, and how a page gets it (WQ-26)."""

from collections.abc import Sequence

from core.model.snapshot import Area
from core.model.text import Lang
from public_portal.asked import Asked
from public_portal.drinking import with_drinking
from public_portal.pages import Pages, blind
from public_portal.phrases import phrases
from public_portal.received import Received
from public_portal.views import area_view, notice_view, verdict
from public_portal.worst_first import worst_first

ANYWHERE = "https://…"
"""Where the site stands, of a utility that has not said so."""
_HEIGHT = 520
"""Pixels: at a width of 390 three readings and their sentence; with a notice it scrolls."""


def widget(pages: Pages, received: Received, area: Area, lang: Lang, asked: Asked, theme: str) -> str:
    """What the area's own page says first, with a link to the rest. theme: empty for the reader's own."""
    own = [n for n in worst_first(received.snapshot.notices, received.now_ns) if n.reaches(area.id)]
    notices = [notice_view(notice, received, lang) for notice in own]
    view = area_view(area, lang, received.outdated)
    return pages.page(
        "widget.html",
        received,
        lang,
        asked,
        f"/widget/{area.id}",
        theme=theme,
        area=view,
        notices=[notice for notice in notices if not notice.over],
        summary=with_drinking(verdict(view, lang), [area], own, lang, received.stale)
        if view.readings
        else "",
        blind=blind(notices),
        why=None,
    )


def nothing(pages: Pages, received: Received | None, lang: Lang, asked: Asked, theme: str) -> str:
    """Said inside the frame, where nobody sees an address or a status."""
    why = phrases(lang)["empty_body" if received is None else "widget_missing"]
    return pages.page("widget.html", received, lang, asked, "/", theme=theme, area=None, why=why)


def embedding(received: Received | None, ancestors: Sequence[str], lang: Lang) -> dict[str, object]:
    """The snippet to copy, None while there is no area; and who may use it."""
    t = phrases(lang)
    allowed = t["widget_on"].format(sites="、".join(ancestors) if lang == "zh" else ", ".join(ancestors))
    said = allowed if ancestors else t["widget_nobody"]
    areas = received.snapshot.areas if received else ()
    if received is None or not areas:
        return {"snippet": None, "framed_by": said}
    site, area = received.snapshot.site or ANYWHERE, areas[0]
    snippet = (
        f'<iframe src="{site}/widget/{area.id}?lang={lang}" title="{area.name.in_(lang)}" '
        f'width="100%" height="{_HEIGHT}" loading="lazy"></iframe>'
    )
    return {"snippet": snippet, "framed_by": said}
