"""The ledger: everything people decide about, in transactions.

A record is a frozen dataclass of `core.model` with a string `id`. The adapter keeps a table for each
kind with the columns worth asking by, and its unique keys (`WorkOrder`: incident + kind; `Notice`:
incident + kind; `Affected`: notice + account).
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from core.model.alarm import Alarm, JournalEntry
from core.model.audit import Acting, Anchor, AuditRow
from core.model.command import Command
from core.model.event import Event
from core.model.timer import Timer


class Record(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=Record)
FOR_EVER_NS = 2**63 - 1
"""A time after every other."""


@dataclass(frozen=True, slots=True)
class Page:
    """after: the `id` to go on from, as the last page's `next` said. Newest first: ids of incidents, work
    orders and notices sort by age."""

    limit: int = 100
    after: str | None = None


async def pages(tx: "Tx", kind: type[R], at_once: int) -> AsyncIterator[list[R]]:
    """All of a kind, so many at once, the newest first."""
    after: str | None = None
    while found := await tx.find(kind, Page(at_once, after)):
        yield found
        if len(found) < at_once:
            return
        after = found[-1].id


class Writing(Protocol):
    """What a change of alarms and incidents needs of a transaction. Reads see its own writes."""

    async def get(self, kind: type[R], id: str) -> R | None: ...

    async def find(self, kind: type[R], page: Page | None = None, /, **equal: object) -> list[R]:
        """Records whose columns equal (or, given a tuple, are among) `equal`. Without a page: all, by id."""
        ...

    async def put(self, record: Record) -> None:
        """Insert, or replace the whole record of that id."""
        ...

    async def next_id(self, prefix: str, t_ns: int) -> str:
        """`INC-20261122-00007`: by Shanghai date, counted without reuse; sorts by age."""
        ...

    async def journal(self, entry: JournalEntry) -> bool:
        """Append to the hash chain. False when (alarm, spool_seq, event, event_ns) stands already."""
        ...

    async def journalled(self, alarm: str, spool_seq: int | None, event: str, event_ns: int) -> bool:
        """Whether that entry stands already; never of one without a spool row."""
        ...

    async def emit(self, event: Event) -> int:
        """Write the outbox row; its id. Consumers see it once the transaction has committed."""
        ...


class Tx(Writing, Protocol):
    """One transaction: all of it stands, or none."""

    async def put_many(self, records: Iterable[Record]) -> None:
        """Many of one kind, fast."""
        ...

    async def insert(self, record: Record) -> bool:
        """False, and nothing changed, when its id or a unique key stands already: this is how
        "exactly one per incident" is kept."""
        ...

    async def delete(self, kind: type[Record], id: str) -> None: ...

    async def shelved(self) -> list[Alarm]:
        """Alarms on the shelf, whatever else withholds them."""
        ...

    async def timers_due(self, kinds: Sequence[str], t_ns: int, limit: int = 100) -> list[Timer]:
        """Of these kinds, due at or before this time, the longest due first."""
        ...

    async def due(self, kind: type[R], t_ns: int, limit: int, /, **equal: object) -> list[R]:
        """Those whose `due_ns` has come by this time, the longest due first; `equal` as in `find`."""
        ...

    async def within(
        self, kind: type[R], column: str, start: int, end: int, limit: int | None = None, /, **equal: object
    ) -> list[R]:
        """Those whose `column` (a time, ns) lies from start up to end (not included), by it; `equal` as in
        `find`. limit: so many, the latest; None for all."""
        ...

    async def count(
        self, kind: type[Record], by: Sequence[str], /, **equal: object
    ) -> dict[tuple[str, ...], int]:
        """How many there are, by the text of these columns ("" for none); `equal` as in `find`."""
        ...

    async def journalled_after(self, spool_seq: int) -> set[tuple[str, str, int]]:
        """The entries (alarm, event, event_ns) that stand of later spool rows."""
        ...

    async def journal_from(self, seq: int, limit: int) -> list[tuple[int, JournalEntry]]:
        """Numbered entries after the one of that number, in their order."""
        ...

    async def since_restart(self, alarms: Sequence[str]) -> dict[str, list[JournalEntry]]:
        """Of each of these alarms the entries from its last RESTART on, oldest first; all without one."""
        ...

    async def standing(self) -> list[str]:
        """Alarms that are not normal by their record, or by their last entry in the journal; by id."""
        ...

    async def journal_many(self, entries: Sequence[JournalEntry]) -> None:
        """Append entries of which none stands already, fast."""
        ...

    async def emit_many(self, events: Sequence[Event]) -> None:
        """Write outbox rows in their order, fast."""
        ...

    async def cursor(self, name: str) -> int:
        """How far a consumer of events or of the spool has come; 0 at first."""
        ...

    async def set_cursor(self, name: str, at: int) -> None: ...

    async def keep(self, name: str, content: bytes) -> None:
        """A named snapshot (timers, detector state), replaced whole."""
        ...

    async def kept(self, name: str) -> bytes | None: ...


class Ledger(Protocol):
    @property
    def audited(self) -> int:
        """Audit entries that were written through this one."""
        ...

    def acting(self, acting: Acting, once: Command | None = None) -> "Ledger":
        """The same ledger, each of whose transactions ends with an audit entry of what it changed, in this
        name; none where nothing was, unless `always`. once: a command that is done once. Its last transaction
        waits, a moment at most, for `told`, and stands or falls with it; one that is followed by another, or
        by a reading of this ledger, stands with `once` as it is given. Of such a one `acting` is its own."""
        ...

    async def told(self, command: Command | None, *, stands: bool = True) -> None:
        """What `once` was answered: stands in the transaction that waits, or in one of its own. None: it was
        refused; what waits stands without, or, unless `stands`, not at all. Raises DoneBefore, and nothing of
        what waits stands, when another process did the command meanwhile."""
        ...

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        """A writing transaction; commits on leaving without an error, and then wakes `follow`. Raises
        LedgerUnavailable, as all that follows may."""
        ...

    def read(self) -> AbstractAsyncContextManager[Tx]:
        """A consistent view, not to be written through."""
        ...

    async def events(self, after: int, limit: int = 500) -> Sequence[Event]:
        """Committed events with id > after, ascending."""
        ...

    def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        """Non-empty runs of committed events as they come, for ever."""
        ...

    async def last_event(self) -> int: ...

    async def journal_of(self, alarm: str, limit: int = 100) -> list[JournalEntry]:
        """The newest first."""
        ...

    async def journal_before(
        self, seq: int | None, limit: int, alarm: str | None = None
    ) -> list[tuple[int, JournalEntry]]:
        """Entries with their numbers, the newest first, of those below `seq`; without it, from the end."""
        ...

    def journal_between(self, start_ns: int, end_ns: int) -> AsyncIterator[list[JournalEntry]]:
        """What was committed from start up to end (not included), in its order, in runs of bounded length."""
        ...

    async def journal_at(self, t_ns: int) -> list[JournalEntry]:
        """The last entry of every alarm that has one up to and including this instant, by commit: how each
        of them stood then (`after`). By alarm."""
        ...

    async def journal_end(self) -> int:
        """The number of the last one; 0 for none."""
        ...

    async def verify_journal(self) -> int:
        """Entries checked: the hash chain, that no number is missing up to the last that was given, and what
        is asked by against the entry. Raises JournalBroken naming the first that does not hold. A journal
        that was written anew as a whole, or cut with the count of numbers set back, holds."""
        ...

    async def audit_head(self) -> tuple[int, str]:
        """Number and hash of the last audit entry; 0 and zeros of none."""
        ...

    async def audit_before(self, seq: int | None, limit: int, who: str | None = None) -> list[AuditRow]:
        """The newest first, of those below `seq`; without it, from the end."""
        ...

    async def verify_audit(self, anchors: Iterable[Anchor] = ()) -> int:
        """Entries checked: form, number, hash chain, columns, what keeps the table append-only, and that it
        held what each anchor says. Raises AuditBroken naming the first that does not. Without anchors a
        tail that was cut with its count set back, and an audit written anew as a whole, hold."""
        ...

    async def verify_told(self) -> list[str]:
        """Of records that are written in somebody's name alone (`TOLD_WHOLE`): which are not what the audit
        last said of them, in words: kind, id, field; and whose columns are not what they say themselves."""
        ...

    async def verify_records(self) -> list[str]:
        """Where what a record is asked by (state, zone ..) is not what it says, in words: kind, id, column.
        Raises RecordBroken naming the first that cannot be read."""
        ...

    async def close(self) -> None: ...


class LedgerUnavailable(OSError):
    """Its disk is full or failing, or its server is away. Nothing of the transaction stands; try again."""


class DoneBefore(Exception):
    """A command of this id stands already."""


class JournalBroken(Exception):
    """The journal does not hold: a row was changed, removed or put in between."""


class AuditBroken(Exception):
    """The audit does not hold: an entry was changed, removed, put in between, or never stood so."""


class RecordBroken(Exception):
    """A record cannot be read."""
