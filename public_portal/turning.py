"""What a file comes to say by itself when the time of an estimate, or of an update, passes: the hub may be
cut off when it does (ON-07)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from core.model.bulletin import Bulletin
from core.model.snapshot import PublicDocument, PublicTurn
from response.bulletins import turned

Made = Callable[[list[Bulletin]], bytes]
"""A file of some notices, in their order."""


class _Part(NamedTuple):
    """Of one notice in a file. forms: what stands there instead, from when on."""

    said: bytes
    forms: tuple[tuple[int, bytes], ...]


class Turning:
    """A notice's part of a file is made once for what it says."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, Bulletin], _Part] = {}

    def file(self, path: str, media: str, made: Made, current: list[Bulletin]) -> PublicDocument:
        content, turns = made(current), list[PublicTurn]()
        for b in current:
            key = path, b
            part = self._parts.get(key) or self._parts.setdefault(key, _part(made, b))
            turns += _turns(content, part)
        turns.sort(key=lambda turn: turn.from_ns)
        return PublicDocument(path=path, media=media, content=content, turns=tuple(turns))

    def keep(self, current: list[Bulletin]) -> None:
        """What is no longer told is forgotten."""
        told = set(current)
        self._parts = {key: part for key, part in self._parts.items() if key[1] in told}


def _part(made: Made, b: Bulletin) -> _Part:
    forms = turned(b)
    if not forms:
        return _Part(b"", ())
    empty = made([])
    told = tuple((from_ns, _own(made([then]), empty)) for from_ns, then in forms)
    return _Part(_own(made([b]), empty), told)


def _own(one: bytes, empty: bytes) -> bytes:
    """What a file of one notice has more than a file of none: so it stands in a file of many."""
    before = _alike([one, empty])
    return one[before : len(one) - (len(empty) - before)]


def _turns(content: bytes, part: _Part) -> Iterator[PublicTurn]:
    """Of the bytes alone in which its forms differ."""
    every = [part.said, *(form for _, form in part.forms)]
    same = _alike(every)
    tail = _alike([form[same:][::-1] for form in every])
    for from_ns, form in part.forms if len(set(every)) > 1 else ():
        at, size = content.index(part.said) + same, len(part.said) - same - tail
        yield PublicTurn(from_ns=from_ns, at=at, size=size, instead=form[same : len(form) - tail])


def _alike(texts: list[bytes]) -> int:
    """How many bytes they begin alike with."""
    low, high = min(texts), max(texts)
    return next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
