"""The schema in InfluxDB, and samples as line protocol.

One measurement, `sample`, with one tag, `id` (`tag` is a word of InfluxQL): a series is a tag of the plant
and nothing else, so that a point's identity is (tag, source time in ns) and writing it again changes
nothing. Fields, always of one type: `v` float (absent exactly where the quality is Bad), `q` unsigned OPC
UA StatusCode, `r` integer receive time (ns), `f` unsigned flags.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from core.adapters.historian_rows import Rows
from core.model.quality import is_bad

SAMPLE, PROBE = "sample", "probe"
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f]|\\$|^$")
_ESCAPE = re.compile(r"([,= ])")
_ODD = np.array((0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5), np.uint64)


def unspeakable(tag: str) -> bool:
    """Whether line protocol has no way to write this tag."""
    return bool(_UNSPEAKABLE.search(tag))


class Heads:
    """The beginning of each tag's line, made once: `sample,id=… v=` and, for a Bad one, `sample,id=… `."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._heads: list[bytes] = []

    def places(self, tags: Sequence[str]) -> npt.NDArray[np.intp]:
        """Each tag's place among the heads of Good ones; the next place is the Bad one's. None of the tags
        is `unspeakable`."""
        for tag in tags:
            if tag not in self._places:
                self._places[tag] = len(self._heads)
                head = b"sample,id=" + _ESCAPE.sub(r"\\\1", tag).encode() + b" "
                self._heads += [head + b"v=", head]
        return np.array([self._places[tag] for tag in tags], np.intp)

    def of(self, places: npt.NDArray[np.intp]) -> list[bytes]:
        return [*map(self._heads.__getitem__, places.tolist())]


def encode(rows: Rows, heads: Heads, places: npt.NDArray[np.intp]) -> bytes:
    """A line for each row, without a line break at the end; the same rows are always the same bytes.

    places: of each number in rows["tag"], by `heads`. v must be finite or Bad. Everything a line is made
    of is written by columns: 40 times as fast as a Point object (bench encode).
    """
    bad = is_bad(rows["q"])
    values = _digits(np.where(bad, 0.0, rows["v"]))
    if bad.any():
        values = [b"" if hidden else value for value, hidden in zip(values, bad.tolist(), strict=True)]
    pieces = [b""] * (3 * len(rows))
    pieces[0::3] = heads.of(places[rows["tag"]] + bad)
    pieces[1::3] = values
    pieces[2::3] = _tails(rows)
    return b"".join(pieces)[:-1]


def _tails(rows: Rows) -> list[bytes]:
    """What follows the value. One poll gives many samples the same, which is then written once."""
    if not len(rows):
        return []
    mixed = rows["t"].astype(np.uint64) * _ODD[0] + rows["r"].astype(np.uint64) * _ODD[1]
    mixed += rows["q"] * _ODD[2] + rows["flags"] * _ODD[3]
    if (mixed == mixed[0]).all() and _alike(rows, rows[:1]):
        return [_tail(rows[0])] * len(rows)
    _, first, which = np.unique(mixed, return_index=True, return_inverse=True)
    if len(first) > len(rows) // 4 or not _alike(rows, rows[first][which]):
        return [
            *map(
                b"".join,
                zip(
                    _each(rows["q"], _code),
                    _digits(np.ascontiguousarray(rows["r"])),
                    _each(rows["flags"], _flags),
                    _digits(np.ascontiguousarray(rows["t"])),
                    repeat(b"\n"),
                    strict=False,
                ),
            )
        ]
    written = [_tail(row) for row in rows[first]]
    return [*map(written.__getitem__, which.tolist())]


def _alike(rows: Rows, others: Rows) -> bool:
    return all(bool((rows[name] == others[name]).all()) for name in ("t", "r", "q", "flags"))


def _tail(row: np.void) -> bytes:
    return b"%b%d%b%d\n" % (_code(int(row["q"])), row["r"], _flags(int(row["flags"])), row["t"])


def _digits(column: npt.NDArray[Any]) -> list[bytes]:
    return orjson.dumps(column, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def _each(column: npt.NDArray[Any], write: Callable[[int], bytes]) -> Iterable[bytes]:
    """The few different numbers of a column are written once."""
    if len(column) and (column == column[0]).all():
        return repeat(write(int(column[0])))
    numbers = column.tolist()
    written = {number: write(number) for number in set(numbers)}
    return map(written.__getitem__, numbers)


def _code(q: int) -> bytes:
    return b"q=%du,r=" % q if q >> 31 else b",q=%du,r=" % q


def _flags(flags: int) -> bytes:
    return b"i,f=%du " % flags
