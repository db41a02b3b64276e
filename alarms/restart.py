"""Row 26: what stands is held against the journal before anything new is judged.

State and journal are written in one transaction, so a kill leaves them equal; a disk, a restore or a hand
may not. Each alarm that is not normal is done again from the journal since its last restart. A difference is
mended from the journal, which is hashed, and never silently: an alarm names it. Then the restart is
journalled, with the whole alarm and its digest, so that the next start has a short way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from alarms.hub_alarms import REPAIRED, definitions
from alarms.journal import Stamp, digest, entry_of, replayed, unborn
from alarms.states import AlarmEvent, Cause
from alarms.transaction import event_of, fresh
from alarms.transition import step
from core.model.alarm import Alarm, AlarmDefinition, JournalEntry, State
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.logs import log

LOT = 250
"""Alarms of one transaction."""
NAMED = 10
"""Alarms that the hub's alarm names; of more it says how many."""


async def verify(ledger: Ledger, rows: Mapping[str, AlarmDefinition], clock: Clock) -> int:
    """How many alarms stood. rows: the definitions, for an alarm whose record is lost. Raises what the ledger
    raises."""
    async with ledger.read() as tx:
        standing = await tx.standing()
    repaired: list[str] = []
    for at in range(0, len(standing), LOT):
        async with ledger.begin() as tx:
            repaired += await _verified(tx, standing[at : at + LOT], rows, clock.now_ns())
    if repaired:
        log.critical("alarms repaired from the journal", alarms=repaired)
        async with ledger.begin() as tx:
            await _tell(tx, repaired, clock.now_ns())
    return len(standing)


async def _verified(
    tx: Tx, ids: Sequence[str], rows: Mapping[str, AlarmDefinition], now_ns: int
) -> list[str]:
    """What had to be mended, with the facts that differed."""
    stored = {alarm.id: alarm for alarm in await tx.find(Alarm, id=tuple(ids))}
    repaired, restarts = [], []
    for id, entries in (await tx.since_restart(ids)).items():
        alarm = stored.get(id) or (fresh(rows[id]) if id in rows else Alarm(id=id))
        told = _told(alarm, entries)
        if told != alarm:
            other = [one.name for one in fields(Alarm) if getattr(told, one.name) != getattr(alarm, one.name)]
            repaired.append(f"{id} ({', '.join(other)})")
            await tx.put(told)
            await tx.emit(event_of(told, None, now_ns))
        elif told.state is State.NORM:
            continue  # it stood when they were read: its shelf has ended since
        cause = Cause(t_ns=now_ns, reason=digest([told]))
        entry = entry_of(step(told, AlarmEvent.RESTART, cause), AlarmEvent.RESTART, cause, Stamp(now_ns))
        restarts.append(replace(entry, facts=told))
    await tx.journal_many(restarts)
    return repaired


def _told(alarm: Alarm, entries: Sequence[JournalEntry]) -> Alarm:
    if entries and (kept := entries[0].facts) is not None:
        return replayed(kept, entries[1:])
    return replayed(unborn(alarm), entries)


async def _tell(tx: Tx, repaired: Sequence[str], now_ns: int) -> None:
    """Of something that was so and is mended: latched, until a person has seen it."""
    row = definitions()[REPAIRED]
    alarm = await tx.get(Alarm, row.id) or fresh(row)
    more = f" + {len(repaired) - NAMED}" if len(repaired) > NAMED else ""
    cause = Cause(
        t_ns=now_ns, priority=row.priority, latching=True, reason="; ".join(repaired[:NAMED]) + more
    )
    for event in (AlarmEvent.RAISE, AlarmEvent.CLEAR):
        transition = step(alarm, event, cause)
        alarm = transition.alarm
        await tx.journal(entry_of(transition, event, cause, Stamp(now_ns)))
    await tx.put(alarm)
    await tx.emit(event_of(alarm, row, now_ns))
