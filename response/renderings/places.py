"""The place in few characters: in whole words, never cut off within a name; of several streets the first by
accounts, and how many there are. Streets where the matter holds alone: of those that are off, who has weak
water beside them is told apart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.model.bulletin import Bulletin, Change, Supply
from core.model.notice import CUTS
from core.model.snapshot import PublicStreet
from core.model.street_line import StreetLine, by_street
from core.model.text import Lang, Text
from response import street_words

_NOWHERE = Text("", "")
HOME = Text("您所在地址", "Your address")
"""The place of somebody whose street is not known."""
SHORTEST = 4
"""Characters of a place that are left at least."""
_BRIEF = {"Street": "St", "Road": "Rd", "Avenue": "Ave", "Lane": "Ln", "Boulevard": "Blvd"}
Level = tuple[tuple[str, ...], tuple[str, ...]]
"""Chinese and English that name the same, each the longest first."""


@dataclass(frozen=True, slots=True)
class _Place:
    """bare: without its zone. lead: the listed street that it is named after; where the main failed in one
    that is not listed, or is of other water, the first that is. others: the rest, the most accounts first. n:
    all of them."""

    whole: Text
    zone: Text
    bare: Text
    lead: Text | None
    others: tuple[Text, ...]
    n: int

    def named(self, streets: int, lang: Lang) -> str:
        """With so many of its streets by name."""
        if self.lead is None or self.n < 2:
            return f"{self.whole.in_(lang)}{self.in_all(lang)}"
        names = [one.in_(lang) for one in (self.lead, *self.others)][:streets]
        left = self.n - len(names)
        if lang == "zh":
            return f"{self.zone.zh}{'、'.join(names)}{f'等{self.n}条道路' if left else ''}"
        first, last = (
            (names, f"{left} more street{'s' if left > 1 else ''}") if left else (names[:-1], names[-1])
        )
        return f"{', '.join(first)} and {last}{', ' if self.zone.en else ''}{self.zone.en}"

    def in_all(self, lang: Lang) -> str:
        """How many streets, after a place that is none of them."""
        if self.n < 2:
            return ""
        return f"共{self.n}条道路" if lang == "zh" else f" ({self.n} streets)"


def _concerned(b: Bulletin) -> tuple[list[StreetLine], list[StreetLine]]:
    """Where the matter holds, and all. A street of both is off to whom a cut is told, weak to whom weak water
    is; of what is over everybody is told the same."""
    every = by_street(b.streets)
    if b.over or b.kind not in CUTS:
        return every, every
    low = b.supply is Supply.LOW
    own = [line for line in every if (bool(line.low_in("zh")) if low else not line.weak)]
    return own or every, every


def weak_beside(b: Bulletin) -> Text | None:
    """A clause, where water is off in some streets and weak in others."""
    own, every = _concerned(b)
    n = len(every) - len(own)
    if n == 0 or b.supply is Supply.LOW:
        return None
    return street_words.weak_beside(n)


def _place(b: Bulletin) -> _Place:
    own, every = ([line.name for line in lines] for lines in _concerned(b))
    zone = b.zone if b.zone is not None and _inside(b, b.zone) else _NOWHERE
    bare = street_words.within(b.area, zone)
    apart = len(every) > len(own)
    lead = next((name for name in own if name == bare), None)
    elsewhere = bool(own) and lead is None and (_of_zone(b) or (apart and bare in every))
    if elsewhere:
        lead = bare = own[0]
    whole = b.area
    if bare.zh and (apart or elsewhere or len(own) > 1):
        whole = street_words.in_zone(bare, zone) if zone.zh else bare
    return _Place(whole, zone, bare, lead, tuple(name for name in own if name != lead), len(own))


def _of_zone(b: Bulletin) -> bool:
    """Whether the hub named it after a place inside its zone; what a person wrote stays."""
    return b.zone is not None and street_words.of_zone(b.area, b.zone) and not b.worded


def _inside(b: Bulletin, zone: Text) -> bool:
    """Whether it is named as the hub names a street: its zone before it in Chinese, after it in English."""
    return b.area == zone or street_words.of_zone(b.area, zone)


def named(b: Bulletin, lang: Lang, most: int) -> Iterator[str]:
    """The place with `most` streets by name or fewer, and how many more there are; the most names first."""
    place = _place(b)
    for streets in range(min(most, max(place.n, 1)), 0, -1):
        yield place.named(streets, lang)


def where(b: Bulletin) -> Text:
    """The first street and how many there are, both languages the same; what of weak water is beside them."""
    place, weak = _place(b), weak_beside(b)
    told = Text(place.named(1, "zh"), place.named(1, "en"))
    return Text(f"{told.zh}，{weak.zh}", f"{told.en}; {weak.en}") if weak else told


def headed(b: Bulletin, lang: Lang) -> str:
    """For a headline: as the notice names it, but where that counts or names streets of other water."""
    own, every = _concerned(b)
    place = _place(b)
    anew = len(own) < len(every) or place.whole != b.area
    return place.named(1, lang) if anew else b.area.in_(lang)


def cut(b: Bulletin, lang: Lang) -> Iterator[str]:
    """The place cut off, the longest first, with how many streets it is."""
    place = _place(b)
    whole, more = place.whole.in_(lang), place.in_all(lang)
    for length in range(len(whole), SHORTEST - 1, -1):
        yield f"{shortened(whole, length)}{more}"


def shortened(text: str, most: int) -> str:
    """`text` in `most` characters at the most, with … where something was left out: of English whole words,
    unless it is all one."""
    if len(text) <= most:
        return text
    kept, rest = text[: max(most - 1, 0)], text[max(most - 1, 0) :]
    if kept[-1:].isascii() and kept[-1:].isalnum() and rest[0].isascii() and rest[0].isalnum():
        kept = kept.rpartition(" ")[0] or kept
    return kept.rstrip(" ,，、") + "…"


def forms(b: Bulletin, lang: Lang) -> tuple[str, ...]:
    """What it may be told as, whole first: without its zone, by how many streets it is, by the zone alone. A
    place in a person's own words may be of several zones: it is never told as one."""
    told = (form for level in _levels(_place(b)) for form in level[0 if lang == "zh" else 1])
    return tuple(dict.fromkeys(told))


def _levels(p: _Place) -> Iterator[Level]:
    zone, bare, n = p.zone, p.bare, p.n
    short = " ".join(_BRIEF.get(word, word) for word in bare.en.split(" "))
    after = f", {zone.en}" if zone.en else ""
    if p.lead is not None and n > 1:
        tail = (f" and {n - 1} more", f" & {n - 1} more", f" +{n - 1}")
        briefly = (f"{name}{more}" for more in tail for name in (bare.en, short))
        en = (p.named(1, "en"), f"{bare.en} and {n - 1} more{after}", *briefly)
        yield (p.named(1, "zh"), f"{bare.zh}等{n}条道路"), en
    else:
        if n > 1:
            zh = (f"{p.whole.zh}{p.in_all('zh')}", f"{bare.zh or zone.zh}{p.in_all('zh')}")
            yield zh, tuple(f"{name}{p.in_all('en')}" for name in (p.whole.en, bare.en, short) if name)
        if bare.zh and bare.en:
            yield (p.whole.zh, bare.zh), (p.whole.en, bare.en, short)
    if zone.zh and n > 1:
        yield (
            (f"{zone.zh}{n}条道路",),
            (
                f"{n} streets, {zone.en}",
                f"{n} streets, {zone.en.removesuffix(' area')}",
            ),
        )
    if zone.zh:
        yield (zone.zh,), (zone.en,)
    if n > 1:
        yield (f"{n}条道路",), (f"{n} streets",)


def at(b: Bulletin, street: Text | None) -> Bulletin:
    """As somebody of this street is told it: of their own street where the notice lists it and is named after
    another; a place in a person's own words names none, and stays."""
    names = [one.name for one in b.streets]
    if street is None or street not in names or street.zh in b.area.zh:
        return b
    if not _of_zone(b) and not any(name.zh in b.area.zh for name in names):
        return b
    zone = b.zone if b.zone is not None and _inside(b, b.zone) else None
    return replace(b, area=street_words.in_zone(street, zone) if zone else street)


def alone(b: Bulletin, street: Text | None) -> Bulletin:
    """As somebody is told it of whom it does not speak: of their own street and no other; where that is not
    known, of their address."""
    if street is None:
        return replace(b, area=HOME, streets=())
    own = at(replace(b, streets=(*b.streets, PublicStreet(name=street))), street).area
    whose = own if street.zh in own.zh else street
    return replace(b, area=whose, streets=(PublicStreet(name=street),))


def as_heard(b: Bulletin, *, weak: bool) -> Bulletin:
    """What is over, to whom it was told as weak water, or as water that is off: in their streets alone, named
    after the one that it was then."""
    own = [one for one in b.streets if one.weak is weak] if b.kind in CUTS else []
    if not own:
        return b
    lasted = replace(b, change=Change.UPDATE)
    lines, every = _concerned(lasted)
    order = [line.name for line in lines]
    own.sort(key=lambda one: order.index(one.name) if one.name in order else len(order))
    b = replace(b, streets=tuple(own))
    if len(lines) == len(every):
        return b
    place = _place(lasted)
    return replace(
        b, area=place.whole if place.lead is None else Text(place.named(1, "zh"), place.named(1, "en"))
    )


def fitted(b: Bulletin, lang: Lang, most: int) -> str:
    """The first that has `most` characters or fewer, in both languages where the hub named the place, so that
    both name the same; where none has, the place as it is: longer, and for who checks it to find."""
    place = _place(b)
    if place.lead is None and not place.zone.zh:
        return next((form for form in forms(b, lang) if len(form) <= most), b.area.in_(lang))
    for level in _levels(place):
        found = [next((form for form in forms if len(form) <= most), None) for forms in level]
        if None not in found:
            return found[0 if lang == "zh" else 1] or ""
    return place.whole.in_(lang)
