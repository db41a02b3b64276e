"""What the embedded historian is measured against: plain SQLite rows, and a real InfluxDB."""

import sqlite3
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

from core.model.sample import Batch

LAST = "last of every tag"
DAY = "24 h of one tag"
MONTH = "30 days of one tag to 500 windows"
ROLLED = "30 days of one tag to 2-h windows"
HOURLY = "hourly min, mean, max of many tags over 7 days"

Ask = Callable[[], Awaitable[object]]


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

    def write(self, batch: Batch) -> None:
        columns = (batch.tag, batch.t_ns, batch.v, batch.q, batch.r_ns, batch.flags)
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT OR REPLACE INTO sample VALUES (?,?,?,?,?,?)",
            zip(*(c.tolist() for c in columns), strict=True),
        )
        self._db.execute("COMMIT")

    def questions(self, tags: int, many: int, start: int, end: int) -> dict[str, Ask]:
        day, week = end - 86_400 * 10**9, end - 7 * 86_400 * 10**9
        windows = "SELECT (t - ?) / ? AS w, count(*), min(v), max(v), avg(v) FROM sample WHERE tag"
        return {
            LAST: self._ask(
                f"WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < {tags - 1})"
                " SELECT i, (SELECT v FROM sample WHERE tag = i ORDER BY t DESC LIMIT 1) FROM n"
            ),
            DAY: self._ask("SELECT t, v, q FROM sample WHERE tag = 1 AND t >= ? AND t < ?", day, end),
            MONTH: self._ask(
                f"{windows} = 1 AND t >= ? AND t < ? GROUP BY w", start, (end - start) // 500, start, end
            ),
            ROLLED: self._ask(
                f"{windows} = 1 AND t >= ? AND t < ? GROUP BY w", start, 7200 * 10**9, start, end
            ),
            HOURLY: self._ask(
                f"{windows} < ? AND t >= ? AND t < ? GROUP BY tag, w", week, 3600 * 10**9, many, week, end
            ),
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


async def median_ms(ask: Ask, rounds: int) -> float:
    """After one round to warm up."""
    await ask()
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        await ask()
        took.append(time.perf_counter() - started)
    return 1e3 * float(np.median(took))
