"""Whether a ledger's file says the same wherever it is asked: in the journal's chain, its numbers, and the
columns beside each body. Reads one consistent view, also of a ledger at work, and writes nothing."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from core.adapters.sql_ledger.connection import BUSY_S
from core.adapters.sql_ledger.tables import JOURNAL_COLUMNS, TABLES, Table, names, told
from core.model.alarm import JournalEntry
from core.model.audit import FIRST_HASH, chained
from core.ports.ledger import JournalBroken, RecordBroken

WHOLE_FROM = "journal_whole_from"
"""The cursor that says after which number none is missing: versions before this used up some."""
_GIVEN = "SELECT seq FROM sqlite_sequence WHERE name = 'journal'"
_ROWS = f"SELECT seq, hash, body, {names(JOURNAL_COLUMNS)} FROM journal ORDER BY seq"

R = TypeVar("R")


def verified(path: Path) -> int:
    """How many journal rows there are. Raises JournalBroken naming the first that does not hold."""
    decoder = msgspec.json.Decoder(JournalEntry)
    before, n, last = FIRST_HASH, 0, 0
    with view(path) as db:
        whole_from = _number(db, f"SELECT \"at\" FROM cursor WHERE name = '{WHOLE_FROM}'")
        for seq, hash, body, *columns in db.execute(_ROWS):
            if not follows(before, body, hash):
                raise JournalBroken(f"journal row {seq} does not follow from the one before it")
            if seq != last + 1 and seq > whole_from:
                raise JournalBroken(f"journal row {last + 1} is missing, the next there is {seq}")
            try:
                entry = decoder.decode(body)
            except ValueError as error:
                raise JournalBroken(f"journal row {seq} cannot be read: {error}") from error
            for name, column, own in _differing(JOURNAL_COLUMNS, columns, told(entry, JOURNAL_COLUMNS)):
                raise JournalBroken(
                    f"journal row {seq}: column {name} holds {column!r}, the body says {own!r}"
                )
            before, n, last = hash, n + 1, seq
        given = _number(db, _GIVEN)
    if given != last:
        raise JournalBroken(f"the journal ends with row {last}, and the last number given is {given}")
    return n


def contradictions(path: Path) -> list[str]:
    """Columns of records that are not what the record says; without either, for some are personal. Raises
    RecordBroken."""
    with view(path) as db:
        return [words for kind, table in TABLES.items() for words in columns_differing(db, kind, table)]


def columns_differing(
    db: sqlite3.Connection, kind: type, table: Table, *, go_on: bool = False
) -> Iterator[str]:
    """Of one table, a row at a time: columns that are not what the body gives them. kind: of its records.
    go_on: past a row that cannot be read, naming it; without, RecordBroken is raised."""
    asked = table.columns[:-1]
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)
    for id, body, *columns in db.execute(f'SELECT id, body, {names(asked)} FROM "{table.name}"'):
        try:
            said = told(_record(f"{table.name} {id}", body, decoder), asked)
        except RecordBroken:
            if not go_on:
                raise
            yield f"{table.name} {id} cannot be read"
            continue
        for name, _, _ in _differing(asked, columns, said):
            yield f"{table.name} {id}: column {name} is not what the body says"


def _record(name: str, body: object, decoder: "msgspec.json.Decoder[R]") -> R:
    if not isinstance(body, str):
        raise RecordBroken(f"{name} cannot be read: its body is no text")
    try:
        return decoder.decode(body)
    except ValueError as error:
        raise RecordBroken(f"{name} cannot be read: {error}") from error


def _differing(
    names: Sequence[str], columns: Sequence[object], said: Sequence[object]
) -> Iterator[tuple[str, object, object]]:
    for name, column, own in zip(names, columns, said, strict=True):
        if column != own:
            yield name, column, own


def follows(before: str, body: object, hash: object) -> bool:
    """Whether a row stands in its chain; a body that is no text does not."""
    try:
        return isinstance(body, str) and hash == chained(before, body)
    except UnicodeEncodeError:
        return False


def _number(db: sqlite3.Connection, sql: str) -> int:
    row: tuple[Any, ...] | None = db.execute(sql).fetchone()
    return row[0] if row else 0


@contextmanager
def view(path: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, timeout=BUSY_S, uri=True, isolation_level=None)) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        db.execute("BEGIN")
        yield db
