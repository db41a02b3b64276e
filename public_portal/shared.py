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
    """No time and no stage: a chat keeps the card for days. That it is over stays true."""
    view, t = notice_view(notice, received, lang), phrases(lang)
    comma, stop = ("、", "。") if lang == "zh" else (", ", ". ")
    lines = by_street(notice.streets)
    names = [line.name.in_(lang) for line in lines if not line.weak or lines[0].weak][:MOST_STREETS]
    streets = comma.join(names) + ("…" if len(lines) > len(names) else "")
    where = " · ".join(part for part in (view.kind_word, view.area_name, streets) if part)
    snapshot = received.snapshot
    return Share(
        title=view.title,
        description="".join(
            part + stop for part in (where, view.times.ended, t["share_look"]) if part
        ).strip(),
        site=snapshot.utility.in_(lang),
        url=f"{snapshot.site}/n/{notice.id}?lang={lang}" if snapshot.site else None,
        locale="zh_CN" if lang == "zh" else "en_GB",
    )
