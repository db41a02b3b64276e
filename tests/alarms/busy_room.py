"""A town in which everything happens at once: gauges swing about their limits, probes fail and return, and
people acknowledge, shelve, suppress, take out of service, reset, confirm and close."""

import asyncio
import random
from dataclasses import replace

from alarms import acts, commands, out_of_service
from alarms.commands import Stale
from alarms.out_of_service import Declined
from core.model.alarm import Alarm, AlarmDefinition, State
from core.model.clock import Anchor
from core.model.finding import FindingKind
from core.model.incident import Incident, IncidentState
from core.model.plant import Plant
from core.model.proposal import Proposal, ProposalState
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.ports.spool import Spool
from core.runtime.clock import AnchoredClock
from tests.alarms.alarm_town import NOON, SECOND, definition, plant, pressure_low

GAUGES = [f"dma-0{z}.p{i}" for z in (1, 2) for i in (1, 2, 3)]
PROBES = ["q-01.free_chlorine", "q-02.free_chlorine"]
WHY = "known since this morning"
MINUTE = 60 * SECOND
RESTLESS, RESTLESS_NS = GAUGES[1], 500 * SECOND
"""It chatters in every other time of this length."""
SCAN_S, ACT_S = 0.004, 0.004
SHELF_S = (0.05, 1.0)
"""Real seconds."""
SPEED = 1_000.0
"""A scan in 4 s of plant time: what comes and goes chatters at times, and not always."""


def clock(began_ns: int) -> AnchoredClock:
    """began_ns: when the first life began, host's time."""
    return AnchoredClock(Anchor(began_ns, NOON, SPEED))


def town() -> Plant:
    return plant()


def _chlorine(tag: str) -> AlarmDefinition:
    return definition(
        f"{tag}:low", FindingKind.LIMIT_LOW, tag=tag, zone="dma-01", setpoint=14.0, deadband=0.5, priority=1
    )


ROWS = [
    *(pressure_low(tag) for tag in GAUGES[:2]),
    replace(pressure_low(GAUGES[2]), latching=True),
    replace(pressure_low(GAUGES[3]), escalate_at=8.0, priority=3),
    replace(pressure_low(GAUGES[4]), ack_required=False, on_delay_s=10.0),
    replace(pressure_low(GAUGES[5]), latching=True, off_delay_s=15.0, escalate_at=8.0),
    *(_chlorine(tag) for tag in PROBES),
]
BY_ID = {row.id: row for row in ROWS}


def approved(config: str) -> list[AlarmDefinition]:
    """As they are in this version of the master database."""
    return [replace(row, config=config) for row in ROWS]


async def field(spool: Spool, clock: Clock, chance: random.Random) -> None:
    """Until cancelled: every tag wanders, one in forty reads fails."""
    tags = [*GAUGES, *PROBES]
    values = dict.fromkeys(tags, 20.0)
    while True:
        t_ns, samples = clock.now_ns(), []
        for tag in tags:
            restless = tag == RESTLESS and t_ns // RESTLESS_NS % 2
            if chance.random() < (0.6 if restless else 0.08):
                values[tag] = chance.choice([20.0, 10.0, 5.0])
            bad = chance.random() < 0.025
            samples.append(
                Sample(tag, t_ns, None, Status.BAD_TIMEOUT) if bad else Sample(tag, t_ns, values[tag])
            )
        await spool.put(Batch.of("modbus:st-01", samples))
        await asyncio.sleep(SCAN_S)


async def scanned(spool: Spool, scans: int) -> None:
    """So many scans, a minute apart, going on where the spool stands, until the alarms have passed them all.
    Each gauge dips in a rhythm of its own."""
    await spool.cursor("alarms")
    for k in range((await spool.facts()).last_seq + 1, scans + 1):
        values = [9.0 if k // (5 + i) % 2 else 20.0 for i in range(len(GAUGES))]
        samples = [Sample(tag, NOON + k * MINUTE, v) for tag, v in zip(GAUGES, values, strict=True)]
        await spool.put(Batch.of("modbus:st-01", samples))
        await asyncio.sleep(SCAN_S)
    while (await spool.facts()).cursors["alarms"] < scans:
        await asyncio.sleep(0.01)


async def people(ledger: Ledger, clock: Clock, chance: random.Random) -> None:
    """Until cancelled: one act after the other, obeyed or refused."""
    while True:
        await asyncio.sleep(chance.uniform(0, 2 * ACT_S))
        async with ledger.begin() as tx:
            if chance.random() < 0.1:
                await _with_an_incident(tx, clock, chance)
            elif alarm := await tx.get(Alarm, chance.choice(ROWS).id):
                await _with_an_alarm(tx, alarm, clock.now_ns(), chance)


async def _with_an_incident(tx: Tx, clock: Clock, chance: random.Random) -> None:
    open_now = await tx.find(Incident, state=(IncidentState.SUSPECTED, IncidentState.CONFIRMED))
    if not open_now:
        return
    incident = chance.choice(open_now)
    act = commands.confirm if incident.state is IncidentState.SUSPECTED else commands.close
    try:
        await act(tx, incident.id, incident.seq, "operator", clock.now_ns())
    except Stale:
        raise AssertionError("in its own transaction nothing is stale") from None


async def _with_an_alarm(tx: Tx, alarm: Alarm, now_ns: int, chance: random.Random) -> None:
    seen = acts.Seen(alarm.occurrence, alarm.seq - (chance.random() < 0.1))
    if alarm.oos:
        await out_of_service.return_to_service(tx, alarm.id, "operator", now_ns)
    elif alarm.suppressed_by:
        await acts.suppress(tx, alarm.id, alarm.suppressed_by[0], False, now_ns)
    elif alarm.shelf:
        if chance.random() < 0.2:
            await acts.unshelve(tx, alarm.id, "operator", now_ns)
    elif alarm.core in (State.UNACK, State.RTNUN, State.LTCH_UNACK) and chance.random() < 0.6:
        await acts.acknowledge(tx, alarm.id, seen, "operator", now_ns)
    elif alarm.core is State.LTCH_ACK and chance.random() < 0.7:
        await acts.reset(tx, alarm.id, seen, "operator", now_ns)
    else:
        await _lay_over(tx, alarm, now_ns, chance)


async def _lay_over(tx: Tx, alarm: Alarm, now_ns: int, chance: random.Random) -> None:
    match chance.randrange(5):
        case 0:
            for rule in ("isolation", "pump off")[: chance.randint(1, 2)]:
                await acts.suppress(tx, alarm.id, rule, True, now_ns)
        case 1:
            try:
                asked = await out_of_service.propose(tx, alarm.id, "P-7", WHY, "operator", now_ns)
            except Declined:
                return
            decided = await tx.get(Proposal, asked.id)
            assert decided is not None
            await out_of_service.decide(tx, asked.id, 0, ProposalState.APPROVED, "boss", None, now_ns)
        case _:
            until_ns = now_ns + round(chance.uniform(*SHELF_S) * SPEED * SECOND)
            once = chance.random() < 0.3
            row = BY_ID[alarm.id]
            await acts.shelve(tx, row, until_ns, WHY, "operator", now_ns, once=once, supervisor=True)
