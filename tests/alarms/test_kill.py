"""`kill -9` is the normal stop: killed again and again it ends as if it had never been (A-04; F11 is in
tests/faults)."""

import random
from pathlib import Path

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm
from core.model.incident import Incident
from tests.alarms.killed import lived, lives


async def outcome(folder: Path) -> tuple[object, ...]:
    """All that stands at the end, but for when it was written and how often the room was started."""
    ledger = await SqlLedger.open(folder / "ledger.db")
    async with ledger.read() as tx:
        alarms = {a.id: (a.state, a.occurrence, a.seq, a.raised_ns) for a in await tx.find(Alarm)}
        incidents = [(i.kind, len(i.members), i.first_out) for i in await tx.find(Incident)]
        entries = [entry for _, entry in await tx.journal_from(0, 1_000_000) if entry.event != "restart"]
    await ledger.close()
    journal: dict[str, list[object]] = {}
    for e in entries:
        journal.setdefault(e.alarm, []).append((e.event, e.event_ns, e.spool_seq, e.before, e.after))
    return alarms, incidents, journal


async def test_killed_again_and_again_it_ends_as_if_it_had_never_been(tmp_path: Path) -> None:
    chance, kills = random.Random(11), 0
    for name in ("calm", "rough"):
        (tmp_path / name).mkdir()
    with lives(tmp_path / "calm") as process:
        assert lived(process, seed=0, scans=400, seconds=60)["how"] == "exit 0"
    with lives(tmp_path / "rough") as process:
        while (
            kills < 12
            and lived(process, seed=0, scans=400, seconds=chance.uniform(0.1, 0.4))["how"] != "exit 0"
        ):
            kills += 1
        lived(process, seed=0, scans=400, seconds=60)
    assert kills >= 3
    assert await outcome(tmp_path / "rough") == await outcome(tmp_path / "calm")
