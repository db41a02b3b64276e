"""Row 25: alarms over a change of their rows. What they are is kept, whatever the new figures say; the engine
judges them anew under the new row. An alarm whose row is gone is over."""

from collections.abc import Mapping, Sequence

from alarms.journal import Stamp, entry_of
from alarms.sheet import Sheet
from alarms.states import AlarmEvent, Cause
from alarms.transaction import event_of
from alarms.transition import step
from core.model.alarm import Alarm, AlarmDefinition, State
from core.model.incident import OPEN
from core.ports.clock import Clock
from core.ports.ledger import Ledger

LOT = 250
"""Alarms of one transaction."""


def outdated(alarm: Alarm, row: AlarmDefinition | None) -> bool:
    """Whether its row has changed, or gone, since the alarm last knew of it. An alarm that is normal and has
    never known a version takes its row's with its next change; one without a version belongs to another."""
    if row is None:
        return bool(alarm.config) and alarm.active
    if not alarm.config and alarm.state is State.NORM:
        return False
    return bool(row.config) and alarm.config != row.config


async def carry_over(
    ledger: Ledger, ids: Sequence[str], rows: Mapping[str, AlarmDefinition], clock: Clock
) -> None:
    """Journalled, by lots of one transaction each; done again it changes nothing."""
    for at in range(0, len(ids), LOT):
        lot = ids[at : at + LOT]
        async with ledger.begin() as tx:
            now_ns = clock.now_ns()
            sheet = Sheet(tx, OPEN)
            await sheet.look_up(lot)
            for id in lot:
                alarm, row = await sheet.get(Alarm, id), rows.get(id)
                if alarm is None or not outdated(alarm, row):
                    continue
                event, cause = _event(alarm, row, now_ns)
                transition = step(alarm, event, cause)
                await sheet.journal(entry_of(transition, event, cause, Stamp(now_ns)))
                await sheet.put(transition.alarm)
                if alarm.state is not State.NORM:
                    await sheet.emit(event_of(transition.alarm, row, now_ns))
            await sheet.done()


def _event(alarm: Alarm, row: AlarmDefinition | None, now_ns: int) -> tuple[AlarmEvent, Cause]:
    if row is None:
        return AlarmEvent.CLEAR, Cause(t_ns=now_ns, reason="its row is no longer approved")
    reason = f"version {alarm.config or '-'} -> {row.config}"
    return AlarmEvent.CONFIG_CHANGE, Cause(t_ns=now_ns, config=row.config, reason=reason)
