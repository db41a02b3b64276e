"""One box, one answer: a telephone, an account, a meter or an address, ranked, with what it was found by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.model.address import Entry, Part, Parts
from core.ports.directory import Directory
from response.hotline.search.naming import Named, Names
from response.hotline.search.parts import parts
from response.hotline.search.spelling import Spelling

MOST = 20
LOOKED_AT = 400
_WEIGHT: Mapping[Part, float] = {Part.HOUSE: 12.0, Part.BLOCK: 8.0, Part.UNIT: 6.0, Part.ROOM: 8.0}
_WRONG = -14.0


class Found(StrEnum):
    """By what a match was found."""

    TELEPHONE = "telephone"
    LAST_FOUR = "last_four"
    ACCOUNT = "account"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Hit:
    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """n: how many there are in all, of which `hits` are the best."""

    hits: tuple[Hit, ...] = ()
    n: int = 0


class Search:
    """Over a directory. `load` reads its names; until then nothing is found."""

    def __init__(self, directory: Directory, spelling: Spelling) -> None:
        self._directory, self.spelling = directory, spelling
        self._names = Names((), spelling)

    async def load(self) -> None:
        self._names = Names(await self._directory.names(), self.spelling)

    async def coded(self, code: str, limit: int = MOST) -> Hits:
        """By account or meter number, or by the beginning of one."""
        plain = self.spelling.plain(code).replace(" ", "").replace("-", "").removeprefix("用户")
        found = await self._directory.coded(plain, limit) if plain else []
        return Hits(tuple(Hit(entry, 100.0) for entry in found), len(found))

    async def address(self, text: str, limit: int = MOST) -> Hits:
        """By an address or a piece of one."""
        said = parts(self.spelling.plain(text))
        named = self._names.meant(said.names)
        if not named:
            return Hits()
        numbers = dict(said.numbers)
        entries = await self._entries(named, said)
        by_name = {name.id: name.score for name in named}
        hits = [Hit(entry, _score(entry, said, by_name)) for entry in entries]
        hits.sort(key=lambda hit: -hit.score)
        n = len(hits)
        if n >= LOOKED_AT and not said.loose:
            n = await self._directory.count([named[0].id], numbers)
        return Hits(tuple(hits[:limit]), n)

    async def _entries(self, named: Sequence[Named], said: Parts) -> list[Entry]:
        """With all the numbers, in the likeliest names first; else with fewer of them, so that a slip in one
        still shows the neighbours."""
        numbers, loose = dict(said.numbers), said.loose[0] if said.loose else None
        best = [name.id for name in named if name.score >= named[0].score - 3]
        every = [name.id for name in named]
        house: dict[Part, str] = {p: number for p, number in numbers.items() if p is Part.HOUSE}
        tries: list[tuple[list[int], dict[Part, str], str | None]] = [
            (best, numbers, loose),
            (every, numbers, loose),
            (best, house, loose if not house else None),
            (every, house, None),
            (best, {}, None),
        ]
        for ids, asked, any_number in tries:
            if found := await self._directory.named(ids, asked, LOOKED_AT, any_number):
                return found
        return []


def _score(entry: Entry, said: Parts, names: Mapping[int, float]) -> float:
    score = max((names.get(name, 0.0) for name in (entry.name, *entry.extra)), default=0.0) or 80.0
    stated = dict(said.numbers)
    for part, number in stated.items():
        own = entry.get(part)
        score += _WEIGHT[part] if own == number else _WRONG if own else _WRONG / 2
    free = [(part, entry.get(part)) for part in Part if part not in stated and entry.get(part)]
    score += _aligned(said.loose, free)
    if said.storey and len(entry.room) > 2 and entry.room[:-2] == said.storey:
        score += 4.0
    return score - 0.05 * len(entry.address)


def _aligned(loose: Sequence[str], free: Sequence[tuple[Part, str]]) -> float:
    """Numbers that do not say what they count, in the order in which addresses have them."""
    score, at = 0.0, 0
    for number in loose:
        where = next((k for k in range(at, len(free)) if free[k][1] == number), None)
        if where is None:
            score += _WRONG
        else:
            score += _WEIGHT[free[where][0]] - 0.5 * (where - at)
            at = where + 1
    return score
