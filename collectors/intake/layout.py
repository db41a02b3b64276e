"""What intake knows of its sources' tags, in columns, and how a batch's own numbering maps onto them."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Union

import numpy as np
import numpy.typing as npt

from collectors.intake.limits import TimeLimits
from collectors.intake.marks import Marks
from collectors.intake.plausible import bounds, most_of
from core.model.quality import Codes
from core.model.sample import Batch, Floats, Int64s, Names
from core.model.tag import Tag

NEVER = -(1 << 62)
KEPT = 64
"""Layouts remembered, and one more for each source; polls have one for each of their groups, a subscription
a new one each time."""

Places = Union["slice[int, int, None]", npt.NDArray[np.intp]]


@dataclass(slots=True, eq=False)
class Layout:
    """One batch's `names` as places in the columns of `Known`: a slice when they follow each other.
    late_least: the smallest age that needs a closer look, ns. most: for `plausible.strange`. count, good:
    bytes of the columns `tag` and `q` of a batch with every tag once, in order, all Good. marked: the least
    quality of each tag, None when nothing is marked."""

    names: Names
    place: Places
    late_least: int
    most: np.uint64 | None
    count: bytes
    good: bytes
    marked: Codes | None = None
    marks_version: int = -1

    def rows(self, batch: Batch) -> Places:
        """The place of each of the batch's samples; the slice when it has every tag once, in order."""
        if not isinstance(self.place, slice):
            return self.place[batch.tag]
        if batch.tag.tobytes() == self.count:
            return self.place
        return batch.tag.astype(np.intp) + self.place.start


class Known:
    """Of each tag of the sources of one gate: newest source time and its value; the ages, in ns, from which a
    sample is late and is refused; usual bounds, where its file states none; a number for its source and
    station."""

    def __init__(self, tags: Mapping[str, Tag], limits: TimeLimits, speed: float, marks: Marks) -> None:
        self._tags, self._limits, self._speed, self._marks = tags, limits, speed, marks
        self._index: dict[str, int] = {}
        self._source: list[str] = []
        self.newest_ns: Int64s = np.empty(0, np.int64)
        self.value: Floats = np.empty(0)
        self.late_ns: Int64s = np.empty(0, np.int64)
        self.past_ns: Int64s = np.empty(0, np.int64)
        self.low: Floats = np.empty(0)
        self.high: Floats = np.empty(0)
        self.station: npt.NDArray[np.intp] = np.empty(0, np.intp)
        self._stations: dict[tuple[str, str], int] = {}
        self._layouts: dict[int, Layout] = {}

    def source_of(self, tag: str) -> str | None:
        """Who has brought this tag; None before its first sample."""
        at = self._index.get(tag)
        return None if at is None else self._source[at]

    def layout(self, names: Names) -> Layout:
        layout = self._layouts.get(id(names))
        if layout is None or layout.names is not names:
            if len(self._layouts) >= KEPT + len(set(self._source)):
                self._layouts.clear()
            layout = self._layouts[id(names)] = self._make(names)
        if layout.marks_version != self._marks.version:
            layout.marked, layout.marks_version = self._marks.of(names.tags), self._marks.version
        return layout

    def _make(self, names: Names) -> Layout:
        try:
            at = np.array(itemgetter(*names.tags)(self._index), np.intp).reshape(-1)
        except KeyError:
            self._learn(names)
            return self._make(names)
        first, n = int(at[0]), len(at)
        least = int(min(self.late_ns[at].min(), self.past_ns[at].min()))
        most = most_of(self.low[at], self.high[at])
        place: Places = at
        if not np.count_nonzero(np.diff(at) - 1):
            place = slice(first, first + n)
        return Layout(names, place, least, most, np.arange(n, dtype=np.uint32).tobytes(), bytes(4 * n))

    def _learn(self, names: Names) -> None:
        source_of = dict(zip(names.tags, [names.sources[i] for i in names.of.tolist()], strict=True))
        fresh = [tag for tag in source_of if tag not in self._index]
        for tag in fresh:
            self._index[tag] = len(self._index)
            self._source.append(source_of[tag])
        known = [self._tags.get(tag) for tag in fresh]
        late = [self._limits.late_ns(tag, self._speed) for tag in known]
        past = [self._limits.past_ns(tag) for tag in known]
        self.newest_ns = np.concatenate((self.newest_ns, np.full(len(fresh), NEVER)))
        self.value = np.concatenate((self.value, np.full(len(fresh), np.nan)))
        self.late_ns = np.concatenate((self.late_ns, np.array(late, np.int64)))
        self.past_ns = np.concatenate((self.past_ns, np.array(past, np.int64)))
        usual = np.array([bounds(tag) for tag in known], np.float64).reshape(-1, 2)
        self.low, self.high = (
            np.concatenate(pair) for pair in zip((self.low, self.high), usual.T, strict=True)
        )
        stations = [(source_of[id], tag.station if tag else "") for id, tag in zip(fresh, known, strict=True)]
        numbers = [self._stations.setdefault(station, len(self._stations)) for station in stations]
        self.station = np.concatenate((self.station, np.array(numbers, np.intp)))
