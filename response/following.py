"""Follows the ledger's events of some kinds: what is made of them and how far they were read stand in one
transaction, so that a restart repeats nothing and loses nothing."""

from collections.abc import Awaitable, Callable, Sequence

from core.model.event import Event, EventKind
from core.ports.ledger import Ledger, Tx

IDLE_EVENTS = 200
"""Events of other kinds passed over before the cursor is written for their sake alone."""


class Follower:
    """handle: given the ids of what changed, each once. after: called when that has been committed."""

    def __init__(
        self,
        ledger: Ledger,
        cursor: str,
        kinds: frozenset[EventKind],
        handle: Callable[[Tx, Sequence[str]], Awaitable[None]],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger, self._cursor, self._kinds = ledger, cursor, kinds
        self._handle, self._after = handle, after
        self.seen_until = 0
        """The last event looked at."""

    async def run(self) -> None:
        """Until cancelled."""
        async with self._ledger.read() as tx:
            done = await tx.cursor(self._cursor)
        async for events in self._ledger.follow(done):
            if any(event.kind in self._kinds for event in events) or events[-1].id - done > IDLE_EVENTS:
                await self.seen(events)
                done = events[-1].id
            self.seen_until = events[-1].id

    async def seen(self, events: Sequence[Event]) -> None:
        subjects = list(dict.fromkeys(event.subject for event in events if event.kind in self._kinds))
        async with self._ledger.begin() as tx:
            await self._handle(tx, subjects)
            await tx.set_cursor(self._cursor, events[-1].id)
        self._after()
