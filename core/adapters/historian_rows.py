"""Samples as rows: what every historian does with batches before it stores them."""

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.model.quality import is_bad
from core.model.sample import Batch
from core.ports.historian import Quarantined

ROW = np.dtype([("tag", "<u4"), ("t", "<i8"), ("v", "<f8"), ("q", "<u4"), ("r", "<i8"), ("flags", "u1")])
"""One sample; `v` is NaN exactly where `q` is Bad. tag: the store's own number of it."""
Rows = npt.NDArray[np.void]


def rows_of(batch: Batch, ids: npt.NDArray[np.uint32]) -> Rows:
    """ids: the historian's number of each of `batch.tags`."""
    rows = np.empty(len(batch), ROW)
    rows["tag"] = ids[batch.tag] if len(batch) else 0
    for name, column in (("t", batch.t_ns), ("v", batch.v), ("q", batch.q), ("r", batch.r_ns)):
        rows[name] = column
    rows["flags"] = batch.flags
    return rows


def settled(rows: Rows) -> Rows:
    """Sorted by (tag, t), the last to arrive alone of each."""
    if _in_order(rows):
        return rows
    rows = rows[np.lexsort((rows["t"], rows["tag"]))]
    again = (rows["tag"][1:] == rows["tag"][:-1]) & (rows["t"][1:] == rows["t"][:-1])
    return rows[np.append(~again, True)] if len(rows) else rows


def _in_order(rows: Rows) -> bool:
    """Whether (tag, t) ascends strictly, as one poll of many tags or the history of one does."""
    tag, t = rows["tag"], rows["t"]
    return bool(((tag[1:] > tag[:-1]) | ((tag[1:] == tag[:-1]) & (t[1:] > t[:-1]))).all())


def admitted(batches: Sequence[Batch]) -> tuple[list[Batch], list[Quarantined]]:
    """The batches without the samples that no historian can keep, and those with the reason."""
    kept, refused = [], []
    for batch in batches:
        wrong = ~np.isfinite(batch.v) & ~is_bad(batch.q)
        if wrong.any():
            refused.extend(_refusals(_where(batch, wrong)))
            batch = _where(batch, ~wrong)
        kept.append(batch)
    return kept, refused


def _refusals(batch: Batch) -> list[Quarantined]:
    return [
        Quarantined(s.r_ns, batch.source, "value is not finite and status is not Bad", json.dumps(s))
        for s in batch.samples()
    ]


def _where(batch: Batch, mask: npt.NDArray[np.bool_]) -> Batch:
    return Batch(
        batch.source,
        batch.tags,
        batch.tag[mask],
        batch.t_ns[mask],
        batch.v[mask],
        batch.q[mask],
        batch.r_ns[mask],
        batch.flags[mask],
    )
