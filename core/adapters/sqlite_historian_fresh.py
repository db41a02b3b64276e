"""Samples not yet folded into blocks: durable in the file as they came, and here to be read."""

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import ROW, Rows

_MAGIC = b"WHF1"
_HEAD = struct.Struct("<4sIB")
_FAN = 64


class Fresh:
    """Rows in order of arrival. One thread adds and empties; any thread may ask."""

    def __init__(self) -> None:
        self._pieces: tuple[tuple[npt.NDArray[np.uint32], Rows], ...] = ()
        """Tag numbers and rows, each sorted by tag, within a tag in order of arrival."""

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self._pieces)

    def add(self, rows: Rows) -> None:
        """Sixty-four of like size are merged into one: few pieces to look through, and no row
        is merged often."""
        pieces = [*self._pieces, _sorted(rows)]
        while len(pieces) >= _FAN and len(pieces[-_FAN][1]) < 2 * len(pieces[-1][1]) + _FAN:
            merged = _sorted(np.concatenate([rows for _, rows in pieces[-_FAN:]]))
            pieces = [*pieces[:-_FAN], merged]
        self._pieces = tuple(pieces)

    def tags(self, ids: Sequence[int]) -> Rows:
        """Of these tags, those of one in order of arrival."""
        wanted, found = np.array(sorted(ids), np.uint32), [np.empty(0, ROW)]
        for tags, rows in self._pieces:
            low, high = np.searchsorted(tags, wanted), np.searchsorted(tags, wanted, "right")
            if len(wanted) == 1:
                found.append(rows[low[0] : high[0]])
            elif (many := high - low).any():
                at = np.repeat(low - (np.cumsum(many) - many), many) + np.arange(many.sum())
                found.append(rows.take(at))
        return np.concatenate(found)

    def all(self) -> Rows:
        """In an order that keeps, within a tag, the order of arrival."""
        return _sorted(np.concatenate((np.empty(0, ROW), *(rows for _, rows in self._pieces))))[1]

    def clear(self) -> None:
        self._pieces = ()


def _sorted(rows: Rows) -> tuple[npt.NDArray[np.uint32], Rows]:
    tags = np.ascontiguousarray(rows["tag"])
    if (tags[1:] < tags[:-1]).any():
        order = np.argsort(tags, kind="stable")
        tags, rows = tags[order], rows.take(order)
    return tags, rows


def pack_fresh(rows: Rows) -> bytes:
    """Columns; one whose numbers are all the same, as one poll's times are, is kept as that number."""
    parts, same = [], 0
    for i, name in enumerate(ROW.names or ()):
        column = np.ascontiguousarray(rows[name])
        bits = column.view(f"<u{column.itemsize}")
        if len(bits) and (bits == bits[0]).all():
            same, column = same | 1 << i, column[:1]
        parts.append(column.tobytes())
    return b"".join((_HEAD.pack(_MAGIC, len(rows), same), *parts))


def unpack_fresh(data: bytes) -> Rows:
    """The inverse of `pack_fresh`; also of plain rows, as earlier versions kept them."""
    if data[:4] != _MAGIC:
        return np.frombuffer(data, ROW)
    _, n, same = _HEAD.unpack_from(data)
    rows, at = np.empty(n, ROW), _HEAD.size
    for i, name in enumerate(ROW.names or ()):
        dtype = ROW[name]
        many = 1 if same >> i & 1 else n
        rows[name] = np.frombuffer(data, dtype, many, at)
        at += many * dtype.itemsize
    return rows
