"""Samples not yet folded into blocks: durable in the file as they came, and here to be read."""

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import ROW, Rows, stacked
from core.adapters.sqlite_historian_code import decimal, floats, whole_numbers, width_of
from core.adapters.sqlite_historian_damage import of_file
from core.adapters.sqlite_historian_spans import GROUP_TAGS
from core.model.sample import Int64s

_MAGIC, _BITS = b"WHF2", b"WHF1"
_HEAD = struct.Struct("<4sI")
_PLAIN, _SAME, _EVEN, _WHOLE = range(4)
_FAN, _LARGE, _AT_ONCE = 64, 65_536, 20_000


class Fresh:
    """Rows in order of arrival. One thread adds and empties; any thread may ask."""

    def __init__(self) -> None:
        self._pieces: tuple[tuple[npt.NDArray[np.uint32], Rows], ...] = ()
        """Tag numbers and rows, each sorted by tag, within a tag in order of arrival."""

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self._pieces)

    def add(self, rows: Rows) -> None:
        """Sixty-four of like size are merged into one: few pieces to look through, and no row is merged
        often. Large ones stay as they are, since they cannot be many."""
        if not len(rows):
            return
        pieces = [*self._pieces, _sorted(rows)]
        while len(pieces) >= _FAN and len(pieces[-_FAN][1]) < 2 * len(pieces[-1][1]) + _FAN:
            if sum(len(some) for _, some in pieces[-_FAN:]) > _LARGE:
                break
            merged = _sorted(stacked([rows for _, rows in pieces[-_FAN:]]))
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
        return stacked(found)

    def slices(self) -> Iterator[Rows]:
        """Every row, by ascending tags, those of one in order of arrival: some ten thousand at a time, so
        that what is done with them happens in the processor's cache. No group of tags is cut."""
        edges = self._edges()
        cuts = [np.searchsorted(tags, edges).tolist() for tags, _ in self._pieces]
        for k in range(len(edges) - 1):
            some = [
                rows[cut[k] : cut[k + 1]]
                for cut, (_, rows) in zip(cuts, self._pieces, strict=True)
                if cut[k] < cut[k + 1]
            ]
            if some:
                yield _sorted(stacked(some))[1]

    def _edges(self) -> npt.NDArray[np.uint32]:
        """Tag numbers, whole groups apart, with about _AT_ONCE rows between them."""
        if not self._pieces:
            return np.zeros(1, np.uint32)
        last = max(int(tags[-1]) for tags, _ in self._pieces) // GROUP_TAGS + 1
        ends = np.arange(last + 1, dtype=np.uint32) * np.uint32(GROUP_TAGS)
        below = sum(np.searchsorted(tags, ends) for tags, _ in self._pieces)
        first = np.flatnonzero(np.diff(below // _AT_ONCE, prepend=-1))
        edges: npt.NDArray[np.uint32] = ends[np.unique(np.append(first, last))]
        return edges

    def clear(self) -> None:
        self._pieces = ()


def _sorted(rows: Rows) -> tuple[npt.NDArray[np.uint32], Rows]:
    tags = np.ascontiguousarray(rows["tag"])
    if (tags[1:] < tags[:-1]).any():
        order = by_tag(tags)
        tags, rows = tags[order], rows.take(order)
    return tags, rows


def by_tag(tags: npt.NDArray[np.uint32]) -> Int64s:
    """The order that sorts these and leaves alike ones as they are. Small numbers are sorted by their digits,
    which takes a fifth of the time."""
    few = len(tags) and int(tags.max()) < 2**16
    return np.argsort(tags.astype(np.uint16) if few else tags, kind="stable")


def pack_fresh(rows: Rows) -> bytes:
    """A column after another, each in the first of the ways below that is exact."""
    parts, forms = [], []
    for name in ROW.names or ():
        column = np.ascontiguousarray(rows[name])
        form, data = _packed(column)
        forms.append(form)
        parts += data
    return b"".join((_HEAD.pack(_MAGIC, len(rows)), bytes(forms), *parts))


def _packed(column: npt.NDArray[Any]) -> tuple[int, list[bytes]]:
    """One number that all are, as one poll's times; one step between all, as tags of one poll; decimals as
    whole numbers of 2 or 4 bytes; or as they are."""
    bits = column.view(f"<u{column.itemsize}")
    if len(bits) and bits[0] == bits[-1] and (bits == bits[0]).all():
        return _SAME, [column[:1].tobytes()]
    if column.dtype == np.uint32:
        steps = bits[1:] - bits[:-1]
        if len(steps) and (steps == steps[0]).all():
            return _EVEN, [bits[:2].tobytes()]
    elif column.dtype == np.float64 and len(column):
        mode, whole = whole_numbers(column)
        width = width_of(whole) if decimal(mode) and not np.isnan(column).any() else 8
        if width < 8:
            return _WHOLE, [bytes((mode, width)), whole.astype(f"<i{width or 1}").tobytes()]
    return _PLAIN, [column.tobytes()]


@of_file
def unpack_fresh(data: bytes) -> Rows:
    """The inverse of `pack_fresh`; also of what earlier versions kept: plain rows, or columns of which a bit
    tells whether they are one number."""
    magic = data[:4]
    if magic not in (_MAGIC, _BITS):
        return np.frombuffer(data, ROW)
    names, (_, n), at = ROW.names or (), _HEAD.unpack_from(data), _HEAD.size
    forms = [data[at] >> i & 1 for i in range(6)] if magic == _BITS else list(data[at : at + 6])
    at += 1 if magic == _BITS else 6
    rows = np.empty(n, ROW)
    for name, form in zip(names, forms, strict=True):
        dtype = ROW[name]
        if form == _WHOLE:
            mode, width = data[at], data[at + 1] or 1
            rows[name] = floats(np.frombuffer(data, f"<i{width}", n, at + 2).astype(np.int64), mode)
            at += 2 + n * width
            continue
        many = {_PLAIN: n, _SAME: 1, _EVEN: 2}[form]
        found = np.frombuffer(data, dtype, many, at)
        if form == _EVEN:
            found = found[0] + np.diff(found) * np.arange(n, dtype=dtype)
        rows[name] = found
        at += many * dtype.itemsize
    return rows
