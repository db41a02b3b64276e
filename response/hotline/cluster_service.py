"""Follows what people report; where it is more than chance brings, opens a cluster, and an order to look into
it where no incident explains it (HL-30, HL-32)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from core.model.account import Account
from core.model.event import Event, EventKind
from core.model.incident import GOING_ON, Incident, IncidentState
from core.model.phone_call import CallCluster, ClusterState, SymptomGroup
from core.model.plant import Plant
from core.model.report import Report
from core.model.work_order import OVER, WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Page, Tx
from core.runtime.logs import log
from response.hotline.already_told import explained
from response.hotline.around import homes_of, premises, recent_of_town, recent_of_zone
from response.hotline.chance import rate
from response.hotline.cluster_order import grown, investigate
from response.hotline.clusters import WINDOWS_S, Signal, Told, signal
from response.hotline.holding import answered_until, looked_at, since_back
from response.hotline.regional import NEAR_S, STORM_ZONES, Storm, across, heard_of, regional, same, storm
from response.hotline.stragglers import set_apart
from response.hotline.symptoms import explained_by_incident, group_of
from response.orders.events import event_of as order_event
from response.orders.of_callers import taken_up
from response.orders.one_matter import bound
from response.service_times import ServiceTimes

CURSOR = "call_clusters"
_S = 1_000_000_000
_IDLE_EVENTS = 200
LOOK_S = 30.0
RATE_FOR_NS = 600 * _S
PAST_S = 28 * 86_400.0
"""What was heard so long counts for what is expected."""


class ClusterService:
    def __init__(self, ledger: Ledger, plant: Plant, clock: Clock, times: ServiceTimes) -> None:
        self._ledger, self._plant, self._clock, self._times = ledger, plant, clock, times
        self._connections: dict[str, int] = {}
        self._rates: dict[tuple[str, SymptomGroup], tuple[int, float]] = {}

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
            since = self._clock.now_ns() - int(NEAR_S * _S)
            town = await self._told(tx, await recent_of_town(tx, since)) if asked else []
            for zone, group in sorted(asked):
                await self._look(tx, zone, group, town)
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
                        await self._apart(tx, fresh, now_ns)
                        await _put(tx, fresh, now_ns)

    async def _apart(self, tx: Tx, ended: CallCluster, now_ns: int) -> None:
        """One that nobody has to wait for: what was still reported is looked into on its own."""
        if ended.state is ClusterState.OVER and ended.back_ns is not None:
            after = await since_back(tx, ended, ended.back_ns)
            order = await set_apart(tx, self._plant, after, now_ns, self._times)
            if order is not None:
                log.info("one building alone looked into apart", order=order.id, zone=ended.zone)

    async def _look(self, tx: Tx, zone: str, group: SymptomGroup, town: Sequence[Told]) -> None:
        """The town first, then the zone, then what lies on its border. town: what was just heard anywhere."""
        now_ns = self._clock.now_ns()
        near = heard_of(town, group, now_ns)
        until = await answered_until(tx, {zone, *(told.report.zone or "" for told in near)}, group)
        near = [told for told in near if told.report.at_ns > until[told.report.zone or ""]]
        standing = await tx.find(CallCluster, group=group, state=ClusterState.OPEN)
        storm = await self._storm(tx, near, group, now_ns)
        if storm is not None:
            its = regional([one for one in standing if not await _of_a_known(tx, one)], storm.found)
            await self._open(tx, storm.found, its, now_ns, whole=True)
            standing = await tx.find(CallCluster, group=group, state=ClusterState.OPEN)
        since = now_ns - int(max(WINDOWS_S[group]) * _S)
        since = max(since, until[zone] + 1)
        heard = await self._told(tx, await recent_of_zone(tx, zone, since))
        if storm is None:
            over = {id for one in standing if one.regional for id in one.reports}
            heard = [told for told in heard if told.report.id not in over]
            near = [told for told in near if told.report.id not in over]
        rate_s = await self._rate(tx, zone, group, now_ns) * (storm.factor if storm else 1.0)
        found = signal(zone, group, heard, rate_s, now_ns)
        if found is None and storm is None:
            found = await self._across(tx, near, zone, group, now_ns)
        if found is not None:
            await self._open(tx, found, same(standing, found), now_ns)

    async def _storm(self, tx: Tx, near: list[Told], group: SymptomGroup, now_ns: int) -> Storm | None:
        zones = {told.report.zone for told in near}
        if len(zones) < STORM_ZONES:
            return None
        rates = {zone: await self._rate(tx, zone, group, now_ns) for zone in self._plant.zones}
        served = {zone: rate_s for zone, rate_s in rates.items() if self._connections[zone] or zone in zones}
        return storm(near, group, served, now_ns)

    async def _across(
        self, tx: Tx, near: list[Told], zone: str, group: SymptomGroup, now_ns: int
    ) -> Signal | None:
        zones = {told.report.zone for told in near if told.report.zone}
        if len(zones) < 2:
            return None
        rates = {one: await self._rate(tx, one, group, now_ns) for one in zones}
        return across(near, group, zone, rates, now_ns)

    async def _open(
        self, tx: Tx, found: Signal, standing: CallCluster | None, now_ns: int, whole: bool = False
    ) -> None:
        cluster = standing or CallCluster(
            id=await tx.next_id("CLU", now_ns),
            zone=found.zone,
            group=found.group,
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
        zones = (
            tuple(dict.fromkeys((*cluster.zones, cluster.zone, *found.zones)))
            if found.zones
            else cluster.zones
        )
        await self._kept(tx, replace(cluster, zones=zones, regional=cluster.regional or whole), found, now_ns)

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
        before = await tx.get(CallCluster, cluster.id)
        if fresh.work_order is None:
            fresh = await self._answered(tx, fresh, now_ns)
        elif (
            before is not None
            and fresh.zones
            and (fresh.reports, fresh.zones) != (before.reports, before.zones)
        ):
            await grown(tx, self._plant, fresh, fresh.work_order, now_ns)
        if fresh != before:
            await _put(tx, replace(fresh, seq=cluster.seq + 1), now_ns)

    async def _answered(self, tx: Tx, cluster: CallCluster, now_ns: int) -> CallCluster:
        """With the order of the incident that explains it; else with one to look into it. Its reports that
        hang on none hang on it."""
        incident, order = await self._explained(tx, cluster)
        if order is None and (incident is None or incident.state is IncidentState.SUSPECTED):
            id = await tx.next_id("WO", now_ns)
            order = investigate(self._plant, cluster, id, now_ns, self._times)
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
        if cluster.regional:
            return None, None
        for incident in await tx.find(Incident, zone=cluster.everywhere, state=GOING_ON):
            if not any(explained_by_incident(symptom, incident.kind) for symptom in symptoms):
                continue
            orders = [o for o in await tx.find(WorkOrder, incident=incident.id) if o.state not in OVER]
            return incident, orders[0] if orders else None
        return None, None

    async def _told(self, tx: Tx, reports: Sequence[Report]) -> list[Told]:
        homes, known = await homes_of(tx, reports), await explained(tx, reports)
        return [Told(report, premises(report, homes), report.id in known) for report in reports]

    async def _rate(self, tx: Tx, zone: str, group: SymptomGroup, now_ns: int) -> float:
        """Past reports that a cluster explained do not make the next one ordinary. Worked out anew after a
        while."""
        kept = self._rates.get((zone, group))
        if kept is not None and 0 <= now_ns - kept[0] <= RATE_FOR_NS:
            return kept[1]
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
        found = rate(group, max(self._connections[zone], 1), len(heard), PAST_S)
        self._rates[zone, group] = (now_ns, found)
        return found


async def _of_a_known(tx: Tx, cluster: CallCluster) -> bool:
    """It is about an incident that is sure: that one's end is its end, and not the town's."""
    incident = await tx.get(Incident, cluster.incident) if cluster.incident else None
    return incident is not None and incident.state is not IncidentState.SUSPECTED


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
