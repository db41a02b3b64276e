"""What the embedded historian is measured against: plain SQLite rows, and DuckDB."""

import sqlite3
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow

from core.model.sample import Batch

LAST = "last of every tag"
DAY = "24 h of one tag"
MONTH = "30 days of one tag to 500 windows"
ROLLED = "30 days of one tag to 2-h windows"
HOURLY = "hourly min, mean, max of many tags over 7 days"

Ask = Callable[[], Awaitable[object]]
_HOUR, _DAY = 3600 * 10**9, 86_400 * 10**9


class SqliteRows:
    """A row a sample, keyed by (tag, time): what one would write first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(
            "CREATE TABLE sample (tag INTEGER, t INTEGER, v REAL, q INTEGER, r INTEGER, f INTEGER,"
            " PRIMARY KEY (tag, t)) WITHOUT ROWID"
        )

    def write(self, batch: Batch, first: int = 0) -> None:
        """first: added to the tags' places in the batch."""
        columns = (batch.tag + np.uint32(first), batch.t_ns, batch.v, batch.q, batch.r_ns, batch.flags)
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT OR REPLACE INTO sample VALUES (?,?,?,?,?,?)",
            zip(*(c.tolist() for c in columns), strict=True),
        )
        self._db.execute("COMMIT")

    def questions(self, tags: int, many: int, start: int, end: int) -> dict[str, Ask]:
        return {
            what: self._ask(sql.replace("//", "/"), *args)
            for what, (sql, args) in _questions(many, start, end).items()
        } | {
            LAST: self._ask(
                f"WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < {tags - 1})"
                " SELECT i, (SELECT v FROM sample WHERE tag = i ORDER BY t DESC LIMIT 1) FROM n"
            )
        }

    def bytes(self) -> int:
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.stat().st_size

    def close(self) -> None:
        self._db.close()

    def _ask(self, sql: str, *args: int) -> Ask:
        async def ask() -> object:
            return self._db.execute(sql, args).fetchall()

        return ask


class DuckRows:
    """The same rows in DuckDB, which keeps columns; `sort` is what one would do to them once a month."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = duckdb.connect(str(path))
        self._db.execute("SET threads=2")
        self._db.execute(
            "CREATE TABLE sample (tag UINTEGER, t BIGINT, v DOUBLE, q UINTEGER, r BIGINT, f UTINYINT)"
        )

    def write(self, batch: Batch, first: int = 0) -> None:
        columns = (batch.tag + np.uint32(first), batch.t_ns, batch.v, batch.q, batch.r_ns, batch.flags)
        table = pyarrow.table(dict(zip(["t0", "t1", "t2", "t3", "t4", "t5"], columns, strict=True)))
        self._db.register("fresh", table)
        self._db.execute("INSERT INTO sample SELECT * FROM fresh")
        self._db.unregister("fresh")

    def sort(self) -> None:
        self._db.execute("CREATE TABLE sorted AS SELECT * FROM sample ORDER BY tag, t")
        self._db.execute("DROP TABLE sample")
        self._db.execute("ALTER TABLE sorted RENAME TO sample")

    def questions(self, tags: int, many: int, start: int, end: int) -> dict[str, Ask]:
        found = {what: self._ask(sql, *args) for what, (sql, args) in _questions(many, start, end).items()}
        return found | {LAST: self._ask("SELECT tag, max(t), arg_max(v, t) FROM sample GROUP BY tag")}

    def bytes(self) -> int:
        self._db.execute("CHECKPOINT")
        return self.path.stat().st_size

    def close(self) -> None:
        self._db.close()

    def _ask(self, sql: str, *args: int) -> Ask:
        async def ask() -> object:
            return self._db.execute(sql, args).fetchnumpy()

        return ask


def _questions(many: int, start: int, end: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    """`//` divides whole numbers."""
    windows = "SELECT (t - ?) // ? AS w, count(*), min(v), max(v), avg(v) FROM sample WHERE tag"
    hourly = windows.replace("SELECT", "SELECT tag,")
    one = f"{windows} = 1 AND t >= ? AND t < ? GROUP BY w"
    return {
        DAY: ("SELECT t, v, q FROM sample WHERE tag = 1 AND t >= ? AND t < ? ORDER BY t", (end - _DAY, end)),
        MONTH: (one, (start, (end - start) // 500, start, end)),
        ROLLED: (one, (start, 2 * _HOUR, start, end)),
        HOURLY: (
            f"{hourly} < ? AND t >= ? AND t < ? GROUP BY tag, w",
            (end - 7 * _DAY, _HOUR, many, end - 7 * _DAY, end),
        ),
    }


async def median_ms(ask: Ask, rounds: int) -> float:
    """After one round to warm up."""
    await ask()
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        await ask()
        took.append(time.perf_counter() - started)
    return 1e3 * float(np.median(took))
