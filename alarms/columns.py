"""A batch seen tag by tag, in source time, with what is too late to count set apart."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.model.quality import Codes, is_good
from core.model.sample import Batch, Flag, Floats, Int64s

FUTURE_NS = 60_000_000_000
"""A stamp this far ahead of its receive time is the device clock's fault; the receive time stands in."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One tag's samples in strictly ascending source time. good: quality is Good; `v` is NaN where Bad."""

    t_ns: Int64s
    v: Floats
    q: Codes
    good: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t_ns)


Columns = Mapping[str, Column]


class Splitter:
    """Cuts batches into live columns. Samples that are backfill, or not newer than the newest of their
    tag, are left out and counted in `late`: they never annunciate and never clear a live alarm. past: a
    replay, in which backfill counts like any other sample."""

    def __init__(self, wanted: frozenset[str], past: bool = False) -> None:
        self._wanted, self._past = wanted, past
        self.newest: dict[str, int] = {}
        self.late = 0

    def split(self, batch: Batch) -> dict[str, Column]:
        index = batch.tag.astype(np.int64)
        ahead = batch.t_ns > batch.r_ns + FUTURE_NS
        t_ns = np.where(ahead, batch.r_ns, batch.t_ns) if ahead.any() else batch.t_ns
        order = np.lexsort((t_ns, index))
        cuts = np.searchsorted(index[order], np.arange(len(batch.tags) + 1))
        backfill = (batch.flags & Flag.BACKFILL != 0) & (not self._past)
        columns: dict[str, Column] = {}
        for i, tag in enumerate(batch.tags):
            if tag not in self._wanted:
                continue
            rows = order[cuts[i] : cuts[i + 1]]
            if column := self._live(tag, rows, t_ns[rows], backfill[rows], batch):
                columns[tag] = column
        return columns

    def _live(
        self, tag: str, rows: Int64s, t_ns: Int64s, backfill: npt.NDArray[np.bool_], batch: Batch
    ) -> Column | None:
        live = (t_ns > self.newest.get(tag, -1)) & ~backfill
        if len(t_ns) > 1:
            live[:-1] &= t_ns[1:] > t_ns[:-1]
        if not live.all():
            self.late += int(len(live) - live.sum())
            rows, t_ns = rows[live], t_ns[live]
        if not len(rows):
            return None
        self.newest[tag] = int(t_ns[-1])
        q = batch.q[rows]
        return Column(t_ns, batch.v[rows], q, is_good(q))
