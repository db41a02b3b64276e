"""Pinyin as it is typed: whole, by initials or both, in whatever reading each character of a name has."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model.address import PlaceName
from response.hotline.search.spelling import Spelling

Readings = tuple[tuple[str, ...], ...]
PINYIN, MIXED, BEGINS, INITIALS, PART = 90.0, 88.0, 85.0, 82.0, 70.0
"""How sure: its whole pinyin; some characters whole and some by initials; its beginning; its initials; their
beginning."""
_OTHER = 1.0
"""Less sure by: a reading other than the one that the name has in all likelihood."""
_WHOLE, _INITIAL = 1, 2


@dataclass(frozen=True, slots=True)
class Fit:
    """all: to the end of the name, and in one way of typing."""

    score: float
    all: bool


class Sounds:
    """Of all names, by the letters that they may begin with."""

    def __init__(self, names: Iterable[PlaceName], spelling: Spelling) -> None:
        self._by_letter: dict[str, list[tuple[PlaceName, Readings]]] = {}
        for name in names:
            readings = spelling.readings(name.text)
            first = readings[0] if readings else ()
            for letter in {typed[:1] for typed in (*first, name.pinyin)}:
                self._by_letter.setdefault(letter, []).append((name, readings))

    def fits(self, word: str) -> dict[int, Fit]:
        """Names that `word` may be, or may be the beginning of."""
        found = {}
        for name, readings in self._by_letter.get(word[:1], ()):
            fit = _own(word, name) or _fit(word, readings)
            if fit:
                found[name.id] = fit
        return found

    def alike(self, pinyin: str) -> list[int]:
        """Names that sound so."""
        return [id for id, fit in self.fits(pinyin).items() if fit.all and fit.score >= PINYIN - _OTHER]


def _own(word: str, name: PlaceName) -> Fit | None:
    """In the readings that it has in all likelihood."""
    if word == name.pinyin:
        return Fit(PINYIN, all=True)
    if word == name.initials:
        return Fit(INITIALS, all=True)
    if len(word) > 1 and name.pinyin.startswith(word):
        return Fit(BEGINS - 0.1 * len(name.pinyin), all=False)
    return None


def _fit(word: str, readings: Readings) -> Fit | None:
    whole, begun = _walked(word, readings)
    if _WHOLE in whole:
        return Fit(PINYIN - _OTHER, all=True)
    if _INITIAL in whole:
        return Fit(INITIALS - _OTHER, all=True)
    if whole:
        return Fit(MIXED, all=False)
    if not begun or len(word) < 2:
        return None
    start = PART if begun == {_INITIAL} else BEGINS - _OTHER
    return Fit(start - 0.1 * len(readings), all=False)


def _walked(word: str, readings: Readings) -> tuple[set[int], set[int]]:
    """In which ways `word` is typed to the end of a name, and in which it ends within it."""
    states, begun, n = {(0, 0)}, set[int](), len(word)
    for said in readings:
        after: set[tuple[int, int]] = set()
        for at, how in states:
            if at == n:
                begun.add(how)
            else:
                after |= _after(word, at, how, said, begun)
        states = after
        if not states:
            break
    return {how for at, how in states if at == n}, begun


def _after(word: str, at: int, how: int, said: Sequence[str], begun: set[int]) -> set[tuple[int, int]]:
    """Where `word` may go on once one character was typed from `at` on."""
    found = set()
    for one in said:
        if word.startswith(one, at):
            found.add((at + len(one), how | _WHOLE))
        elif len(word) - at > 1 and one.startswith(word[at:]):
            begun.add(how | _WHOLE)
        if word[at] == one[0]:
            found.add((at + 1, how | _INITIAL))
    return found
