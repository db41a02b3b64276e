"""Calls of which the exchange told a beginning and no end: they do not ring for ever (HL-01)."""

from dataclasses import replace

from core.model.phone_call import PhoneCall, Stage
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Page, Tx
from core.runtime.logs import log
from response.hotline.telephony import NO_END_HEARD, Lasts, event_of

LOOK_S = 10.0
DAY_NS = 86_400 * 1_000_000_000
LOOKED_AT = 500


class UnendedCalls:
    """Looks every few seconds; ends what has lasted longer than calls do, with its reason."""

    def __init__(self, ledger: Ledger, clock: Clock, lasts: Lasts) -> None:
        self._ledger, self._clock, self._lasts = ledger, clock, lasts

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        now_ns = self._clock.now_ns()
        async with self._ledger.read() as tx:
            old = await self._old(tx, now_ns)
        if not old:
            return
        async with self._ledger.begin() as tx:
            for call in await self._old(tx, now_ns):
                ended = replace(
                    call, stage=Stage.ENDED, ended_ns=now_ns, cause=NO_END_HEARD, seq=call.seq + 1
                )
                await tx.put(ended)
                await tx.emit(event_of(ended, now_ns))
        log.warning("calls ended of which the exchange told no end", calls=len(old))

    async def _old(self, tx: Tx, now_ns: int) -> list[PhoneCall]:
        standing = await tx.find(PhoneCall, Page(limit=LOOKED_AT), stage=(Stage.RINGING, Stage.ANSWERED))
        return [call for call in standing if now_ns - call.began_ns >= self._lasts.of(call.stage)]


async def unended(tx: Tx, now_ns: int) -> int:
    """How many of the newest calls of the last day ended so."""
    newest = await tx.find(PhoneCall, Page(limit=LOOKED_AT), stage=Stage.ENDED)
    return sum(call.cause == NO_END_HEARD and now_ns - call.began_ns < DAY_NS for call in newest)
