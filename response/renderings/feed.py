"""What a feed is of: the portal it belongs to, and what an entry says in words."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from core.model.bulletin import Bulletin
from core.model.shanghai import local
from core.model.text import Lang, Text
from response.renderings.facts import all_of

GEORSS = "http://www.georss.org/georss"
ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Site:
    """base: the portal's address without a slash at its end. utility: whose it is."""

    base: str
    utility: Text
    email: str

    @property
    def host(self) -> str:
        return urlsplit(self.base).hostname or "localhost"

    def title(self, lang: Lang) -> str:
        return self.utility.zh + "停水与水质公告" if lang == "zh" else f"{self.utility.en}: water notices"


def summary(b: Bulletin, lang: Lang) -> str:
    """The facts in one paragraph, then what to do."""
    gap, end = ("：", "。") if lang == "zh" else (": ", ". ")
    said = "".join(f"{f.label.in_(lang)}{gap}{f.value.in_(lang)}{end}" for f in all_of(b))
    return f"{said}{b.instruction.in_(lang)}".strip()


def page(b: Bulletin, lang: Lang) -> str:
    """The address of the notice, which stays the same for all versions."""
    return b.url if lang == "zh" else f"{b.url}?lang=en"


def version_page(b: Bulletin) -> str:
    """The address of this very version."""
    return f"{b.url}/v{b.version}"


def cap_of(b: Bulletin) -> str:
    return f"{b.url}/v{b.version}.cap.xml"


def entry_id(b: Bulletin, site: Site) -> str:
    """A tag URI (RFC 4151), the same for all versions of a notice."""
    return f"tag:{site.host},{local(b.first_sent_ns):%Y-%m-%d}:notice:{b.number}"


def polygon(b: Bulletin) -> str | None:
    """GeoRSS simple: latitude first, parted by spaces."""
    return " ".join(f"{p.lat:.6f} {p.lon:.6f}" for p in b.ring) if b.ring else None
