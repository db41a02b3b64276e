"""Locates bursts beside the alarm service: solves in a process of its own, then adds the place to the
incident; with its hours `sharpening` goes on."""

import asyncio
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from alarms.incidents import publish
from alarms.joining import of_people
from alarms.journal import last_raised
from alarms.locate import Observation, locate, observe
from alarms.sharpening import LOOK_S, Sharpening
from alarms.unmerging import of_alarm
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import GOING_ON, OPEN, Incident, IncidentKind, Location
from core.model.plant import Plant
from core.ports.clock import Clock
from core.ports.historian import Historian
from core.ports.ledger import Ledger
from core.runtime.logs import log
from core.runtime.pool import process_pool

WAITING = 64
DEADLINE_S = 60.0


class Locating:
    """A bounded queue of bursts to locate. A refined finding of the same alarm takes its turn like any
    other; what does not fit is counted in `dropped` and located at its next refinement."""

    def __init__(
        self, ledger: Ledger, historian: Historian | None, plant: Plant, inp: Path, clock: Clock
    ) -> None:
        self._ledger, self._plant, self._inp, self._clock = ledger, plant, inp, clock
        self._by_hours = Sharpening(ledger, historian, plant, inp, clock) if historian else None
        self._queue: asyncio.Queue[tuple[str, Observation]] = asyncio.Queue(WAITING)
        self.dropped = 0

    def offer(self, finding: Finding) -> None:
        """Take note of a burst finding; others are none of its business."""
        if finding.kind is not FindingKind.BURST or finding.verb is Verb.CLEAR:
            return
        seen = observe(finding, self._plant)
        if seen is None:
            return
        if self._queue.full():
            self.dropped += 1
            return
        self._queue.put_nowait((finding.alarm, seen))

    async def run(self) -> None:
        """Until cancelled."""
        pool = process_pool()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._at_first(pool))
                group.create_task(self._after_a_split())
                if self._by_hours:
                    group.create_task(self._by_hours.run(pool))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    async def _at_first(self, pool: Executor) -> None:
        loop = asyncio.get_running_loop()
        while True:
            alarm, seen = await self._queue.get()
            solving = loop.run_in_executor(pool, locate, self._inp, self._plant.network, seen)
            try:
                async with asyncio.timeout(DEADLINE_S):
                    location = await solving
            except TimeoutError:
                log.warning("burst not located in time", alarm=alarm, deadline_s=DEADLINE_S)
                continue
            if location is not None:
                await self._attach(alarm, location)

    async def _after_a_split(self) -> None:
        """A burst that people took out of another incident has no place: it is located by what its detector
        had found."""
        seen = set[str]()
        while True:
            async with self._ledger.read() as tx:
                bursts = await tx.find(Incident, kind=IncidentKind.BURST, state=GOING_ON)
            for one in bursts:
                if one.root and one.location is None and one.id not in seen and of_people(one):
                    seen.add(one.id)
                    await self._found(one.root, one.zone)
            await self._clock.sleep(LOOK_S)

    async def _found(self, alarm: str, zone: str | None) -> None:
        entry = await last_raised(self._ledger, alarm)
        if entry is None or (found := entry.found) is None:
            return
        self.offer(
            Finding(
                alarm=alarm,
                kind=FindingKind.BURST,
                verb=Verb.RAISE,
                t_ns=entry.event_ns,
                tags=found.tags,
                zone=zone,
                limit=entry.limit,
                size_m3h=found.size_m3h,
                evidence=found.evidence,
            )
        )

    async def _attach(self, alarm: str, location: Location) -> None:
        """To the newest open incident with this alarm. Of what was put into that it is kept with it too, for
        the other has its own."""
        async with self._ledger.begin() as tx:
            incidents = await tx.find(Incident, state=OPEN)
            mine = [i for i in incidents if any(member.alarm == alarm for member in i.members)]
            if not mine:
                return
            newest = max(mine, key=lambda incident: incident.opened_ns)
            taken = await of_alarm(tx, newest, alarm)
            own = taken is not None and newest.location not in (None, taken.location)
            for one in (taken, None if own else newest):
                if one and (one.location is None or one.location.at_ns <= location.at_ns):
                    await publish(tx, replace(one, location=location), self._clock.now_ns())
