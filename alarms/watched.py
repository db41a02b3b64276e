"""Which rows of a detector watch a tag, for many tags at once."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from alarms.columns import Slice
from core.runtime.numbering import Layout, Numbering, Numbers, Places, Remembered, picked, together


class Pairs(NamedTuple):
    """Every pair of a tag and a row that watches it: the place of the tag, and the row, each a slice where
    they follow each other."""

    at: Places
    rows: Places
    n: int

    def where(self, mask: Numbers) -> tuple[Numbers, Numbers]:
        """The pairs with these places among them."""
        return picked(self.at, mask), picked(self.rows, mask)


class Watched:
    """Rows are numbered from 0 in the order of `names`, the tag of each. Raises KeyError for a tag that the
    plant does not have."""

    def __init__(self, names: Sequence[str], tags: Numbering) -> None:
        numbers = np.array([_number(tags, name) for name in names], np.intp)
        self.number: Numbers = numbers
        count = np.bincount(numbers, minlength=len(tags)).astype(np.intp)
        self._one = np.full(len(tags), -1, np.intp) if count.max(initial=0) <= 1 else None
        if self._one is not None:
            self._one[numbers] = np.arange(len(names))
        else:
            self._rows, self._count = np.argsort(numbers, kind="stable"), count
            self._start = np.cumsum(count) - count
        self._polls: Remembered[Layout, Pairs] = Remembered(lambda layout: self._pairs(layout.number))

    def of(self, number: Numbers) -> tuple[Numbers, Numbers]:
        """For every pair of one of these tags and a row that watches it: the tag's place in `number`, and
        the row."""
        if self._one is not None:
            rows = self._one[number]
            at = np.flatnonzero(rows >= 0)
            return at, rows if len(at) == len(rows) else rows[at]
        count = self._count[number]
        total = int(count.sum())
        at = np.repeat(np.arange(len(number)), count)
        step = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
        return at, self._rows[self._start[number][at] + step]

    def pairs(self, s: Slice) -> Pairs:
        """Of the slice's tags; looked up once for each poll that comes again and again."""
        return self._pairs(s.tags) if s.layout is None else self._polls.of(s.layout)

    def _pairs(self, number: Numbers) -> Pairs:
        at, rows = self.of(number)
        return Pairs(together(at), together(rows), len(at))

    def apart(self, s: Slice) -> tuple[Pairs, Iterable[tuple[int, int]]]:
        """Rows whose tag has one sample, with places in the slice, to be judged all at once; then (tag's
        place among the slice's tags, row) of those to be walked one by one."""
        if s.once:
            return self.pairs(s), ()
        at, rows = self.of(s.tags)
        one = s.first[at] == s.last[at]
        many = zip(at[~one].tolist(), rows[~one].tolist(), strict=True)
        alone = s.first[at[one]]
        return Pairs(alone, rows[one], len(alone)), many


def _number(tags: Numbering, name: str) -> int:
    number = tags.get(name)
    if number is None:
        raise KeyError(f"no such tag: {name}")
    return number
