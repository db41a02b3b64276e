"""The directory's entries from the accounts' addresses."""

from collections.abc import Iterable
from functools import cached_property

from core.model.account import Account
from core.model.address import Entry, Part, PlaceName
from core.model.plant import Plant
from response.hotline.search.parts import parts, without_region
from response.hotline.search.spelling import Spelling


class Builder:
    """Gives each name its number as it meets it; `names` is whole once all entries were taken."""

    def __init__(self, plant: Plant, spelling: Spelling) -> None:
        self._plant, self._spelling = plant, spelling
        self._ids: dict[str, int] = {}

    @cached_property
    def _streets(self) -> dict[str, str]:
        return {id: self._spelling.plain(street.name.zh) for id, street in self._plant.streets.items()}

    @cached_property
    def _aliases(self) -> dict[str, tuple[str, ...]]:
        """English names of streets and places, by their own."""
        plain, plant, aliases = self._spelling.plain, self._plant, dict[str, tuple[str, ...]]()
        called = [s.name for s in plant.streets.values()] + [p.name for p in plant.places.values()]
        for name in called:
            own, english = plain(name.zh), _latin(plain(name.en))
            if english:
                aliases[own] = tuple(dict.fromkeys((*aliases.get(own, ()), *english)))
        return aliases

    def entries(self, accounts: Iterable[Account]) -> list[Entry]:
        return [self._entry(account) for account in accounts]

    def _entry(self, account: Account) -> Entry:
        found = parts(self._spelling.plain(account.address))
        own = self._streets.get(account.street)
        names = [self._name(name, own) for name in found.names]
        if not names:
            names = [own or account.street]
        elif own and own not in names and own in self._spelling.plain(account.address):
            names.insert(0, own)
        numbers, loose = dict(found.numbers), list(found.loose)
        for part in (Part.HOUSE, Part.ROOM):
            if part not in numbers and loose:
                numbers[part] = loose.pop(0 if part is Part.HOUSE else -1)
        ids = [self._id(name) for name in dict.fromkeys(names)]
        return Entry(
            account=account.id,
            address=account.address,
            meter=account.meter,
            name=ids[0],
            house=numbers.get(Part.HOUSE, ""),
            block=numbers.get(Part.BLOCK, ""),
            unit=numbers.get(Part.UNIT, ""),
            room=numbers.get(Part.ROOM, ""),
            extra=tuple(ids[1:]),
        )

    def names(self) -> list[PlaceName]:
        return [self._named(id, text) for text, id in self._ids.items()]

    def _named(self, id: int, text: str) -> PlaceName:
        pinyin, initials = self._spelling.typed(text)
        aliases = self._aliases.get(text, ())
        return PlaceName(id=id, text=text, pinyin=pinyin, initials=initials, aliases=aliases)

    def _name(self, name: str, street: str | None) -> str:
        """The street's own name where it stands within; else without province, city and district."""
        if street and street in name:
            return street
        return without_region(name)

    def _id(self, name: str) -> int:
        return self._ids.setdefault(name, len(self._ids) + 1)


def _latin(english: str) -> tuple[str, ...]:
    """`renminroad`, and `renminrd` as parts() writes it: whole words, run together."""
    words = parts(english).names
    return words if words and words[0].isascii() else ()
