"""Where a burst or a leak is, better known with its hours: located anew by what the historian has of them."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from alarms.hours import HOUR_NS, WEEK, Hours, hours_of, tags_of
from alarms.incidents import publish
from alarms.locate import locate_by_hours
from core.model.incident import GOING_ON, Incident, IncidentKind, Location
from core.model.plant import Plant
from core.ports.clock import Clock
from core.ports.historian import Historian, HistorianUnavailable
from core.ports.hydraulics import HydraulicError
from core.ports.ledger import Ledger
from core.runtime.logs import log

KINDS = (IncidentKind.BURST, IncidentKind.LEAK)
AFTER_H = (2, 3, 4, 5, 6, 9, 12, 18, 24, 36, 48)
"""Whole hours since it is known, and has begun, after which it is located anew."""
SETTLE_NS = 120 * 10**9
"""An hour's last samples are in the historian."""
LOOK_S, DEADLINE_S = 15.0, 120.0
"""Real seconds."""


class Sharpening:
    """Follows the ledger's incidents, so that a restart goes on with them."""

    def __init__(self, ledger: Ledger, historian: Historian, plant: Plant, inp: Path, clock: Clock) -> None:
        self._ledger, self._historian, self._plant = ledger, historian, plant
        self._inp, self._clock = inp, clock
        self._done: dict[str, int] = {}

    async def run(self, pool: Executor) -> None:
        """Until cancelled."""
        while True:
            async with self._ledger.read() as tx:
                incidents = await tx.find(Incident, kind=KINDS, state=GOING_ON)
            for incident in incidents:
                if end_ns := self._due(incident):
                    await self._sharpen(incident, end_ns, pool)
            await self._clock.sleep(LOOK_S)

    def _due(self, incident: Incident) -> int | None:
        """The end of the hour up to which it is to be located now; None while it is not."""
        began_ns = began(incident)
        if began_ns is None or incident.zone not in self._plant.zones:
            return None
        first = -(-began_ns // HOUR_NS)
        opened = max(first, incident.opened_ns // HOUR_NS)
        at = (max(first + AFTER_H[0], opened), *(opened + hours for hours in AFTER_H))
        last = (self._clock.now_ns() - SETTLE_NS) // HOUR_NS
        reached = [hour for hour in at if hour <= last]
        if not reached or last > at[-1] + AFTER_H[0]:
            return None
        located_ns = incident.location.at_ns if incident.location else 0
        done = max(self._done.get(incident.id, 0), located_ns // HOUR_NS)
        return last * HOUR_NS if done < max(reached) else None

    async def _sharpen(self, incident: Incident, end_ns: int, pool: Executor) -> None:
        try:
            hours = await self._hours(incident, end_ns)
            solving = asyncio.get_running_loop().run_in_executor(
                pool, locate_by_hours, self._inp, self._plant.network, hours
            )
            async with asyncio.timeout(DEADLINE_S):
                location = await solving
        except HistorianUnavailable:
            return
        except (HydraulicError, TimeoutError) as error:
            log.warning(
                "burst not located by its hours", incident=incident.id, error=str(error) or "too slow"
            )
            location = None
        self._done[incident.id] = end_ns // HOUR_NS
        if location is not None:
            await self._attach(incident.id, location)

    async def _hours(self, incident: Incident, end_ns: int) -> Hours:
        zone, began_ns = self._plant.zones[incident.zone or ""], began(incident) or end_ns
        start_ns = (began_ns // HOUR_NS - WEEK) * HOUR_NS
        tags = tags_of(zone, self._plant)
        told = await self._historian.buckets_of(tags, start_ns, end_ns, HOUR_NS)
        mean = dict(zip(tags, (buckets.mean for buckets in told), strict=True))
        return hours_of(zone, self._plant, began_ns, told[0].t_ns, mean)

    async def _attach(self, id: str, location: Location) -> None:
        async with self._ledger.begin() as tx:
            incident = await tx.get(Incident, id)
            if incident and incident.state in GOING_ON:
                await publish(tx, replace(incident, location=location), self._clock.now_ns())


def began(incident: Incident) -> int | None:
    """As its burst or leak alarm tells it, ns; of what has grown since, when it last did: the days before
    then, with what ran already, are what its hours are held against."""
    return began_of(incident.evidence)


def began_of(evidence: Mapping[str, float | str]) -> int | None:
    since_s = evidence.get("grew_s", evidence.get("onset_s"))
    return round(since_s * 1e9) if isinstance(since_s, float) else None
