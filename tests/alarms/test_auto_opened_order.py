"""WO-01: a burst opens its order by itself and soon, and one alone however often it is heard of."""

import asyncio
from dataclasses import replace

from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.model.alarm import AlarmDefinition
from core.model.event import EventKind
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import Incident, IncidentState
from core.model.work_order import WorkOrder
from core.ports.ledger import Ledger
from response.service import CURSOR, ResponseService
from tests.alarms import burst_town as town
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition, pressure_low

GAUGES = town.GAUGES[:5]
ROWS = {
    row.id: row
    for row in (
        definition(town.BURST, FindingKind.BURST, zone=town.ZONE),
        *(pressure_low(gauge) for gauge in GAUGES),
    )
}
RAISES = 100
WITHIN_S = 5.0
"""WO-01's own; from the transaction that believes the burst."""


def says(row: AlarmDefinition, at_s: float, verb: Verb = Verb.RAISE) -> Finding:
    said = Finding(
        alarm=row.id,
        kind=row.kind,
        verb=verb,
        t_ns=NOON + round(at_s * SECOND),
        tags=(row.tag,) if row.tag else (),
        zone=town.ZONE,
    )
    if row.kind is not FindingKind.BURST or verb is Verb.CLEAR:
        return said
    return replace(said, size_m3h=25.0, evidence={"pressure_agrees": "yes", "reason": "step"})


def story() -> list[Finding]:
    """A hundred raises by the inflow and five gauges within 17 minutes, each cleared before the next."""
    told: list[Finding] = []
    for n in range(RAISES):
        row = list(ROWS.values())[n % len(ROWS)]
        if n >= len(ROWS):
            told.append(says(row, 10.0 * n - 5, Verb.CLEAR))
        told.append(says(row, 10.0 * n))
    return told


async def standing(ledger: Ledger) -> tuple[list[Incident], list[WorkOrder]]:
    async with ledger.read() as tx:
        return await tx.find(Incident), await tx.find(WorkOrder)


async def test_wo_01_100_alarms_of_six_sensors_are_one_incident_one_order_and_100_rows_of_evidence(
    room: Room,
) -> None:
    correlator = Correlator(town.plant(), ROWS)
    service = ResponseService(room.ledger, town.plant(), room.clock)
    async with room.ledger.begin() as tx:
        await tx.put_many(town.accounts())
    responding = asyncio.create_task(service.run())
    try:
        for seq, finding in enumerate(story(), 1):
            async with room.ledger.begin() as tx:
                await record(tx, [(finding, Stamp(finding.t_ns, seq))], ROWS, correlator)
            if seq == 1:
                async with asyncio.timeout(WITHIN_S):
                    while not (await standing(room.ledger))[1]:
                        await asyncio.sleep(0.01)
        async with asyncio.timeout(20):
            while await unread(room.ledger):
                await asyncio.sleep(0.01)
    finally:
        responding.cancel()
        await asyncio.gather(responding, return_exceptions=True)
    [incident], [order] = await standing(room.ledger)
    assert incident.state is IncidentState.CONFIRMED
    assert {member.alarm for member in incident.members} == set(ROWS)
    assert (order.incident, order.kind) == (incident.id, "burst")
    rows = [entry for id in ROWS for entry in await room.ledger.journal_of(id, 1_000)]
    evidence = [entry for entry in rows if entry.event == "raise" and entry.incident == incident.id]
    assert len(evidence) == RAISES
    assert len({(entry.alarm, entry.occurrence) for entry in evidence}) == RAISES


async def unread(ledger: Ledger) -> bool:
    """Whether the response desk has yet to look at what was said of the incident."""
    async with ledger.read() as tx:
        done = await tx.cursor(CURSOR)
    return any(event.kind is EventKind.INCIDENT for event in await ledger.events(done, 5_000))
