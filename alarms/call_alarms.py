"""Clusters of customers' reports as findings (HL-30, HL-32): an alarm a zone and group of symptoms,
journalled, and put together by the correlator with what the instruments say.

They are no plant's configuration: every hub has them. What is a cluster, the response desk decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition
from core.model.event import Event, EventKind
from core.model.finding import Finding, FindingKind, Verb
from core.model.phone_call import CallCluster, ClusterState, SymptomGroup, calls_alarm
from core.model.plant import Plant
from core.model.text import Text
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx

CURSOR = "call_alarms"
_IDLE_EVENTS = 200
_NAMES = {
    SymptomGroup.SUPPLY: Text("多户反映水压低或无水", "Several report low pressure or no water"),
    SymptomGroup.LEAK: Text("多人反映漏水", "Several report a leak"),
    SymptomGroup.QUALITY: Text("多户反映水质异常", "Several report doubtful water"),
}
_CAUSE = Text(
    "同一片区短时间内多户来电反映同类现象，超出平时水平",
    "Several households of one zone report the same within a short time, more than is usual",
)
_CONSEQUENCE = Text("可能有仪表没有发现的故障", "There may be a fault that no instrument sees")
_ACTION = Text(
    "查看来电与就近测点，派人核查；证实后按爆管或水质处理",
    "See the calls and the nearest instruments; send somebody to check; go on as for a burst or quality",
)


def definitions(plant: Plant) -> dict[str, AlarmDefinition]:
    rows = (_row(plant, zone, group) for zone in plant.zones for group in SymptomGroup)
    return {row.id: row for row in rows}


def _row(plant: Plant, zone: str, group: SymptomGroup) -> AlarmDefinition:
    place, name = plant.zones[zone].name, _NAMES[group]
    return AlarmDefinition(
        id=calls_alarm(zone, group),
        name=Text(f"{place.zh}{name.zh}", f"{name.en}, {place.en}"),
        alarm_class=AlarmClass.PROCESS,
        priority=2,
        cause=_CAUSE,
        consequence=_CONSEQUENCE,
        action=_ACTION,
        response_min=10.0,
        kind=FindingKind.CALLS,
        zone=zone,
        group=group.value,
    )


class CallAlarms:
    """Follows the ledger's events of clusters. known: all definitions, for the correlator."""

    def __init__(
        self, ledger: Ledger, plant: Plant, clock: Clock, known: Mapping[str, AlarmDefinition]
    ) -> None:
        self._ledger, self._clock = ledger, clock
        self._rows = definitions(plant)
        self._correlator = Correlator(plant, known)

    async def run(self) -> None:
        """Until cancelled."""
        async with self._ledger.read() as tx:
            done = await tx.cursor(CURSOR)
        async for events in self._ledger.follow(done):
            told = any(e.kind is EventKind.CALL_CLUSTER for e in events)
            if told or events[-1].id - done > _IDLE_EVENTS:
                await self.handle(events)
                done = events[-1].id

    async def handle(self, events: Sequence[Event]) -> None:
        """What is made of them and how far they were read stand in one transaction."""
        ids = dict.fromkeys(e.subject for e in events if e.kind is EventKind.CALL_CLUSTER)
        async with self._ledger.begin() as tx:
            for id in ids:
                cluster = await tx.get(CallCluster, id)
                if cluster is not None:
                    await self._carry(tx, cluster)
            await tx.set_cursor(CURSOR, events[-1].id)

    async def _carry(self, tx: Tx, cluster: CallCluster) -> None:
        id = calls_alarm(cluster.zone, cluster.group)
        if id not in self._rows:
            return
        alarm = await tx.get(Alarm, id)
        stands, active = cluster.state is ClusterState.OPEN, alarm is not None and alarm.active
        if stands == active:
            return
        finding = self._finding(cluster, Verb.RAISE if stands else Verb.CLEAR)
        now_ns = self._clock.now_ns()
        await record(tx, [(finding, Stamp(now_ns))], self._rows, self._correlator)
        alarm = await tx.get(Alarm, id)
        if stands and alarm is not None and alarm.incident:
            await tx.put(replace(cluster, incident=alarm.incident, seq=cluster.seq + 1))

    def _finding(self, cluster: CallCluster, verb: Verb) -> Finding:
        """Its stamp is when the cluster was found; when the first of them rang up is evidence."""
        onset = datetime.fromtimestamp(cluster.first_ns // 1_000_000_000, UTC).isoformat()
        return Finding(
            alarm=calls_alarm(cluster.zone, cluster.group),
            kind=FindingKind.CALLS,
            verb=verb,
            t_ns=cluster.opened_ns if verb is Verb.RAISE else self._clock.now_ns(),
            began_ns=cluster.first_ns,
            tags=(),
            zone=cluster.zone,
            value=float(cluster.premises),
            limit=cluster.expected,
            score=cluster.p,
            evidence={
                "calls": float(cluster.n),
                "premises": float(cluster.premises),
                "p": cluster.p,
                "onset": onset,
            },
        )
