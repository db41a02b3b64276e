"""What a transaction in somebody's name notes of the records it writes, and the entry it ends with."""

from typing import Any

import msgspec

from core.adapters.sql_ledger.connection import Connection
from core.adapters.sql_ledger.tables import TABLES, marks
from core.model.audit import FIRST_HASH, MOST, UNTOLD, Acting, Change, body_of, chained

_LAST = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
_ADD = "INSERT INTO audit (seq, at_ns, who, body, hash) VALUES (?, ?, ?, ?, ?)"

Fields = dict[str, Any]


class Notes:
    """Each record as it was before the transaction and as it leaves it. A record written among more than MOST
    is not asked for: its entry tells a number and a hash."""

    def __init__(self, connection: Connection, acting: Acting) -> None:
        self._connection, self._acting = connection, acting
        self._before: dict[tuple[str, str], Fields | None] = {}
        self._after: dict[tuple[str, str], Fields | None] = {}

    async def writes(self, kind: type, ids: list[str]) -> None:
        """These are about to be written."""
        table = TABLES[kind].name
        fresh = [id for id in ids if (table, id) not in self._before]
        if table in UNTOLD or not fresh:
            return
        known: dict[str, str] = {}
        if len(fresh) <= MOST:
            sql = f'SELECT id, body FROM "{table}" WHERE id IN ({marks(len(fresh))})'
            known = dict(await self._connection.rows(sql, fresh))
        for id in fresh:
            body = known.get(id)
            self._before[table, id] = None if body is None else msgspec.json.decode(body)

    def inserted(self, kind: type, id: str, body: str) -> None:
        """It was not there before this transaction, however often that writes it yet."""
        self._before.setdefault((TABLES[kind].name, id), None)
        self.written(kind, id, body)

    def written(self, kind: type, id: str, body: str | None) -> None:
        """So it stands now; None: it is deleted."""
        table = TABLES[kind].name
        if table not in UNTOLD:
            self._after[table, id] = None if body is None else msgspec.json.decode(body)

    async def end(self) -> bool:
        """Writes the entry; False when there is nothing to tell."""
        changes = [
            Change(table, id, self._before.get((table, id)), after)
            for (table, id), after in self._after.items()
            if after != self._before.get((table, id))
        ]
        if not changes and not self._acting.always:
            return False
        rows = await self._connection.rows(_LAST)
        last, hash = rows[0] if rows else (0, FIRST_HASH)
        acting = self._acting.now()
        body = body_of(last + 1, acting, changes)
        row = (last + 1, acting.at_ns, acting.who, body, chained(hash, body))
        await self._connection.change(_ADD, row)
        return True
