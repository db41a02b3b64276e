"""The spool's writing side, in one thread: whole groups appended to the newest file, one fdatasync each.

What happened to cursors and books is written into the same files, so that one fdatasync serves both; each
file begins with everything known, so that the older ones may go once every cursor has passed them.
"""

import errno
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.adapters.segment_spool import record
from core.adapters.segment_spool.record import Kind, Part, Record
from core.adapters.segment_spool.room import MIB, Bounds, expired, needed, room
from core.adapters.segment_spool.segment import Segment, path_of
from core.adapters.segment_spool.shelf import Shelf
from core.adapters.segment_spool.state import Change, Samples, State
from core.durable_file import sync_folder
from core.ports.spool import SpoolFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_STEP = 4 * MIB
_KEEP = MIB // 2
"""Room on the disk that rows leave to cursors, so that a full disk can be read empty."""


class Log:
    """`append` and `change`, then `commit`; after an error of the disk `rollback`, or never again.

    The shelf's lock guards `state` too, for readers in other threads: it changes only under it, after the
    disk has what it says.
    """

    def __init__(self, folder: Path, bounds: Bounds, now_ns: Callable[[], int]) -> None:
        self.folder, self.bounds, self.now_ns = folder, bounds, now_ns
        self.shelf = Shelf(folder)
        self.state = State(secrets.token_hex(8))
        self.fill = self.room_fill = 0.0
        self._taken, self._capacity = 0, float(bounds.bytes)
        self._fd = -1
        self._written = 0
        self._room = 0
        self._began_ns = 0
        self._rows: list[tuple[list[Part], bytes]] = []
        self._changes: list[Change] = []
        self._pending: Samples = {}
        self._pending_bytes = 0

    def append(self, samples: Samples, body: bytes) -> int:
        """The row's sequence, true once it is committed. samples: in it, by source."""
        rows, pending = self.state.rows, self._pending
        parts: list[Part] = []
        for source, n in samples.items():
            so_far = pending[source] = pending.get(source, rows.get(source, 0)) + n
            parts.append((source, n, so_far))
        self._pending_bytes += len(body)
        self._rows.append((parts, body))
        return self.state.last_seq + len(self._rows)

    def change(self, change: Change) -> None:
        self._changes.append(change)

    def changes(self, changes: list[Change]) -> None:
        """At once, by themselves."""
        self._changes += changes
        self.commit()

    def share(self, more: int) -> float:
        """How much of the room is taken when `more` bytes are appended too."""
        taken = self._taken + self._pending_bytes + more
        return taken / self._capacity if self._capacity > 0 else 1.0

    def measure(self) -> None:
        """What `share` and `fill` go by from now on: the room is what the bound on bytes and the free disk
        leave, whichever is less."""
        self._taken = needed(self.shelf, self.state)
        self._capacity = room(self.folder, self.bounds, self._taken)
        self.room_fill = self._taken / self._capacity if self._capacity > 0 else 1.0
        self.fill = max(self.room_fill, self._age_share())

    def _age_share(self) -> float:
        """How much of the bound on age the oldest file that a cursor needs has used."""
        oldest = self.shelf.oldest_after(self.state.floor, self.state.last_seq)
        if oldest is None or not self.state.cursors:
            return 0.0
        return (self.now_ns() - oldest.began_ns) / self.bounds.age_ns

    def commit(self) -> None:
        """On disk when it returns. Raises SpoolFull when there is no room, OSError when the disk fails."""
        self._changes += expired(self.shelf, self.state, self.bounds, self.now_ns())
        if not self._rows and not self._changes:
            return
        now_ns = self.now_ns()
        pieces: list[bytes] = []
        rows = []
        at = 0
        for seq, (parts, body) in enumerate(self._rows, self.state.last_seq + 1):
            head, _ = record.row(seq, parts, now_ns, body)
            begin = at + len(head)
            end = begin + len(body)
            kind = Kind.ROW if len(parts) == 1 else Kind.SHARED
            rows.append(Record(kind, parts, seq, 0, now_ns, at, begin, end))
            pieces += (head, body)
            at = end
        if self._changes:
            seq = self.state.last_seq + len(rows)
            pieces += record.document(Kind.CHANGES, seq, now_ns, self._changes)
        size = sum(map(len, pieces))
        try:
            self._make_room(size, now_ns)
            _write_all(self._fd, pieces)
            os.fdatasync(self._fd)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise SpoolFull(f"the disk is full: {error}") from error
        with self.shelf.lock:
            self._apply(rows, size)
        self._reset()
        self._drop()

    def forget(self) -> None:
        """What was appended and changed since the last commit."""
        self._reset()

    def rollback(self) -> None:
        """After SpoolFull: the file is again what was committed."""
        self._reset()
        if self._fd < 0:
            return
        os.ftruncate(self._fd, self._written)
        os.lseek(self._fd, self._written, os.SEEK_SET)
        self._room = self._written
        with suppress(OSError):
            os.posix_fallocate(self._fd, self._room, _KEEP)
            self._room += _KEEP

    def begin_file(self, now_ns: int) -> None:
        """A new newest file, with everything known in it, on disk."""
        file = Segment(path_of(self.folder, self.state.last_seq + 1), self.state.last_seq + 1)
        fresh = file.path.with_suffix(".new")
        fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            pieces = record.document(Kind.STATE, self.state.last_seq, now_ns, self.state.document())
            written = sum(map(len, pieces))
            os.posix_fallocate(fd, 0, written + _KEEP)
            _write_all(fd, pieces)
            os.fsync(fd)
            fresh.replace(file.path)
            sync_folder(self.folder)
        except OSError:
            os.close(fd)
            fresh.unlink(missing_ok=True)
            raise
        file.known, file.size, file.rows_before = True, written, dict(self.state.rows)
        file.began_ns = now_ns
        self._switch(file, fd, written, now_ns)

    def take_up(self, file: Segment) -> None:
        """Goes on in a file of an earlier process; what follows its last whole record is cut off."""
        fd = os.open(file.path, os.O_RDWR | os.O_CLOEXEC)
        os.ftruncate(fd, file.size)
        os.lseek(fd, file.size, os.SEEK_SET)
        os.fsync(fd)
        self._room = file.size
        self._switch(file, fd, file.size, file.began_ns)

    def holes(self, name: str) -> list[tuple[int, int]]:
        cursor = self.state.cursors.get(name)
        return cursor.passed.holes(self.state.last_seq) if cursor else [(0, self.state.last_seq)]

    def close(self) -> None:
        if self._fd >= 0:
            os.ftruncate(self._fd, self._written)
            os.close(self._fd)
            self._fd = -1

    def _switch(self, file: Segment, fd: int, written: int, began_ns: int) -> None:
        if self._fd >= 0:
            os.ftruncate(self._fd, self._written)
            os.close(self._fd)
        self.shelf.put(file)
        self._fd, self._written, self._began_ns = fd, written, began_ns
        self._room = os.fstat(fd).st_size

    def _make_room(self, size: int, now_ns: int) -> None:
        """Raises OSError when the disk has none."""
        rows = bool(self._rows)
        newest = self.shelf.files[-1]
        has_rows = self.state.last_seq >= newest.first
        over = self._written + size > self.bounds.segment_bytes
        old = now_ns - self._began_ns > self.bounds.age_ns / 30
        if rows and has_rows and (over or old):
            self.begin_file(now_ns)
        needed = self._written + size + (_KEEP if rows else 0)
        if needed > self._room:
            room = max(needed, min(self._room + _STEP, self.bounds.segment_bytes)) if rows else needed
            os.posix_fallocate(self._fd, self._room, room - self._room)
            self._room = room

    def _apply(self, rows: list[Record], size: int) -> None:
        """rows: as they lie after what was written."""
        file, at = self.shelf.files[-1], self._written
        for row in rows:
            file.add(row, at)
        if rows:
            self.state.row(rows[-1].seq, self._pending)
        for change in self._changes:
            self.state.apply(change)
        self._written += size
        file.size = self._written

    def _reset(self) -> None:
        self._rows, self._changes, self._pending, self._pending_bytes = [], [], {}, 0

    def _drop(self) -> None:
        """Files that every cursor has passed."""
        floor = self.state.floor
        while len(self.shelf.files) > 1 and self.shelf.files[1].first - 1 <= floor:
            with self.shelf.lock:
                file = self.shelf.files.pop(0)
                self.state.forget_bad()
            file.path.unlink(missing_ok=True)

    def corrupt_row(self, seq: int) -> None:
        """One that was read and does not verify."""
        file = self.shelf.file_of(seq)
        if file and seq not in self.state.bad:
            self.shelf.set_aside(file, self.now_ns())
            self._changes.append(["bad", {seq: file.samples_of(seq)}])

    def damage(self) -> bool:
        """Tells of files that were found damaged since the last time; whether there are any."""
        files = self.shelf.take_damaged()
        for file in files:
            self.shelf.set_aside(file, self.now_ns())
            self._changes += [["bad", {seq: samples}] for seq, samples in file.bad.items()]
        return bool(files)

    def snapshot(self) -> tuple[State, list[Segment]]:
        """For another thread. The state is a copy; the files go on."""
        with self.shelf.lock:
            return self.state.copy(), list(self.shelf.files)


def _write_all(fd: int, pieces: list[bytes]) -> None:
    """Raises OSError; a disk that takes only part of it is full."""
    for first in range(0, len(pieces), 1000):
        some = pieces[first : first + 1000]
        size = sum(map(len, some))
        done = os.writev(fd, some)
        if done < size:
            rest = b"".join(some)
            while done < size:
                done += os.write(fd, memoryview(rest)[done:])
