"""What is read of the spool. What a reader has yet to pass is counted from the rows themselves, not from what
became of the others, so that the equation of conservation can be wrong when somebody is."""

from core.adapters.segment_spool.log import Log
from core.adapters.segment_spool.segment import Segment
from core.adapters.segment_spool.state import Change, Cursor, Samples, State
from core.model.conservation import Fate
from core.ports.spool import CursorFacts, SpoolFacts
from core.runtime.conservation import unaccounted

READ_BYTES = 32 * 2**20
"""One read ends after this many bytes however many rows were asked for."""


def facts_of(log: Log) -> SpoolFacts:
    """Any thread; reads the index of a file when a cursor stands in one that was not read yet."""
    while True:
        state, files = log.snapshot()
        log.measure()
        try:
            readers = {name: _reader(log, state, files, cursor) for name, cursor in state.cursors.items()}
        except FileNotFoundError:
            continue
        received = dict(state.rows)
        for source, row in state.door.items():
            received[source] = received.get(source, 0) + sum(row.values())
        size = sum(file.size or file.path.stat().st_size for file in files if file.path.exists())
        return SpoolFacts(
            state.spool,
            state.last_seq,
            size,
            received,
            state.door,
            readers,
            log.fill,
            log.shelf.corrupt_files(),
        )


def balancing(log: Log) -> list[Change]:
    """After damage: what is in no count any more was lost by it."""
    facts = facts_of(log)
    changes: list[Change] = []
    for name, reader in facts.readers.items():
        lost = unaccounted(facts, name)
        tally = {
            source: {Fate.CORRUPT.value: n}
            for source, n in lost.items()
            if n + reader.tally.get(source, {}).get(Fate.CORRUPT, 0) >= 0
        }
        if tally:
            changes.append(["pass", name, 0, 0, tally])
    return changes


def _reader(log: Log, state: State, files: list[Segment], cursor: Cursor) -> CursorFacts:
    spooled: Samples = {}
    for after, upto in cursor.passed.holes(state.last_seq):
        high = state.rows if upto >= state.last_seq else _upto(log, files, upto)
        low = _upto(log, files, after)
        for source, n in high.items():
            if more := n - low.get(source, 0):
                spooled[source] = spooled.get(source, 0) + more
    for seq, samples in state.bad.items():
        if not cursor.passed.has(seq):
            for source, n in samples.items():
                spooled[source] = spooled.get(source, 0) - n
    waiting = {source: n for source, n in spooled.items() if n}
    return CursorFacts(cursor.passed.base, waiting, cursor.tally, cursor.missed)


def _upto(log: Log, files: list[Segment], seq: int) -> Samples:
    """Samples that became rows up to `seq`, by source."""
    file = next((file for file in reversed(files) if file.first <= seq), None)
    if file is None:
        log.shelf.peek(files[0])
        return files[0].rows_before
    log.shelf.learn(file)
    return file.samples_upto(seq)


def bodies(log: Log, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Rows of the file that holds the next one, as they lie there."""
    while True:
        state, files = log.snapshot()
        lasts = [*(file.first - 1 for file in files[1:]), state.last_seq]
        file = next((file for file, last in zip(files, lasts, strict=True) if last > after), None)
        if file is None:
            return []
        try:
            log.shelf.learn(file)
            return file.read(after, min(limit, state.last_seq - max(after, file.first - 1)), READ_BYTES)
        except FileNotFoundError:
            continue
