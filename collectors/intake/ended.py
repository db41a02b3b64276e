"""What ends a value that stands: a mark in its tag's history that a report of it was lost."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample

_STANDS = np.uint8(Flag.STANDS)


def standing(batch: Batch) -> list[str]:
    """Tags of which something stands in it."""
    return _named(batch, batch.flags & _STANDS != 0)


def _named(batch: Batch, rows: npt.NDArray[np.bool_]) -> list[str]:
    return [batch.tags[tag] for tag in np.unique(batch.tag[rows]).tolist()]


def lost(source: str, tags: Collection[str], r_ns: int) -> Batch:
    """One mark for each tag at this receipt, after what bears the receipt's own time. It is no news of the
    tag: it raises and clears nothing, and its newest value stays what it was, but stands no longer."""
    marks = [Sample(tag, r_ns + 1, None, Status.BAD_DATA_LOST, r_ns, Flag.BACKFILL) for tag in tags]
    return Batch.of(source, marks)


class Ended:
    """Of one gate: tags whose newest report was refused. It is told once, until one is passed on again."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def by(self, batch: Batch, refused: npt.NDArray[np.bool_]) -> tuple[Batch, Batch | None]:
        """The batch, of which nothing stands that a refused report followed, and marks of its names."""
        rows = {tag: at for at, tag in enumerate(batch.tag.tolist()) if batch.flags[at] & _STANDS}
        gone = {tag: at for tag, at in rows.items() if refused[at]}
        if not gone:
            return batch, None
        before = np.isin(batch.tag, list(gone)) & ~refused
        batch = replace(batch, flags=np.where(before, batch.flags & ~_STANDS, batch.flags))
        fresh = [at for tag, at in gone.items() if batch.tags[tag] not in self._told]
        if not fresh:
            return batch, None
        said = batch.where(np.isin(np.arange(len(batch)), fresh))
        return batch, replace(
            said,
            t_ns=said.r_ns + 1,
            v=np.full(len(said), np.nan),
            q=np.full(len(said), Status.BAD_DATA_LOST, np.uint32),
            flags=np.full(len(said), Flag.BACKFILL, np.uint8),
        )

    def stored(self, batch: Batch, refused: bool) -> None:
        """It is on disk, with its marks. refused: something of it was."""
        if self._told:
            self._told.difference_update(standing(batch))
        if refused:
            marks = (batch.flags & Flag.BACKFILL != 0) & (batch.q == Status.BAD_DATA_LOST)
            self._told.update(_named(batch, marks))
