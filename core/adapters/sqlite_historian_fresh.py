"""Samples not yet folded into blocks: durable in the file as they came, and here to be read."""

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import ROW, Rows


class Fresh:
    """Rows in order of arrival. One thread adds and empties; any thread may ask."""

    def __init__(self) -> None:
        self._pieces: tuple[tuple[npt.NDArray[np.uint32], Rows], ...] = ()
        """Tag numbers and rows, each sorted by tag, within a tag in order of arrival."""

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self._pieces)

    def add(self, rows: Rows) -> None:
        """Neighbours of like size are merged, so that n adds leave about log n pieces."""
        pieces = [*self._pieces, _sorted(rows)]
        while len(pieces) > 1 and len(pieces[-2][0]) < 2 * len(pieces[-1][0]):
            newer, older = pieces.pop(), pieces.pop()
            pieces.append(_sorted(np.concatenate((older[1], newer[1]))))
        self._pieces = tuple(pieces)

    def tag(self, tag: int) -> Rows:
        found = [np.empty(0, ROW)]
        for tags, rows in self._pieces:
            low, high = np.searchsorted(tags, np.array((tag, tag + 1), np.uint32))
            found.append(rows[low:high])
        return np.concatenate(found)

    def all(self) -> Rows:
        """In an order that keeps, within a tag, the order of arrival."""
        return np.concatenate((np.empty(0, ROW), *(rows for _, rows in self._pieces)))

    def clear(self) -> None:
        self._pieces = ()


def _sorted(rows: Rows) -> tuple[npt.NDArray[np.uint32], Rows]:
    tags = np.ascontiguousarray(rows["tag"])
    if (tags[1:] < tags[:-1]).any():
        order = np.argsort(tags, kind="stable")
        tags, rows = tags[order], rows[order]
    return tags, rows
