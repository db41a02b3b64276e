"""The first ledger: records, journal, outbox, cursors, counters and kept snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

RECORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "alarm": (("state", "active", "zone", "tag", "incident"), ()),
    "incident": (("kind", "state", "zone"), ()),
    "work_order": (("incident", "kind", "state", "zone", "crew"), ("incident", "kind")),
    "notice": (("incident", "kind", "state", "zone"), ("incident", "kind")),
    "affected": (("notice", "account", "supply"), ("notice", "account")),
    "account": (("zone", "node", "street", "address", "building", "tel", "meter", "segment"), ()),
    "user_account": (("role",), ()),
    "session": (("user",), ()),
    "access_record": (("user", "account"), ()),
}


def upgrade() -> None:
    for table, (asked, unique) in RECORDS.items():
        op.create_table(
            table,
            sa.Column("id", sa.String, primary_key=True),
            *(sa.Column(name, sa.Boolean if name == "active" else sa.String) for name in asked),
            sa.Column("body", sa.Text, nullable=False),
            *([sa.UniqueConstraint(*unique)] if unique else []),
        )
        for name in asked:
            op.create_index(f"ix_{table}_{name}", table, [name])
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("alarm", sa.String, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("event_ns", sa.BigInteger, nullable=False),
        sa.Column("spool_seq", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("alarm", "spool_seq", "event", "event_ns"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_alarm", "journal", ["alarm"])
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    for table, column in (
        ("cursor", sa.Column("at", sa.BigInteger, nullable=False)),
        ("counter", sa.Column("n", sa.Integer, nullable=False)),
        ("kept", sa.Column("content", sa.LargeBinary, nullable=False)),
    ):
        op.create_table(table, sa.Column("name", sa.String, primary_key=True), column)
