"""What falls due, from rows of the ledger: whoever takes a row holds it by a lease, so that a process that
dies with it, or a second one, neither loses nor doubles it.

Due times are plant time. A lease lasts a few real seconds and is renewed while the work goes on; after
`kill -9` another life takes the row when the lease has run out, with a higher epoch.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial

from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx

LOOK_S = 0.25
LEASE_S = 8.0
AT_ONCE = 16
"""Rows worked on at the same time; the rest wait, due."""


class LeaseLost(Exception):
    """Another has taken the row since."""


async def held(tx: Tx, timer: Timer) -> Timer:
    """The row as it is now. Raises LeaseLost unless it is still this taking of it."""
    now = await tx.get(Timer, timer.id)
    if now is None or (now.owner, now.epoch) != (timer.owner, timer.epoch):
        raise LeaseLost(timer.id)
    return now


class Timetable:
    """work: by a timer's kind. The work ends by deleting the row or putting it anew, in its own transaction
    after `held`; a row left as it was is due again when its lease has run out. beat: called at every look, so
    that somebody can see that there is one."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        work: Mapping[str, Callable[[Timer], Awaitable[None]]],
        lease_s: float = LEASE_S,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger, self._clock, self._work, self._lease_s = ledger, clock, work, lease_s
        self._beat = beat
        self.owner = secrets.token_hex(8)
        self._wake = asyncio.Event()
        self._at: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Something may be due now."""
        self._wake.set()

    def let_go(self, id: str) -> bool:
        """Ends the work on a row; whether it was going on here."""
        task = self._at.get(id)
        return task is not None and task.cancel()

    async def run(self) -> None:
        """Until cancelled. Raises what the ledger raises; what was due is due after a restart."""
        self._at.clear()
        async with asyncio.TaskGroup() as group:
            while True:
                taken = await self._taken()
                self._beat()
                for timer in taken:
                    task = group.create_task(self._do(timer), name=f"timer {timer.id}")
                    self._at[timer.id] = task
                    task.add_done_callback(partial(self._gone, timer.id))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._wake.wait()
                self._wake.clear()

    def _gone(self, id: str, _: object) -> None:
        self._at.pop(id, None)
        self._wake.set()

    async def _taken(self) -> list[Timer]:
        """Rows that are due and nobody's, now this one's."""
        room = AT_ONCE - len(self._at)
        if room <= 0:
            return []
        async with self._ledger.read() as tx:
            if not await self._free(tx, self._clock.now_ns()):
                return []
        async with self._ledger.begin() as tx:
            now_ns = self._clock.now_ns()
            taken = [
                replace(timer, owner=self.owner, until_ns=self._until(now_ns), epoch=timer.epoch + 1)
                for timer in (await self._free(tx, now_ns))[:room]
            ]
            await tx.put_many(taken)
        return taken

    async def _free(self, tx: Tx, now_ns: int) -> list[Timer]:
        """Due, and nobody at it."""
        due = await tx.timers_due(tuple(self._work), now_ns, AT_ONCE * 4)
        return [timer for timer in due if timer.id not in self._at and timer.until_ns <= now_ns]

    def _until(self, now_ns: int) -> int:
        return now_ns + round(self._lease_s * 1e9 * max(1.0, self._clock.anchor.speed))

    async def _do(self, timer: Timer) -> None:
        renewing = asyncio.create_task(self._renew(timer))
        try:
            await self._work[timer.kind](timer)
        except LeaseLost:
            pass
        finally:
            renewing.cancel()
            await asyncio.wait([renewing])

    async def _renew(self, timer: Timer) -> None:
        """A renewal that fails ends the lease in time, as it should."""
        while True:
            await self._clock.sleep(self._lease_s / 3)
            with contextlib.suppress(LeaseLost, OSError):
                async with self._ledger.begin() as tx:
                    await tx.put(replace(await held(tx, timer), until_ns=self._until(self._clock.now_ns())))
