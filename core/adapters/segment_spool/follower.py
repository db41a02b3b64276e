"""Reads a spool beside the process that writes it: new batches as they come, nothing locked or written."""

from contextlib import suppress
from pathlib import Path

from core.adapters.segment_spool.record import ROWS, head_at
from core.adapters.segment_spool.segment import SUFFIX
from core.model.sample import Batch, CorruptBatch

_AT_ONCE = 4 * 1024 * 1024


class Follower:
    """Begins behind the newest row that is there. A batch that does not verify is passed over: it is the
    writer's to count."""

    def __init__(self, folder: Path) -> None:
        """Raises FileNotFoundError when no spool has ever been in the folder, PermissionError."""
        self._folder = folder
        self._path = self._newest()
        self._at = 0
        while self._read() is not None:
            pass

    def batches(self) -> list[Batch]:
        """What has come since the last call; never waits."""
        found: list[Batch] = []
        while True:
            some = self._read()
            if some is not None:
                found += some
            elif (newest := self._newest()) != self._path:
                self._path, self._at = self._after() or newest, 0
            else:
                return found

    def _read(self) -> list[Batch] | None:
        """The next rows of the file at hand; None when there are none."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._at)
                data = file.read(_AT_ONCE)
                record = head_at(memoryview(data), 0)
                if record is None and len(data) == _AT_ONCE:
                    data += file.read()
        except FileNotFoundError:
            return None
        view, at, found = memoryview(data), 0, []
        while (record := head_at(view, at)) is not None:
            if record.kind in ROWS:
                with suppress(CorruptBatch):
                    found.append(Batch.decode(data[record.body : record.end]))
            at = record.end
        self._at += at
        return found if at else None

    def _newest(self) -> Path:
        files = sorted(self._folder.glob(f"*{SUFFIX}"))
        if not files:
            raise FileNotFoundError(f"{self._folder} holds no spool")
        return files[-1]

    def _after(self) -> Path | None:
        """The file that follows the one at hand."""
        later = (path for path in sorted(self._folder.glob(f"*{SUFFIX}")) if path.name > self._path.name)
        return next(later, None)
