"""How the spool's files are framed: records one after the other, each found and verified by itself.

    magic 4 · CRC-32 of the rest of the head 4 · kind 1 · length of the name 2 · length of the body 4
    · sequence 8 · samples 4 · samples of the source so far 8 · written, UTC ns 8 · the name · the body

A row's name is its source; where it has samples of several or of none, JSON of [source, samples, so far] of
each (`Kind.SHARED`). Its body is `Batch.encode`, which carries a checksum of its own; that of the other kinds
is JSON with its CRC-32 in the place of `samples`. Little-endian.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import msgspec

from core.model.sample import MAGICS, Batch, CorruptBatch

MAGIC = b"WHR\x02"
_HEAD = struct.Struct("<4sI")
_REST = struct.Struct("<BHIQIQq")
_JSON = msgspec.json.Encoder()
HEAD = _HEAD.size + _REST.size


class Kind(IntEnum):
    """row: samples of one source; shared: of several; state: everything known before the record (`State`);
    changes: what happened to it."""

    ROW = 1
    STATE = 2
    CHANGES = 3
    SHARED = 4


ROWS = Kind.ROW, Kind.SHARED
_NAME = 0xFFFF


Part = tuple[str, int, int]
"""A source, its samples in a row, and all its samples up to and including the row. A plain tuple: a row may
have many."""
_READ_PARTS = msgspec.json.Decoder(list[Part])


class Record(NamedTuple):
    """parts: of a row; check: the CRC-32 of a document's body; at, end: where it lies in its file; body:
    where its body begins."""

    kind: int
    parts: Sequence[Part]
    seq: int
    check: int
    written_ns: int
    at: int
    body: int
    end: int


def row(seq: int, parts: Sequence[Part], written_ns: int, body: bytes) -> list[bytes]:
    if len(parts) == 1:
        ((source, samples, so_far),) = parts
        return [_head(Kind.ROW, source.encode(), len(body), seq, samples, so_far, written_ns), body]
    return [_head(Kind.SHARED, _JSON.encode(parts), len(body), seq, 0, 0, written_ns), body]


def fits(sources: Sequence[str]) -> bool:
    """Whether a head can name samples of all of them."""
    return len(sources) == 1 or 4 * sum(map(len, sources)) + 48 * len(sources) <= _NAME


def document(kind: Kind, seq: int, written_ns: int, content: Any) -> list[bytes]:
    """seq: of the last row before it."""
    body = _JSON.encode(content)
    return [_head(kind, b"", len(body), seq, zlib.crc32(body), 0, written_ns), body]


def _head(kind: Kind, name: bytes, body: int, seq: int, samples: int, so_far: int, written_ns: int) -> bytes:
    rest = _REST.pack(kind, len(name), body, seq, samples, so_far, written_ns) + name
    return _HEAD.pack(MAGIC, zlib.crc32(rest)) + rest


def head_at(data: memoryview, at: int) -> Record | None:
    """The record whose head begins at `at`; None when none does, or its body is not all there."""
    if len(data) - at < HEAD:
        return None
    magic, crc = _HEAD.unpack_from(data, at)
    if magic != MAGIC:
        return None
    kind, name, body, seq, samples, source_to, written_ns = _REST.unpack_from(data, at + _HEAD.size)
    begin = at + HEAD + name
    if begin + body > len(data) or zlib.crc32(data[at + _HEAD.size : begin]) != crc:
        return None
    parts: Sequence[Part] = ()
    if kind == Kind.ROW:
        parts = ((bytes(data[at + HEAD : begin]).decode(), samples, source_to),)
    elif kind == Kind.SHARED:
        parts = _READ_PARTS.decode(data[at + HEAD : begin])
    return Record(kind, parts, seq, samples, written_ns, at, begin, begin + body)


def body_size(head: bytes) -> int:
    """What follows a head without a name, if it is one."""
    return int(_REST.unpack_from(head, _HEAD.size)[2])


def content(data: memoryview, record: Record) -> Any:
    """A document's content; None when its checksum does not hold."""
    body = data[record.body : record.end]
    return msgspec.json.decode(body) if zlib.crc32(body) == record.check else None


def records(data: memoryview) -> Iterator[Record | int]:
    """Every record whose head verifies, in order; where some bytes were skipped to find it, their number
    comes before it. What follows the last one is not told: a write cut short, or room kept."""
    at = 0
    while True:
        record = head_at(data, at)
        if record is None:
            found = _next(data, at + 1)
            if found is None:
                return
            yield found.at - at
            record = found
        yield record
        at = record.end


def _next(data: memoryview, at: int) -> Record | None:
    whole = data.obj
    assert isinstance(whole, bytes)
    while (at := whole.find(MAGIC, at)) >= 0:
        record = head_at(data, at)
        if record is not None:
            return record
        at += 1
    return None


class Stray(NamedTuple):
    """A batch in a file, and where it lies."""

    batch: Batch
    at: int
    end: int


def stray(data: memoryview, begin: int, end: int) -> list[Stray]:
    """Batches that verify between two places, whose heads do not."""
    whole = data.obj
    assert isinstance(whole, bytes)
    found = []
    for at in sorted(_places(whole, begin, end)):
        if at < begin:
            continue
        try:
            begin = at + Batch.size_of(data[at:end])
            found.append(Stray(Batch.decode(whole[at:begin]), at, begin))
        except CorruptBatch:
            begin = at + 1
    return found


def _places(whole: bytes, begin: int, end: int) -> Iterator[int]:
    """Where a batch may begin."""
    for magic in MAGICS:
        at = begin
        while (at := whole.find(magic, at, end)) >= 0:
            yield at
            at += 1
