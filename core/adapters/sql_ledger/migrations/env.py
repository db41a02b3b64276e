"""Alembic's entry: runs on the connection it is handed, inside the caller's transaction."""

from alembic import context

from core.adapters.sql_ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
