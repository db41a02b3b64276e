"""Keeps the hub on the approved alarms: takes a new version over when it is approved, and compares what runs
and what the files say with it at the start, after each version, and every 24 hours (A-14)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from alarms import master
from alarms.definitions import Definitions
from alarms.difference import Table
from alarms.drift import Compared, Difference, compare
from core.model.condition import Severity
from core.model.event import Event, EventKind
from core.model.master import MasterDrift, MasterEdit
from core.model.plant import Plant
from core.model.proposal import ProposalKind, ProposalState
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.health import Health
from core.runtime.health_words import MASTER_UNFIT, UNAUTHORISED
from core.runtime.logs import log

EVERY_S = 86_400.0
TOLD = 1_000
"""Differences kept one by one; of more the alarm says how many."""
NAMED = 10
CONDITION, UNFIT = "unauthorised_change", "master_unfit"


class MasterWatch:
    """read_files: the files' rows, or None when they cannot be read; blocking. running, version: what the hub
    runs, and of which version it is. apply: takes other definitions over."""

    def __init__(
        self,
        ledger: Ledger,
        health: Health,
        clock: Clock,
        plant: Plant,
        running: Definitions,
        version: int,
        read_files: Callable[[], Table | None],
        apply: Callable[[Definitions], None],
    ) -> None:
        self._ledger, self._health, self._clock, self._plant = ledger, health, clock, plant
        self.running, self._version = running, version
        self._read_files, self._apply = read_files, apply
        self._turn = asyncio.Lock()
        self.behind: list[str] = []
        """Rows whose file says what was approved before."""

    async def run(self) -> None:
        """Until cancelled. Raises what the ledger raises."""
        after = await self._ledger.last_event()
        await self._renew()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow(after))
            group.create_task(self._every_day())

    async def files(self) -> Table | None:
        return await asyncio.to_thread(self._read_files)

    async def compare(self) -> Compared:
        """Now. What differs is in the ledger and on the health board, and so an alarm, until it is mended."""
        async with self._turn:
            async with self._ledger.read() as tx:
                rows, edits = await master.approved(tx), await tx.find(MasterEdit)
            files = await self.files()
            done = [edit for edit in edits if edit.version is not None]
            found = await asyncio.to_thread(compare, rows, done, self.running, files)
            self.behind = found.behind
            await self._record(found.differences)
            self._tell(found.differences)
            return found

    async def _follow(self, after: int) -> None:
        async for events in self._ledger.follow(after):
            for event in events:
                kind, state = event.data.get("kind"), event.data.get("state")
                if (event.kind, kind, state) == (
                    EventKind.PROPOSAL,
                    ProposalKind.MASTER_CHANGE.value,
                    ProposalState.APPROVED.value,
                ):
                    await self._renew()
                    break

    async def _every_day(self) -> None:
        while True:
            await self._clock.sleep(EVERY_S)
            await self.compare()

    async def _renew(self) -> None:
        """Onto the newest version, and compared."""
        async with self._ledger.read() as tx:
            newest = await master.latest(tx)
            rows = await master.approved(tx) if newest != self._version else {}
        if newest != self._version:
            definitions, wrong = master.definitions_of(rows, self._plant)
            self.running, self._version = definitions, newest
            self.unfit([str(one) for one in wrong])
            self._apply(definitions)
            log.info("alarms as approved", version=newest, alarms=len(definitions))
        await self.compare()

    def unfit(self, rows: list[str]) -> None:
        """Tells which approved rows do not fit the plant's tags and zones, and so are not running."""
        if rows:
            self._health.set(UNFIT, Severity.ALARM, *MASTER_UNFIT, "; ".join(rows[:NAMED]))
        else:
            self._health.clear(UNFIT)

    async def _record(self, differences: list[Difference]) -> None:
        now_ns = self._clock.now_ns()
        async with self._ledger.begin() as tx:
            standing = {
                (one.where, one.row, one.field, one.approved, one.found): one
                for one in await tx.find(MasterDrift, standing=True)
            }
            found = differences[:TOLD]
            known = set(found)
            for key, one in standing.items():
                if key not in known:
                    await tx.put(replace(one, until_ns=now_ns))
                    await _emit(tx, one, "mended", now_ns)
            for new in found:
                if new not in standing:
                    made = MasterDrift(id=await tx.next_id("DRF", now_ns), since_ns=now_ns, **new._asdict())
                    await tx.put(made)
                    await _emit(tx, made, "found", now_ns)

    def _tell(self, differences: list[Difference]) -> None:
        if not differences:
            self._health.clear(CONDITION)
            return
        named = [f"{d.where}: {d.row}.{d.field}: {d.approved!r} -> {d.found!r}" for d in differences[:NAMED]]
        more = f" + {len(differences) - NAMED}" if len(differences) > NAMED else ""
        self._health.set(CONDITION, Severity.ALARM, *UNAUTHORISED, "; ".join(named) + more)


async def _emit(tx: Tx, drift: MasterDrift, state: str, now_ns: int) -> None:
    data = {"state": state, "row": drift.row, "field": drift.field, "where": drift.where}
    await tx.emit(Event(kind=EventKind.MASTER, subject=drift.id, t_ns=now_ns, data=data))
