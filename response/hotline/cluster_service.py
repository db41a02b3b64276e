"""Follows what people report; where it is more than chance brings, opens a cluster, and an order to look into
it where no incident explains it (HL-30, HL-32)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from core.model.account import Account
from core.model.event import Event, EventKind
from core.model.incident import Incident, IncidentState
from core.model.notice import Affected, Notice, NoticeState
from core.model.phone_call import CallCluster, ClusterState, SymptomGroup
from core.model.plant import Plant
from core.model.report import Report
from core.model.text import Text
from core.model.work_order import OVER, Milestone, Origin, WorkOrder, WorkOrderState
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Page, Tx
from core.runtime.logs import log
from response.hotline.around import recent_of_zone
from response.hotline.chance import rate
from response.hotline.clusters import WINDOWS_S, Signal, Told, signal
from response.hotline.holding import answered_until, looked_at
from response.hotline.symptoms import explained_by_incident, explained_by_notice, group_of
from response.notices.rules import HUB
from response.orders.events import event_of as order_event
from response.orders.of_callers import taken_up
from response.orders.one_matter import INVESTIGATE, bound
from response.orders.priority import CALL_CLUSTER
from response.service_times import ServiceTimes, due_ns

CURSOR = "call_clusters"
_S = 1_000_000_000
_IDLE_EVENTS = 200
LOOK_S = 30.0
PAST_S = 28 * 86_400.0
"""What was heard so long counts for what is expected."""
_GOING_ON = (IncidentState.SUSPECTED, IncidentState.CONFIRMED)


class ClusterService:
    def __init__(self, ledger: Ledger, plant: Plant, clock: Clock, times: ServiceTimes) -> None:
        self._ledger, self._plant, self._clock, self._times = ledger, plant, clock, times
        self._connections: dict[str, int] = {}

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow(), name="call clusters")
            group.create_task(self._end(), name="call clusters end")

    async def _follow(self) -> None:
        async with self._ledger.read() as tx:
            done = await tx.cursor(CURSOR)
        async for events in self._ledger.follow(done):
            if any(e.kind is EventKind.REPORT for e in events) or events[-1].id - done > _IDLE_EVENTS:
                await self.handle(events)
                done = events[-1].id

    async def _end(self) -> None:
        while True:
            await self.end_due()
            await self._clock.sleep(LOOK_S)

    async def handle(self, events: Sequence[Event]) -> None:
        """One transaction for a run of events; each zone and group is looked at once."""
        ids = dict.fromkeys(e.subject for e in events if e.kind is EventKind.REPORT)
        async with self._ledger.begin() as tx:
            reports = await tx.find(Report, id=tuple(ids)) if ids else []
            asked = {(r.zone, g) for r in reports if r.zone and (g := group_of(r.symptom))}
            for zone, group in sorted(asked):
                await self._look(tx, zone, group)
            await tx.set_cursor(CURSOR, events[-1].id)

    async def end_due(self) -> None:
        now_ns = self._clock.now_ns()
        async with self._ledger.read() as tx:
            standing = await tx.find(CallCluster, state=ClusterState.OPEN)
            changed = any([await looked_at(tx, one, now_ns) != one for one in standing])
        if changed:
            async with self._ledger.begin() as tx:
                for cluster in await tx.find(CallCluster, state=ClusterState.OPEN):
                    if (fresh := await looked_at(tx, cluster, now_ns)) != cluster:
                        await _put(tx, fresh, now_ns)

    async def _look(self, tx: Tx, zone: str, group: SymptomGroup) -> None:
        now_ns = self._clock.now_ns()
        since = now_ns - int(max(WINDOWS_S[group]) * _S)
        since = max(since, await answered_until(tx, zone, group) + 1)
        heard = await self._told(tx, await recent_of_zone(tx, zone, since))
        rate_s = await self._rate(tx, zone, group, now_ns)
        found = signal(zone, group, heard, rate_s, now_ns)
        if found is None:
            return
        standing = await tx.find(CallCluster, zone=zone, group=group, state=ClusterState.OPEN)
        cluster = (
            standing[0]
            if standing
            else CallCluster(
                id=await tx.next_id("CLU", now_ns),
                zone=zone,
                group=group,
                state=ClusterState.OPEN,
                opened_ns=now_ns,
                first_ns=found.first_ns,
                last_ns=found.last_ns,
                window_s=found.window_s,
                n=found.n,
                premises=found.premises,
                expected=found.expected,
                p=found.p,
            )
        )
        await self._kept(tx, cluster, found, now_ns)

    async def _kept(self, tx: Tx, cluster: CallCluster, found: Signal, now_ns: int) -> None:
        fresh = replace(
            cluster,
            last_ns=found.last_ns,
            window_s=found.window_s,
            n=found.n,
            premises=found.premises,
            expected=found.expected,
            p=min(cluster.p, found.p),
            reports=tuple(dict.fromkeys((*cluster.reports, *found.reports))),
            x=found.x,
            y=found.y,
        )
        if fresh.work_order is None:
            fresh = await self._answered(tx, fresh, now_ns)
        if fresh != cluster:
            await _put(tx, replace(fresh, seq=cluster.seq + 1), now_ns)

    async def _answered(self, tx: Tx, cluster: CallCluster, now_ns: int) -> CallCluster:
        """With the order of the incident that explains it; else with one to look into it. Its reports that
        hang on none hang on it."""
        incident, order = await self._explained(tx, cluster)
        if order is None and (incident is None or incident.state is IncidentState.SUSPECTED):
            id = await tx.next_id("WO", now_ns)
            order = _investigate(self._plant, cluster, id, now_ns, self._times)
            await tx.insert(order)
            await tx.emit(order_event(order, now_ns))
            log.info("order to look into reports opened", order=order.id, zone=cluster.zone, n=cluster.n)
            if incident is not None:
                order = await bound(tx, order, incident, now_ns)
        if order is not None:
            order = await taken_up(tx, cluster, order, now_ns)
        return replace(
            cluster,
            incident=incident.id if incident else cluster.incident,
            work_order=order.id if order else None,
        )

    async def _explained(self, tx: Tx, cluster: CallCluster) -> tuple[Incident | None, WorkOrder | None]:
        symptoms = {r.symptom for r in await tx.find(Report, id=cluster.reports)}
        for incident in await tx.find(Incident, zone=cluster.zone, state=_GOING_ON):
            if not any(explained_by_incident(symptom, incident.kind) for symptom in symptoms):
                continue
            orders = [o for o in await tx.find(WorkOrder, incident=incident.id) if o.state not in OVER]
            return incident, orders[0] if orders else None
        return None, None

    async def _told(self, tx: Tx, reports: Sequence[Report]) -> list[Told]:
        ids = tuple({r.account for r in reports if r.account})
        homes = {a.id: a for a in await tx.find(Account, id=ids)} if ids else {}
        told = []
        for report in reports:
            home = homes.get(report.account or "")
            told.append(Told(report, home.building if home else report.id, await _explained_to(tx, report)))
        return told

    async def _rate(self, tx: Tx, zone: str, group: SymptomGroup, now_ns: int) -> float:
        """Past reports that a cluster explained do not make the next one ordinary."""
        if zone not in self._connections:
            self._connections[zone] = len(await tx.find(Account, zone=zone))
        in_cluster = {
            id
            for c in await tx.find(CallCluster, Page(limit=100), zone=zone, group=group)
            for id in c.reports
        }
        before = now_ns - int(max(WINDOWS_S[group]) * _S)
        past = await recent_of_zone(tx, zone, now_ns - int(PAST_S * _S))
        heard = [
            r
            for r in past
            if r.at_ns < before
            and group_of(r.symptom) is group
            and r.id not in in_cluster
            and r.incident is None
        ]
        return rate(group, max(self._connections[zone], 1), len(heard), PAST_S)


async def _explained_to(tx: Tx, report: Report) -> bool:
    """A published notice that reaches the caller tells of it."""
    if report.account is None:
        return False
    for row in await tx.find(Affected, account=report.account):
        notice = await tx.get(Notice, row.notice)
        told = notice is not None and notice.state is NoticeState.PUBLISHED
        if notice is not None and told and explained_by_notice(report.symptom, notice.kind):
            return True
    return False


async def _put(tx: Tx, cluster: CallCluster, now_ns: int) -> None:
    await tx.put(cluster)
    data = {
        "state": cluster.state.value,
        "group": cluster.group.value,
        "n": cluster.n,
        "premises": cluster.premises,
        "p": cluster.p,
        "expected": cluster.expected,
        "work_order": cluster.work_order,
        "incident": cluster.incident,
        "after_back": cluster.after_back,
        "seq": cluster.seq,
    }
    event = Event(kind=EventKind.CALL_CLUSTER, subject=cluster.id, t_ns=now_ns, zone=cluster.zone, data=data)
    await tx.emit(event)


_TITLES = {
    SymptomGroup.SUPPLY: Text(
        "多户反映水压低或无水，现场核查", "Several report low pressure or no water: investigate"
    ),
    SymptomGroup.LEAK: Text("多人反映漏水，现场核查", "Several report a leak: investigate"),
    SymptomGroup.QUALITY: Text(
        "多户反映水质异常，取样并检查是否需要冲洗",
        "Several report doubtful water: take samples, see whether to flush",
    ),
}


def _investigate(plant: Plant, cluster: CallCluster, id: str, now_ns: int, times: ServiceTimes) -> WorkOrder:
    zone = plant.zones.get(cluster.zone)
    where = zone.name if zone else Text(cluster.zone, cluster.zone)
    title = _TITLES[cluster.group]
    kind = "discoloured" if cluster.group is SymptomGroup.QUALITY else INVESTIGATE
    order = WorkOrder(
        id=id,
        incident=None,
        kind=kind,
        service=kind,
        state=WorkOrderState.REPORTED,
        priority=2,
        priority_reasons=(CALL_CLUSTER,),
        zone=cluster.zone,
        title=Text(f"{title.zh}：{where.zh}", f"{title.en}: {where.en}"),
        place=where,
        opened_ns=now_ns,
        clocks=times.clocks(kind, now_ns, 0.0, cluster.zone, 2),
        milestones=(Milestone(state=WorkOrderState.REPORTED, at_ns=now_ns, actor=HUB),),
        origin=Origin.REPORT,
        x=cluster.x,
        y=cluster.y,
    )
    return replace(order, due_ns=due_ns(order))
