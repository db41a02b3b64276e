"""Tag names as numbers, for whoever keeps columns over all the tags of a hub."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.model.quality import Codes
from core.model.sample import Batch, Floats, Int64s

Numbers = npt.NDArray[np.intp]
KEPT = 4_096
"""Tuples of names whose numbers are remembered: one for each poll of each connection, and then some."""


class Numbered(NamedTuple):
    """Samples of any number of batches as columns of equal length; number -1: a tag that is not wanted."""

    number: Numbers
    t_ns: Int64s
    v: Floats
    q: Codes
    r_ns: Int64s
    flags: npt.NDArray[np.uint8]


class Numbering:
    """Numbers from 0 in the order of `names`. grows: new names get the next numbers; else they are -1.

    The numbers of a tuple are looked up once and then known by the tuple's identity, since a driver names
    its tags with the same tuple in every batch.
    """

    def __init__(self, names: Iterable[str] = (), *, grows: bool) -> None:
        self.names: list[str] = list(dict.fromkeys(names))
        self._number = {name: n for n, name in enumerate(self.names)}
        self._grows = grows
        self._known: dict[int, tuple[tuple[str, ...], Numbers]] = {}

    def __len__(self) -> int:
        return len(self.names)

    def get(self, name: str) -> int | None:
        return self._number.get(name)

    def of(self, tags: tuple[str, ...]) -> Numbers:
        known = self._known.get(id(tags))
        if known is not None and known[0] is tags:
            return known[1]
        if self._grows:
            for tag in tags:
                if tag not in self._number:
                    self._number[tag] = len(self.names)
                    self.names.append(tag)
        numbers = np.array([self._number.get(tag, -1) for tag in tags], np.intp)
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[id(tags)] = tags, numbers
        return numbers

    def gather(self, batches: Sequence[Batch]) -> Numbered:
        """The samples of one or more batches, in their order."""
        if len(batches) == 1:
            (b,) = batches
            return Numbered(self.of(b.tags)[b.tag], b.t_ns, b.v, b.q, b.r_ns, b.flags)
        return Numbered(
            np.concatenate([self.of(b.tags)[b.tag] for b in batches]),
            np.concatenate([b.t_ns for b in batches]),
            np.concatenate([b.v for b in batches]),
            np.concatenate([b.q for b in batches]),
            np.concatenate([b.r_ns for b in batches]),
            np.concatenate([b.flags for b in batches]),
        )
