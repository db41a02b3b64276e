"""Samples travel in batches of columns, never one by one.

A stored sample's identity is (tag, source time in int64 ns); a second value for it replaces the first.
"""

import json
import struct
import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from core.model.quality import Status

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Flag(IntFlag):
    """What else is known of a sample (uint8)."""

    NONE = 0
    BACKFILL = 1
    """Late or generated for the past: stored, never raises a live alarm."""
    SUBSTITUTED_TIME = 2
    """The source gave no usable time; the receive time stands in."""
    CLAMPED = 4
    OVERFLOW = 8
    """The server's own queue lost samples before this one."""
    CLOCK_SUSPECT = 16
    """The device's clock is not to be believed: delays run by the receive time."""
    REPLAYED = 32
    """Was in quarantine before."""
    RETAINED = 64
    """A broker kept it as state: its age says nothing of the device's clock."""
    STANDS = 128
    """Its source tells changes only, and tells it when it can no longer (a Bad sample, or a mark that reports
    were lost): until then, and until the tag's next sample, this value stands."""


class Sample(NamedTuple):
    """One point, for making and reading small batches by hand. `v` is None exactly when Bad."""

    tag: str
    t_ns: int
    v: float | None
    q: int = Status.GOOD
    r_ns: int = 0
    flags: int = 0


_HEAD = struct.Struct("<4sIII")
_MAGIC = b"WHB2"
_ONE_SOURCE = b"WHB1"
"""What was written while a batch had one source: its names are [source, *tags]."""
MAGICS = _MAGIC, _ONE_SOURCE
NAMES_KEPT, LONG_NAMES_KEPT, LONG = 2_048, 128, 8_192
"""Names that need not be read anew; long are those of more bytes: of a slice of many polls."""


class CorruptBatch(ValueError):
    """The bytes are not a batch, or their checksum does not hold."""


@dataclass(frozen=True, eq=False)
class Names:
    """What a batch's numbers stand for. tags, sources: distinct ids; of: for each tag the uint32 index of
    its source. A tag belongs to one source, so a sample's source is that of its tag.

    The same object for the same poll, whatever it read, so that whoever maps names to columns may go by
    identity; it is hashable by it.
    """

    tags: tuple[str, ...]
    sources: tuple[str, ...]
    of: npt.NDArray[np.uint32]

    @classmethod
    def one(cls, source: str, tags: tuple[str, ...]) -> Self:
        return cls(tags, (source,), np.zeros(len(tags), np.uint32))

    @classmethod
    def many(cls, parts: Iterable[tuple[str, Sequence[str]]]) -> Self:
        """parts: a source and its tags, in order; a source may come again with other tags."""
        number: dict[str, int] = {}
        tags: list[str] = []
        of: list[int] = []
        for source, its in parts:
            tags += its
            of += [number.setdefault(source, len(number))] * len(its)
        return cls(tuple(tags), tuple(number), np.array(of, np.uint32))

    @cached_property
    def parts(self) -> "_Parts":
        """For writing them."""
        return _Parts.of(self)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Columns of equal length n. `v` is NaN exactly where `q` is Bad; NaN and Inf never occur elsewhere.

    names: may name tags and sources that there is no sample of; tag: uint32 indices into its tags; t_ns /
    r_ns: source and receive time, UTC ns; q: uint32 StatusCode; flags: uint8 `Flag`.
    """

    names: Names
    tag: npt.NDArray[np.uint32]
    t_ns: Int64s
    v: Floats
    q: npt.NDArray[np.uint32]
    r_ns: Int64s
    flags: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.t_ns)

    @property
    def tags(self) -> tuple[str, ...]:
        return self.names.tags

    @property
    def sources(self) -> tuple[str, ...]:
        """Those it names."""
        return self.names.sources

    def by_source(self) -> dict[str, int]:
        """Samples of each source that has any."""
        sources = self.names.sources
        if len(sources) == 1:
            return {sources[0]: len(self)} if len(self) else {}
        many = np.bincount(self.names.of[self.tag], minlength=len(sources)).tolist()
        return {source: n for source, n in zip(sources, many, strict=True) if n}

    def split(self) -> "list[tuple[str, Batch]]":
        """Each source that has samples, with these alone; the names are as they were."""
        sources = self.names.sources
        if len(sources) == 1:
            return [(sources[0], self)] if len(self) else []
        of = self.names.of[self.tag]
        return [(sources[i], self.where(of == i)) for i in np.unique(of).tolist()]

    @classmethod
    def of(cls, source: str, samples: Sequence[Sample]) -> Self:
        index: dict[str, int] = {}
        tag = [index.setdefault(s.tag, len(index)) for s in samples]
        return cls(
            Names.one(source, tuple(index)),
            np.array(tag, np.uint32),
            np.array([s.t_ns for s in samples], np.int64),
            np.array([np.nan if s.v is None else s.v for s in samples], np.float64),
            np.array([s.q for s in samples], np.uint32),
            np.array([s.r_ns or s.t_ns for s in samples], np.int64),
            np.array([s.flags for s in samples], np.uint8),
        )

    def where(self, mask: npt.NDArray[np.bool_]) -> "Batch":
        """The samples that `mask` is true for, with the same names."""
        t_ns, v, q, r_ns = self.t_ns[mask], self.v[mask], self.q[mask], self.r_ns[mask]
        return Batch(self.names, self.tag[mask], t_ns, v, q, r_ns, self.flags[mask])

    def and_(self, other: "Batch") -> "Batch":
        """With the samples of another after these, which has the same names."""
        tag = np.concatenate((self.tag, other.tag))
        t_ns, v = (self.t_ns, other.t_ns), (self.v, other.v)
        q, r_ns, flags = (self.q, other.q), (self.r_ns, other.r_ns), (self.flags, other.flags)
        columns = np.concatenate(t_ns), np.concatenate(v), np.concatenate(q), np.concatenate(r_ns)
        return Batch(self.names, tag, *columns, np.concatenate(flags))

    def samples(self) -> list[Sample]:
        tags = self.names.tags
        return [
            Sample(tags[i], t, None if q >> 31 else v, q, r, f)
            for i, t, v, q, r, f in zip(
                self.tag.tolist(),
                self.t_ns.tolist(),
                self.v.tolist(),
                self.q.tolist(),
                self.r_ns.tolist(),
                self.flags.tolist(),
                strict=True,
            )
        ]

    def encode(self) -> bytes:
        """The batch as self-contained bytes with a CRC-32, for the spool: of several sources only those that
        have samples are named."""
        names, tag = _written(self.names, self.tag)
        body = b"".join(
            (
                names,
                tag.astype("<u4", copy=False).tobytes(),
                self.t_ns.astype("<i8", copy=False).tobytes(),
                self.v.astype("<f8", copy=False).tobytes(),
                self.q.astype("<u4", copy=False).tobytes(),
                self.r_ns.astype("<i8", copy=False).tobytes(),
                self.flags.tobytes(),
            )
        )
        return _HEAD.pack(_MAGIC, zlib.crc32(body), len(names), len(self)) + body

    @staticmethod
    def size_of(data: bytes | memoryview) -> int:
        """How long the batch is that `data` begins with. Raises CorruptBatch."""
        if len(data) < _HEAD.size:
            raise CorruptBatch("shorter than a header")
        magic, _, n_names, n = _HEAD.unpack_from(data)
        size: int = _HEAD.size + n_names + n * 33
        if magic not in MAGICS or len(data) < size:
            raise CorruptBatch("not a batch of this version, or cut short")
        return size

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The inverse of `encode`. Raises CorruptBatch."""
        if cls.size_of(data) != len(data):
            raise CorruptBatch("longer than a batch")
        _, crc, n_names, n = _HEAD.unpack_from(data)
        if zlib.crc32(memoryview(data)[_HEAD.size :]) != crc:
            raise CorruptBatch("checksum does not hold")
        read = _read_names if n_names < LONG else _read_long_names
        names = read(data[:4], data[_HEAD.size : _HEAD.size + n_names])
        at = _HEAD.size + n_names
        columns = []
        for dtype in ("<u4", "<i8", "<f8", "<u4", "<i8", "u1"):
            columns.append(np.frombuffer(data, dtype, n, at))
            at += n * np.dtype(dtype).itemsize
        return cls(names, *columns)


Tags = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """How names are written: source by source. json: of each source with its tags; place: of each tag among
    all, written so; first, many: of each source's tags."""

    json: list[bytes]
    place: Tags
    first: npt.NDArray[np.intp]
    many: npt.NDArray[np.intp]
    whole: bytes

    @classmethod
    def of(cls, names: Names) -> Self:
        order = np.argsort(names.of, kind="stable")
        many = np.bincount(names.of, minlength=len(names.sources))
        first = np.cumsum(many) - many
        place = np.empty(len(order), np.uint32)
        place[order] = np.arange(len(order), dtype=np.uint32)
        tags = [names.tags[i] for i in order.tolist()]
        parts = [
            json.dumps([source, *tags[a : a + n]], ensure_ascii=False).encode()
            for source, a, n in zip(names.sources, first.tolist(), many.tolist(), strict=True)
        ]
        return cls(parts, place, first, many, b"[" + b",".join(parts) + b"]")


def _written(names: Names, tag: Tags) -> tuple[bytes, Tags]:
    """The bytes of names, and `tag` as indices into the tags as they are written."""
    parts = names.parts
    if len(names.sources) == 1 or 2 * len(tag) > len(names.tags):
        return parts.whole, parts.place[tag]
    of = names.of[tag]
    used = np.bincount(of, minlength=len(names.sources)) > 0
    kept = np.where(used, parts.many, 0)
    shift = np.cumsum(kept) - kept - parts.first
    some = b",".join([parts.json[i] for i in np.flatnonzero(used).tolist()])
    return b"[" + some + b"]", (parts.place[tag] + shift[of]).astype(np.uint32)


def _names_of(magic: bytes, data: bytes) -> Names:
    """The same object for the same bytes."""
    parts = json.loads(data)
    if magic == _ONE_SOURCE:
        parts = [parts]
    return Names.many((source, [sys.intern(tag) for tag in its]) for source, *its in parts)


_read_names = lru_cache(NAMES_KEPT)(_names_of)
_read_long_names = lru_cache(LONG_NAMES_KEPT)(_names_of)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One tag's samples in ascending source time: the columns of a history answer."""

    t_ns: Int64s
    v: Floats
    q: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.t_ns)
