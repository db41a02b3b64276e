"""What time alone changes: alarms that are quiet again, floods that begin and end.

It follows the journal, whoever writes there, and keeps how far it has come with what it knows: what is live
is what a recomputation from the journal finds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from alarms.chatter import calmed
from alarms.flood import Desks, Load, Spell, Told, lately
from alarms.incidents import over_when_back
from alarms.journal import Stamp
from alarms.kpi import annunciates
from alarms.states import QUIET_NS, Cause
from alarms.transaction import event_of
from core.model.alarm import Alarm, AlarmDefinition, JournalEntry
from core.model.event import Event, EventKind
from core.model.flood import Flood, Position
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx

NAME = "alarms.upkeep"
LOOK_S, KEEP_S = 1.0, 5.0
WRITTEN_NS = 2_000_000_000
"""What is stamped now is in the journal within this time."""
AT_ONCE = 1_000
"""Entries of the journal."""
_SWINGS, _CALMS = frozenset({27, 28}), frozenset({29, 30})


class Upkeep:
    """positions: who answers for which zones."""

    def __init__(
        self,
        ledger: Ledger,
        definitions: Mapping[str, AlarmDefinition],
        positions: Sequence[Position],
        clock: Clock,
    ) -> None:
        self._ledger, self._clock = ledger, clock
        self._definitions = definitions
        self._desks = Desks(positions)
        self._loads = {position.id: Load() for position in positions}
        self._seq = self._kept_seq = 0
        self._kept_s = 0.0
        self._chatter: dict[str, int] = {}
        """When each is quiet, unless something comes before."""
        self._over: list[tuple[str, Spell]] = []

    async def start(self) -> None:
        """Before anything is written: without what was known before, it begins with the journal's end."""
        self._loads = {id: Load() for id in self._loads}
        self._over.clear()
        async with self._ledger.read() as tx:
            content = await tx.kept(NAME)
        if content is None:
            self._seq = await self._ledger.journal_end()
            async with self._ledger.begin() as tx:
                await self._keep(tx)
            return
        state = msgspec.msgpack.decode(content)
        self._seq = self._kept_seq = state["seq"]
        self._chatter = state["chatter"]
        for id, load in self._loads.items():
            if id in state["loads"]:
                load.resume(state["loads"][id])

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        """What has been written since, and what is due by now."""
        while entries := await self._written():
            for seq, entry in entries:
                self._take(entry)
                self._seq = seq
        now_ns = self._clock.now_ns()
        for id, load in self._loads.items():
            if over := load.reach(now_ns - WRITTEN_NS):
                self._over.append((id, over))
        await self._tell()
        if quiet := [id for id, until_ns in self._chatter.items() if until_ns <= now_ns]:
            await self._calm(quiet)

    async def _written(self) -> list[tuple[int, JournalEntry]]:
        async with self._ledger.read() as tx:
            return await tx.journal_from(self._seq, AT_ONCE)

    def _take(self, entry: JournalEntry) -> None:
        alarm, rows = entry.alarm, entry.rows
        if not _SWINGS.isdisjoint(rows):
            self._chatter[alarm] = entry.commit_ns + QUIET_NS
        elif not _CALMS.isdisjoint(rows):
            self._chatter.pop(alarm, None)
        if annunciates(entry):
            row = self._definitions.get(alarm)
            zone = row.zone if row else None
            position = self._desks.of(zone)
            if over := self._loads[position].take(Told(entry.commit_ns, zone, entry.incident)):
                self._over.append((position, over))

    async def _tell(self) -> None:
        """Floods that began, grew or ended; and every while how far this has come."""
        spells = [*self._over, *((id, load.spell) for id, load in self._loads.items() if load.spell)]
        unseen = [(id, spell) for id, spell in spells if spell.unseen]
        behind = self._seq > self._kept_seq and self._clock.monotonic() - self._kept_s >= KEEP_S
        if not (unseen or behind):
            return
        async with self._ledger.begin() as tx:
            for position, spell in unseen:
                spell.id = spell.id or await tx.next_id("FLD", spell.began_ns)
                flood = spell.flood(position)
                await tx.put(flood)
                await tx.emit(event_of_flood(flood, self._clock.now_ns()))
            await self._keep(tx)
        self._over.clear()
        for _, spell in unseen:
            spell.unseen = False

    async def _keep(self, tx: Tx) -> None:
        state: dict[str, Any] = {
            "seq": self._seq,
            "chatter": self._chatter,
            "loads": {id: load.state() for id, load in self._loads.items()},
        }
        await tx.keep(NAME, msgspec.msgpack.encode(state))
        self._kept_seq, self._kept_s = self._seq, self._clock.monotonic()

    async def _calm(self, alarms: Sequence[str]) -> None:
        async with self._ledger.begin() as tx:
            now_ns = self._clock.now_ns()
            for id in alarms:
                alarm, row = await tx.get(Alarm, id), self._definitions.get(id)
                if alarm is None or alarm.chatter is None:
                    continue
                cause = Cause(t_ns=now_ns)
                if row:
                    cause = Cause(t_ns=now_ns, latching=row.latching, ack_required=row.ack_required)
                calm = await calmed(tx, alarm, cause, Stamp(now_ns))
                await tx.emit(event_of(calm, row, now_ns))
                if calm.incident and not calm.active:
                    await over_when_back(tx, calm.incident, now_ns)
        for id in alarms:
            del self._chatter[id]


async def rates(tx: Tx, now_ns: int) -> dict[str, int]:
    """Each position's annunciations of the last ten minutes, up to the one that makes a flood; as kept,
    KEEP_S ago at most."""
    content = await tx.kept(NAME)
    loads = msgspec.msgpack.decode(content)["loads"] if content else {}
    return {id: lately(state, now_ns) for id, state in loads.items()}


def event_of_flood(flood: Flood, now_ns: int) -> Event:
    data = {
        "position": flood.position,
        "began_ns": flood.began_ns,
        "ended_ns": flood.ended_ns,
        "annunciated": flood.annunciated,
        "incidents": flood.incidents,
        "zones": [{"zone": zone, "n": n} for zone, n in flood.zones],
        "worst": [{"incident": incident, "n": n} for incident, n in flood.worst],
    }
    return Event(kind=EventKind.FLOOD, subject=flood.id, t_ns=now_ns, data=data)
