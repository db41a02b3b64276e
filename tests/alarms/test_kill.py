"""`kill -9` is the normal stop: whatever the moment, the same alarms, the same journal, nothing twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm
from core.model.incident import Incident
from tests.alarms.alarm_town import plant

SCANS = 400
HERE = Path(__file__).parent


def start(folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    env = {**os.environ, "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}"}
    return subprocess.Popen([sys.executable, str(HERE / "alarm_child.py"), str(folder), str(SCANS)], env=env)


async def outcome(folder: Path) -> tuple[object, ...]:
    ledger = await SqlLedger.open(folder / "ledger.db")
    assert await ledger.verify_journal() > 0
    async with ledger.read() as tx:
        alarms = {a.id: (a.state, a.occurrence, a.seq, a.raised_ns) for a in await tx.find(Alarm)}
        incidents = [(i.kind, len(i.members), i.first_out) for i in await tx.find(Incident)]
    tags = [tag for tag in plant().tags if ".p" in tag]
    journal = {
        tag: [
            (e.event, e.event_ns, e.spool_seq, e.before, e.after)
            for e in await ledger.journal_of(f"{tag}:low", 999)
        ]
        for tag in tags
    }
    await ledger.close()
    return alarms, incidents, journal


async def test_killed_again_and_again_it_ends_as_if_it_had_never_been(tmp_path: Path) -> None:
    calm = start(tmp_path / "calm")
    assert calm.wait(60) == 0
    rng, kills = random.Random(11), 0
    for _ in range(12):
        child = start(tmp_path / "rough")
        await asyncio.sleep(1.0 + rng.random() * 0.6)
        if child.poll() is not None:
            break
        child.send_signal(signal.SIGKILL)
        child.wait(10)
        kills += 1
    last = start(tmp_path / "rough")
    assert last.wait(60) == 0
    assert kills > 0
    assert await outcome(tmp_path / "rough") == await outcome(tmp_path / "calm")
