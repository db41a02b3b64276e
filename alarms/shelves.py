"""Ends each shelf at its moment; at the start those that were over while nothing ran."""

from alarms import acts
from core.ports.clock import Clock
from core.ports.ledger import Ledger

LOOK_S = 0.5
"""A shelf that people have set meanwhile is known after this time: none is shorter by much."""


class Shelves:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    async def run(self) -> None:
        """Until cancelled. Raises what the ledger raises."""
        while True:
            next_ns = await self.look()
            left_s = LOOK_S
            if next_ns is not None:
                left_s = (next_ns - self._clock.now_ns()) / 1e9 / self._clock.anchor.speed
            await self._clock.sleep(min(LOOK_S, max(0.0, left_s)))

    async def look(self) -> int | None:
        """When the next one is over, plant time; None when nothing is on the shelf."""
        async with self._ledger.read() as tx:
            ends = [alarm.shelf.until_ns for alarm in await tx.shelved() if alarm.shelf]
        if ends and min(ends) <= self._clock.now_ns():
            async with self._ledger.begin() as tx:
                now_ns = self._clock.now_ns()
                await acts.expire_shelves(tx, now_ns)
            ends = [end for end in ends if end > now_ns]
        return min(ends, default=None)
