"""F29: the ledger's disk is full, then freed: one line at loss, one at return, and the journal catches up."""

import asyncio
import sqlite3

import pytest

from alarms.health_alarms import HealthAlarms
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.condition import Severity
from core.ports.ledger import LedgerUnavailable
from core.runtime import health_words
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.supervisor import Supervisor
from tests.collectors.field import eventually


def pages(folder, most):
    """A file that may not grow: SQLite says of it what it says of a full disk."""
    with sqlite3.connect(folder / "ledger.db") as db:
        used = db.execute("PRAGMA page_count").fetchone()[0]
    return f"PRAGMA max_page_count={used if most == 'full' else 2**30}"


async def limit(ledger, pragma):
    await ledger._writer.rows(pragma)
    await ledger._writer.commit()


async def test_a_full_disk_under_the_ledger_is_one_line_in_the_log_and_one_when_it_is_freed(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("core.runtime.supervisor.STEADY_AFTER_S", 0.5)
    monkeypatch.setattr("core.runtime.supervisor.LONGEST_WAIT_S", 0.5)
    monkeypatch.setattr("core.runtime.supervisor.FIRST_WAIT_S", 0.1)
    ledger, health = await SqlLedger.open(tmp_path / "ledger.db"), Health()
    supervisor = Supervisor()
    supervisor.add("hub alarms", HealthAlarms(ledger, health, AnchoredClock()).run)
    await limit(ledger, pages(tmp_path, "full"))
    with pytest.raises(LedgerUnavailable, match="full"):
        async with ledger.begin() as tx:
            await tx.keep("large", bytes(10**6))
    said: list[str] = []

    def lines() -> list[str]:
        said.extend(line for line in capsys.readouterr().err.splitlines() if "service" in line)
        return said

    task = asyncio.create_task(supervisor.run())
    health.set("store:historian", Severity.ALARM, *health_words.SPOOL_FULL, detail="x" * 10**5)
    await eventually(lambda: supervisor.facts["hub alarms"].restarts >= 3)
    await limit(ledger, pages(tmp_path, "free"))
    await eventually(lambda: any("service returned" in line for line in lines()))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    lost, returned = lines()
    assert "service lost" in lost and "full" in lost and "service returned" in returned
    (entry,) = await ledger.journal_of("hub:store:alarm")
    assert entry.event == "raise"
    await ledger.close()
