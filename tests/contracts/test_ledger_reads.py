"""What is asked of an old ledger again and again: the newest of some values, and what lies in a period;
the same as looking at every record finds, and by an index."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.old_ledger import hotline, matters, notices, orders
from core.adapters.sql_ledger.asking import between, found, newest
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sql_ledger.migrate import files
from core.adapters.sql_ledger.tables import TABLES
from core.model.appointment import Appointment
from core.model.callback import Callback
from core.model.duty import Duty
from core.model.mailing import Letter
from core.model.notice import Notice
from core.model.notice_version import NoticeVersion
from core.model.outage import Outage, OutageStart
from core.model.phone_call import PhoneCall
from core.model.report import Report
from core.model.work_order import WorkOrder
from core.ports.ledger import Page, Record

ZONES = ("z-1", "z-2", "z-3")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


def outage(n: int) -> Outage:
    return Outage(
        id=f"INC-{n:04d}",
        kind="burst",
        cause="burst",
        zone=ZONES[n % 3],
        started_ns=(n * 37) % 101,
        start=OutageStart.CALL,
        at_ns=n,
        restored_ns=None if n % 10 == 0 else n,
    )


ALL = [outage(n) for n in range(200)]
TIMES = st.integers(0, 110)


async def test_pages_and_periods_are_what_a_look_at_everything_finds(ledger: SqlLedger) -> None:
    async with ledger.begin() as tx:
        await tx.put_many(ALL)
    asked: list[tuple] = []

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.tuples(
            st.lists(st.sampled_from((*ZONES, "z-none")), max_size=5).map(tuple),
            st.sampled_from((True, False, (True, False))),
            st.integers(1, 60),
            st.none() | st.integers(0, 200).map(lambda n: f"INC-{n:04d}"),
            TIMES,
            TIMES,
            st.none() | st.integers(1, 20),
        )
    )
    def gather(one: tuple) -> None:
        asked.append(one)

    gather()
    async with ledger.read() as tx:
        for zones, lasts, limit, after, start, end, most in asked:
            lasting = lasts if isinstance(lasts, tuple) else (lasts,)
            wanted = [one for one in ALL if one.zone in zones and one.lasts in lasting]
            assert await tx.find(Outage, zone=zones, lasts=lasts) == wanted
            later = [one for one in reversed(wanted) if after is None or one.id < after]
            assert await tx.find(Outage, Page(limit, after), zone=zones, lasts=lasts) == later[:limit]
            inside = [one for one in wanted if start <= one.started_ns < end]
            inside.sort(key=lambda one: (one.started_ns, one.id))
            latest = inside if most is None else inside[-most:]
            assert await tx.within(Outage, "started_ns", start, end, most, zone=zones, lasts=lasts) == latest
        with pytest.raises(KeyError):
            await tx.within(Outage, "nothing_ns", 0, 1)


OPEN = ("assigned", "reported", "repairing")
QUESTIONS = {
    "promises that are owed": between(TABLES[Letter], "owed_ns", 0, 9, 50, {}),
    "outages that last": found(TABLES[Outage], {"lasts": True}),
    "outages of a period": between(TABLES[Outage], "started_ns", 0, 9, None, {}),
    "call-backs of a period": between(TABLES[Callback], "made_ns", 0, 9, None, {}),
    "visits of a period": between(TABLES[Appointment], "start_ns", 0, 9, None, {}),
    "reports that are followed": between(TABLES[Report], "followed_ns", 0, 9, 2_000, {}),
    "what was said of a notice": found(TABLES[NoticeVersion], {"notice": "n", "state": "published"}),
    "notices that are over": newest(TABLES[Notice], Page(200), {"state": ("restored", "withdrawn")}),
    "orders of states": newest(TABLES[WorkOrder], Page(100), {"state": OPEN}),
    "orders of a zone": newest(TABLES[WorkOrder], Page(100), {"zone": "z"}),
    "a crew's open orders": found(TABLES[WorkOrder], {"crew": "c", "state": OPEN}),
    "calls of stages": newest(TABLES[PhoneCall], Page(500), {"stage": ("ringing", "answered")}),
    "reports of a zone": newest(TABLES[Report], Page(200), {"zone": "z"}),
    "orders as they come": newest(TABLES[WorkOrder], Page(100), {}),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_an_index_answers(ledger: SqlLedger, tmp_path: Path, question: str) -> None:
    """No table is looked through, and nothing is sorted but the few that are answered."""
    sql, values = QUESTIONS[question]
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
        steps = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    through = [step for step in steps if step.startswith("SCAN") and "USING INDEX" not in step]
    assert [step for step in through if "found" not in step and "subquery" not in step] == [], steps
    put_together = "UNION ALL" in sql or "ORDER BY id ||" in sql
    assert put_together or not any("TEMP B-TREE" in step for step in steps), steps


VERSIONS = ("0021", "0023", "0024", "0026", "0028")
"""0021 is the last that ledgers in use stand at; the others are steps on the way from there."""


@pytest.mark.parametrize("reached", VERSIONS)
async def test_records_of_an_earlier_version_are_found_by_what_is_new(
    ledger: SqlLedger, tmp_path: Path, reached: str
) -> None:
    """Columns that later versions add are filled from what the records say, and no index is missing."""
    path, before = tmp_path / "old.db", [one for one in files() if one.stem[:4] <= reached]
    now_ns = 1_795_000_000_000_000_000
    rows: list[Record] = [row for make in (matters, notices, hotline, orders) for row in make(20, now_ns)]
    duties = [row for row in rows if isinstance(row, Duty)]
    with closing(sqlite3.connect(path)) as db:
        for file in before:
            db.executescript(file.read_text("utf-8"))
        db.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        db.execute("INSERT INTO alembic_version VALUES (?)", (reached,))
        for row in rows:
            table = TABLES[type(row)]
            there = {name for _, name, *_ in db.execute(f"PRAGMA table_info({table.name})")}
            told = {n: v for n, v in zip(table.columns, table.row(row), strict=True) if n in there}
            marks, columns = ", ".join("?" * len(told)), ", ".join(f'"{name}"' for name in told)
            db.execute(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', list(told.values()))
        db.commit()
    old = await SqlLedger.open(path)
    assert await old.verify_records() == []
    async with old.read() as tx:
        assert len(await tx.within(Letter, "owed_ns", 0, now_ns)) == 4
        assert len(await tx.within(Report, "followed_ns", 0, now_ns)) == 20
        assert duties and await tx.find(Duty) == sorted(duties, key=lambda duty: duty.id)
        assert len(await tx.within(Duty, "fell_ns", 0, now_ns)) == len(duties)
    await old.close()
    assert schema(path) == schema(tmp_path / "ledger.db")


def schema(path: Path) -> set[tuple[str, str, str]]:
    """Of a ledger's tables and indexes, as they were made."""
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
