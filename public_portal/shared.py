"""What a chat shows of a notice whose link is sent on (Open Graph): what stays true while its times move."""

from dataclasses import dataclass

from core.model.snapshot import PublicNotice
from core.model.street_line import by_street
from core.model.text import Lang
from public_portal.phrases import phrases
from public_portal.received import Received
from public_portal.views import notice_view

MOST_STREETS = 3


@dataclass(frozen=True, slots=True)
class Share:
    """url: None of a snapshot that does not say where the site stands. locale: as Open Graph writes it."""

    title: str
    description: str
    site: str
    url: str | None
    locale: str


def share(notice: PublicNotice, received: Received, lang: Lang) -> Share:
    """No estimate: a chat keeps the card for days, and times move."""
    view, t = notice_view(notice, received, lang), phrases(lang)
    comma, stop = ("、", "。") if lang == "zh" else (", ", ". ")
    names = [line.name.in_(lang) for line in by_street(notice.streets)]
    streets = comma.join(names[:MOST_STREETS]) + ("…" if len(names) > MOST_STREETS else "")
    where = " · ".join(part for part in (view.kind_word, view.area_name, streets) if part)
    now = view.times.ended or (t["not_begun"] if view.times.ahead else view.current)
    snapshot = received.snapshot
    return Share(
        title=view.title,
        description=f"{where}{stop}{now}{stop}{t['share_look']}{stop}".strip(),
        site=snapshot.utility.in_(lang),
        url=f"{snapshot.site}/n/{notice.id}?lang={lang}" if snapshot.site else None,
        locale="zh_CN" if lang == "zh" else "en_GB",
    )
