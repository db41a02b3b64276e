"""Callers, gauges, people and the three services that follow them, each as far behind as a test says."""

from pathlib import Path

from alarms import commands, regroup
from alarms.call_alarms import CURSOR as CALLS
from alarms.call_alarms import CallAlarms, definitions
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.adapters.sealed_vault import SealedVault
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.clock import Anchor
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import OPEN, Incident, IncidentState
from core.model.phone_call import CallCluster, SymptomGroup, calls_alarm
from core.model.report import Report, Symptom
from core.model.text import Text
from core.model.work_order import OVER, WORK_LEFT, WorkOrder
from core.runtime.clock import AnchoredClock
from response.hotline.cluster_service import CURSOR as CLUSTERS
from response.hotline.cluster_service import ClusterService
from response.hotline.intake import Kept, Told, keep
from response.orders.taking import apply
from response.service import CURSOR as RESPONSE
from response.service import ResponseService
from response.service_times import CN_DEFAULT
from tests.ledgers import ledger_in
from tests.persons import move_in, vault_in
from tests.response import little_town as town

OURS = calls_alarm("dma-01", SymptomGroup.SUPPLY)
BURST, LOW = "dma-01:burst", ("dma-01.p1:low", "dma-01.p2:low")
DISPATCHER = town.user(Role.DISPATCHER)


def row(id: str, kind: FindingKind, tag: str | None = None) -> AlarmDefinition:
    text = Text(id, id)
    return AlarmDefinition(
        id=id,
        name=text,
        alarm_class=AlarmClass.PROCESS,
        priority=2,
        cause=text,
        consequence=text,
        action=text,
        response_min=10.0,
        kind=kind,
        zone="dma-01",
        tag=tag,
    )


def rows() -> dict[str, AlarmDefinition]:
    gauges = [row(id, FindingKind.LIMIT_LOW, id.removesuffix(":low")) for id in LOW]
    known = {one.id: one for one in (row(BURST, FindingKind.BURST), *gauges)}
    return definitions(town.plant()) | known


class Matter:
    """All at one moment, so that whatever is told belongs together by time."""

    def __init__(self, ledger: SqlLedger, vault: SealedVault) -> None:
        self.ledger, self.vault, self.plant = ledger, vault, town.plant()
        clock = AnchoredClock(Anchor(0, town.T0, 0.0))
        known = rows()
        self.correlator = Correlator(self.plant, known)
        self.known, self._seq, self._caller = known, 0, 30
        self.services = {
            CLUSTERS: ClusterService(ledger, self.plant, clock, CN_DEFAULT),
            CALLS: CallAlarms(ledger, self.plant, clock, known),
            RESPONSE: ResponseService(ledger, self.plant, clock),
        }

    @classmethod
    async def at(cls, folder: Path) -> "Matter":
        ledger, vault = await ledger_in(folder), vault_in(folder)
        await move_in(ledger, vault, town.accounts())
        return cls(ledger, vault)

    async def calls(self, ticked: bool = False, symptom: Symptom = Symptom.LOW_PRESSURE) -> Kept:
        """The next household rings up. ticked: the agent asks for an order where none stands."""
        self._caller += 1
        told = Told(symptom=symptom, account=f"A{self._caller:06d}", order=ticked, tell=True)
        async with self.ledger.begin() as tx:
            return await keep(tx, self.vault, self.plant, told, DISPATCHER, town.T0, CN_DEFAULT)

    async def sees(self, alarm: str, **evidence: str) -> None:
        self._seq += 1
        tags = (self.known[alarm].tag,) if self.known[alarm].tag else ()
        kind, size = self.known[alarm].kind, 40.0 if alarm == BURST else None
        finding = Finding(
            alarm=alarm,
            kind=kind,
            verb=Verb.RAISE,
            t_ns=town.T0,
            tags=tags,  # type: ignore[arg-type]
            zone="dma-01",
            size_m3h=size,
            evidence=dict(evidence),
        )
        async with self.ledger.begin() as tx:
            await record(tx, [(finding, Stamp(town.T0, self._seq))], self.known, self.correlator)

    async def confirms(self) -> None:
        """A person believes what is suspected."""
        for one in await self.incidents():
            if one.state is IncidentState.SUSPECTED:
                async with self.ledger.begin() as tx:
                    await commands.confirm(tx, one.id, one.seq, "operator", town.T0)

    async def parts(self) -> None:
        """A person takes the callers' alarm out of the incident that it is in."""
        for one in await self.incidents():
            if len(one.members) > 1 and OURS in [member.alarm for member in one.members]:
                async with self.ledger.begin() as tx:
                    await regroup.split(
                        tx, self.plant, self.known, one.id, one.seq, [OURS], "operator", town.T0
                    )

    async def joins(self, turned: bool) -> None:
        """A person puts two together, either way round."""
        found = await self.incidents()
        if len(found) > 1:
            into, gone = found[:2][:: -1 if turned else 1]
            async with self.ledger.begin() as tx:
                await regroup.merge(tx, self.plant, into.id, into.seq, gone.id, gone.seq, "operator", town.T0)

    async def sends(self) -> None:
        """A crew is sent with the oldest order that waits."""
        for order in await self.orders():
            if order.state in WORK_LEFT and order.crew is None and order.same_as is None:
                async with self.ledger.begin() as tx:
                    await apply(tx, order.id, "assign", DISPATCHER, town.T0, crew="crew-1")
                return

    async def follows(self, service: str) -> bool:
        """The service looks at what it has not seen."""
        async with self.ledger.read() as tx:
            done = await tx.cursor(service)
        events = await self.ledger.events(done)
        if events:
            await self.services[service].handle(events)
        return bool(events)

    async def settles(self) -> None:
        """Until none has anything to do any more."""
        while any([await self.follows(service) for service in self.services]):
            pass

    async def incidents(self) -> list[Incident]:
        async with self.ledger.read() as tx:
            return await tx.find(Incident, state=OPEN)

    async def orders(self) -> list[WorkOrder]:
        async with self.ledger.read() as tx:
            return await tx.find(WorkOrder)

    async def standing(self) -> list[WorkOrder]:
        return [one for one in await self.orders() if one.state not in OVER and one.same_as is None]

    async def reports(self) -> list[Report]:
        async with self.ledger.read() as tx:
            return await tx.find(Report)

    async def cluster(self) -> CallCluster | None:
        async with self.ledger.read() as tx:
            return next(iter(await tx.find(CallCluster)), None)
