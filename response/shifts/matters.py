"""Incidents, work orders and notices in a shift's log: what is open, and what was opened or ended in it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from core.model.incident import OPEN as OPEN_INCIDENTS
from core.model.incident import Incident
from core.model.notice import ENDED, LIVE, Change, Notice
from core.model.notice_version import NoticeVersion, VersionState
from core.model.service_clock import ClockName, ServiceClock
from core.model.work_order import OPEN, WorkOrder
from core.ports.ledger import Record, Tx, pages
from response.clocks.board import Card, cards_of
from response.clocks.reckoning import ClockState
from response.service_times import ServiceTimes
from response.shifts.line import LOOKED_BACK_NS, Line, Matter, Period, Said, Section

_PAGE, _MOST = 500, 10_000
R = TypeVar("R", bound=Record)
_SAID = {
    Change.FIRST: "published",
    Change.UPDATE: "updated",
    Change.RESTORED: "restored",
    Change.CANCELLED: "withdrawn",
}
Happened = tuple[tuple[str, int | None, str | None], ...]


async def incident_lines(tx: Tx, period: Period) -> list[Line]:
    standing = await tx.find(Incident, state=OPEN_INCIDENTS)
    lately = await _lately(tx, Incident, period, lambda one: one.opened_ns)
    return [line for one in _once(standing, lately) if (line := _incident(one, period))]


def _incident(one: Incident, period: Period) -> Line | None:
    happened = (
        ("opened", one.opened_ns, None),
        ("confirmed", one.confirmed_ns, None),
        (one.state.value, one.closed_ns, None),
    )
    return _told(
        Line(
            section=Section.INCIDENTS,
            matter=Matter.INCIDENT,
            id=one.id,
            title=one.title,
            open=one.state in OPEN_INCIDENTS,
            since_ns=one.opened_ns,
            zone=one.zone,
            state=one.state.value,
        ),
        happened,
        period,
    )


async def order_lines(tx: Tx, times: ServiceTimes, period: Period) -> list[Line]:
    """The most urgent first."""
    standing = await tx.find(WorkOrder, state=OPEN)
    lately = await _lately(tx, WorkOrder, period, lambda one: one.opened_ns)
    moved = [one for one in lately if any(period.has(step.at_ns) for step in one.milestones)]
    cards = await cards_of(tx, times, _once(standing, moved), period.to_ns)
    lines = [line for card in cards if (line := _order(card, period))]
    return sorted(lines, key=lambda line: (not line.open, line.priority or 9, line.due_ns or 2**63, line.id))


def _order(card: Card, period: Period) -> Line | None:
    order = card.order
    clock, reading = card.next or (None, None)
    steps = [one for one in order.milestones if one.beside is None]
    return _told(
        Line(
            section=Section.ORDERS,
            matter=Matter.ORDER,
            id=order.id,
            title=order.title,
            open=order.state in OPEN,
            since_ns=order.opened_ns,
            zone=order.zone,
            state=order.state.value,
            priority=order.priority,
            crew=order.crew,
            awaits=clock.clock.value if clock else None,
            due_ns=reading.due_paused_ns if reading else None,
            overdue=reading is not None and reading.state is ClockState.OVERDUE,
        ),
        tuple((one.state.value, one.at_ns, one.actor) for one in steps),
        period,
    )


async def notice_lines(tx: Tx, period: Period) -> list[Line]:
    """What waits to be published stands before what was; a new version that waits has a line of its own."""
    standing = await tx.find(Notice, state=LIVE)
    lately = await _lately(tx, Notice, period, lambda one: one.drafted_ns)
    running = await tx.find(ServiceClock, clock=ClockName.PUBLIC_NOTICE, running=True)
    owed = {clock.order: clock.due_ns for clock in running}
    waiting = await tx.find(NoticeVersion, state=(VersionState.DRAFT, VersionState.APPROVED))
    prepared = {one.notice: one.content for one in waiting if one.version > 1}
    found = _once(standing, lately)
    said = await _published(tx, found)
    lines = []
    for one in found:
        happened = _of_notice(one, said.get(one.id, []), prepared.get(one.id))
        line = _told(_notice(one, owed.get(one.id), period), happened, period)
        if line:
            lines.append(line)
    return sorted(lines, key=lambda line: (not line.open, line.state == "published", line.since_ns or 0))


def _notice(one: Notice, owed_ns: int | None, period: Period) -> Line:
    """Due is that the public is told, a review, or the next word."""
    over = one.state in ENDED
    due = (
        ("public_notice", owed_ns)
        if owed_ns
        else ("review", one.review_due_ns)
        if one.review_due_ns
        else ("update", one.next_update_ns)
    )
    due_ns = None if over else due[1]
    return Line(
        section=Section.NOTICES,
        matter=Matter.NOTICE,
        id=one.id,
        title=one.title,
        open=not over,
        since_ns=one.drafted_ns,
        zone=one.zone,
        state=one.state.value,
        awaits=due[0] if due_ns else None,
        due_ns=due_ns,
        text=one.withdrawn_why or None,
        overdue=not over and (one.overdue_ns is not None or (due_ns is not None and due_ns < period.to_ns)),
    )


async def _published(tx: Tx, found: Iterable[Notice]) -> dict[str, list[Notice]]:
    """By notice: what was said of it, version by version."""
    said: dict[str, list[Notice]] = {}
    ids = tuple(one.id for one in found)
    for one in await tx.find(NoticeVersion, notice=ids, state=VersionState.PUBLISHED) if ids else []:
        said.setdefault(one.notice, []).append(one.content)
    return said


def _of_notice(one: Notice, said: list[Notice], waiting: Notice | None) -> Happened:
    """said: its versions; none of a notice from before they were kept."""
    happened: Happened = (
        ("drafted", said[0].drafted_ns if said else one.drafted_ns, said[0].author if said else one.author),
        *((_SAID[each.change], each.published_ns, each.published_by) for each in said or [one]),
        ("overdue", one.overdue_ns, None),
    )
    return (*happened, ("prepared", waiting.drafted_ns, waiting.author)) if waiting else happened


def _told(line: Line, happened: Happened, period: Period) -> Line | None:
    """None for what was over before."""
    said = [
        Said(what=what, at_ns=at, by=by) for what, at, by in happened if at is not None and period.has(at)
    ]
    if not line.open and not said:
        return None
    return replace(line, said=tuple(sorted(said, key=lambda one: one.at_ns)))


def _once(*lists: Iterable[R]) -> list[R]:
    """Each once, by id."""
    found = {one.id: one for some in lists for one in some}
    return [found[id] for id in sorted(found)]


async def _lately(tx: Tx, kind: type[R], period: Period, begun: Callable[[R], int]) -> list[R]:
    """Opened since LOOKED_BACK_NS before the shift, the newest first."""
    found: list[R] = []
    async for page in pages(tx, kind, _PAGE):
        found += page
        if len(found) >= _MOST or begun(page[-1]) < period.from_ns - LOOKED_BACK_NS:
            break
    return found
