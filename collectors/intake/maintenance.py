"""Maintenance of sensors: begun and ended by people, ended by time, and what it does to samples.

While a tag is in maintenance, or in a planned calibration (not in the grace after it, in which the instrument
is believed again), its samples are Uncertain (sensor calibration, OPC UA Part 8, IEC 62541-8): stored and
shown, left aside by detectors, derived tags and the portal.
"""

from collections.abc import Mapping
from dataclasses import replace

from collectors.intake.marks import Marks
from core.model.activity import OPEN, Activity, ActivityKind
from core.model.event import Event, EventKind
from core.model.maintenance import Maintenance, Scope
from core.model.quality import Status
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.logs import log

LONGEST_S = 7 * 86_400
"""Longer is no maintenance; it is begun again, so that somebody looks at it once a week."""
LOOK_S = 1.0
PREFIX = "MNT"


class TooLong(ValueError):
    """The end lies in the past, or more than LONGEST_S ahead."""


async def begin(
    tx: Tx, scope: Scope, subject: str, author: str, note: str, until_ns: int, now_ns: int
) -> Maintenance:
    """Takes the place of what is active for the same subject, so that it can be made longer or shorter.
    Raises TooLong."""
    if not 0 < until_ns - now_ns <= LONGEST_S * 1_000_000_000:
        raise TooLong(f"the end lies within {LONGEST_S // 86_400} days from now")
    for one in await tx.find(Maintenance, subject=subject, active=True):
        if one.scope is scope:
            await end(tx, one, author, now_ns)
    fresh = Maintenance(
        id=await tx.next_id(PREFIX, now_ns),
        scope=scope,
        subject=subject,
        author=author,
        note=note,
        since_ns=now_ns,
        until_ns=until_ns,
    )
    await _publish(tx, fresh, now_ns)
    return fresh


async def end(tx: Tx, one: Maintenance, by: str | None, now_ns: int) -> Maintenance:
    """by: None for time."""
    ended = replace(one, active=False, ended_ns=now_ns, ended_by=by)
    await _publish(tx, ended, now_ns)
    return ended


async def _publish(tx: Tx, one: Maintenance, now_ns: int) -> None:
    await tx.put(one)
    data = {"scope": one.scope.value, "active": one.active}
    await tx.emit(Event(kind=EventKind.MAINTENANCE, subject=one.subject, t_ns=now_ns, data=data))


class MaintenanceWatch:
    """Keeps the marks as the ledger says, and ends what is over by plant time."""

    def __init__(self, ledger: Ledger, tags: Mapping[str, Tag], marks: Marks, clock: Clock) -> None:
        self._ledger, self._marks, self._clock = ledger, marks, clock
        self._tags = tags

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        now_ns = self._clock.now_ns()
        async with self._ledger.read() as tx:
            active = await tx.find(Maintenance, active=True)
            calibrated = await tx.find(Activity, kind=ActivityKind.CALIBRATION, state=OPEN)
        if over := [one for one in active if one.until_ns <= now_ns]:
            async with self._ledger.begin() as tx:
                for one in over:
                    await end(tx, one, None, now_ns)
                    log.info("maintenance is over", id=one.id, scope=one.scope, subject=one.subject)
        code = int(Status.UNCERTAIN_SENSOR_CALIBRATION)
        under = (one for one in active if one.until_ns > now_ns)
        marked = [tag for one in under for tag in self._under(one)]
        marked += [tag for one in calibrated if one.start_ns <= now_ns < one.end_ns for tag in one.tags]
        self._marks.set("maintenance", dict.fromkeys(marked, code))

    def _under(self, one: Maintenance) -> list[str]:
        """The tags that a maintenance is of."""
        if one.scope is Scope.TAG:
            return [one.subject] if one.subject in self._tags else []
        return [tag.id for tag in self._tags.values() if tag.station == one.subject]
