"""A shift's log, filled by itself from what the ledger knows."""

from collections.abc import Mapping

from core.model.alarm import AlarmDefinition
from core.model.shift import Rota, Shift, ShiftHandover
from core.ports.ledger import Ledger, Tx
from response.service_times import ServiceTimes
from response.shifts.alarms import Happened, alarm_lines, journalled
from response.shifts.dispatch import dispatch_lines
from response.shifts.line import Line, Period, Section
from response.shifts.matters import incident_lines, notice_lines, order_lines
from response.shifts.waiting import (
    duty_lines,
    maintenance_lines,
    note_lines,
    planned_lines,
    proposal_lines,
)

_ORDER = {section: n for n, section in enumerate(Section)}
_WHENEVER = (Section.PLANNED, Section.NOTES)
"""What belongs to a shift whenever it begins or was written."""


async def period_of(tx: Tx, rota: Rota, shift: Shift, now_ns: int) -> Period:
    """It begins where the one before was handed over, early or late, so that nothing falls between two; and
    lasts until it is handed over, or can be no more."""
    before = await tx.get(ShiftHandover, rota.before(shift).id)
    after = rota.after(shift)
    from_ns = before.handed_ns if before else shift.start_ns
    to_ns = min(now_ns, shift.end_ns) if over(rota, shift, now_ns) else now_ns
    return Period(from_ns, max(from_ns, to_ns), after.end_ns)


def over(rota: Rota, shift: Shift, now_ns: int) -> bool:
    """The next one has ended too: nobody hands it over any more."""
    return now_ns >= rota.after(shift).end_ns


async def log_of(
    ledger: Ledger,
    rota: Rota,
    shift: Shift,
    definitions: Mapping[str, AlarmDefinition],
    times: ServiceTimes,
    now_ns: int,
) -> tuple[Period, list[Line]]:
    """Every line, by section. How things stand is how they stand now; of a shift that is over what began
    later is left out. Else nothing is: a source's clock may be ahead of the hub's."""
    async with ledger.read() as tx:
        period = await period_of(tx, rota, shift, now_ns)
    happened = await journalled(ledger, period)
    async with ledger.read() as tx:
        lines = await _lines(tx, shift, period, definitions, times, happened)
    if over(rota, shift, now_ns):
        lines = [one for one in lines if one.section in _WHENEVER or (one.since_ns or 0) < period.to_ns]
    return period, sorted(lines, key=lambda line: _ORDER[line.section])


async def _lines(
    tx: Tx,
    shift: Shift,
    period: Period,
    definitions: Mapping[str, AlarmDefinition],
    times: ServiceTimes,
    happened: Happened,
) -> list[Line]:
    return [
        *await alarm_lines(tx, definitions, happened),
        *await proposal_lines(tx),
        *await incident_lines(tx, period),
        *await order_lines(tx, times, period),
        *await dispatch_lines(tx, period),
        *await notice_lines(tx, period),
        *await duty_lines(tx, period),
        *await maintenance_lines(tx),
        *await planned_lines(tx, period),
        *await note_lines(tx, shift.id, period),
    ]
