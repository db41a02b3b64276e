"""A transaction's work on a sheet of paper: what it needs of the ledger is read at once, and written at once.

In a flood thousands of alarms change in one transaction, and one incident with every one of them; a
statement for each would be what the hub does all day. Reads see what was written on the sheet.
"""

from collections.abc import Iterable
from typing import Any

from core.model.alarm import Alarm, JournalEntry
from core.model.event import Event, EventKind
from core.model.incident import Incident, IncidentState
from core.ports.ledger import Page, R, Record, Tx

AT_ONCE = 500
"""Alarms read by one statement."""
Told = set[tuple[str, str, int]]
"""Alarm, event and its time: of one spool row each is journalled once."""


class Sheet:
    """`core.ports.ledger.Writing` over a transaction, which is written by `done`. The alarms looked up are at
    hand, and the incidents that are open. Anything else is asked of the ledger itself, after what is on the
    sheet has been written there.

    told: what was journalled of these spool rows, in a life before or on a sheet before; gets what this one
    journals."""

    def __init__(self, tx: Tx, open: tuple[IncidentState, ...], told: Told | None = None) -> None:
        self._tx, self._open = tx, open
        self._records: dict[tuple[type, str], Any] = {}
        self._missing: set[str] = set()
        self._changed: dict[tuple[type, str], Record] = {}
        self._entries: list[JournalEntry] = []
        self._events: list[Event] = []
        self._told = set() if told is None else told
        self._incidents: dict[str, Incident] | None = None

    async def look_up(self, alarms: Iterable[str]) -> None:
        """alarms: that are going to be recorded."""
        ids = [id for id in dict.fromkeys(alarms) if (Alarm, id) not in self._records]
        for at in range(0, len(ids), AT_ONCE):
            lot = ids[at : at + AT_ONCE]
            found = {alarm.id: alarm for alarm in await self._tx.find(Alarm, id=tuple(lot))}
            self._records |= {(Alarm, id): alarm for id, alarm in found.items()}
            self._missing |= set(lot) - found.keys()

    async def get(self, kind: type[R], id: str) -> R | None:
        known: R | None = self._records.get((kind, id))
        if known is None and not (kind is Alarm and id in self._missing):
            known = await self._tx.get(kind, id)
            if known is not None:
                self._records[kind, id] = known
        return known

    async def find(self, kind: type[R], page: Page | None = None, /, **equal: object) -> list[R]:
        if kind is Incident and page is None and equal.keys() == {"state"}:
            wanted = equal["state"] if isinstance(equal["state"], tuple) else (equal["state"],)
            if set(wanted) <= set(self._open):
                return await self._open_incidents(wanted)  # type: ignore[return-value]
        if kind is Alarm and page is None and equal.keys() == {"id"} and isinstance(equal["id"], tuple):
            await self.look_up(id for id in equal["id"] if (Alarm, id) not in self._records)
            return [self._records[Alarm, id] for id in equal["id"] if (Alarm, id) in self._records]
        await self.done()
        return await self._tx.find(kind, page, **equal)

    async def _open_incidents(self, states: tuple[object, ...]) -> list[Incident]:
        if self._incidents is None:
            found = await self._tx.find(Incident, state=self._open)
            for one in found:
                self._records.setdefault((Incident, one.id), one)
            self._incidents = {one.id: self._records[Incident, one.id] for one in found}
        return [incident for incident in self._incidents.values() if incident.state in states]

    async def put(self, record: Record) -> None:
        self._records[type(record), record.id] = record
        if isinstance(record, Incident) and self._incidents is not None:
            self._incidents[record.id] = record
        self._changed[type(record), record.id] = record

    async def journalled(self, alarm: str, spool_seq: int | None, event: str, event_ns: int) -> bool:
        return spool_seq is not None and (alarm, event, event_ns) in self._told

    async def journal(self, entry: JournalEntry) -> bool:
        key = (entry.alarm, entry.event, entry.event_ns)
        if entry.spool_seq is not None:
            if key in self._told:
                return False
            self._told.add(key)
        self._entries.append(entry)
        return True

    async def emit(self, event: Event) -> int:
        """Its id is not known yet: 0."""
        self._events.append(event)
        return 0

    async def next_id(self, prefix: str, t_ns: int) -> str:
        return await self._tx.next_id(prefix, t_ns)

    async def done(self) -> None:
        """Writes what is on the sheet. An incident that changed often is told once, as it is now."""
        by_kind: dict[type, list[Record]] = {}
        for (kind, _), record in self._changed.items():
            by_kind.setdefault(kind, []).append(record)
        for records in by_kind.values():
            await self._tx.put_many(records)
        if self._entries:
            await self._tx.journal_many(self._entries)
        last = {event.subject: event for event in self._events if event.kind is EventKind.INCIDENT}
        events = [e for e in self._events if e.kind is not EventKind.INCIDENT or last[e.subject] is e]
        if events:
            await self._tx.emit_many(events)
        self._changed, self._entries, self._events = {}, [], []
