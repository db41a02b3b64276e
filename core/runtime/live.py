"""The newest value of every tag, and who waits for it: what screens call "now"."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.model.quality import Codes, is_good
from core.model.sample import Batch, Flag, Floats, Int64s, Sample
from core.runtime.numbering import Numbered, Numbering, Numbers

FUTURE_NS = 60_000_000_000
NEVER: int = np.iinfo(np.int64).min
"""Instead of a time."""
_COLUMN = np.dtype(
    [("t_ns", "i8"), ("v", "f8"), ("q", "u4"), ("r_ns", "i8"), ("flags", "u1"), ("good_ns", "i8")], align=True
)


@dataclass(frozen=True, slots=True, eq=False)
class Newest:
    """Columns of equal length: the newest samples of some tags. number: of the tag in the table."""

    number: Numbers
    t_ns: Int64s
    v: Floats
    q: Codes

    def __len__(self) -> int:
        return len(self.number)

    def where(self, mask: npt.NDArray[np.bool_]) -> "Newest":
        return Newest(self.number[mask], self.t_ns[mask], self.v[mask], self.q[mask])


@dataclass(slots=True, eq=False)
class _Watcher:
    changed: npt.NDArray[np.bool_]
    wake: asyncio.Event


class LiveTable:
    """Holds one sample a tag, in columns. An older source time never replaces a newer one, unless that
    lies ahead of when the older was received: a clock that was wrong pins nothing. Backfill replaces
    nothing."""

    def __init__(self) -> None:
        self.tags = Numbering(grows=True)
        self._rows = _unknown(64)
        self._watchers: list[_Watcher] = []

    def update(self, *batches: Batch) -> None:
        if not batches:
            return
        new = self.tags.gather(batches)
        self._make_room()
        late = new.flags & Flag.BACKFILL != 0
        if not late.any():
            self._take(new, self._newer(new))
            return
        self._take(new, self._newer(new) & ~late)
        self._take(new, (self._rows["t_ns"][new.number] == NEVER) & late)

    def _newer(self, new: Numbered) -> npt.NDArray[np.bool_]:
        known = self._rows["t_ns"][new.number]
        return np.asarray((new.t_ns >= known) | (known > new.r_ns + FUTURE_NS), np.bool_)

    def _take(self, new: Numbered, use: npt.NDArray[np.bool_]) -> None:
        order, rows = np.flatnonzero(use), self._rows
        if (new.t_ns[1:] < new.t_ns[:-1]).any():  # of a tag that is there twice, the newest must come last
            order = order[np.argsort(new.t_ns[order], kind="stable")]
        at = new.number[order]
        for name in ("t_ns", "v", "q", "r_ns", "flags"):
            rows[name][at] = getattr(new, name)[order]
        good = order[is_good(new.q[order])]
        rows["good_ns"][new.number[good]] = new.t_ns[good]
        for watcher in self._watchers if len(at) else ():
            watcher.changed[at] = True
            watcher.wake.set()

    def get(self, tag: str) -> Sample | None:
        row = self._row(tag)
        if row is None:
            return None
        t_ns, v, q, r_ns, flags, _ = row
        return Sample(tag, t_ns, None if q >> 31 else v, q, r_ns, flags)

    def last_good_ns(self, tag: str) -> int | None:
        """Source time of the newest Good sample since the start; None when there was none."""
        row = self._row(tag)
        return None if row is None or row[-1] == NEVER else row[-1]

    def rows(self, tags: tuple[str, ...]) -> npt.NDArray[np.void]:
        """A row for each tag with fields t_ns, q and good_ns (of its newest Good sample since the start);
        the times are NEVER where there was none."""
        numbers = self.tags.of(tags)
        self._make_room()
        return self._rows[["t_ns", "q", "good_ns"]][numbers]

    def all(self) -> Newest:
        """Of every tag that has a value."""
        return self._newest(np.flatnonzero(self._rows["t_ns"] != NEVER))

    async def changes(self, every_s: float = 1.0) -> AsyncIterator[Newest]:
        """At most once in `every_s`, the newest samples of the tags that changed since. Bounded by the
        number of tags however slow the reader is: a newer value takes the older one's place."""
        watcher = _Watcher(np.zeros(len(self._rows), np.bool_), asyncio.Event())
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

    def _row(self, tag: str) -> tuple[int, float, int, int, int, int] | None:
        number = self.tags.get(tag)
        if number is None or number >= len(self._rows):
            return None
        row: tuple[int, float, int, int, int, int] = self._rows[number].item()
        return None if row[0] == NEVER else row

    def _newest(self, number: Numbers) -> Newest:
        rows = self._rows
        return Newest(number, rows["t_ns"][number], rows["v"][number], rows["q"][number])

    def _make_room(self) -> None:
        missing = len(self.tags) - len(self._rows)
        if missing <= 0:
            return
        more = max(missing, len(self._rows))
        self._rows = np.concatenate((self._rows, _unknown(more)))
        for watcher in self._watchers:
            watcher.changed = np.concatenate((watcher.changed, np.zeros(more, np.bool_)))


def _unknown(n: int) -> npt.NDArray[np.void]:
    rows = np.zeros(n, _COLUMN)
    rows["t_ns"] = rows["good_ns"] = NEVER
    return rows
