"""The recorder: everything in the spool goes to one historian, and is counted once however often tried.

Two lanes. What is new goes first; what an outage left behind follows at a bounded pace, so that nobody's
"now" waits for it. The cursor is then a place and stretches ahead of it (ADR 5).
"""

import asyncio
import random
from collections.abc import Iterator, Sequence

from core.model.condition import Severity
from core.model.passed import Stretch
from core.ports.clock import Clock
from core.ports.historian import Historian, HistorianUnavailable, Hold
from core.ports.spool import RECORDER, Spool, SpoolRow
from core.runtime import health_words
from core.runtime.archiving import Archiving, booked
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.pace import TIMES_LIVE, Pace

IN_ORDER = 50_000
"""Samples behind up to which there is no backlog: they are written in their order."""
PIECE = 10_000
"""Samples of backlog in one write, that live ones may have to wait for."""
GATHER_S, BUSY_S, ROWS = 0.2, 0.5, 2_000
"""Between two live writes, and after one of more than a `PIECE`; the rows of one: they are durable already,
and many small writes cost most."""
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
_PASSING = {Hold.AWAY, Hold.BUSY}


class Recorder:
    """Write, then advance, one at a time in both lanes. A write and its counts are in doubt only between the
    two: the historian keeps the last write's mark, so that a recorder that died there advances past it in
    place of writing again. A historian that keeps no mark takes the samples twice (they are idempotent) and
    counts them once, as duplicates. The counts are in the spool's facts.

    cursor: its own for each historian, so that none waits for another. archiving: what may be left out; None
    for nothing. store: the historian's name on the health board.
    """

    def __init__(
        self,
        spool: Spool,
        historian: Historian,
        archiving: Archiving | None = None,
        *,
        cursor: str = RECORDER,
        health: Health | None = None,
        store: str = "historian",
        clock: Clock | None = None,
        times_live: float = TIMES_LIVE,
    ) -> None:
        self._spool, self._historian, self._archiving = spool, historian, archiving
        self._cursor, self._health, self._condition = cursor, health or Health(), f"store:{store}"
        self._clock: Clock = clock or AnchoredClock()
        self._times_live = times_live
        self._turn = asyncio.Lock()
        self._wait_s = FIRST_WAIT_S
        self._name = ""

    async def run(self) -> None:
        """Until cancelled. While the historian takes nothing it is tried for ever, with back-off."""
        self._name = (await self._spool.facts()).spool
        while True:
            try:
                await self._resume()
                await self._lanes()
            except* HistorianUnavailable as group:
                error = group.exceptions[0]
                while isinstance(error, ExceptionGroup):
                    error = error.exceptions[0]
                await self._hold(error)

    async def _hold(self, error: BaseException) -> None:
        assert isinstance(error, HistorianUnavailable)
        severity = Severity.WARNING if error.cause in _PASSING else Severity.ALARM
        self._health.set(self._condition, severity, *health_words.STORE[error.cause], detail=str(error))
        wait_s = max(error.retry_s, self._wait_s * random.uniform(0.8, 1.2))
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
        await self._clock.sleep(wait_s)

    async def _lanes(self) -> None:
        facts = await self._spool.facts()
        holes = await self._spool.holes(self._cursor)
        last = max(facts.last_seq, *(upto for _, upto in holes), 0)
        pace = Pace(self._clock.monotonic, self._times_live)
        first = holes[0][0] if holes else last
        if facts.behind[self._cursor] <= IN_ORDER and holes in ([], [(first, last)]):
            await self._live(first, pace)
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._live(last, pace))
            group.create_task(self._backlog(holes, pace))

    async def _live(self, after: int, pace: Pace) -> None:
        if self._archiving:
            self._archiving.begin(after)
        async for rows in self._spool.follow(after, ROWS):
            await self._store(rows, after, rows[-1].seq, self._archiving)
            samples = sum(len(row.batch) for row in rows)
            pace.lived(samples)
            after = rows[-1].seq
            await self._clock.sleep(BUSY_S if samples > PIECE else GATHER_S)

    async def _backlog(self, holes: Sequence[Stretch], pace: Pace) -> None:
        archiving = self._archiving.lane() if self._archiving else None
        for after, last in holes:
            while after < last:
                rows = [row for row in await self._spool.read(after) if row.seq <= last]
                if not rows:
                    await self._spool.advance(self._cursor, last, after=after)
                    break
                for piece in _pieces(rows):
                    samples = sum(len(row.batch) for row in piece)
                    await self._clock.sleep(pace.wait_s(samples))
                    await self._store(piece, after, piece[-1].seq, archiving)
                    after = piece[-1].seq

    async def _store(
        self, rows: Sequence[SpoolRow], after: int, upto: int, archiving: Archiving | None
    ) -> None:
        """Finished even when its lane is cancelled: what the historian has must not be offered as new."""
        await asyncio.shield(asyncio.ensure_future(self._stored(rows, after, upto, archiving)))

    async def _stored(
        self, rows: Sequence[SpoolRow], after: int, upto: int, archiving: Archiving | None
    ) -> None:
        batches = [row.batch for row in rows]
        async with self._turn:
            kept = archiving.take(batches) if archiving else batches
            tally = await self._historian.write(kept, mark=f"{self._name} {after} {upto}")
            if archiving:
                archiving.keep(upto)
                tally = booked(batches, tally)
            await self._spool.advance(self._cursor, upto, tally, after=after)
        self._wait_s = FIRST_WAIT_S
        self._health.clear(self._condition)

    async def _resume(self) -> None:
        """Counts a last write that is in the historian and not in the books."""
        async with self._turn:
            pass
        holes = await self._spool.holes(self._cursor)
        written = await self._historian.written()
        if written is None:
            return
        name, after, upto = _read(written.mark)
        if name != self._name or not any(low <= after and upto <= high for low, high in holes):
            return
        tally = written.tally
        if self._archiving:
            rows = [row for row in await self._spool.read(after, upto - after) if row.seq <= upto]
            batches = [row.batch for row in rows]
            if self._archiving.begin(after, upto) == after:
                self._archiving.take(batches)
            self._archiving.keep(upto)
            tally = booked(batches, tally)
        await self._spool.advance(self._cursor, upto, tally, after=after)


def _pieces(rows: Sequence[SpoolRow]) -> Iterator[list[SpoolRow]]:
    """At least one row each, together at most PIECE samples where rows are smaller than that."""
    piece: list[SpoolRow] = []
    size = 0
    for row in rows:
        if piece and size + len(row.batch) > PIECE:
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += len(row.batch)
    yield piece


def _read(mark: str) -> tuple[str, int, int]:
    name, after, upto = mark.split(" ")
    return name, int(after), int(upto)
