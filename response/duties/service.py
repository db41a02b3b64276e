"""Duties to key customers (WO-13): each hospital, dialysis ward, school or vulnerable household inside an
incident's footprint or a planned cut is spoken to by a person, in time, and has said that it heard."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.model.account import Account
from core.model.duty import Duty, DutyAbout, DutyEnd, DutyState, DutyWay
from core.model.event import EventKind
from core.model.incident import Incident, IncidentState
from core.model.notice import Affected, Notice, NoticeKind, NoticeState, Status
from core.model.plant import Plant
from core.model.work_order import WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from response.affected import reach
from response.clocks.spec import DutyRow
from response.delivery.night import until_ns
from response.duties.acts import put
from response.duties.matters import Matter, Outside, following
from response.following import Follower
from response.service_times import ServiceTimes
from response.site import BACK, FOUND, REPAIRED, Work, lasts, matter, work_of

CURSOR = "duties"
NIGHT_FROM_H, NIGHT_TO_H = 22, 7
"""Nobody is woken to hear that water is back (HL-14)."""
_AT_ONCE = 500
_S = 1_000_000_000
_OVER: Mapping[IncidentState, DutyEnd] = {
    IncidentState.FALSE_ALARM: DutyEnd.FALSE_ALARM,
    IncidentState.MERGED: DutyEnd.MERGED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An incident or a planned cut: who is inside and how they are supplied, what they lose, and what became
    of those who are not inside."""

    id: str
    incident: str | None = None
    notice: str | None = None
    inside: Mapping[str, tuple[Account, str]]
    matter: Matter
    outside: Outside


class DutyService:
    def __init__(
        self,
        ledger: Ledger,
        plant: Plant,
        clock: Clock,
        times: ServiceTimes,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._plant, self._clock = plant, clock
        self._rows = {row.segment: row for row in times.file.duties}
        kinds = frozenset({EventKind.INCIDENT, EventKind.NOTICE, EventKind.WORK_ORDER})
        self.follower = Follower(ledger, CURSOR, kinds, self.handle, wake)

    async def run(self) -> None:
        """Until cancelled."""
        await self.follower.run()

    async def handle(self, tx: Tx, ids: Sequence[str]) -> None:
        if not self._rows:
            return
        for id in ids:
            subject = await self._order(tx, id) or await self._incident(tx, id) or await self._planned(tx, id)
            if subject is not None:
                await self._settle(tx, subject)

    async def _order(self, tx: Tx, id: str) -> Subject | None:
        """A valve that is opened gives water back where the instruments have it already."""
        order = await tx.get(WorkOrder, id)
        incident = await tx.get(Incident, order.incident) if order and order.incident else None
        back = incident is not None and incident.state in BACK
        return await self._incident(tx, incident.id) if incident and back else None

    async def _incident(self, tx: Tx, id: str) -> Subject | None:
        incident = await tx.get(Incident, id)
        if incident is None or incident.state is IncidentState.SUSPECTED:
            return None
        work = await work_of(tx, incident.id)
        goes_on = lasts(incident, work)
        hits = (await reach(tx, self._plant, incident)).hits if goes_on else ()
        over = _OVER.get(incident.state, DutyEnd.WATER_BACK)
        return Subject(
            id=id,
            incident=id,
            inside={hit.account.id: (hit.account, hit.supply) for hit in hits},
            matter=Matter(about=DutyAbout.WATER_OFF),
            outside=Outside(
                DutyEnd.NOT_AFFECTED if goes_on else over, proven=goes_on or await _proven(tx, id, work)
            ),
        )

    async def _planned(self, tx: Tx, id: str) -> Subject | None:
        """From its draft on, as soon as that names a time to come."""
        notice = await tx.get(Notice, id)
        if notice is None or notice.kind is not NoticeKind.PLANNED_OUTAGE or notice.incident:
            return None
        if notice.published_ns is None and notice.starts_ns <= notice.drafted_ns:
            return None
        end = _end_of(notice)
        return Subject(
            id=id,
            notice=id,
            inside={} if end else await _inside(tx, notice),
            matter=Matter(about=DutyAbout.PLANNED, starts_ns=notice.starts_ns, ends_ns=notice.eta_latest_ns),
            outside=Outside(end or DutyEnd.NOT_AFFECTED, told=notice.published_ns is not None),
        )

    async def _settle(self, tx: Tx, subject: Subject) -> None:
        of = {"incident": subject.incident} if subject.incident else {"notice": subject.notice}
        standing: dict[str, list[Duty]] = defaultdict(list)
        for duty in await tx.find(Duty, **of):
            standing[duty.account].append(duty)
        wanted = {id: kept for id, kept in subject.inside.items() if kept[0].segment in self._rows}
        now_ns = self._clock.now_ns()
        for account in sorted(wanted.keys() | standing.keys()):
            last = max(standing[account], key=lambda duty: duty.number, default=None)
            inside = wanted.get(account)
            step = following(last, subject.matter if inside else subject.outside, now_ns)
            if step.close is not None and last is not None:
                state, end = step.close
                await put(tx, replace(last, state=state, ended=end, done_ns=now_ns, seq=last.seq + 1))
            if step.tell is not None and inside is not None:
                await put(tx, self._first(subject, step.tell, *inside, last, now_ns))
            elif step.tell is not None and last is not None:
                await put(tx, self._next(subject, step.tell, last, now_ns))

    def _first(
        self,
        subject: Subject,
        about: DutyAbout,
        account: Account,
        supply: str,
        last: Duty | None,
        now_ns: int,
    ) -> Duty:
        """Of a customer who is inside."""
        row, number = self._rows[account.segment], last.number + 1 if last else 1
        return Duty(
            id=f"{subject.id}:{account.id}" if number == 1 else f"{subject.id}:{account.id}:{number}",
            incident=subject.incident,
            notice=subject.notice,
            account=account.id,
            segment=row.segment,
            how=DutyWay(row.how),
            state=DutyState.OPEN,
            supply=supply,
            opened_ns=now_ns,
            due_ns=_due_ns(row, about, _earliest(subject, last), now_ns),
            zone=account.zone,
            about=about,
            number=number,
            starts_ns=subject.matter.starts_ns,
            ends_ns=subject.matter.ends_ns,
        )

    def _next(self, subject: Subject, about: DutyAbout, last: Duty, now_ns: int) -> Duty:
        """Of a customer who was inside, as their last duty has them."""
        row = self._rows.get(last.segment)
        return replace(
            last,
            id=f"{subject.id}:{last.account}:{last.number + 1}",
            state=DutyState.OPEN,
            opened_ns=now_ns,
            due_ns=_due_ns(row, about, _earliest(subject, last), now_ns) if row else now_ns + 3600 * _S,
            attempts=(),
            escalated_ns=None,
            done_ns=None,
            delivery=None,
            seq=0,
            about=about,
            number=last.number + 1,
            ended=None,
        )


async def _proven(tx: Tx, incident: str, work: Work) -> bool:
    """Whether anybody said, or a crew saw, that water is off."""
    if work.site in FOUND | REPAIRED or work.opened_ns:
        return True
    return any(notice.published_ns for notice in await tx.find(Notice, incident=await matter(tx, incident)))


def _earliest(subject: Subject, last: Duty | None) -> int | None:
    """When a planned cut begins: of the time that they may know and the one that holds, the earlier."""
    known = [at_ns for at_ns in (subject.matter.starts_ns, last.starts_ns if last else None) if at_ns]
    return min(known, default=None)


def _due_ns(row: DutyRow, about: DutyAbout, starts_ns: int | None, now_ns: int) -> int:
    """As long before a planned cut as its customers need; where that has passed, and for everything else, as
    soon as after a burst. That water is back waits for the morning."""
    if about is DutyAbout.WATER_BACK:
        return until_ns(now_ns, NIGHT_FROM_H, NIGHT_TO_H) + row.within * _S
    soon_ns = now_ns + row.within * _S
    return soon_ns if starts_ns is None else max(soon_ns, starts_ns - row.lead * _S)


def _end_of(notice: Notice) -> DutyEnd | None:
    """None while it stands, or is being prepared."""
    if notice.status is not Status.ACTUAL:
        return DutyEnd.EXERCISE
    if notice.state is NoticeState.RESTORED:
        return DutyEnd.WATER_BACK
    if notice.state is NoticeState.WITHDRAWN:
        return DutyEnd.MERGED if notice.same_as else DutyEnd.CALLED_OFF
    return None


async def _inside(tx: Tx, notice: Notice) -> dict[str, tuple[Account, str]]:
    """Of a notice without customers who need care nobody is asked after."""
    if not notice.segments:
        return {}
    supply = {row.account: row.supply for row in await tx.find(Affected, notice=notice.id)}
    ids, found = sorted(supply), dict[str, tuple[Account, str]]()
    for at in range(0, len(ids), _AT_ONCE):
        for account in await tx.find(Account, id=tuple(ids[at : at + _AT_ONCE])):
            found[account.id] = account, supply[account.id]
    return found
