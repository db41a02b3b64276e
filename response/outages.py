"""What an outage costs (WO-29): customers, from what was seen first until water was back, and their minutes;
and when the supervising authority has to be told (WO-34)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from core.model.event import EventKind
from core.model.incident import Incident, IncidentState
from core.model.notice import Notice
from core.model.outage import AuthorityReport, Off, Outage, OutageStart, ReportState
from core.model.plant import Plant
from core.model.report import Report
from core.model.usage import Failure
from core.model.valve_operation import StoppedBy, Turning
from core.model.work_order import FIELD_DONE, WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from response import outage_report
from response.following import Follower
from response.notices.again import newest
from response.notices.exercises import in_earnest
from response.orders.valves import entries_of, log_of
from response.outage_minutes import Concerned, concerned, stopped_ns, taken_ns
from response.service_times import ServiceTimes
from response.site import Work, work_of

CURSOR = "outages"
LOOK_AGAIN_S = 60.0
_MINUTE_NS = 60 * 1_000_000_000
_SEEN = frozenset({IncidentState.CONFIRMED, IncidentState.RESTORED, IncidentState.CLOSED})


class OutageService:
    """Keeps the outage of every incident that leaves anybody without water, or with little."""

    def __init__(self, ledger: Ledger, plant: Plant, clock: Clock, times: ServiceTimes) -> None:
        self._plant, self._clock, self._times = plant, clock, times
        kinds = frozenset({EventKind.INCIDENT, EventKind.NOTICE, EventKind.WORK_ORDER})
        self._ledger = ledger
        self.follower = Follower(ledger, CURSOR, kinds, self.handle)

    async def run(self) -> None:
        """Until cancelled. One that lasts becomes a long one without anything happening: it is looked at
        again now and then."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.follower.run())
            group.create_task(self._again())

    async def _again(self) -> None:
        while True:
            await self._clock.sleep(LOOK_AGAIN_S)
            async with self._ledger.read() as tx:
                lasting = [one.id for one in await tx.find(Outage, lasts=True)]
            if lasting:
                async with self._ledger.begin() as tx:
                    await self.handle(tx, lasting)

    async def handle(self, tx: Tx, subjects: Sequence[str]) -> None:
        for incident, by_order in await _incidents(tx, subjects):
            if incident.state in _SEEN:
                found = await account(tx, self._plant, incident, self._clock.now_ns(), counted=by_order)
                if found is not None:
                    await tx.put(found)
                    await self._report(tx, incident, found)

    async def _report(self, tx: Tx, incident: Incident, outage: Outage) -> None:
        """A draft follows the facts until a person has decided on it."""
        standing = await tx.get(AuthorityReport, incident.id)
        if standing is not None and standing.state is not ReportState.DRAFT:
            return
        notice = next(iter(newest(in_earnest(await tx.find(Notice, incident=incident.id)))), None)
        order = await tx.get(WorkOrder, outage.order) if outage.order else None
        mm = order.diameter_mm if order else 0.0
        rules, now_ns = self._times.file.report, self._clock.now_ns()
        why = outage_report.reasons(rules, outage, notice, mm, now_ns)
        if not why and standing is None:
            return
        fresh = outage_report.draft(self._plant, rules, incident, outage, notice, mm, why, now_ns)
        if standing is not None:
            fresh = replace(
                fresh,
                made_ns=standing.made_ns,
                due_ns=standing.due_ns,
                reasons=tuple(dict.fromkeys((*standing.reasons, *why))),
                seq=standing.seq,
            )
        if fresh != standing:
            await tx.put(replace(fresh, seq=fresh.seq + 1))


async def _incidents(tx: Tx, subjects: Sequence[str]) -> list[tuple[Incident, bool]]:
    """Of events about incidents, orders and notices; whether it was an order alone, which says nothing of
    whom it concerns."""
    found: dict[str, tuple[Incident, bool]] = {}
    for id in subjects:
        order = await tx.get(WorkOrder, id)
        about = order or await tx.get(Notice, id)
        key = about.incident if about is not None else id
        incident = await tx.get(Incident, key) if key else None
        if incident is not None:
            alone = order is not None and found.get(incident.id, (incident, True))[1]
            found[incident.id] = incident, alone
    return list(found.values())


async def account(
    tx: Tx, plant: Plant, incident: Incident, now_ns: int, *, counted: bool = False
) -> Outage | None:
    """None while nobody is known to be affected, and of one whose order went on to a later incident: what
    was counted stands. Minutes count connections, each from when they are known to
    be off. counted: an order alone has changed, which before that says nothing of whom it concerns."""
    orders = await tx.find(WorkOrder, incident=incident.id)
    before = await _without_slips(tx, orders, await tx.get(Outage, incident.id))
    if before is not None and before.restored_ns is not None and before.order is not None and not orders:
        return None
    start, began_ns = await _start(tx, incident, orders)
    work = await work_of(tx, incident.id)
    restored_ns = await _restored_ns(incident, orders, work)
    earlier = await _earlier(tx, incident, orders, before, work, lasts=restored_ns is None)
    back_ns = earlier[-1].back_ns if earlier else 0
    found = await concerned(tx, plant, incident, orders, work, began_ns, back_ns)
    if before is not None and found.since_ns is None and (counted or not (found.dry or found.low)):
        off_ns = before.off_ns if len(earlier) == len(before.earlier) else None
        found = Concerned(before.no_water, before.low_pressure, off_ns)
    if not found.dry and not found.low and before is None:
        return None
    fresh = Outage(
        id=incident.id,
        kind=incident.kind.value,
        cause=await _cause(tx, incident, orders),
        zone=incident.zone,
        started_ns=began_ns,
        start=start,
        at_ns=now_ns,
        no_water=found.dry,
        low_pressure=found.low,
        off_ns=found.since_ns,
        order=orders[0].id if orders else None,
        earlier=earlier,
    )
    return replace(as_of(fresh, now_ns if restored_ns is None else restored_ns), restored_ns=restored_ns)


def as_of(outage: Outage, now_ns: int) -> Outage:
    """With the minutes up to now, of one that lasts."""
    if outage.restored_ns is not None:
        return outage
    minutes = 0.0 if outage.off_ns is None else max(0, now_ns - outage.off_ns) / _MINUTE_NS
    return replace(
        outage,
        at_ns=now_ns,
        customer_minutes=round(
            outage.no_water * minutes + sum(one.customer_minutes for one in outage.earlier), 1
        ),
        low_minutes=round(outage.low_pressure * minutes + sum(one.low_minutes for one in outage.earlier), 1),
    )


async def _earlier(
    tx: Tx, incident: Incident, orders: Sequence[WorkOrder], before: Outage | None, work: Work, *, lasts: bool
) -> tuple[Off, ...]:
    """The times that it was off and that are over: the last of them ends where it lasts again, or was off
    again. A valve that was shut before water was back, and is told of only now, goes on with the last."""
    if before is None:
        return ()
    if before.restored_ns is None or before.off_ns is None:
        return before.earlier
    anew = await stopped_ns(tx, incident, orders, before.restored_ns) is not None
    if not anew and (not lasts or work.held_off):
        return before.earlier
    last = Off(
        off_ns=before.off_ns,
        back_ns=before.restored_ns,
        no_water=before.no_water,
        customer_minutes=before.customer_minutes - sum(one.customer_minutes for one in before.earlier),
        low_minutes=before.low_minutes - sum(one.low_minutes for one in before.earlier),
    )
    return (*before.earlier, last)


async def _without_slips(tx: Tx, orders: Sequence[WorkOrder], before: Outage | None) -> Outage | None:
    """What began with a valve that was shut by a slip alone never was: what there was before goes on."""
    if before is None or before.off_ns is None:
        return before
    shut = [one for one in await entries_of(tx, orders) if one.turning is Turning.CLOSE]
    slips = {one.when_ns for one in shut if not one.stands} - {one.when_ns for one in shut if one.stands}
    if before.off_ns not in slips:
        return before
    if not before.earlier:
        return replace(before, off_ns=None)
    last, earlier = before.earlier[-1], before.earlier[:-1]
    again = replace(before, off_ns=last.off_ns, no_water=last.no_water, earlier=earlier, restored_ns=None)
    return replace(as_of(again, last.back_ns), restored_ns=last.back_ns)


async def _restored_ns(incident: Incident, orders: Sequence[WorkOrder], done: Work) -> int | None:
    """When the signal was back, and no sooner than the last valve was opened; not while one is shut."""
    if done.held_off:
        return None
    restored_ns = next((o.recovered_ns for o in orders if o.recovered_ns is not None), None)
    if restored_ns is None and incident.state is not IncidentState.CONFIRMED:
        restored_ns = incident.closed_ns
    return None if restored_ns is None else max(restored_ns, done.opened_ns, *map(_by_others_ns, orders))


def _by_others_ns(order: WorkOrder) -> int:
    """When the work on site was over for which others stopped the water again; 0 of any other."""
    if not order.reopened or order.stopped is not StoppedBy.BY_OTHERS:
        return 0
    done = [one for one in order.said if one.beside is None and one.state in FIELD_DONE]
    return min((one.when_ns for one in done), default=0)


async def _start(tx: Tx, incident: Incident, orders: Sequence[WorkOrder]) -> tuple[OutageStart, int]:
    """The earliest of the telemetry's sign, the first call and the first valve that was closed."""
    onset = incident.evidence.get("onset_s")
    seen_ns = min((member.raised_ns for member in incident.members), default=incident.opened_ns)
    if isinstance(onset, float | int):
        seen_ns = min(seen_ns, round(onset * 1_000_000_000))
    found = [(seen_ns, OutageStart.TELEMETRY)]
    reports = {r.id: r for r in await tx.find(Report, incident=incident.id)}
    for order in orders:
        since_ns = taken_ns(incident, order)
        called = await tx.find(Report, work_order=order.id)
        reports |= {r.id: r for r in called if r.at_ns >= since_ns or r.incident == incident.id}
        for turned in await log_of(tx, [order]):
            if turned.turning is Turning.CLOSE and turned.at_ns >= since_ns:
                found.append((turned.when_ns, OutageStart.VALVE))
    found += [(report.at_ns, OutageStart.CALL) for report in reports.values()]
    at_ns, start = min(found)
    return start, at_ns


async def _cause(tx: Tx, incident: Incident, orders: Sequence[WorkOrder]) -> str:
    """What was found of the pipe, where that is written down."""
    for order in orders:
        failure = await tx.get(Failure, order.id)
        if failure is not None:
            return failure.mode.value
    return incident.kind.value
