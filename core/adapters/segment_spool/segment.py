"""One file of the spool: rows in order, after a record of everything known when it began."""

import os
from array import array
from pathlib import Path

import numpy as np

from core.adapters.segment_spool.record import (
    HEAD,
    ROWS,
    Kind,
    Record,
    Stray,
    body_size,
    content,
    head_at,
    records,
    stray,
)
from core.adapters.segment_spool.state import Samples, State

SUFFIX = ".log"


class Segment:
    """An index of what one file holds. `learn` reads it from the file; the newest is told row by row.

    first: of its rows' sequences, whether there are any or not; size: what is written of the file.
    """

    def __init__(self, path: Path, first: int) -> None:
        self.path, self.first, self.size = path, first, 0
        self.rows_before: Samples = {}
        self.state: State | None = None
        self.known = False
        self.skipped = 0
        self.bad: dict[int, Samples] = {}
        self.began_ns = 0
        self._sources: list[str] = []
        self._number: dict[str, int] = {}
        self._so_far: Samples = {}
        self._body, self._end = array("Q"), array("Q")
        self._source, self._samples = array("I"), array("I")
        self._parts = array("I")
        """Of each part of a row its source and samples; of each row, the parts up to its last one."""

    @property
    def last(self) -> int:
        return self.first + len(self._body) - 1

    def add(self, record: Record, at: int = 0) -> None:
        """The row that follows the last one; its places are told from `at`."""
        self.size = at + record.end
        self._append({source: n for source, n, _ in record.parts}, at + record.body, self.size)

    def samples_upto(self, seq: int) -> Samples:
        """By source, of the rows up to `seq` since the log began, those of earlier files included."""
        total = dict(self.rows_before)
        rows = min(max(0, seq - self.first + 1), len(self._parts))
        n = self._parts[rows - 1] if rows else 0
        sources = list(self._sources)
        sums = np.bincount(np.array(self._source[:n], np.intp), np.array(self._samples[:n]), len(sources))
        for source, samples in zip(sources, sums.tolist(), strict=True):
            if samples:
                total[source] = total.get(source, 0) + int(samples)
        for lost, row in self.bad.items():
            if lost <= seq:
                _add(total, row)
        return total

    def bytes_after(self, seq: int) -> int:
        """Bodies of the rows after `seq`."""
        i = max(0, seq + 1 - self.first)
        return self.size - self._body[i] if i < len(self._body) else 0

    def peek(self) -> bool:
        """Reads only the record at the beginning; whether it verifies."""
        with self.path.open("rb") as file:
            whole = file.read(HEAD)
            if len(whole) < HEAD:
                return False
            whole += file.read(body_size(whole))
        view = memoryview(whole)
        first = head_at(view, 0)
        told = content(view, first) if first and first.kind == Kind.STATE else None
        if first is None or told is None:
            return False
        self.rows_before, self.began_ns = State.of(told).rows, first.written_ns
        return True

    def become(self, other: "Segment") -> None:
        """What was read of the same file."""
        for name, value in vars(other).items():
            setattr(self, name, value)

    def lose_tail(self, last: int, samples_upto: Samples) -> None:
        """Rows up to `last` were there once, and with them so many samples by source."""
        for seq in range(self.last + 1, last + 1):
            self._append({}, 0, 0)
            self.bad[seq] = {}
        known = self.samples_upto(self.last)
        for source, n in samples_upto.items():
            self._lose(source, n - known.get(source, 0))

    def _lose(self, source: str, samples: int) -> None:
        """More of what the last lost row held."""
        if samples > 0 and self.bad:
            _add(self.bad[max(self.bad)], {source: samples})

    def read(self, after: int, limit: int, most_bytes: int) -> list[tuple[int, bytes]]:
        """Bodies of at most `limit` rows after `after`, at least one if there is any; b"" of a lost one."""
        found: list[tuple[int, bytes]] = []
        first = max(after + 1, self.first)
        size = 0
        with self.path.open("rb", buffering=0) as file:
            for seq in range(first, min(first + limit, self.last + 1)):
                begin, end = self._body[seq - self.first], self._end[seq - self.first]
                found.append((seq, os.pread(file.fileno(), end - begin, begin)))
                size += end - begin
                if size > most_bytes:
                    break
        return found

    def samples_of(self, seq: int) -> Samples:
        """Of a row that cannot be read."""
        if seq in self.bad:
            return self.bad[seq]
        i = seq - self.first
        first = self._parts[i - 1] if i else 0
        return {self._sources[self._source[k]]: self._samples[k] for k in range(first, self._parts[i])}

    def learn(self, given: State | None = None, *, replay: bool = False) -> None:
        """Reads the file. given: what was known when it began, where that was found elsewhere. replay:
        `state` becomes what is known at its end; without it, it only tells whether it began with one."""
        self.state = given
        if given:
            self.rows_before = dict(given.rows)
            self._so_far = dict(given.rows)
        data = self.path.read_bytes()
        view = memoryview(data)
        gap_from = 0
        for item in records(view):
            if isinstance(item, int):
                self.skipped += item
                continue
            if item.kind in ROWS:
                self._take(item, view, gap_from)
            else:
                self._tell(item, view, replay, gap_from)
            self.began_ns = self.began_ns or item.written_ns
            gap_from = item.end
            self.size = item.end
        self._salvage_tail(view, gap_from)
        self.known = True

    def _take(self, record: Record, view: memoryview, gap_from: int) -> None:
        """A row; what is missing before it is lost, unless its batch is still there."""
        if record.seq <= self.last:
            return
        missing = range(self.last + 1, record.seq)
        if missing:
            self._fill(missing, view, gap_from, record)
        self.add(record)
        for source, samples, so_far in record.parts:
            if self.bad and source in self._so_far:
                self._lose(source, so_far - samples - self._so_far[source])
            self._so_far[source] = so_far
        if self.state:
            self.state.row(record.seq, {source: so_far for source, _, so_far in record.parts})

    def _fill(self, missing: range, view: memoryview, begin: int, record: Record) -> None:
        found = stray(view, begin, record.at)
        for seq in missing:
            if len(found) >= missing.stop - seq:
                self._salvage(seq, found.pop(0))
            else:
                self._append({}, 0, 0)
                self.bad[seq] = {}
                if self.state:
                    self.state.last_seq = seq

    def _salvage(self, seq: int, found: Stray) -> None:
        samples = found.batch.by_source()
        self._append(samples, found.at, found.end)
        _add(self._so_far, samples)
        if self.state:
            self.state.row(seq, {source: self._so_far[source] for source in samples})

    def _salvage_tail(self, view: memoryview, begin: int) -> None:
        """Whole batches behind the last good head: one that was acknowledged lost its head to the disk."""
        for found in stray(view, begin, len(view)):
            self._salvage(self.last + 1, found)
            self.skipped += 1
            self.size = found.end

    def _tell(self, record: Record, view: memoryview, replay: bool, gap_from: int) -> None:
        if record.seq > self.last:
            self._fill(range(self.last + 1, record.seq + 1), view, gap_from, record)
        told = content(view, record)
        if told is None:
            self.skipped += 1
        elif record.kind == Kind.STATE:
            self.state = State.of(told)
            if not len(self._body):
                self.rows_before = dict(self.state.rows)
                self._so_far = dict(self.state.rows)
        elif self.state and replay:
            for change in told:
                self.state.apply(change)

    def _append(self, parts: Samples, body: int, end: int) -> None:
        known = self._number
        for source in parts.keys() - known.keys():
            known[source] = len(self._sources)
            self._sources.append(source)
        self._source.extend([known[source] for source in parts])
        self._samples.extend(parts.values())
        self._parts.append(len(self._source))
        self._body.append(body)
        self._end.append(end)


def _add(total: Samples, more: Samples) -> None:
    for source, n in more.items():
        total[source] = total.get(source, 0) + n


def path_of(folder: Path, first: int) -> Path:
    return folder / f"{first:020d}{SUFFIX}"


def segments(folder: Path) -> list[Segment]:
    """The files that are there, in order, unread."""
    found = sorted(folder.glob(f"*{SUFFIX}"))
    return [Segment(path, int(path.name.removesuffix(SUFFIX))) for path in found]
