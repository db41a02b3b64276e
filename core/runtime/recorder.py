"""The recorder: everything in the spool goes to the historian, and is counted once however often tried."""

from collections.abc import Sequence

from core.model.conservation import Tally
from core.ports.historian import Historian
from core.ports.spool import RECORDER, Spool, SpoolRow
from core.runtime.archiving import Archiving, booked


class Recorder:
    """Write, then advance. A write and its counts are in doubt only between the two: the historian keeps
    the last write's mark, so that a recorder that died there advances past it in place of writing again.
    A historian that keeps no mark takes the samples twice (they are idempotent) and counts them once, as
    duplicates. The counts are in the spool's facts. archiving: what may be left out; None for nothing.
    """

    def __init__(self, spool: Spool, historian: Historian, archiving: Archiving | None = None) -> None:
        self._spool, self._historian, self._archiving = spool, historian, archiving

    async def run(self) -> None:
        """Until cancelled. Raises HistorianUnavailable with nothing lost: run it again."""
        spool = (await self._spool.facts()).spool
        after = await self._resume(spool)
        async for rows in self._spool.follow(after):
            upto = rows[-1].seq
            batches = [row.batch for row in rows]
            kept = self._archiving.take(batches) if self._archiving else batches
            tally = await self._historian.write(kept, mark=f"{spool} {after} {upto}")
            await self._done(rows, tally, upto)
            after = upto

    async def _done(self, rows: Sequence[SpoolRow], tally: Tally, upto: int) -> None:
        if self._archiving:
            self._archiving.keep(upto)
            tally = booked([row.batch for row in rows], tally)
        await self._spool.advance(RECORDER, upto, tally)

    async def _resume(self, spool: str) -> int:
        """The last seq that is written and counted."""
        after = await self._spool.cursor(RECORDER)
        written = await self._historian.written()
        if written is None or not written.mark.startswith(f"{spool} {after} "):
            if self._archiving:
                self._archiving.begin(after)
            return after
        upto = int(written.mark.rsplit(" ", 1)[1])
        rows = await self._spool.read(after, upto - after) if self._archiving else []
        if self._archiving and self._archiving.begin(after, upto) == after:
            self._archiving.take([row.batch for row in rows])
        await self._done(rows, written.tally, upto)
        return upto
