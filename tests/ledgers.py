"""A ledger for a test: a copy of an empty one, made once a process, for its migrations take 40 ms of CPU."""

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sql_ledger.migrate import upgrade


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.db"
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            upgrade(db)
        return file.read_bytes()


async def ledger_in(folder: Path) -> SqlLedger:
    """As the hub opens it, there already or new."""
    path = folder / "ledger.db"
    if not path.exists():
        path.write_bytes(_empty())
    return await SqlLedger.open(path)
