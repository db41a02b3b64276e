"""Samples as rows: what every historian does with batches before it stores them."""

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.model.conservation import Fate, Tally, add
from core.model.quality import is_bad
from core.model.sample import Batch, Int64s, Names
from core.ports.historian import HistorianUnavailable, Hold
from core.ports.quarantine import Quarantine, Refusal

ROW = np.dtype([("tag", "<u4"), ("t", "<i8"), ("v", "<f8"), ("q", "<u4"), ("r", "<i8"), ("flags", "u1")])
"""One sample; `v` is NaN exactly where `q` is Bad. tag: the store's own number of it."""
Rows = npt.NDArray[np.void]
WHOLE = f"V{ROW.itemsize}"
"""A row as one piece of memory: copied forty times as fast as field by field."""
Mask = npt.NDArray[np.bool_]


def joined(batches: Sequence[Batch], ids: Sequence[npt.NDArray[np.uint32]]) -> Rows:
    """The rows of many batches, one after another, made column by column. ids: of each batch, the
    historian's number of each of its tags."""
    if not batches:
        return np.empty(0, ROW)
    rows = np.empty(sum(len(batch) for batch in batches), ROW)
    pairs = zip(batches, ids, strict=True)
    rows["tag"] = np.concatenate([of[batch.tag] if len(batch) else batch.tag for batch, of in pairs])
    rows["t"] = np.concatenate([batch.t_ns for batch in batches])
    rows["v"] = np.concatenate([batch.v for batch in batches])
    rows["q"] = np.concatenate([batch.q for batch in batches])
    rows["r"] = np.concatenate([batch.r_ns for batch in batches])
    rows["flags"] = np.concatenate([batch.flags for batch in batches])
    return rows


def stacked(pieces: Sequence[Rows]) -> Rows:
    """One after another."""
    if not pieces:
        return np.empty(0, ROW)
    return np.concatenate([rows.view(WHOLE) for rows in pieces]).view(ROW)


def settled(rows: Rows) -> Rows:
    """Sorted by (tag, t), the last to arrive alone of each."""
    order = settling(rows)
    return rows if order is None else rows.take(order)


def settling(rows: Rows) -> Int64s | None:
    """The indices that settle `rows`; None when they are settled already."""
    if _in_order(rows):
        return None
    tag, t = np.ascontiguousarray(rows["tag"]), np.ascontiguousarray(rows["t"])
    order = np.lexsort((t, tag))
    tag, t = tag[order], t[order]
    again = (tag[1:] == tag[:-1]) & (t[1:] == t[:-1])
    kept: Int64s = order[np.append(~again, True)]
    return kept


def _in_order(rows: Rows) -> bool:
    """Whether (tag, t) ascends strictly, as one poll of many tags or the history of one does."""
    tag, t = np.ascontiguousarray(rows["tag"]), np.ascontiguousarray(rows["t"])
    return bool(((tag[1:] > tag[:-1]) | ((tag[1:] == tag[:-1]) & (t[1:] > t[:-1]))).all())


def admitted(batches: Sequence[Batch]) -> tuple[list[Batch], list[Refusal]]:
    """The batches without the samples that no historian can keep, and those with the reason."""
    if not batches or np.isfinite(np.concatenate([batch.v for batch in batches])).all():
        return list(batches), []
    kept, refused = [], []
    for batch in batches:
        wrong = ~np.isfinite(batch.v) & ~is_bad(batch.q)
        if wrong.any():
            refused += refusals(batch, wrong, "not_finite", "the value is no number, yet not Bad")
            batch = batch.where(~wrong)
        kept.append(batch)
    return kept, refused


def refusals(batch: Batch, which: Mask, reason: str, detail: str) -> list[Refusal]:
    """Of some samples of one batch, one for each source: offered again with the same batch they are the same
    refusals."""
    now_ns = time.time_ns()
    return [
        Refusal(now_ns, source, reason, detail, Batch.of(source, part.samples()).encode(), len(part))
        for source, part in batch.where(which).split()
    ]


async def put_aside(quarantine: Quarantine | None, refused: Sequence[Refusal]) -> None:
    """Before the write is confirmed. Raises HistorianUnavailable when quarantine takes nothing."""
    if not refused:
        return
    if quarantine is None:
        raise ValueError(f"no quarantine to keep {len(refused)} refusals in, such as {refused[0]}")
    try:
        await quarantine.put(refused)
    except OSError as error:
        raise HistorianUnavailable(str(error), Hold.DISK) from error


def tally_of(
    batches: Sequence[Batch],
    order: Int64s | None,
    known: Mask,
    refused: Mask | None = None,
    aside: Sequence[Refusal] = (),
) -> Tally:
    """What became of a write. batches: those whose rows were joined, in their order; order: which of these
    rows settled (None for all); known, refused: of the settled, those that replaced a stored sample and
    those that the store did not take; aside: refused before the rows were joined."""
    tally: Tally = {}
    for one in aside:
        add(tally, one.source, Fate.QUARANTINED, one.samples)
    if refused is None and len(known) == sum(map(len, batches)) and not known.any():
        many: dict[Names, npt.NDArray[np.intp]] = {}
        for batch in batches:
            names = batch.names
            samples = np.bincount(names.of[batch.tag], minlength=len(names.sources))
            many[names] = many[names] + samples if names in many else samples
        for names, counts in many.items():
            for source, n in zip(names.sources, counts.tolist(), strict=True):
                if n:
                    add(tally, source, Fate.STORED, n)
        return tally
    sources, of = _sources(batches)
    settled_of = of if order is None else of[order]
    out = np.zeros(len(settled_of), np.bool_) if refused is None else refused
    received = np.bincount(of, minlength=len(sources))
    stored = np.bincount(settled_of[~known & ~out], minlength=len(sources))
    left_out = np.bincount(settled_of[out], minlength=len(sources))
    for i, source in enumerate(sources):
        add(tally, source, Fate.STORED, int(stored[i]))
        add(tally, source, Fate.QUARANTINED, int(left_out[i]))
        add(tally, source, Fate.DUPLICATE, int(received[i] - stored[i] - left_out[i]))
    return tally


def _sources(batches: Sequence[Batch]) -> tuple[list[str], npt.NDArray[np.intp]]:
    """The sources of the batches, and for each of their samples the index of its own."""
    number: dict[str, int] = {}
    places: dict[Names, npt.NDArray[np.intp]] = {}
    found = [np.empty(0, np.intp)]
    for batch in batches:
        place = places.get(batch.names)
        if place is None:
            at = [number.setdefault(source, len(number)) for source in batch.sources]
            place = places[batch.names] = np.array(at, np.intp)[batch.names.of]
        found.append(place[batch.tag])
    return list(number), np.concatenate(found)
