"""RSS 2.0: an item for the newest version of each notice; its guid is that version's own page."""

from collections.abc import Sequence
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement

from core.model.bulletin import Bulletin
from core.model.shanghai import local
from core.model.text import Lang
from response.renderings.cap import MEDIA as CAP
from response.renderings.cap import cap
from response.renderings.feed import ATOM, GEORSS, Site, cap_of, page, polygon, summary, version_page
from response.renderings.headline import headline
from response.renderings.xml_text import add, document

MEDIA = "application/rss+xml"


def rss(bulletins: Sequence[Bulletin], site: Site, lang: Lang, made_ns: int) -> bytes:
    """Newest first. made_ns: lastBuildDate."""
    root = Element("rss", {"version": "2.0", "xmlns:atom": ATOM, "xmlns:georss": GEORSS})
    channel = SubElement(root, "channel")
    add(channel, "title", site.title(lang))
    add(channel, "link", f"{site.base}/?lang={lang}")
    add(channel, "description", site.title(lang))
    add(channel, "language", "zh-cn" if lang == "zh" else "en")
    add(channel, "lastBuildDate", _rfc822(made_ns))
    add(channel, "ttl", "5")
    SubElement(channel, "atom:link", rel="self", type=MEDIA, href=f"{site.base}/feed/{lang}.rss")
    for b in sorted(bulletins, key=lambda b: -b.sent_ns):
        _item(channel, b, lang)
    return document(root)


def _item(channel: Element, b: Bulletin, lang: Lang) -> None:
    item = SubElement(channel, "item")
    add(item, "title", headline(b).in_(lang))
    add(item, "link", page(b, lang))
    SubElement(item, "guid", isPermaLink="true").text = version_page(b)
    add(item, "pubDate", _rfc822(b.sent_ns))
    add(item, "category", b.kind.value)
    add(item, "description", summary(b, lang))
    SubElement(item, "enclosure", url=cap_of(b), length=str(len(cap(b))), type=CAP)
    if ring := polygon(b):
        add(item, "georss:polygon", ring)


def _rfc822(t_ns: int) -> str:
    return format_datetime(local(t_ns).replace(microsecond=0))
