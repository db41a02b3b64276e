"""What else waits in a shift's log: people to be told, decisions, sensors in maintenance, work that is to
come, and what others wrote."""

from core.model.activity import OPEN as UNDER_WAY
from core.model.activity import Activity
from core.model.annotation import Annotation
from core.model.callback import Callback
from core.model.duty import Duty, DutyState
from core.model.fire_duty import FireDuty, FireState
from core.model.maintenance import Maintenance
from core.model.proposal import Proposal, ProposalState
from core.model.shift import ShiftNote
from core.model.text import Text, listed
from core.ports.ledger import Tx, pages
from response.shifts.line import Line, Matter, Period, Said, Section

_PAGE = 100
NOTHING = Text("", "")
"""A line whose words are its matter's and its state's."""


async def duty_lines(tx: Tx, period: Period) -> list[Line]:
    """Key customers by what they are, never by who: the desk has their names for whoever may see them."""
    lines = [
        Line(
            section=Section.DUTIES,
            matter=Matter.DUTY,
            id=one.subject,
            title=NOTHING,
            open=True,
            since_ns=one.opened_ns,
            zone=one.zone,
            state=one.segment.value,
            awaits=one.about.value,
            due_ns=one.due_ns,
            overdue=one.due_ns < period.to_ns,
            n=len(one.attempts),
        )
        for one in await tx.find(Duty, state=DutyState.OPEN)
    ]
    lines += [
        Line(
            section=Section.DUTIES,
            matter=Matter.FIRE_SERVICE,
            id=one.notice,
            title=NOTHING,
            open=True,
            since_ns=one.opened_ns,
            zone=one.zone,
            state=one.matter.value,
            due_ns=one.due_ns,
            overdue=one.due_ns < period.to_ns,
            n=len(one.hydrants),
        )
        for one in await tx.find(FireDuty, state=FireState.OPEN)
    ]
    lines.sort(key=lambda line: (line.due_ns or 0, line.id))
    called = await tx.count(Callback, ("day",), open=True)
    if n := sum(called.values()):
        section = Section.DUTIES
        lines.append(Line(section=section, matter=Matter.CALLBACKS, id="", title=NOTHING, open=True, n=n))
    return lines


async def proposal_lines(tx: Tx) -> list[Line]:
    return [
        Line(
            section=Section.WITHHELD,
            matter=Matter.PROPOSAL,
            id=one.subject,
            title=NOTHING,
            open=True,
            since_ns=one.asked_ns,
            state=one.kind.value,
            by=one.by,
            text=one.reason,
        )
        for one in await tx.find(Proposal, state=ProposalState.OPEN)
    ]


async def maintenance_lines(tx: Tx) -> list[Line]:
    return [
        Line(
            section=Section.SOURCES,
            matter=Matter.MAINTENANCE,
            id=one.subject,
            title=Text(one.subject, one.subject),
            open=True,
            since_ns=one.since_ns,
            state=one.scope.value,
            until_ns=one.until_ns,
            by=one.author,
            text=one.note,
        )
        for one in await tx.find(Maintenance, active=True)
    ]


async def planned_lines(tx: Tx, period: Period) -> list[Line]:
    """Work that goes on, or begins before the next shift ends."""
    found = [one for one in await tx.find(Activity, state=UNDER_WAY) if one.start_ns < period.next_until_ns]
    return [
        Line(
            section=Section.PLANNED,
            matter=Matter.ACTIVITY,
            id=one.id,
            title=Text(one.who, one.who),
            open=True,
            since_ns=one.start_ns,
            zone=one.zones[0] if one.zones else None,
            state=one.state.value,
            awaits=one.kind.value,
            until_ns=one.end_ns,
            by=one.by,
            text=one.note or None,
        )
        for one in sorted(found, key=lambda one: (one.start_ns, one.id))
    ]


async def note_lines(tx: Tx, shift: str, period: Period) -> list[Line]:
    """The shift's own, and those beside trends."""
    lines = [
        Line(
            section=Section.NOTES,
            matter=Matter.NOTE,
            id=one.id,
            title=NOTHING,
            open=False,
            since_ns=one.at_ns,
            by=one.by,
            text=one.text,
        )
        for one in await tx.find(ShiftNote, shift=shift)
    ]
    beside = await _written(tx, period)
    lines += [
        Line(
            section=Section.NOTES,
            matter=Matter.ANNOTATION,
            id=one.id,
            title=listed(Text(id, id) for id in one.tags),
            open=False,
            since_ns=one.at_ns,
            said=(Said(what="about", at_ns=one.start_ns),),
            by=one.author,
            text=one.note,
            state=",".join(one.tags),
        )
        for one in beside
    ]
    return sorted(lines, key=lambda line: (line.since_ns or 0, line.id))


async def _written(tx: Tx, period: Period) -> list[Annotation]:
    """In the shift, of whatever time."""
    found: list[Annotation] = []
    async for page in pages(tx, Annotation, _PAGE):
        found += [one for one in page if one.standing and period.has(one.at_ns)]
        if page[-1].at_ns < period.from_ns:
            break
    return found
