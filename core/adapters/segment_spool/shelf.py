"""The spool's files, in order: which there are, what is known of them, and which are damaged."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from core.adapters.segment_spool.segment import Segment
from core.adapters.segment_spool.state import Samples


class Shelf:
    """`lock` guards `files`. Files are read by any thread, and appear and go in the writer's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.files: list[Segment] = []
        self._damaged: list[Segment] = []

    def put(self, file: Segment) -> None:
        """The newest file; one of the same first row it takes the place of."""
        with self.lock:
            if self.files and self.files[-1].first == file.first:
                self.files.pop()
            self.files.append(file)

    def spans(self, last_seq: int) -> Iterator[tuple[Segment, int]]:
        """Each file with its last row."""
        with self.lock:
            files = list(self.files)
        lasts = [file.first - 1 for file in files[1:]]
        return zip(files, [*lasts, last_seq], strict=True)

    def file_of(self, seq: int) -> Segment | None:
        with self.lock:
            return next((file for file in reversed(self.files) if file.first <= seq), None)

    def oldest_after(self, seq: int, last_seq: int) -> Segment | None:
        """The first file with a row after `seq`."""
        found = next((file for file, last in self.spans(last_seq) if last > seq), None)
        if found:
            self.peek(found)
        return found

    def learn(self, file: Segment) -> None:
        """Reads an older file's index; what the next one says was in it and is not there any more is
        lost. Raises FileNotFoundError when every cursor has passed it meanwhile."""
        if file.known:
            return
        fresh = Segment(file.path, file.first)
        fresh.learn()
        with self.lock:
            following = next((other for other in self.files if other.first > file.first), None)
        if following:
            self.peek(following)
            if fresh.state is None:
                fresh.rows_before = less(following.rows_before, fresh.samples_upto(fresh.last))
            fresh.lose_tail(following.first - 1, following.rows_before)
        with self.lock:
            file.become(fresh)
            if fresh.skipped or fresh.bad:
                self._damaged.append(file)

    def peek(self, file: Segment) -> None:
        """Only what was known when it began."""
        if not file.known and not file.began_ns and not file.peek():
            self.learn(file)

    @property
    def found_damage(self) -> bool:
        return bool(self._damaged)

    def take_damaged(self) -> list[Segment]:
        with self.lock:
            files, self._damaged = self._damaged, []
        return files

    def set_aside(self, file: Segment, now_ns: int) -> None:
        """A damaged file stays under a name of its own for an engineer, when its rows are long passed."""
        if not any(self.folder.glob(f"{file.path.stem}.corrupt-*")):
            os.link(file.path, self.folder / f"{file.path.stem}.corrupt-{now_ns // 10**9}")

    def corrupt_files(self) -> int:
        return sum(1 for _ in self.folder.glob("*.corrupt-*"))


def less(samples: Samples, other: Samples) -> Samples:
    """What is left, where anything is."""
    left = {source: n - other.get(source, 0) for source, n in samples.items()}
    return {source: n for source, n in left.items() if n > 0}
