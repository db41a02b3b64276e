"""What the engine and people do with one alarm of a town: it returns, is shelved, is acknowledged."""

from dataclasses import replace

from alarms.acts import Seen, acknowledge
from core.model.alarm import Alarm, Shelf
from core.model.event import Event, EventKind
from core.ports.ledger import Ledger

HOUR_NS = 3_600_000_000_000
WHY = "known work on the main"


async def change(ledger: Ledger, what: str, id: str, now_ns: int) -> None:
    """`returns`: its condition is over; `shelved`: for an hour; `acked`: by somebody else."""
    async with ledger.begin() as tx:
        known = await tx.get(Alarm, id)
        assert known is not None, id
        if what == "acked":
            await acknowledge(tx, id, Seen(known.occurrence, known.seq), "operator", now_ns)
            return
        changes = {"active": False} if what == "returns" else {"shelf": shelf(now_ns)}
        await tx.put(replace(known, seq=known.seq + 1, **changes))  # type: ignore[arg-type]
        await tx.emit(Event(kind=EventKind.ALARM, subject=id, t_ns=now_ns, zone=known.zone, data={}))


def shelf(now_ns: int) -> Shelf:
    return Shelf(by="operator", since_ns=now_ns, until_ns=now_ns + HOUR_NS, once=False, note=WHY)
