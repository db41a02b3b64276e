"""Fewer samples of every tag while there is hardly room: one in `KEEP_ONE_IN`, and what turns Bad or back."""

import numpy as np
import numpy.typing as npt

from core.model.sample import Batch

KEEP_ONE_IN = 10


class Thinning:
    """Counts by tag, so that a tag that comes seldom is not starved by one that comes often."""

    def __init__(self, keep_one_in: int = KEEP_ONE_IN) -> None:
        self._every = keep_one_in
        self._place: dict[str, int] = {}
        self._seen: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._class: npt.NDArray[np.int64] = np.zeros(0, np.int64)

    def thin(self, batch: Batch) -> Batch:
        places = np.array([self._place.setdefault(tag, len(self._place)) for tag in batch.tags], np.intp)
        new = len(self._place) - len(self._seen)
        self._seen = np.append(self._seen, np.zeros(new, np.int64))
        self._class = np.append(self._class, np.full(new, -1))
        keep = np.zeros(len(batch), np.bool_)
        quality = (batch.q >> np.uint32(30)).astype(np.int64)
        for i, place in enumerate(places[batch.tag].tolist()):
            changed = self._class[place] != quality[i]
            keep[i] = changed or self._seen[place] % self._every == 0
            self._class[place] = quality[i]
            self._seen[place] += 1
        return batch.where(keep)
