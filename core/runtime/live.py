"""The newest value of every tag, and who waits for it: what screens call "now"."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.model.quality import Codes, is_good
from core.model.sample import Batch, Flag, Floats, Int64s, Sample
from core.runtime.numbering import Layout, Mask, Numbered, Numbering, Numbers, Places, Remembered

FUTURE_NS = 60_000_000_000
NEVER: int = np.iinfo(np.int64).min
"""Instead of a time."""
_ROW = np.dtype([("t_ns", "i8"), ("q", "u4"), ("good_ns", "i8")])
ALONE = 500
"""A batch of as many is taken by itself: then nothing of it is copied, and where it goes is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Newest:
    """Columns of equal length: the newest samples of some tags. number: of the tag in the table."""

    number: Numbers
    t_ns: Int64s
    v: Floats
    q: Codes

    def __len__(self) -> int:
        return len(self.number)

    def where(self, mask: Mask) -> "Newest":
        return Newest(self.number[mask], self.t_ns[mask], self.v[mask], self.q[mask])


@dataclass(slots=True, eq=False)
class _Watcher:
    changed: Mask
    wake: asyncio.Event


class LiveTable:
    """Holds one sample a tag, in columns. An older source time never replaces a newer one, unless that
    lies ahead of when the older was received: a clock that was wrong pins nothing. Backfill replaces
    nothing."""

    def __init__(self) -> None:
        self.tags = Numbering(grows=True)
        self._layouts: Remembered[tuple[str, ...], Layout] = Remembered(self.tags.layout)
        self._t_ns: Int64s = np.empty(0, np.int64)
        self._v: Floats = np.empty(0)
        self._q: Codes = np.empty(0, np.uint32)
        self._r_ns: Int64s = np.empty(0, np.int64)
        self._flags: npt.NDArray[np.uint8] = np.empty(0, np.uint8)
        self._good_ns: Int64s = np.empty(0, np.int64)
        self._watchers: list[_Watcher] = []

    def update(self, *batches: Batch) -> None:
        some: list[Batch] = []
        for batch in batches:
            if len(batch) < ALONE:
                some.append(batch)
                continue
            self._any(some)
            some = []
            if not self._poll(batch):
                self._any([batch])
        self._any(some)

    def _poll(self, b: Batch) -> bool:
        """The usual poll at once: every tag once, nothing late, nothing older than what is known."""
        layout = self._layouts.of(b.tags)
        self._make_room()
        place, order = layout.place, layout.order
        if not layout.fits(b) or (b.flags & Flag.BACKFILL).any():
            return False
        t_ns = b.t_ns[order]
        if (t_ns < self._t_ns[place]).any():
            return False
        self._t_ns[place], self._v[place], self._q[place] = t_ns, b.v[order], b.q[order]
        self._r_ns[place], self._flags[place] = b.r_ns[order], b.flags[order]
        if b.q.any():
            good = is_good(b.q[order])
            self._good_ns[layout.number[good]] = t_ns[good]
        else:
            self._good_ns[place] = t_ns
        self._wake(place)
        return True

    def _any(self, batches: Sequence[Batch]) -> None:
        if not batches:
            return
        new = self.tags.gather(batches)
        self._make_room()
        late = new.flags & Flag.BACKFILL != 0
        if not late.any():
            self._take(new, self._newer(new))
            return
        self._take(new, self._newer(new) & ~late)
        self._take(new, (self._t_ns[new.number] == NEVER) & late)

    def _newer(self, new: Numbered) -> Mask:
        known = self._t_ns[new.number]
        return np.asarray((new.t_ns >= known) | (known > new.r_ns + FUTURE_NS), np.bool_)

    def _take(self, new: Numbered, use: Mask) -> None:
        order = np.flatnonzero(use)
        if (new.t_ns[1:] < new.t_ns[:-1]).any():  # of a tag that is there twice, the newest must come last
            order = order[np.argsort(new.t_ns[order], kind="stable")]
        at = new.number[order]
        self._t_ns[at], self._v[at], self._q[at] = new.t_ns[order], new.v[order], new.q[order]
        self._r_ns[at], self._flags[at] = new.r_ns[order], new.flags[order]
        good = order[is_good(new.q[order])]
        self._good_ns[new.number[good]] = new.t_ns[good]
        if len(at):
            self._wake(at)

    def _wake(self, place: Places) -> None:
        for watcher in self._watchers:
            watcher.changed[place] = True
            watcher.wake.set()

    def get(self, tag: str) -> Sample | None:
        at = self._at(tag)
        if at is None:
            return None
        q = int(self._q[at])
        v = None if q >> 31 else float(self._v[at])
        return Sample(tag, int(self._t_ns[at]), v, q, int(self._r_ns[at]), int(self._flags[at]))

    def last_good_ns(self, tag: str) -> int | None:
        """Source time of the newest Good sample since the start; None when there was none."""
        at = self._at(tag)
        return None if at is None or self._good_ns[at] == NEVER else int(self._good_ns[at])

    def rows(self, tags: tuple[str, ...]) -> npt.NDArray[np.void]:
        """A row for each tag with fields t_ns, q and good_ns (of its newest Good sample since the start);
        the times are NEVER where there was none."""
        numbers = self.tags.of(tags)
        self._make_room()
        rows = np.empty(len(numbers), _ROW)
        rows["t_ns"], rows["q"] = self._t_ns[numbers], self._q[numbers]
        rows["good_ns"] = self._good_ns[numbers]
        return rows

    def all(self) -> Newest:
        """Of every tag that has a value."""
        return self._newest(np.flatnonzero(self._t_ns != NEVER))

    async def changes(self, every_s: float = 1.0) -> AsyncIterator[Newest]:
        """At most once in `every_s`, the newest samples of the tags that changed since. Bounded by the
        number of tags however slow the reader is: a newer value takes the older one's place."""
        watcher = _Watcher(np.zeros(len(self._t_ns), np.bool_), asyncio.Event())
        self._watchers.append(watcher)
        try:
            while True:
                await watcher.wake.wait()
                watcher.wake.clear()
                changed = np.flatnonzero(watcher.changed)
                watcher.changed[:] = False
                yield self._newest(changed)
                await asyncio.sleep(every_s)
        finally:
            self._watchers.remove(watcher)

    def _at(self, tag: str) -> int | None:
        """The number of a tag that has a value."""
        number = self.tags.get(tag)
        if number is None or number >= len(self._t_ns) or self._t_ns[number] == NEVER:
            return None
        return number

    def _newest(self, number: Numbers) -> Newest:
        return Newest(number, self._t_ns[number], self._v[number], self._q[number])

    def _make_room(self) -> None:
        missing = len(self.tags) - len(self._t_ns)
        if missing <= 0:
            return
        more = max(missing, len(self._t_ns), 64)
        never = np.full(more, NEVER, np.int64)
        self._t_ns, self._good_ns = (np.concatenate((old, never)) for old in (self._t_ns, self._good_ns))
        self._v = np.concatenate((self._v, np.zeros(more)))
        self._q = np.concatenate((self._q, np.zeros(more, np.uint32)))
        self._r_ns = np.concatenate((self._r_ns, np.zeros(more, np.int64)))
        self._flags = np.concatenate((self._flags, np.zeros(more, np.uint8)))
        for watcher in self._watchers:
            watcher.changed = np.concatenate((watcher.changed, np.zeros(more, np.bool_)))
