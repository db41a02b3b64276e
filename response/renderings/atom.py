"""Atom (RFC 4287): an entry a notice, whose id stays and whose `updated` goes on with its versions, and
with what time adds to them."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from core.model.bulletin import Bulletin
from core.model.text import Lang
from response.renderings.cap import MEDIA as CAP
from response.renderings.feed import ATOM, GEORSS, Site, cap_of, entry_id, page, polygon, summary
from response.renderings.headline import headline
from response.renderings.statement import iso
from response.renderings.xml_text import add, document

MEDIA = "application/atom+xml"


def atom(bulletins: Sequence[Bulletin], site: Site, lang: Lang, made_ns: int) -> bytes:
    """Newest first. made_ns: `updated` of the feed, so that a reader sees that it lives (ON-31)."""
    feed = Element("feed", {"xmlns": ATOM, "xmlns:georss": GEORSS, "xml:lang": _code(lang)})
    add(feed, "id", f"tag:{site.host},2026:feed:{lang}")
    add(feed, "title", site.title(lang))
    add(feed, "updated", iso(made_ns))
    author = SubElement(feed, "author")
    add(author, "name", site.utility.in_(lang))
    add(author, "email", site.email)
    SubElement(feed, "link", rel="self", type=MEDIA, href=f"{site.base}/feed/{lang}.atom")
    SubElement(feed, "link", rel="alternate", type="text/html", href=f"{site.base}/?lang={lang}")
    for b in sorted(bulletins, key=lambda b: -b.sent_ns):
        _entry(feed, b, site, lang)
    return document(feed)


def _entry(feed: Element, b: Bulletin, site: Site, lang: Lang) -> None:
    entry = SubElement(feed, "entry")
    add(entry, "id", entry_id(b, site))
    add(entry, "title", headline(b).in_(lang))
    add(entry, "published", iso(b.first_sent_ns))
    add(entry, "updated", iso(b.told_ns))
    SubElement(entry, "category", term=b.kind.value)
    SubElement(entry, "category", term=b.change.value, scheme=f"{site.base}/change")
    SubElement(entry, "link", rel="alternate", type="text/html", hreflang=_code(lang), href=page(b, lang))
    SubElement(entry, "link", rel="alternate", type=CAP, href=cap_of(b))
    add(entry, "summary", summary(b, lang))
    if ring := polygon(b):
        add(entry, "georss:polygon", ring)


def _code(lang: Lang) -> str:
    return "zh-CN" if lang == "zh" else "en"
