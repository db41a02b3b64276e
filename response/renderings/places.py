"""The place in few characters: in whole words, never cut off within a name."""

from core.model.bulletin import Bulletin
from core.model.street_line import by_street
from core.model.text import Lang


def forms(b: Bulletin, lang: Lang) -> tuple[str, ...]:
    """What it may be told as, whole first: without its zone, by how many streets it is, by the zone alone. A
    place in a person's own words may be of several zones: it is never told as one."""
    whole, n, zh = b.area.in_(lang), len(by_street(b.streets)), lang == "zh"
    many = (f"{n}条路" if zh else f"{n} streets") if n > 1 else ""
    if not _inside(b):
        return (whole, many) if many else (whole,)
    zone = b.zone.in_(lang) if b.zone else whole
    bare = whole.removeprefix(zone) if zh else whole.removesuffix(f", {zone}")
    counted = (f"{zone}{many}" if zh else f"{many}, {zone}") if many else ""
    return tuple(form for form in (whole, bare, counted, zone, many) if form)


def _inside(b: Bulletin) -> bool:
    """Whether it is named as the hub names a street: its zone before it in Chinese, after it in English."""
    if b.zone is None:
        return False
    return b.area.zh.startswith(b.zone.zh) and b.area.en.endswith(f", {b.zone.en}")


def fitted(b: Bulletin, lang: Lang, most: int) -> str:
    """The first that has `most` characters or fewer; where none has, the place as it is: longer, and for who
    checks it to find."""
    return next((form for form in forms(b, lang) if len(form) <= most), b.area.in_(lang))
