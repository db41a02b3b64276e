"""What happens in a town, as the engine leaves it in the ledger: a burst, floods, what is lost or held."""

from collections import Counter
from dataclasses import replace

from alarms.acts import Seen, acknowledge, suppress
from alarms.transaction import fresh
from alarms.upkeep import event_of_flood
from core.model.account import User
from core.model.alarm import Alarm, Chatter, Found, State
from core.model.event import Event, EventKind
from core.model.flood import Flood
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location, Member, Sign
from core.model.master import MasterDrift
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.orders.taking import apply
from tests.screens.town import Town
from tests.screens.town_past import ZONE, S

PIPES = 6
PUMP = "plant-1.pump-1.running:duty-pump"


async def burst(town: Town, priority: int = 1) -> None:
    """A burst as the engine leaves it: alarms, one confirmed incident with its likely pipes."""
    town.loss, now = 46.0, town.clock.now_ns()
    links = [x for x in town.plant.network.links.values() if x.zone == ZONE and x.street]
    heart = links[len(links) // 2]
    near = town.plant.network.path_m(heart.id)
    likely = sorted((x for x in links if x.id in near), key=lambda x: near[x.id])[:PIPES]
    shares = (0.41, 0.23, 0.12, 0.08, 0.05, 0.03)
    async with town.ledger.begin() as tx:
        id = await tx.next_id("INC", now)
        first = await town.raised(
            tx, f"{ZONE}:burst", _gone_by(now), incident=id, value=128.4, limit=82.2, priority=priority
        )
        lows = [f"{ZONE}.p{n}:pressure-low" for n in (1, 3)]
        alarms = [first, *[await town.raised(tx, i, incident=id, value=11.2, limit=14.0) for i in lows]]
        zone = town.plant.zones[ZONE].name
        candidates = tuple(
            Candidate(link=x.id, share=share, x=at[0], y=at[1], street=x.street)
            for x, share in zip(likely, shares, strict=True)
            for at in (town.plant.network.middle(x.id),)
        )
        await tx.put(
            Incident(
                id=id,
                kind=IncidentKind.BURST,
                state=IncidentState.CONFIRMED,
                opened_ns=now - 180 * S,
                confirmed_ns=now,
                zone=ZONE,
                title=Text(f"{zone.zh}爆管", f"Burst in {zone.en}"),
                members=tuple(
                    Member(
                        alarm=a.id,
                        occurrence=a.occurrence,
                        raised_ns=now - 60 * S + n * S,
                        why="same_zone",
                        clock=f"modbus:st-0{n}/unit 1",
                        clock_s=1.0,
                        sign=Sign.PRESSURE_DOWN if n else Sign.INFLOW_UP,
                    )
                    for n, a in enumerate(alarms)
                ),
                first_out=tuple(alarm.id for alarm in alarms[:2]),
                location=Location(candidates=candidates, at_ns=now, radius_m=240.0, method="sensitivity"),
                size_m3h=46.2,
                why=("burst_step_and_pressure_agree",),
                root=first.id,
                score=0.9,
                evidence={
                    "signs:inflow_up": 1.0,
                    "signs:pressure_down": 2.0,
                    "inflow_m3h": 128.4,
                    "expected_m3h": 82.2,
                    "score": 9.3,
                },
                seq=1,
            )
        )
        await tx.emit(
            Event(kind=EventKind.INCIDENT, subject=id, t_ns=now, zone=ZONE, data={"state": "confirmed"})
        )


def _gone_by(now: int) -> Found:
    """What its detector went by."""
    evidence: dict[str, float | str] = {
        "onset_s": float(now // S - 180),
        "inflow_m3h": 128.4,
        "expected_m3h": 82.2,
        "pressure_agrees": "yes",
        f"fall_m:{ZONE}.p1": 11.0,
    }
    return Found(tags=(f"{ZONE}.inflow", f"{ZONE}.p1"), evidence=evidence, score=9.3, size_m3h=46.2)


async def storm(town: Town, n: int) -> None:
    async with town.ledger.begin() as tx:
        for id in list(town.definitions)[:n]:
            await town.raised(tx, id, value=1.0, limit=2.0)


async def one(town: Town, id: str) -> None:
    async with town.ledger.begin() as tx:
        await town.raised(tx, id, value=1.0, limit=2.0)


async def flood(town: Town, n: int) -> None:
    """As many at once, a third of them in three incidents; the first of them swings."""
    rows = [row for row in town.definitions.values() if "#" not in row.id]
    now = town.clock.now_ns()
    async with town.ledger.begin() as tx:
        zones, incidents = Counter[str](), []
        for k in range(3):
            zone, id = f"dma-0{k + 1}", await tx.next_id("INC", now)
            incidents.append((id, zone))
        for i in range(n):
            row = rows[i % len(rows)]
            if i >= len(rows):
                row = replace(row, id=f"{row.id}#{i}")
                town.definitions[row.id] = row
            near = next((one for one, zone in incidents if zone == row.zone), None)
            chatter = Chatter(since_ns=now, last_ns=now, up=True) if i == 0 else None
            raised = await town.raised(
                tx, row.id, value=1.0, limit=2.0, incident=near, chatter=chatter, raises=9
            )
            zones[raised.zone or ""] += 1
        for id, zone in incidents:
            name = town.plant.zones[zone].name
            await tx.put(
                Incident(
                    id=id,
                    kind=IncidentKind.LOW_PRESSURE,
                    state=IncidentState.SUSPECTED,
                    opened_ns=now,
                    zone=zone,
                    title=Text(f"{name.zh}低压", f"Low pressure, {name.en}"),
                    members=(Member(alarm=rows[0].id, occurrence=1, raised_ns=now, why="same_zone"),),
                )
            )
            await tx.emit(Event(kind=EventKind.INCIDENT, subject=id, t_ns=now, zone=zone))
        await _flooded(town, tx, n, zones, len(incidents))


async def lows(town: Town, n: int) -> None:
    """Low pressure in as many zones, each an incident that people have confirmed."""
    now = town.clock.now_ns()
    async with town.ledger.begin() as tx:
        for zone in [id for id in town.plant.zones if id.startswith("dma") and id != ZONE][:n]:
            name, id = town.plant.zones[zone].name, await tx.next_id("INC", now)
            low = await town.raised(tx, f"{zone}.p1:pressure-low", incident=id, value=11.2, limit=14.0)
            await tx.put(
                Incident(
                    id=id,
                    kind=IncidentKind.LOW_PRESSURE,
                    state=IncidentState.CONFIRMED,
                    opened_ns=now - 180 * S,
                    confirmed_ns=now,
                    zone=zone,
                    title=Text(f"{name.zh}低压", f"Low pressure, {name.en}"),
                    members=(Member(alarm=low.id, occurrence=1, raised_ns=now, why="same_zone"),),
                )
            )
            await tx.emit(Event(kind=EventKind.INCIDENT, subject=id, t_ns=now, zone=zone))


async def _flooded(town: Town, tx: Tx, n: int, zones: Counter[str], incidents: int) -> None:
    now = town.clock.now_ns()
    flood = Flood(
        id=await tx.next_id("FLD", now),
        position="control-room",
        began_ns=now,
        annunciated=n,
        incidents=incidents,
        zones=tuple(zones.most_common(5)),
    )
    await tx.put(flood)
    await tx.emit(event_of_flood(flood, now))


async def ebb(town: Town) -> None:
    async with town.ledger.begin() as tx:
        for flood in await tx.find(Flood, open=True):
            over = replace(flood, ended_ns=town.clock.now_ns())
            await tx.put(over)
            await tx.emit(event_of_flood(over, town.clock.now_ns()))


async def drift(town: Town) -> None:
    """Somebody edited a file, and nobody approved it."""
    async with town.ledger.begin() as tx:
        drift = MasterDrift(
            id=await tx.next_id("DRF", town.clock.now_ns()),
            row="pressure-low",
            field="setpoint",
            where="files",
            approved="14",
            found="4",
            since_ns=town.clock.now_ns(),
        )
        await tx.put(drift)


async def minor(town: Town) -> None:
    async with town.ledger.begin() as tx:
        for id in [i for i in town.definitions if i.endswith((":stale", ":turbidity-high"))][:2]:
            await town.raised(tx, id)


async def lost(town: Town) -> None:
    """A station is not heard."""
    async with town.ledger.begin() as tx:
        await town.raised(tx, "st-02:communication")


async def held(town: Town) -> None:
    """A lost station, a stopped pump, and two alarms of the plant's rules stand."""
    at = town.clock.now_ns() - 780 * S
    stale = [i for i, row in town.definitions.items() if i.endswith(":stale") and row.station == "st-03"]
    async with town.ledger.begin() as tx:
        for id in stale:
            await tx.put(fresh(town.definitions[id]))
            await suppress(tx, id, "comms:st-03", True, at)
        stuck = "plant-1.outlet_flow:stuck"
        await town.raised(tx, stuck)
        await suppress(tx, stuck, "plant-1-stopped", True, at + 60 * S)


async def ack(town: Town) -> None:
    async with town.ledger.begin() as tx:
        for alarm in await tx.find(Alarm, state=(State.UNACK,)):
            seen = Seen(alarm.occurrence, alarm.seq)
            await acknowledge(tx, alarm.id, seen, "operator", town.clock.now_ns())


async def assign(town: Town) -> None:
    async with town.ledger.begin() as tx:
        user = await tx.get(User, "dispatcher")
        for order in await tx.find(WorkOrder):
            if user:
                await apply(tx, order.id, "assign", user, town.clock.now_ns(), crew="crew-1")


async def tripped(town: Town) -> None:
    """A pump."""
    async with town.ledger.begin() as tx:
        await town.raised(tx, PUMP, value=0.0, limit=1.0)
