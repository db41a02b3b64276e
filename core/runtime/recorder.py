"""The recorder: everything in the spool goes to the historian, and is counted once however often tried."""

from core.ports.historian import Historian
from core.ports.spool import RECORDER, Spool


class Recorder:
    """Write, then advance. A write and its counts are in doubt only between the two: the historian keeps
    the last write's mark, so that a recorder that died there advances past it in place of writing again.
    A historian that keeps no mark takes the samples twice (they are idempotent) and counts them once, as
    duplicates. The counts are in the spool's facts.
    """

    def __init__(self, spool: Spool, historian: Historian) -> None:
        self._spool, self._historian = spool, historian

    async def run(self) -> None:
        """Until cancelled. Raises HistorianUnavailable with nothing lost: run it again."""
        spool = (await self._spool.facts()).spool
        after = await self._resume(spool)
        async for rows in self._spool.follow(after):
            upto = rows[-1].seq
            mark = f"{spool} {after} {upto}"
            tally = await self._historian.write([row.batch for row in rows], mark=mark)
            await self._spool.advance(RECORDER, upto, tally)
            after = upto

    async def _resume(self, spool: str) -> int:
        """The last seq that is written and counted."""
        after = await self._spool.cursor(RECORDER)
        written = await self._historian.written()
        if written is None or not written.mark.startswith(f"{spool} {after} "):
            return after
        upto = int(written.mark.rsplit(" ", 1)[1])
        await self._spool.advance(RECORDER, upto, written.tally)
        return upto
