"""What stands beside a notice's text: its versions, files and water points, and what came of verifying."""

from dataclasses import dataclass

from core.model.shanghai import moment
from core.model.snapshot import PublicNotice, PublicPoint, PublicVersion
from core.model.text import Lang, Text
from public_portal import notice_words as words
from public_portal import reply_words
from public_portal.ended import LIFTED_KINDS
from public_portal.verify import Verdict, Verified


@dataclass(frozen=True, slots=True)
class VersionView:
    n: int
    change: str
    sent: str
    title: str
    paragraphs: list[str]
    current: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class PointView:
    name: str
    kind: str
    state: str
    open: bool
    detail: str
    geo: str | None


@dataclass(frozen=True, slots=True)
class FileView:
    href: str
    label: str
    media: str


@dataclass(frozen=True, slots=True)
class VerdictView:
    kind: str
    word: str
    meaning: str
    grave: bool
    foreign: list[str]
    notice: str | None
    title: str | None
    version: VersionView | None
    sent: str | None = None


def versions(notice: PublicNotice, lang: Lang) -> list[VersionView]:
    """The newest first."""
    return [version(notice, said, lang) for said in reversed(notice.versions)]


def version(notice: PublicNotice, said: PublicVersion, lang: Lang) -> VersionView:
    return VersionView(
        n=said.version,
        change=_change(notice, said).in_(lang),
        sent=moment(said.sent_ns).in_(lang),
        title=said.title.in_(lang),
        paragraphs=said.body.in_(lang).split("\n"),
        current=said.version == notice.version,
        sha256=said.sha256,
    )


def _change(notice: PublicNotice, said: PublicVersion) -> Text:
    if said.version == notice.version and notice.moved_from_ns is not None and not notice.over:
        return words.MOVED
    if said.change == "restored" and notice.kind in LIFTED_KINDS:
        return words.LIFTED
    if said.change == "restored" and notice.doubt:
        return words.OVER
    if said.change == "cancelled" and notice.kind == "planned_outage":
        return words.CALLED_OFF
    return words.CHANGES.get(said.change, Text(said.change, said.change))


def points(notice: PublicNotice, lang: Lang) -> list[PointView]:
    return [_point(point, lang) for point in notice.points]


def _point(point: PublicPoint, lang: Lang) -> PointView:
    said = [text.in_(lang) for text in (point.hours, point.note) if text]
    return PointView(
        name=point.name.in_(lang),
        kind=words.POINT_KINDS.get(point.kind, Text(point.kind, point.kind)).in_(lang),
        state=words.POINT_STATES.get(point.state, Text(point.state, point.state)).in_(lang),
        open=point.state == "open",
        detail=("，" if lang == "zh" else ", ").join(said),
        geo=None if point.lat is None or point.lon is None else f"{point.lat:.5f}, {point.lon:.5f}",
    )


def files(notice: PublicNotice, lang: Lang) -> list[FileView]:
    """None of a notice from before its versions were kept."""
    if not notice.versions:
        return []
    root, n = f"/n/{notice.id}", notice.versions[-1].version
    named = (
        (f"{root}/poster-{lang}.pdf", "poster", "application/pdf"),
        (f"{root}/{lang}.ics", "calendar", "text/calendar"),
        (f"{root}/v{n}.cap.xml", "cap", "application/cap+xml"),
        (f"{root}/area.geojson", "map_file", "application/geo+json"),
        (f"{root}/v{n}.json", "statement", "application/json"),
        (f"{root}/v{n}.jws", "signature", "application/jose"),
    )
    return [FileView(href, words.PHRASES[name].in_(lang), media) for href, name, media in named]


def verdict(found: Verified, lang: Lang) -> VerdictView:
    notice, reply = found.notice, found.reply
    own = reply_words if reply else words
    return VerdictView(
        kind=found.verdict.value,
        word=own.VERDICTS[found.verdict].in_(lang),
        meaning=own.VERDICT_MEANINGS[found.verdict].in_(lang),
        grave=found.verdict in (Verdict.ALTERED, Verdict.UNKNOWN),
        foreign=list(found.foreign) if found.verdict is Verdict.ALTERED else [],
        notice=notice.id if notice else reply.number if reply else None,
        title=notice.title.in_(lang) if notice else reply.title.in_(lang) if reply else None,
        version=version(notice, found.version, lang) if notice and found.version else None,
        sent=moment(reply.sent_ns).in_(lang) if reply else None,
    )
