"""Lives of the alarm room that are killed, and an observer who does again what the journal tells."""

import contextlib
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from alarms.audit import audit
from alarms.hub_alarms import REPAIRED
from alarms.journal import digest, replayed
from alarms.transaction import fresh
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, JournalEntry
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.notice import Notice
from core.model.work_order import WorkOrder
from tests.alarms.alarm_town import NOON
from tests.alarms.busy_room import BY_ID, SPEED

SEED = 20_261_125
BOUNDARIES = ("before", "within", "after", "unmoved", "moved")
SECOND = 1_000_000_000
CHAIN_EACH = 5
"""Looks at the hash chain from its first row on; the last look is `audited`'s."""
SOON_S = 1.0
"""Within this real time of a life a shelf has ended that is over."""
BEGAN_NS = time.time_ns()
"""Of all lives: plant time runs from here, through every downtime."""


@contextlib.contextmanager
def lives(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.alarms.alarm_lives", str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def lived(process: subprocess.Popen[str], **life: Any) -> dict[str, Any]:
    """A life from its birth to its end."""
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(life | {"began_ns": BEGAN_NS}) + "\n")
    process.stdin.flush()
    told: dict[str, Any] = json.loads(process.stdout.readline())
    assert told["how"] in ("SIGKILL", "exit 0"), told
    return told


def fates(n: int) -> Iterator[dict[str, Any]]:
    """Half of the lives end at any moment, half at a boundary of a commit."""
    chance = random.Random(SEED)
    for k in range(n):
        life: dict[str, Any] = {"seed": chance.randrange(2**32), "seconds": chance.uniform(0.03, 0.2)}
        if k % 2:
            life |= {"at": BOUNDARIES[k // 2 % 5], "n": chance.randint(1, 25), "seconds": 5.0}
        yield life


@dataclass
class Observer:
    """Does again what the journal tells, as far as it has come."""

    looks: int = 0
    config: str = "1"
    """Version in which alarms come into the ledger of which the journal says nothing."""
    seq: int = 0
    alarms: dict[str, Alarm] = field(default_factory=dict)
    entries: list[JournalEntry] = field(default_factory=list)

    async def agrees(self, folder: Path) -> None:
        """The stored facts of all alarms, and those at each restart, with the replay's; by their digests."""
        ledger = await SqlLedger.open(folder / "ledger.db")
        self.looks += 1
        checked = await ledger.verify_journal() if self.looks % CHAIN_EACH == 0 else None
        async with ledger.read() as tx:
            stored = {alarm.id: alarm for alarm in await tx.find(Alarm)}
            new = await tx.journal_from(self.seq, 1_000_000)
            orders, drafts = await tx.find(WorkOrder), await tx.find(Notice)
            incidents = {incident.id: incident for incident in await tx.find(Incident)}
        await ledger.close()
        for seq, entry in new:
            assert seq == self.seq + 1
            before = self.alarms.get(entry.alarm) or fresh(BY_ID[entry.alarm])
            self.alarms[entry.alarm] = now = replayed(before, [entry])
            self.entries.append(entry)
            self.seq = seq
            if entry.event == "restart":
                assert entry.note == digest([now])
        assert checked in (None, self.seq)
        for id in stored.keys() - self.alarms.keys():
            self.alarms[id] = replace(fresh(BY_ID[id]), config=self.config)
        assert digest(stored.values()) == digest(self.alarms.values())
        assert REPAIRED not in stored
        for made in (orders, drafts):
            assert max(Counter(one.incident for one in made).values(), default=0) <= 1
        for alarm in stored.values():
            members = incidents[alarm.incident].members if alarm.incident else ()
            assert not alarm.incident or alarm.id in {member.alarm for member in members}


async def audited(folder: Path, observer: Observer) -> None:
    """What `waterhub ledger verify` says."""
    ledger = await SqlLedger.open(folder / "ledger.db")
    told = await audit(ledger)
    await ledger.close()
    assert (told.entries, told.differing) == (observer.seq, ())
    assert told.digest == told.replayed == digest(observer.alarms.values())


async def answered(folder: Path) -> int:
    """How many confirmed incidents of water quality there are: each has one order and one draft by now."""
    ledger = await SqlLedger.open(folder / "ledger.db")
    async with ledger.read() as tx:
        found = await tx.find(Incident, kind=IncidentKind.WATER_QUALITY, state=IncidentState.CONFIRMED)
        for kind in (WorkOrder, Notice):
            made = [len(await tx.find(kind, incident=incident.id)) for incident in found]
            assert set(made) <= {1}
        orders = await tx.find(WorkOrder)
    await ledger.close()
    return len(orders)


def ends(entries: list[JournalEntry]) -> Iterator[tuple[int, int]]:
    """Of each shelf that ended by itself: when it should, and when it did."""
    due: dict[str, int] = {}
    for entry in entries:
        if not entry.rows:
            continue
        if entry.event == "shelve" and entry.until_ns is not None:
            due[entry.alarm] = entry.until_ns
        elif entry.event == "shelf_expired":
            yield really(due[entry.alarm]), really(entry.commit_ns)


def really(plant_ns: int) -> int:
    """By the host's clock."""
    return BEGAN_NS + round((plant_ns - NOON) / SPEED)


def shelves_ended_in_time(entries: list[JournalEntry], told: list[dict[str, Any]]) -> int:
    """How many. None too early; of one that is over no life has had more than a second to take it down, from
    the first that it wrote."""
    found = list(ends(entries))
    working = [(begun(entries, life), life["died_ns"]) for life in told]
    for due_ns, ended_ns in found:
        assert ended_ns >= due_ns
        for begun_ns, died_ns in working:
            waited_ns = min(ended_ns, died_ns) - max(due_ns, begun_ns)
            assert waited_ns <= SOON_S * SECOND, (due_ns, ended_ns, begun_ns)
    return len(found)


def begun(entries: list[JournalEntry], life: dict[str, Any]) -> int:
    """When a life wrote its first entry, host's time; its end if it wrote none."""
    written = (really(entry.commit_ns) for entry in entries)
    first_ns = next((t_ns for t_ns in written if t_ns >= life["born_ns"]), life["died_ns"])
    return min(first_ns, int(life["died_ns"]))
