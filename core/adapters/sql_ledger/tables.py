"""The ledger's tables. A record's table holds its `id`, the columns asked by, and the whole as JSON."""

from dataclasses import dataclass
from enum import Enum

import msgspec
import sqlalchemy as sa

from core.model.account import AccessRecord, Account, Session, User
from core.model.alarm import Alarm
from core.model.incident import Incident
from core.model.maintenance import Maintenance
from core.model.notice import Affected, Notice
from core.model.work_order import WorkOrder
from core.ports.ledger import Record

metadata = sa.MetaData()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which attributes of a kind have a column of their own, and which of them are unique together."""

    table: str
    asked: tuple[str, ...]
    unique: tuple[str, ...] = ()


COLUMNS: dict[type, Columns] = {
    Alarm: Columns("alarm", ("state", "active", "zone", "tag", "incident")),
    Incident: Columns("incident", ("kind", "state", "zone")),
    WorkOrder: Columns("work_order", ("incident", "kind", "state", "zone", "crew"), ("incident", "kind")),
    Notice: Columns("notice", ("incident", "kind", "state", "zone"), ("incident", "kind")),
    Affected: Columns("affected", ("notice", "account", "supply"), ("notice", "account")),
    Account: Columns("account", ("zone", "node", "street", "address", "building", "tel", "meter", "segment")),
    User: Columns("user_account", ("role",)),
    Session: Columns("session", ("user",)),
    Maintenance: Columns("maintenance", ("subject", "active")),
    AccessRecord: Columns("access_record", ("user", "account")),
}

_BOOLEANS = {"active"}


def _table(columns: Columns) -> sa.Table:
    asked = [
        sa.Column(name, sa.Boolean if name in _BOOLEANS else sa.String, nullable=True, index=True)
        for name in columns.asked
    ]
    keys = [sa.UniqueConstraint(*columns.unique)] if columns.unique else []
    return sa.Table(
        columns.table,
        metadata,
        sa.Column("id", sa.String, primary_key=True),
        *asked,
        sa.Column("body", sa.Text, nullable=False),
        *keys,
    )


TABLES: dict[type, sa.Table] = {kind: _table(columns) for kind, columns in COLUMNS.items()}

# The journal: append-only, each row's hash over the one before it.
JOURNAL = sa.Table(
    "journal",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("alarm", sa.String, nullable=False, index=True),
    sa.Column("event", sa.String, nullable=False),
    sa.Column("event_ns", sa.BigInteger, nullable=False),
    sa.Column("spool_seq", sa.BigInteger, nullable=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("alarm", "spool_seq", "event", "event_ns"),
    sqlite_autoincrement=True,
)

# The outbox and the event stream in one.
EVENT = sa.Table(
    "event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("body", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

CURSOR = sa.Table(
    "cursor",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
)

COUNTER = sa.Table(
    "counter",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
)

KEPT = sa.Table(
    "kept",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)


def plain(value: object) -> object:
    """An attribute as its column holds it."""
    return value.value if isinstance(value, Enum) else value


def row_of(record: Record) -> dict[str, object]:
    """A record as its table's row. Raises KeyError for a kind the ledger does not keep."""
    asked = COLUMNS[type(record)].asked
    return {
        "id": record.id,
        "body": msgspec.json.encode(record).decode(),
        **{name: plain(getattr(record, name)) for name in asked},
    }
