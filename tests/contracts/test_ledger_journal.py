"""What every ledger promises of its journal (core.ports.ledger)."""

import sqlite3
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sql_ledger.migrate import files
from core.model.alarm import Alarm, JournalEntry, State
from core.model.audit import chained
from core.ports.ledger import JournalBroken

NOW = 1_795_000_000_000_000_000


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


def entry(alarm: str, event: str, at: int, spool_seq: int | None = None) -> JournalEntry:
    return JournalEntry(
        alarm=alarm,
        occurrence=1,
        event=event,
        before=State.NORM,
        after=State.UNACK,
        event_ns=at,
        commit_ns=at,
        spool_seq=spool_seq,
    )


async def test_a_replayed_transition_is_not_journalled_twice(ledger: SqlLedger) -> None:
    async with ledger.begin() as tx:
        assert await tx.journal(entry("a", "RAISE", NOW, spool_seq=7))
        assert not await tx.journal(entry("a", "RAISE", NOW, spool_seq=7))
        assert await tx.journal(entry("a", "ACK", NOW))
        assert await tx.journal(entry("a", "ACK", NOW))
    assert await ledger.verify_journal() == 3


async def test_rows_cut_off_the_end_are_found_after_the_hub_has_gone_on_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = await SqlLedger.open(path)
    async with ledger.begin() as tx:
        for n in range(5):
            await tx.journal(entry("a", "RAISE", NOW + n, spool_seq=n))
        assert not await tx.journal(entry("a", "RAISE", NOW, spool_seq=0))
    assert await ledger.verify_journal() == 5
    with sqlite3.connect(path) as raw:
        raw.execute("DELETE FROM journal WHERE seq > 3")
    with pytest.raises(JournalBroken, match="ends with row 3, and the last number given is 5"):
        await ledger.verify_journal()
    async with ledger.begin() as tx:
        await tx.journal(entry("a", "ACK", NOW))
    with pytest.raises(JournalBroken, match="row 4 is missing, the next there is 6"):
        await ledger.verify_journal()
    await ledger.close()


async def test_a_row_that_says_nothing_is_named_whatever_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = await SqlLedger.open(path)
    async with ledger.begin() as tx:
        await tx.journal(entry("a", "RAISE", NOW))
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE journal SET body = '{}', hash = ?", (chained("0" * 64, "{}"),))
    with pytest.raises(JournalBroken, match="journal row 1 cannot be read"):
        await ledger.verify_journal()
    await ledger.close()


async def test_numbers_that_an_earlier_version_used_up_are_no_rows_that_were_removed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = await SqlLedger.open(path)
    async with ledger.begin() as tx:
        for n in range(3):
            await tx.journal(entry("a", "RAISE", NOW + n))
    await ledger.close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE journal SET seq = seq + 1 WHERE seq = 3")
        raw.execute("UPDATE sqlite_sequence SET seq = 6 WHERE name = 'journal'")
        raw.execute("DELETE FROM cursor")
        for file in files():
            if file.stem.endswith("journal_numbers"):
                raw.executescript(file.read_text(encoding="utf-8"))
    ledger = await SqlLedger.open(path)
    async with ledger.begin() as tx:
        await tx.journal(entry("a", "ACK", NOW))
    assert await ledger.verify_journal() == 4
    await ledger.close()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(1, 9), how=st.sampled_from(["edit", "delete", "swap"]))
async def test_tampering_with_the_journal_is_found(tmp_path: Path, row: int, how: str) -> None:
    path = Path(tempfile.mkdtemp(dir=tmp_path)) / "ledger.db"
    ledger = await SqlLedger.open(path)
    async with ledger.begin() as tx:
        for n in range(10):
            await tx.journal(entry("a", "RAISE", NOW + n))
    with sqlite3.connect(path) as raw:
        if how == "edit":
            raw.execute("UPDATE journal SET body = replace(body, 'RAISE', 'CLEAR') WHERE seq = ?", (row,))
        elif how == "delete":
            raw.execute("DELETE FROM journal WHERE seq = ?", (row,))
        else:
            for old, new in ((row, -1), (row + 1, row), (-1, row + 1)):
                raw.execute("UPDATE journal SET seq = ? WHERE seq = ?", (new, old))
    with pytest.raises(JournalBroken):
        await ledger.verify_journal()
    await ledger.close()


async def test_the_journal_is_read_by_number_and_of_alarms_since_their_last_restart(
    ledger: SqlLedger,
) -> None:
    events = [("a", "raise"), ("b", "raise"), ("a", "restart"), ("a", "ack"), ("b", "ack")]
    async with ledger.begin() as tx:
        for n, (alarm, event) in enumerate(events):
            await tx.journal(entry(alarm, event, NOW + n))
    async with ledger.read() as tx:
        assert [(n, e.alarm, e.event) for n, e in await tx.journal_from(2, 2)] == [
            (3, "a", "restart"),
            (4, "a", "ack"),
        ]
        since = await tx.since_restart(["a", "b", "c"])
    told = {alarm: [e.event for e in entries] for alarm, entries in since.items()}
    assert told == {"a": ["restart", "ack"], "b": ["raise", "ack"], "c": []}


async def test_an_alarm_stands_by_its_record_or_by_its_last_entry(ledger: SqlLedger) -> None:
    async with ledger.begin() as tx:
        await tx.put_many([Alarm(id="calm"), Alarm(id="record", active=True, acked=False), Alarm(id="lost")])
        for after in (State.NORM, State.UNACK):
            await tx.journal(replace(entry("lost", "raise", NOW), after=after))
        for after in (State.UNACK, State.NORM):
            await tx.journal(replace(entry("calm", "ack", NOW), after=after))
        assert await tx.standing() == ["lost", "record"]


async def test_how_every_alarm_stood_at_any_past_instant(ledger: SqlLedger) -> None:
    random = Random(7)
    states = [State.UNACK, State.ACKED, State.NORM, State.SHLVD]
    told = []
    async with ledger.begin() as tx:
        for at in sorted(random.sample(range(100_000), 300)):
            one = replace(entry(f"a{random.randrange(12)}", "x", NOW + at), after=random.choice(states))
            told.append(one)
            await tx.journal(one)
    for _ in range(1_000):
        t_ns = NOW + random.randrange(-1_000, 101_000)
        last = {one.alarm: one for one in told if one.commit_ns <= t_ns}
        assert await ledger.journal_at(t_ns) == [last[alarm] for alarm in sorted(last)]
    middle = [one async for run in ledger.journal_between(NOW + 20_000, NOW + 60_000) for one in run]
    assert middle == [one for one in told if NOW + 20_000 <= one.commit_ns < NOW + 60_000]


async def test_the_journal_is_read_backwards_page_by_page_whole_or_of_one_alarm(ledger: SqlLedger) -> None:
    async with ledger.begin() as tx:
        for n in range(7):
            await tx.journal(entry("ab"[n % 2], f"e{n}", NOW + n))

    async def pages(alarm: str | None) -> list[list[str]]:
        told: list[list[str]] = []
        seq: int | None = None
        while page := await ledger.journal_before(seq, 2, alarm):
            told.append([e.event for _, e in page])
            seq = page[-1][0]
        return told

    assert await pages(None) == [["e6", "e5"], ["e4", "e3"], ["e2", "e1"], ["e0"]]
    assert await pages("a") == [["e6", "e4"], ["e2", "e0"]]
    assert await pages("nowhere") == []
