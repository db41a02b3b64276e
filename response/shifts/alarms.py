"""Alarms in a shift's log: what stands, what is withheld, what came and went, and which sources were lost."""

from collections.abc import Iterable, Mapping

from core.model.alarm import Alarm, AlarmClass, AlarmDefinition, JournalEntry, State
from core.model.text import Text
from core.ports.ledger import Ledger, Tx
from response.shifts.line import Line, Matter, Period, Said, Section

NOT_NORMAL = tuple(state for state in State if state is not State.NORM)
TOLD = {
    "raise": "raised",
    "clear": "cleared",
    "ack": "acked",
    "shelve": "shelved",
    "unshelve": "unshelved",
    "shelf_expired": "unshelved",
    "oos_on": "out_of_service",
    "oos_off": "in_service",
}
"""Entries of the journal that a shift hands on."""
Happened = dict[str, dict[str, Said]]
"""By alarm: what, and how often."""


async def alarm_lines(tx: Tx, definitions: Mapping[str, AlarmDefinition], happened: Happened) -> list[Line]:
    """The most urgent first; of one urgency what has stood for longest."""
    found = await tx.find(Alarm, state=NOT_NORMAL)
    standing = {alarm.id: alarm for alarm in found if not _quiet(alarm)}
    lines = [
        _line(alarm, definitions.get(alarm.id), happened.get(alarm.id, {})) for alarm in standing.values()
    ]
    gone = tuple(id for id in happened if id not in standing)
    for alarm in await tx.find(Alarm, id=gone) if gone else []:
        lines.append(_line(alarm, definitions.get(alarm.id), happened[alarm.id]))
    return sorted(lines, key=lambda one: (one.priority or 9, one.since_ns or 0, one.id))


async def journalled(ledger: Ledger, period: Period) -> Happened:
    """By the hub's clock: what was written down in the shift."""
    found: Happened = {}
    async for entries in ledger.journal_between(period.from_ns, period.to_ns):
        _count(found, entries)
    return found


def _count(found: Happened, entries: Iterable[JournalEntry]) -> None:
    for entry in entries:
        what = TOLD.get(entry.event)
        if what is None or entry.refused is not None:
            continue
        said = found.setdefault(entry.alarm, {})
        n = said[what].n + 1 if what in said else 1
        said[what] = Said(what=what, at_ns=entry.commit_ns, by=entry.actor, n=n)


def _quiet(alarm: Alarm) -> bool:
    """A rule would withhold it, and there is nothing to withhold."""
    return alarm.state is State.DSUPR and alarm.core is State.NORM and alarm.shelf is None


def _line(alarm: Alarm, definition: AlarmDefinition | None, said: Mapping[str, Said]) -> Line:
    shelf, oos = alarm.shelf, alarm.oos
    return Line(
        section=_section(alarm, definition),
        matter=Matter.ALARM,
        id=alarm.id,
        title=definition.name if definition else Text(alarm.id, alarm.id),
        open=alarm.state is not State.NORM and not _quiet(alarm),
        since_ns=oos.since_ns if oos else shelf.since_ns if shelf else alarm.raised_ns,
        zone=alarm.zone,
        state=alarm.state.value,
        said=tuple(sorted(said.values(), key=lambda one: (one.at_ns, one.what))),
        priority=alarm.priority,
        until_ns=shelf.until_ns if shelf and not oos else None,
        by=oos.by if oos else shelf.by if shelf else None,
        text=oos.note if oos else shelf.note if shelf else None,
    )


def _section(alarm: Alarm, definition: AlarmDefinition | None) -> Section:
    if alarm.withheld:
        return Section.WITHHELD
    if definition and definition.alarm_class is AlarmClass.COMMUNICATION:
        return Section.SOURCES
    return Section.OVER if alarm.state is State.NORM else Section.STANDING
