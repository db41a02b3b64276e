"""iCalendar (RFC 5545): an event a notice. Its UID stays; SEQUENCE goes on with the versions (ON-32).

Lines are folded at 75 octets and never inside a character. Only planned work has an alarm, twelve hours
before: who is in the middle of a burst needs no reminder.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from core.model.bulletin import Bulletin, Change
from core.model.shanghai import local
from core.model.text import Lang
from response.renderings.facts import streets
from response.renderings.feed import Site, page, summary
from response.renderings.headline import headline
from response.renderings.places import where

MEDIA = "text/calendar"
OCTETS = 75
_S = 1_000_000_000
_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19910915T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def ical(bulletins: Sequence[Bulletin], site: Site, lang: Lang) -> bytes:
    """A calendar to subscribe to, or with one bulletin a file to open."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Water Hub//Notices//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(site.title(lang))}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        *_ZONE,
        *(line for b in bulletins for line in _event(b, site, lang)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def _event(b: Bulletin, site: Site, lang: Lang) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{b.number}@{site.host}"
    yield f"DTSTAMP:{_utc(b.told_ns)}"
    yield f"LAST-MODIFIED:{_utc(b.told_ns)}"
    yield f"CREATED:{_utc(b.first_sent_ns)}"
    yield f"SEQUENCE:{b.version - 1}"
    yield f"DTSTART;TZID=Asia/Shanghai:{_wall(b.starts_ns)}"
    if (ends_ns := _ends(b)) is not None:
        yield f"DTEND;TZID=Asia/Shanghai:{_wall(ends_ns)}"
    yield f"SUMMARY:{escaped(headline(b).in_(lang))}"
    yield f"DESCRIPTION:{escaped(summary(b, lang))}"
    yield f"LOCATION:{escaped(f'{where(b).in_(lang)} {streets(b).in_(lang)}')}"
    if b.ring:
        corners = b.ring[:-1]
        lat, lon = (sum(x) / len(corners) for x in zip(*((p.lat, p.lon) for p in corners), strict=True))
        yield f"GEO:{lat:.6f};{lon:.6f}"
    yield f"URL:{page(b, lang)}"
    yield f"STATUS:{status(b)}"
    yield "TRANSP:TRANSPARENT"
    yield f"CATEGORIES:{b.kind.value}"
    if b.planned and not b.over:
        yield from _alarm(b, lang)
    yield "END:VEVENT"


def status(b: Bulletin) -> str:
    """Tentative while nobody knows when it ends."""
    if b.change is Change.CANCELLED:
        return "CANCELLED"
    unknown = b.change is not Change.RESTORED and (b.estimate is None or b.overdue)
    return "TENTATIVE" if unknown else "CONFIRMED"


def _ends(b: Bulletin) -> int | None:
    """None where it is not known, so that no calendar shows a time that nobody promised."""
    if b.change is Change.RESTORED:
        return max(b.restored_ns or b.sent_ns, b.starts_ns + _S)
    if b.estimate is None or b.overdue:
        return None
    return b.estimate.latest_ns


def _alarm(b: Bulletin, lang: Lang) -> Iterator[str]:
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{escaped(headline(b).in_(lang))}"
    yield "TRIGGER:-PT12H"
    yield "END:VALARM"


def _utc(t_ns: int) -> str:
    return datetime.fromtimestamp(t_ns // _S, UTC).strftime("%Y%m%dT%H%M%SZ")


def _wall(t_ns: int) -> str:
    return local(t_ns).strftime("%Y%m%dT%H%M%S")


def escaped(text: str) -> str:
    """TEXT of 3.3.11."""
    for plain, said in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, said)
    return text.replace("\r", "")


def folded(line: str) -> bytes:
    """A content line of at most OCTETS octets a piece, each further piece after a space (3.1)."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > OCTETS - (1 if pieces else 0):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
