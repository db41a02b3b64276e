"""The storage branch's compression with its books, and its state across restarts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from core.model.archive import ArchiveRule
from core.model.conservation import Fate, Tally, add, summed
from core.model.sample import Batch
from core.runtime.compressor import Compressor
from core.runtime.logs import log


class Archiving:
    """Between spool and historian. `file` holds the compressor's state and the spool sequence it stands
    at; it is written after each write to the historian and before the cursor moves, without fsync: a lost
    or older one (None: none is kept) only means that tags begin anew, which stores more, never less."""

    def __init__(self, rules: Mapping[str, ArchiveRule], file: Path | None) -> None:
        self._rules, self._file = dict(rules), file
        self._compressor = Compressor(rules)

    def lane(self) -> "Archiving":
        """Another that begins anew and keeps nothing, for rows out of this one's order."""
        return Archiving(self._rules, None)

    def begin(self, *seqs: int) -> int:
        """The state as it was when everything up to one of `seqs` had been taken, and which; afresh, as if
        at the first of them, when it is of none."""
        self._compressor = Compressor(self._rules)
        if self._file is None:
            return seqs[0]
        try:
            at, state = msgspec.msgpack.decode(self._file.read_bytes(), type=tuple[int, bytes])
            if at in seqs:
                self._compressor.restore(state)
                return at
        except FileNotFoundError:
            pass
        except (msgspec.MsgspecError, ValueError, OSError) as error:
            log.warning("the archive's state cannot be read: tags begin anew", error=str(error))
        return seqs[0]

    def take(self, batches: Sequence[Batch]) -> list[Batch]:
        """What of them is to be stored."""
        kept = (self._compressor.compress(batch) for batch in batches)
        return [batch for batch in kept if len(batch)]

    def keep(self, seq: int) -> None:
        if self._file is None:
            return
        fresh = self._file.with_suffix(".new")
        fresh.write_bytes(msgspec.msgpack.encode((seq, self._compressor.snapshot())))
        fresh.replace(self._file)


def booked(batches: Sequence[Batch], tally: Tally) -> Tally:
    """The historian's tally and what was left out of these batches. A sample left out earlier and stored
    now, as the last before a change, stays in the books as compressed: no count ever goes down."""
    missing: Tally = {}
    received: dict[str, int] = {}
    for batch in batches:
        for source, samples in batch.by_source().items():
            received[source] = received.get(source, 0) + samples
    for source, samples in received.items():
        left_out = samples - sum(tally.get(source, {}).values())
        add(missing, source, Fate.COMPRESSED if left_out > 0 else Fate.STORED, left_out)
    return summed([tally, missing])
