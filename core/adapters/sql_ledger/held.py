"""A command's transaction, open until what the command is answered stands in it too."""

import asyncio
from collections.abc import Awaitable, Callable

from core.adapters.sql_ledger.tx import SqlTx
from core.model.command import Command
from core.ports.ledger import DoneBefore

HELD_S = 0.25
"""No longer do other writers wait for an answer: the command then stands without it."""


class Held:
    """command: as it stands where the answer is not known. end: commits (True) or rolls back a transaction,
    and lets the next writer in."""

    def __init__(self, command: Command, end: Callable[[SqlTx, bool], Awaitable[None]]) -> None:
        self._command, self._end = command, end
        self._open: SqlTx | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        self._stands = False

    def hold(self, tx: SqlTx) -> None:
        self._open = tx
        self._timer = asyncio.get_running_loop().call_later(HELD_S, self._let_go, self._command)

    async def settle(self) -> None:
        """What is held stands, with the command. Raises DoneBefore, LedgerUnavailable."""
        self._let_go(self._command)
        await self._settled()

    async def told(self, command: Command) -> bool:
        """What is held stands with `command`; False when nothing was."""
        held = self._open is not None
        self._let_go(command)
        await self._settled()
        return held

    async def refused(self, stands: bool) -> None:
        """What is held stands without the command, or not at all."""
        self._let_go(None, stands)
        await self._settled()

    def _let_go(self, command: Command | None, stands: bool = True) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._open is not None:
            tx, self._open = self._open, None
            ended = self._ended(tx, command, stands)
            self._ending = asyncio.create_task(ended, name="end of a command")

    async def _settled(self) -> None:
        if self._ending is not None:
            await asyncio.shield(self._ending)

    async def _ended(self, tx: SqlTx, command: Command | None, stands: bool) -> None:
        try:
            if command is not None:
                await self._put(tx, command)
        except BaseException:
            await self._end(tx, False)
            raise
        await self._end(tx, stands)
        self._stands = self._stands or command is not None

    async def _put(self, tx: SqlTx, command: Command) -> None:
        """Raises DoneBefore when it stands already, and not from here."""
        if self._stands:
            await tx.put(command)
        elif not await tx.insert(command):
            raise DoneBefore(command.id)
