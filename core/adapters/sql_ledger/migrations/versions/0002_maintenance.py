"""Maintenance of sensors, with its end."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "maintenance",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("subject", sa.String),
        sa.Column("active", sa.Boolean),
        sa.Column("body", sa.Text, nullable=False),
    )
    for name in ("subject", "active"):
        op.create_index(f"ix_maintenance_{name}", "maintenance", [name])
