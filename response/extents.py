"""Which house numbers of which streets a notice names, and whether it names one house.

Below ten connections a notice names the whole street, and otherwise everything between the lowest and the
highest number (one number that has ten by itself is named alone): it says more than was computed, so that
nobody learns from it which neighbour it means. Who answers a caller therefore has to know both: what was
published, and what is computed for the address.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.model.account import Account
from core.model.notice import StreetExtent
from core.model.plant import Plant
from core.model.text import Text

WHOLE_STREET_BELOW = 10
_NUMBER = re.compile(r"(\d{1,5})\s*(?:号|弄|#)")
_ENDS = re.compile(r"\d{1,5}")


def house_number(address: str) -> int | None:
    """12 in 人民路12号: the first number followed by 号, 弄 or #; full-width digits too."""
    found = _NUMBER.search(unicodedata.normalize("NFKC", address))
    return int(found[1]) if found else None


def extents(accounts: Iterable[Account], plant: Plant) -> Iterator[StreetExtent]:
    """Each street with the range of its house numbers; below ten connections the whole street."""
    for street, numbers in _by_street(accounts):
        yield _extent(street, plant, _range(numbers))


def weak_beside(off: Iterable[StreetExtent], weak: Iterable[Account], plant: Plant) -> Iterator[StreetExtent]:
    """Where water is weak. On a street with numbers that are off it is the range below them and the one
    above, and no house is in both; below ten connections, all the rest of it. A street that is named whole
    for few who are off holds both, and which house is which nobody is told."""
    named = {extent.street: extent for extent in off}
    for street, numbers in _by_street(weak):
        extent = named.get(street)
        if extent is None:
            yield _extent(street, plant, _range(numbers), weak=True)
        elif extent.numbers is None:
            yield _extent(street, plant, None, weak=True)
        else:
            for left in _left(numbers, *_ends(extent.numbers)):
                yield _extent(street, plant, left, weak=True)


def naming(streets: Iterable[StreetExtent], account: Account) -> StreetExtent | None:
    """What a notice names of the account's house, as the public page answers for its address."""
    number = house_number(account.address)
    own = [extent for extent in streets if extent.street == account.street]
    for extent in own:
        if extent.numbers is not None and number is not None and _inside(number, extent.numbers):
            return extent
    return next((extent for extent in own if extent.numbers is None), None)


def _by_street(accounts: Iterable[Account]) -> list[tuple[str, list[int | None]]]:
    """The most connections first."""
    found: dict[str, list[int | None]] = {}
    for account in accounts:
        found.setdefault(account.street, []).append(house_number(account.address))
    return sorted(found.items(), key=lambda item: -len(item[1]))


def _range(numbers: Sequence[int | None]) -> str | None:
    known = [number for number in numbers if number is not None]
    if len(numbers) < WHOLE_STREET_BELOW or len(known) < len(numbers):
        return None
    low, high = min(known), max(known)
    return f"{low}" if low == high else f"{low}–{high}"


def _left(numbers: Sequence[int | None], low: int, high: int) -> list[str | None]:
    """Of those outside low…high; [None] is all the rest, where a range would name too few."""
    below = [n for n in numbers if n is not None and n < low]
    above = [n for n in numbers if n is not None and n > high]
    unknown = [n for n in numbers if n is None]
    ranges = [_range([*part, *unknown]) for part in (below, above) if part or unknown]
    return [None] if None in ranges else list(ranges)


def _ends(numbers: str) -> tuple[int, int]:
    ends = [int(end) for end in _ENDS.findall(numbers)]
    return min(ends), max(ends)


def _inside(number: int, numbers: str) -> bool:
    low, high = _ends(numbers)
    return low <= number <= high


def _extent(street: str, plant: Plant, numbers: str | None, *, weak: bool = False) -> StreetExtent:
    name = plant.streets[street].name if street in plant.streets else Text(street, street)
    return replace(StreetExtent(street=street, name=name, numbers=numbers), weak=weak)
