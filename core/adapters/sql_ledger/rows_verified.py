"""Whether records are what the audit says they became: a row that somebody wrote past the hub is another.

The audit is read backwards, so that the first word about a field is the last. A record's earliest entry tells
all of its fields; what came before that record, and what an entry of very many only counts, nobody compares.
Screens ask by columns: of every row of these kinds they are held against its body too.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from core.adapters.sql_ledger.tables import TABLES
from core.adapters.sql_ledger.verified import columns_differing, view
from core.model.audit import TOLD_WHOLE, told_of
from core.model.canonical import canonical

_BACKWARDS = "SELECT body FROM audit ORDER BY seq DESC"
_GONE = "is not there, and the audit does not say that it was deleted"
_THERE = "is there, and the audit says that it was deleted"

Fields = dict[str, Any]


class _Entry(msgspec.Struct):
    changes: list[Fields]


@dataclass(slots=True)
class _Looked:
    """A record while entries about it are still to come: its row, and the fields that were compared."""

    row: Fields | None
    seen: set[str] = field(default_factory=set)


Going = dict[tuple[str, str], _Looked | None]
"""By kind and id; None: nothing more can be said of it."""


def rows_differing(path: Path) -> list[str]:
    """In words: kind, id, field or column; no values, for some are personal. Raises sqlite3.DatabaseError."""
    found: list[str] = []
    going: Going = {}
    blind: set[str] = set()
    decoder = msgspec.json.Decoder(_Entry)
    with view(path) as db:
        for (body,) in db.execute(_BACKWARDS):
            for change in decoder.decode(body).changes:
                kind = change["kind"]
                if kind not in TOLD_WHOLE or kind in blind:
                    continue
                if "n" in change:
                    blind.add(kind)
                else:
                    found += _of(db, going, change)
        for kind, table in TABLES.items():
            if table.name in TOLD_WHOLE:
                found += columns_differing(db, kind, table, go_on=True)
    return sorted(found)


def _of(db: sqlite3.Connection, going: Going, change: Fields) -> Iterator[str]:
    kind, id, after = change["kind"], change["id"], change["after"]
    key = kind, id
    if key not in going:
        going[key] = _Looked(_row(db, kind, id))
        yield from _whether(kind, id, going[key], after)
    looked = going[key]
    if looked is None:
        return
    if looked.row is None or after is None:
        going[key] = None
        return
    for name, told in after.items():
        if name not in looked.seen:
            looked.seen.add(name)
            if canonical(told_of(kind, name, looked.row.get(name))) != canonical(told):
                yield f"{kind} {id}: {name} is not what the audit says"
    if change["before"] is None:
        going[key] = None


def _whether(kind: str, id: str, looked: _Looked | None, after: Fields | None) -> Iterator[str]:
    there = looked is not None and looked.row is not None
    if there and after is None:
        yield f"{kind} {id} {_THERE}"
    elif not there and after is not None:
        yield f"{kind} {id} {_GONE}"


def _row(db: sqlite3.Connection, kind: str, id: str) -> Fields | None:
    """As its body says; {} for a body that cannot be read."""
    row = db.execute(f'SELECT body FROM "{kind}" WHERE id = ?', (id,)).fetchone()
    if row is None:
        return None
    try:
        fields = msgspec.json.decode(row[0])
    except (ValueError, TypeError):
        return {}
    return fields if isinstance(fields, dict) else {}
