"""What intake knows of a source's tags, in columns, and how a batch's own numbering maps onto them."""

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
from core.model.sample import Batch, Floats, Int64s
from core.model.tag import Tag

NEVER = -(1 << 62)
KEPT = 64
"""Layouts remembered; a polled connection has one for each period, a subscription a new one each time."""

Places = Union["slice[int, int, None]", npt.NDArray[np.intp]]


@dataclass(slots=True, eq=False)
class Layout:
    """One batch's `tags` as places in the columns of `Known`: a slice when they follow each other.
    late_least: the smallest age that needs a closer look, ns. most: for `plausible.strange`. count, good:
    bytes of the columns `tag` and `q` of a batch with every tag once, in order, all Good. marked: the least
    quality of each tag, None when nothing is marked."""

    tags: tuple[str, ...]
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
    """Of each tag of one source: newest source time and its value; the ages, in ns, from which a sample
    is late and is refused; usual bounds, where its file states none; a number for its station."""

    def __init__(self, tags: Mapping[str, Tag], limits: TimeLimits, speed: float, marks: Marks) -> None:
        self._tags, self._limits, self._speed, self._marks = tags, limits, speed, marks
        self._index: dict[str, int] = {}
        self.newest_ns: Int64s = np.empty(0, np.int64)
        self.value: Floats = np.empty(0)
        self.late_ns: Int64s = np.empty(0, np.int64)
        self.past_ns: Int64s = np.empty(0, np.int64)
        self.low: Floats = np.empty(0)
        self.high: Floats = np.empty(0)
        self.station: npt.NDArray[np.intp] = np.empty(0, np.intp)
        self._stations: dict[str, int] = {}
        self._layouts: dict[int, Layout] = {}

    def has(self, tag: str) -> bool:
        return tag in self._index

    def layout(self, tags: tuple[str, ...]) -> Layout:
        layout = self._layouts.get(id(tags))
        if layout is None or layout.tags is not tags:
            if len(self._layouts) >= KEPT:
                self._layouts.clear()
            layout = self._layouts[id(tags)] = self._make(tags)
        if layout.marks_version != self._marks.version:
            layout.marked, layout.marks_version = self._marks.of(tags), self._marks.version
        return layout

    def _make(self, tags: tuple[str, ...]) -> Layout:
        try:
            at = np.array(itemgetter(*tags)(self._index), np.intp).reshape(-1)
        except KeyError:
            self._learn(tags)
            return self._make(tags)
        first, n = int(at[0]), len(at)
        least = int(min(self.late_ns[at].min(), self.past_ns[at].min()))
        most = most_of(self.low[at], self.high[at])
        place: Places = at
        if not np.count_nonzero(np.diff(at) - 1):
            place = slice(first, first + n)
        return Layout(tags, place, least, most, np.arange(n, dtype=np.uint32).tobytes(), bytes(4 * n))

    def _learn(self, tags: tuple[str, ...]) -> None:
        fresh = [tag for tag in dict.fromkeys(tags) if tag not in self._index]
        for tag in fresh:
            self._index[tag] = len(self._index)
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
        stations = [tag.station if tag else "" for tag in known]
        numbers = [self._stations.setdefault(station, len(self._stations)) for station in stations]
        self.station = np.concatenate((self.station, np.array(numbers, np.intp)))
