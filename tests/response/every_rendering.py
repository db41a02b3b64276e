"""Every rendering there is, as what a reader finds in it, read by programs that are not ours."""

import json
from collections.abc import Callable
from io import BytesIO

import feedparser
import icalendar
import pypdf

from core.model.bulletin import Bulletin
from response.renderings.atom import atom
from response.renderings.cap import cap
from response.renderings.geojson import geojson
from response.renderings.ical import ical
from response.renderings.ivr import ivr
from response.renderings.poster import poster
from response.renderings.press import press
from response.renderings.rss import rss
from response.renderings.sms import sms
from response.renderings.statement import statement
from response.renderings.web import paragraphs
from response.renderings.webhook import body
from tests.response.bulletins import SITE

LINK = "https://w.example.cn/n/42"
START, RANGE, NEXT = "start", "range", "next"


def pdf_text(content: bytes) -> str:
    """A line that was broken on paper is one line again."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def feed_text(content: bytes) -> str:
    entry = feedparser.parse(content).entries[0]
    return f"{entry.title}\n{entry.summary}"


Written = Callable[[Bulletin], tuple[str, str]]
"""A rendering as Chinese and English text, by readers that are not ours."""
RENDERINGS: dict[str, tuple[Written, set[str]]] = {
    "web": (lambda b: (paragraphs(b).zh, paragraphs(b).en), {START, RANGE, NEXT}),
    "press": (lambda b: (press(b).zh, press(b).en), {START, RANGE, NEXT}),
    "ivr": (lambda b: (ivr(b).zh, ivr(b).en), {RANGE, NEXT}),
    "sms": (
        lambda b: (
            sms(b, "zh", signature="示例水务", link=LINK, most_parts=4).text,
            sms(b, "en", signature="Example Water", link=LINK, most_parts=4).text,
        ),
        {RANGE},
    ),
    "atom": (
        lambda b: (
            feed_text(atom([b], SITE, "zh", b.sent_ns)),
            feed_text(atom([b], SITE, "en", b.sent_ns)),
        ),
        {START, RANGE, NEXT},
    ),
    "rss": (
        lambda b: (feed_text(rss([b], SITE, "zh", b.sent_ns)), feed_text(rss([b], SITE, "en", b.sent_ns))),
        {START, RANGE, NEXT},
    ),
    "geojson": (
        lambda b: tuple(  # type: ignore[arg-type, return-value]
            "\n".join(
                word[lang] for word in json.loads(geojson([b]))["features"][0]["properties"]["words"].values()
            )
            for lang in ("zh", "en")
        ),
        {START, RANGE, NEXT},
    ),
    "webhook": (
        lambda b: tuple(  # type: ignore[arg-type, return-value]
            "\n".join(word[lang] for word in json.loads(body(b))["words"].values()) for lang in ("zh", "en")
        ),
        {START, RANGE, NEXT},
    ),
}
EVERYWHERE: dict[str, Callable[[Bulletin], tuple[str, str]]] = {
    **{name: write for name, (write, _) in RENDERINGS.items()},
    "cap": lambda b: (cap(b).decode(), cap(b).decode()),
    "statement": lambda b: (statement(b).decode(), statement(b).decode()),
    "poster": lambda b: (pdf_text(poster(b, "zh")).replace("\n", ""), pdf_text(poster(b, "en"))),
    "calendar": lambda b: (
        str(icalendar.Calendar.from_ical(ical([b], SITE, "zh")).walk("VEVENT")[0].to_ical(), "utf-8"),
        str(icalendar.Calendar.from_ical(ical([b], SITE, "en")).walk("VEVENT")[0].to_ical(), "utf-8"),
    ),
}
"""Every rendering there is, as what a reader finds in it."""
