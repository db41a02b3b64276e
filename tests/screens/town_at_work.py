"""The demo utility behind the real interface, in a process of its own, with a town's plausible values.

`python town_at_work.py FOLDER` serves on a free port, prints it, and takes orders on its standard input:
`burst`, `minor`, `storm N`, `flood N`, `ebb`, `ack`, `returns ALARM`, `shelved ALARM`, `acked ALARM`,
`assign`, `load N`, `tripped` (a pump), `held` (suppressed by design), `calls` (people are called),
`silence` (no more values). It answers `done`.
"""

import asyncio
import contextlib
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher

from alarms import master
from alarms.acts import Seen, acknowledge, suppress
from alarms.journal import Stamp, entry_of
from alarms.states import AlarmEvent, Cause
from alarms.transaction import fresh
from alarms.transition import Transition
from alarms.upkeep import event_of_flood
from api.app import build
from api.deps import Deps
from api.serve import serve
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role, User
from core.model.alarm import Alarm, Chatter, State
from core.model.clock import Anchor
from core.model.event import Event, EventKind
from core.model.flood import Flood
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location, Member, Sign
from core.model.master import MasterDrift
from core.model.plant import Plant
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from hub.check import Configuration, read
from hub.master_files import read_master
from hub.reads import reads
from response.service import ResponseService
from response.work_orders import apply
from tests.screens.field_at_work import connections, ill, refused
from tests.screens.town_alarms import change
from tests.screens.town_calls import FILE, call_people
from tests.screens.town_load import load_people
from tests.screens.town_past import ZONE, S, accounts, past, usual

NOW = 1_795_368_420 * S
"""2026-11-22 17:27 UTC: 01:27 in Shanghai."""
PASSWORD = "turn the valve slowly"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
PIPES = 6
PUMP = "plant-1.pump-1.running:duty-pump"
CONFIG = Path(__file__).parents[2] / "configs" / "demo"


class Town:
    def __init__(
        self, configuration: Configuration, ledger: SqlLedger, live: LiveTable, clock: AnchoredClock
    ):
        self.plant: Plant = configuration.plant
        self.definitions = {row.id: row for row in configuration.definitions}
        self.ledger, self.live, self.clock = ledger, live, clock
        self.loss, self.silent = 0.0, False
        self.rng = random.Random(7)

    def value(self, tag: Tag, t_ns: int) -> Sample:
        noise = self.rng.gauss(0, 1)
        base = {
            Quantity.PRESSURE: 27 + (hash_of(tag.id) % 90) / 10,
            Quantity.FREE_CHLORINE: 0.35 + (hash_of(tag.id) % 40) / 100,
            Quantity.TURBIDITY: 0.12 + (hash_of(tag.id) % 20) / 100,
            Quantity.PH: 7.3,
            Quantity.CONDUCTIVITY: 410.0,
            Quantity.TEMPERATURE: 14.2,
            Quantity.LEVEL: 3.4,
            Quantity.STATUS: 1.0,
            Quantity.SPEED: 0.9,
        }.get(tag.quantity, 0.0)
        if tag.quantity is Quantity.FLOW:
            n = int(tag.zone[-2:]) if tag.zone and tag.zone.startswith("dma") else 30
            base = usual(n, t_ns) * (1 + 0.01 * noise) + (self.loss if tag.zone == ZONE else 0)
        elif tag.quantity is Quantity.PRESSURE:
            base += 0.02 * noise - (11 if self.loss and tag.zone == ZONE else 0)
        if tag.id == "dma-03.p2":
            return Sample(tag.id, t_ns, None, Status.BAD_TIMEOUT)
        return Sample(tag.id, t_ns, round(base, 3))

    async def run(self) -> None:
        tags = [tag for tag in self.plant.tags.values() if tag.quantity is not Quantity.VOLUME]
        while True:
            if not self.silent:
                now = self.clock.now_ns()
                self.live.update(Batch.of("modbus:st-01", [self.value(tag, now) for tag in tags]))
            await asyncio.sleep(1)

    async def raised(self, tx: Tx, id: str, **more: object) -> Alarm:
        definition = self.definitions[id]
        known = await tx.get(Alarm, id) or Alarm(id=id)
        alarm = replace(
            known,
            active=True,
            acked=False,
            occurrence=known.occurrence + 1,
            seq=known.seq + 1,
            raised_ns=self.clock.now_ns(),
            tag=definition.tag,
            zone=definition.zone,
            **{"priority": definition.priority, **more},
        )
        await tx.put(alarm)
        cause = Cause(t_ns=self.clock.now_ns(), value=alarm.value, limit=alarm.limit)
        told = Transition(alarm=alarm, before=known.state, rows=(1,))
        await tx.journal(entry_of(told, AlarmEvent.RAISE, cause, Stamp(self.clock.now_ns())))
        await tx.emit(
            Event(
                kind=EventKind.ALARM,
                subject=id,
                t_ns=self.clock.now_ns(),
                zone=alarm.zone,
                data={"seq": alarm.seq},
            )
        )
        return alarm

    async def burst(self) -> None:
        """A burst as the engine leaves it: alarms, one confirmed incident with its likely pipes."""
        self.loss, now = 46.0, self.clock.now_ns()
        links = [x for x in self.plant.network.links.values() if x.zone == ZONE and x.street]
        heart = links[len(links) // 2]
        near = self.plant.network.path_m(heart.id)
        likely = sorted((x for x in links if x.id in near), key=lambda x: near[x.id])[:PIPES]
        shares = (0.41, 0.23, 0.12, 0.08, 0.05, 0.03)
        async with self.ledger.begin() as tx:
            id = await tx.next_id("INC", now)
            first = await self.raised(tx, f"{ZONE}:burst", incident=id, value=128.4, limit=82.2, priority=1)
            lows = [f"{ZONE}.p{n}:pressure-low" for n in (1, 3)]
            alarms = [first, *[await self.raised(tx, i, incident=id, value=11.2, limit=14.0) for i in lows]]
            zone = self.plant.zones[ZONE].name
            candidates = tuple(
                Candidate(link=x.id, share=share, x=at[0], y=at[1], street=x.street)
                for x, share in zip(likely, shares, strict=True)
                for at in (self.plant.network.middle(x.id),)
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

    async def storm(self, n: int) -> None:
        async with self.ledger.begin() as tx:
            for id in list(self.definitions)[:n]:
                await self.raised(tx, id, value=1.0, limit=2.0)

    async def flood(self, n: int) -> None:
        """As many at once, a third of them in three incidents; the first of them swings."""
        rows = [row for row in self.definitions.values() if "#" not in row.id]
        now = self.clock.now_ns()
        async with self.ledger.begin() as tx:
            zones, incidents = Counter[str](), []
            for k in range(3):
                zone, id = f"dma-0{k + 1}", await tx.next_id("INC", now)
                incidents.append((id, zone))
            for i in range(n):
                row = rows[i % len(rows)]
                if i >= len(rows):
                    row = replace(row, id=f"{row.id}#{i}")
                    self.definitions[row.id] = row
                near = next((one for one, zone in incidents if zone == row.zone), None)
                chatter = Chatter(since_ns=now, last_ns=now, up=True) if i == 0 else None
                raised = await self.raised(
                    tx, row.id, value=1.0, limit=2.0, incident=near, chatter=chatter, raises=9
                )
                zones[raised.zone or ""] += 1
            for id, zone in incidents:
                name = self.plant.zones[zone].name
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
            await self._flooded(tx, n, zones, len(incidents))

    async def _flooded(self, tx: Tx, n: int, zones: Counter[str], incidents: int) -> None:
        now = self.clock.now_ns()
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

    async def ebb(self) -> None:
        async with self.ledger.begin() as tx:
            for flood in await tx.find(Flood, open=True):
                over = replace(flood, ended_ns=self.clock.now_ns())
                await tx.put(over)
                await tx.emit(event_of_flood(over, self.clock.now_ns()))

    async def drift(self) -> None:
        """Somebody edited a file, and nobody approved it."""
        async with self.ledger.begin() as tx:
            drift = MasterDrift(
                id=await tx.next_id("DRF", NOW),
                row="pressure-low",
                field="setpoint",
                where="files",
                approved="14",
                found="4",
                since_ns=self.clock.now_ns(),
            )
            await tx.put(drift)

    async def minor(self) -> None:
        async with self.ledger.begin() as tx:
            for id in [i for i in self.definitions if i.endswith((":stale", ":turbidity-high"))][:2]:
                await self.raised(tx, id)

    async def lost(self) -> None:
        """A station is not heard."""
        async with self.ledger.begin() as tx:
            await self.raised(tx, "st-02:communication")

    async def held(self) -> None:
        """A lost station, a stopped pump, and two alarms of the plant's rules stand."""
        at = self.clock.now_ns() - 780 * S
        stale = [i for i, row in self.definitions.items() if i.endswith(":stale") and row.station == "st-03"]
        async with self.ledger.begin() as tx:
            for id in stale:
                await tx.put(fresh(self.definitions[id]))
                await suppress(tx, id, "comms:st-03", True, at)
            stuck = "plant-1.outlet_flow:stuck"
            await self.raised(tx, stuck)
            await suppress(tx, stuck, "plant-1-stopped", True, at + 60 * S)

    async def ack(self) -> None:
        async with self.ledger.begin() as tx:
            for alarm in await tx.find(Alarm, state=(State.UNACK,)):
                seen = Seen(alarm.occurrence, alarm.seq)
                await acknowledge(tx, alarm.id, seen, "operator", self.clock.now_ns())

    async def assign(self) -> None:
        async with self.ledger.begin() as tx:
            user = await tx.get(User, "dispatcher")
            for order in await tx.find(WorkOrder):
                if user:
                    await apply(tx, order.id, "assign", user, self.clock.now_ns(), crew="crew-1")

    async def obey(self, order: str) -> None:
        name, *rest = order.split()
        if name == "storm":
            await self.storm(int(rest[0]))
        elif name == "calls":
            await call_people(self.plant, self.definitions, self.ledger, self.clock)
        elif name == "load":
            await load_people(self.ledger, int(rest[0]), self.clock.now_ns())
        elif name == "flood":
            await self.flood(int(rest[0]))
        elif name in ("returns", "shelved", "acked"):
            await change(self.ledger, name, rest[0], self.clock.now_ns())
        elif name == "tripped":
            async with self.ledger.begin() as tx:
                await self.raised(tx, PUMP, value=0.0, limit=1.0)
        elif name == "silence":
            self.silent = True
        else:
            await {
                "burst": self.burst,
                "minor": self.minor,
                "lost": self.lost,
                "ack": self.ack,
                "assign": self.assign,
                "ebb": self.ebb,
                "held": self.held,
                "drift": self.drift,
            }[name]()


def hash_of(text: str) -> int:
    return sum(ord(c) * (i + 1) for i, c in enumerate(text))


@asynccontextmanager
async def town_at_work(folder: Path, configuration: Configuration) -> AsyncIterator[tuple[Town, Deps]]:
    plant, clock = configuration.plant, AnchoredClock(Anchor(time.time_ns(), NOW, 1.0))
    ledger = await SqlLedger.open(folder / "ledger.db")
    spool = await SegmentSpool.open(folder / "spool")
    historian = await SqliteHistorian.open(folder / "historian.db", plant.tags)
    await historian.write(past(plant, clock.now_ns()))
    async with ledger.begin() as tx:
        hashed = QUICK.hash(PASSWORD)
        await tx.put_many(
            User(id=role, role=role, password_hash=hashed, crew="crew-1" if role is Role.CREW else None)
            for role in Role
        )
        await tx.put_many(accounts(plant))
        files = read_master(CONFIG, [])
        assert files is not None
        await master.begin(tx, files.table(), NOW)
    live = LiveTable()
    town = Town(configuration, ledger, live, clock)
    quarantine = await refused(folder, clock.now_ns())
    deps = Deps(
        ledger=ledger,
        historian=historian,
        spool=spool,
        live=live,
        plant=plant,
        clock=clock,
        definitions=town.definitions,
        by_design=lambda: configuration.by_design,
        quarantine=quarantine,
        health=ill(),
        sources=connections(configuration, clock, quarantine),
        reads=reads(configuration.collectors, plant.tags),
        escalation=FILE,
        secure_cookies=False,
    )
    try:
        yield town, deps
    finally:
        for store in (historian, spool, ledger, quarantine):
            await store.close()


async def main(folder: Path) -> None:
    async with town_at_work(folder, read(CONFIG)) as (town, deps), asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(town.run()),
            group.create_task(ResponseService(deps.ledger, deps.plant, deps.clock).run()),
            group.create_task(serve(build(deps), "127.0.0.1", 0, ready=lambda port: print(port, flush=True))),
        ]
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        while line := await reader.readline():
            await town.obey(line.decode().strip())
            print("done", flush=True)
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(main(Path(sys.argv[1])))
