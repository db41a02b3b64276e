"""Whether a ledger can be believed: its hash chain, and every alarm against the journal's whole replay."""

from dataclasses import dataclass

from alarms.journal import digest, replayed, unborn
from alarms.states import AlarmEvent
from core.model.alarm import Alarm
from core.ports.ledger import JournalBroken, Ledger

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Audit:
    """entries: of the journal. restarts: rows RESTART among them. digest: of all alarms as they are stored,
    replayed: as the journal tells; equal when nothing differs. differing: alarms, by id, whose record or
    whose facts at a restart are not those of the replay. contradicting: records that are found under other
    columns than they say, in words."""

    entries: int
    alarms: int
    restarts: int
    digest: str
    replayed: str
    differing: tuple[str, ...]
    contradicting: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not (self.differing or self.contradicting)


async def audit(ledger: Ledger) -> Audit:
    """Reads one consistent view, also of a ledger at work. Raises JournalBroken naming the first row that
    does not hold, RecordBroken naming a record that cannot be read."""
    await ledger.verify_journal()
    contradicting = await ledger.verify_records()
    entries = restarts = seq = 0
    differing: set[str] = set()
    async with ledger.read() as tx:
        stored = {alarm.id: alarm for alarm in await tx.find(Alarm)}
        told = {id: unborn(alarm) for id, alarm in stored.items()}
        while rows := await tx.journal_from(seq, AT_ONCE):
            for n, entry in rows:
                try:
                    alarm = replayed(told.get(entry.alarm) or Alarm(id=entry.alarm), [entry])
                except ValueError as error:
                    raise JournalBroken(f"journal row {n} cannot be done again: {error}") from error
                if entry.event == AlarmEvent.RESTART:
                    restarts += 1
                    if entry.note != digest([alarm]):
                        differing.add(entry.alarm)
                told[entry.alarm] = alarm
            entries, seq = entries + len(rows), rows[-1][0]
    differing |= {id for id, alarm in told.items() if stored.get(id) != alarm}
    return Audit(
        entries=entries,
        alarms=len(stored),
        restarts=restarts,
        digest=digest(stored.values()),
        replayed=digest(told.values()),
        differing=tuple(sorted(differing)),
        contradicting=tuple(contradicting),
    )
