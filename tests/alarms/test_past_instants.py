"""How every alarm stood at any instant of a run with kills in it, as somebody else saw it then (A-27)."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from random import Random

from alarms.journal import digest, replayed
from alarms.transaction import fresh
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, State
from tests.alarms import busy_room
from tests.alarms.killed import BEGAN_NS, fates, lived, lives

KILLS, INSTANTS = 16, 1_000
LOOK_S = 0.004


@dataclass(frozen=True, slots=True)
class Seen:
    """after_ns: by the observer's clock, when it had looked. seq: the journal's last row by then."""

    after_ns: int
    seq: int
    alarms: dict[str, Alarm]


async def observed(ledger: SqlLedger, record: list[Seen]) -> None:
    """Until cancelled: the alarms' records as they stand, never the journal's rows but their number."""
    known: dict[str, Alarm] = {}
    clock = busy_room.clock(BEGAN_NS)
    while True:
        async with ledger.read() as tx:
            alarms = {alarm.id: alarm for alarm in await tx.find(Alarm)}
            rows = await tx.journal_from(record[-1].seq if record else 0, 1_000_000)
        if alarms == known:
            alarms = known
        known = alarms
        seq = rows[-1][0] if rows else record[-1].seq if record else 0
        record.append(Seen(clock.now_ns(), seq, alarms))
        await asyncio.sleep(LOOK_S)


def instants(record: list[Seen], stamps: list[int], chance: Random) -> list[tuple[int, Seen]]:
    """Random looks, and for each an instant at which what it saw was all that had been written."""
    found = []
    for seen in chance.choices([one for one in record if one.seq], k=INSTANTS):
        written_ns, next_ns = stamps[seen.seq - 1], [*stamps, 2**63][seen.seq]
        assert written_ns <= seen.after_ns, "seen before it was stamped"
        found.append((chance.randint(written_ns, min(seen.after_ns, next_ns - 1)), seen))
    return sorted(found, key=lambda one: one[0])


async def test_the_journal_knows_every_alarm_at_a_thousand_instants_as_an_observer_saw_it(
    tmp_path: Path,
) -> None:
    record: list[Seen] = []
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    looking = asyncio.create_task(observed(ledger, record))
    with lives(tmp_path) as process:
        for fate in fates(KILLS):
            await asyncio.to_thread(lived, process, **fate | {"seconds": min(fate["seconds"] * 4, 5.0)})
        await asyncio.to_thread(lived, process, seed=1, seconds=1.0, busy=False)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    async with ledger.read() as tx:
        entries = await tx.journal_from(0, 1_000_000)
    stamps = [entry.commit_ns for _, entry in entries]
    assert stamps == sorted(stamps), "times of the journal are in its order"
    looked = instants(record, stamps, Random(20_261_125))
    for t_ns, seen in looked:
        told = {entry.alarm: entry.after for entry in await ledger.journal_at(t_ns)}
        assert {id: told.get(id, State.NORM) for id in seen.alarms} == {
            id: alarm.state for id, alarm in seen.alarms.items()
        }
    alarms, done = {row.id: fresh(row) for row in busy_room.approved("1")}, 0
    for t_ns, seen in looked:
        while done < len(entries) and entries[done][1].commit_ns <= t_ns:
            entry = entries[done][1]
            alarms[entry.alarm] = replayed(alarms[entry.alarm], [entry])
            done += 1
        assert digest(alarms[id] for id in seen.alarms) == digest(seen.alarms.values())
    await ledger.close()
    assert len({seen.seq for _, seen in looked}) > 50, "of many different moments"
