"""What a detector hears before it knows the past, kept so that one that does can take its place."""

from collections.abc import Iterable, Sequence

import numpy as np

from alarms.bins import Bins, Rows

LONGEST_DAYS = 3
"""After so long it has learned by itself, and waits for no past."""
_DAY_NS = 86_400 * 10**9
_GAP = 3_000
"""Bins of a gap that matter to what follows it."""


class Meanwhile:
    """By an id: the bins that were given out, in order."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Rows]] = {}

    def wait(self, ids: Iterable[str]) -> None:
        self.rows = {id: [] for id in ids}

    def keep(self, id: str, rows: Rows, width_ns: int) -> None:
        kept = self.rows.get(id)
        if kept is None:
            return
        kept.append(rows)
        if (rows.k - kept[0].k) * width_ns > LONGEST_DAYS * _DAY_NS:
            del self.rows[id]

    def first(self, id: str, bins: Bins) -> int | None:
        """The first bin that was heard; None before anything was."""
        kept = self.rows.get(id)
        return kept[0].k if kept else bins.base


def caught_up(learned: Bins, live: Bins, kept: Sequence[Rows]) -> list[Rows] | None:
    """What one that knows the past has yet to judge before it goes on with the `live` bins: the gap between,
    then what was kept. None when its past reaches into what was kept: it must learn again."""
    if live.base is None:
        live.restore(learned.snapshot())
        return []
    first = kept[0].k if kept else live.base
    if learned.base is None:
        return list(kept)
    missing = first - learned.base
    if missing < 0:
        return None
    if not missing:
        return list(kept)
    n = min(missing, _GAP)
    nothing = np.full((n, len(live.tags)), np.nan)
    return [Rows(first - n, nothing, np.zeros(nothing.shape, np.int64), nothing, nothing), *kept]
