"""Follows the spool and carries what the engine finds into the ledger, one transaction a change.

The transaction holds alarm states, journal, incidents, events, the cursor "alarms" and the engine's
snapshot, so a restart replays the spool from exactly what is known.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from alarms.abreast import Abreast
from alarms.carry_over import carry_over
from alarms.clocks import ClockOf, unknown
from alarms.confirming import RULES, Rule
from alarms.definitions import by_id, joined, of_process
from alarms.engine import Engine, Judgement, QualityChange
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.kept import Kept, read
from alarms.locating import Locating
from alarms.registering import Registering
from alarms.restart import verify
from alarms.sheet import Sheet, Told
from alarms.shelves import Shelves
from alarms.suppression import ByDesign
from alarms.transaction import record, record_quality
from alarms.upkeep import Upkeep
from alarms.warm import Warming
from alarms.withholding import Withholding
from core.model.alarm import Alarm, AlarmDefinition, State
from core.model.finding import Finding
from core.model.flood import ONE_POSITION, Position
from core.model.incident import OPEN, IncidentKind
from core.model.plant import Plant
from core.ports.clock import Clock
from core.ports.historian import Historian
from core.ports.ledger import Ledger, Tx, Writing
from core.ports.source import SourceFacts
from core.ports.spool import Spool, SpoolRow
from core.runtime.health import Health

CURSOR = "alarms"
NOT_NORMAL = tuple(state for state in State if state is not State.NORM)
KEEP_S = 5.0
TICK_S = 1.0
GATHER_S = 0.03
"""Rows that come within this time are judged together: a judgement costs much the same for few and many."""
RECORDED = 500
"""Findings of one transaction: in a flood people's own commands come in between. The cursor moves with the
last; what a life before had recorded of the others is known again by alarm, event and time."""


class _Stamps:
    """Which of several rows, judged at once, made a finding: the last that has a sample of its tags.

    now_ns: the transaction's, taken when its turn has come: the journal's times are in its order."""

    def __init__(self, now_ns: int, rows: Sequence[SpoolRow]) -> None:
        self.now_ns, self._rows = now_ns, rows
        self._last = rows[-1].seq if rows else None

    def of(self, tags: Sequence[str]) -> Stamp:
        if len(self._rows) > 1:
            seqs = [seq for tag in tags if (seq := self._by_tag.get(tag)) is not None]
            return Stamp(self.now_ns, max(seqs, default=self._last))
        return Stamp(self.now_ns, self._last)

    @cached_property
    def _by_tag(self) -> dict[str, int]:
        told = ((row.seq, row.batch) for row in self._rows)
        return {batch.tags[n]: seq for seq, batch in told for n in np.unique(batch.tag).tolist()}


class AlarmService:
    """One plant's alarms. hydraulics_inp: the hub's own model, for locating bursts; None without one.
    historian: where detectors learn the past from; None to learn as it goes. clock_of: a tag's clock.
    positions: who answers for which zones. rules: when an incident is believed. followed: by tag, its source:
    a value stands while its source says so. health: where it is told that a past is not known yet; imported:
    the files of the time before are in the historian."""

    def __init__(
        self,
        spool: Spool,
        ledger: Ledger,
        historian: Historian | None,
        plant: Plant,
        definitions: Sequence[AlarmDefinition],
        hydraulics_inp: Path | None,
        clock: Clock,
        clock_of: ClockOf = unknown,
        by_design: ByDesign = ByDesign(),
        positions: Sequence[Position] = ONE_POSITION,
        rules: Mapping[IncidentKind, Rule] = RULES,
        followed: Mapping[str, SourceFacts] = {},
        health: Health | None = None,
        imported: Callable[[], bool] = lambda: True,
    ) -> None:
        self._spool, self._ledger, self._historian, self._clock = spool, ledger, historian, clock
        self._plant = plant
        place = (ledger, historian, plant)
        self._locating = Locating(*place, hydraulics_inp, clock) if hydraulics_inp else None
        self._clock_of, self._positions, self._confirming = clock_of, positions, rules
        self._health, self._imported = health or Health(), imported
        self._warming: Warming | None = None
        self._by_design, self._followed, self._born_ns = by_design, followed, clock.now_ns()
        self._withholding: Withholding
        self._engine: Engine
        self._turn = asyncio.Lock()
        self._seq = self._done = self._backlog = 0
        self._kept_s = 0.0
        self._registering: Registering
        self._changed = asyncio.Event()
        self._know(definitions)

    def _know(self, definitions: Sequence[AlarmDefinition]) -> None:
        self._rows, self._definitions = definitions, by_id(definitions)
        self._correlator = Correlator(self._plant, self._definitions, self._clock_of, self._confirming)
        self._upkeep = Upkeep(self._ledger, self._definitions, self._positions, self._clock)

    @property
    def definitions(self) -> Mapping[str, AlarmDefinition]:
        """By id, as they run now."""
        return self._definitions

    @property
    def rows(self) -> Sequence[AlarmDefinition]:
        """The plant's, as they run now."""
        return self._rows

    @property
    def by_design(self) -> ByDesign:
        """What suppresses which of them."""
        return self._by_design

    def reconfigure(self, definitions: Sequence[AlarmDefinition], by_design: ByDesign | None = None) -> None:
        """Other rows from now on, as after a restart: alarms stay what they are and are judged anew."""
        self._next = definitions, by_design or self._by_design
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled. Raises what the stores raise; a restart continues from the last commit."""
        while True:
            work = asyncio.create_task(self._work())
            change = asyncio.create_task(self._until_changed(work))
            try:
                await asyncio.wait({work, change}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (work, change):
                    task.cancel()
                await asyncio.gather(work, change, return_exceptions=True)
            if not work.cancelled():
                work.result()
            self._changed.clear()
            definitions, self._by_design = self._next
            self._know(definitions)

    async def _until_changed(self, work: asyncio.Task[None]) -> None:
        await self._changed.wait()
        async with self._turn:  # not within a commit
            work.cancel()

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(Shelves(self._ledger, self._clock).run())  # what is over waits for no start
            await self._start()
            group.create_task(self._registering.run())
            group.create_task(self._follow())
            group.create_task(self._learn())
            group.create_task(self._tick())
            group.create_task(self._upkeep.run())
            if self._locating:
                group.create_task(self._locating.run())

    def _fresh_engine(self) -> Engine:
        rows = joined(self._rows, self._by_design.conditions) if self._by_design.rules else self._rows
        speed = self._clock.anchor.speed
        return Engine(self._plant, rows, speed=speed, followed=self._followed, born_ns=self._born_ns)

    async def _start(self) -> None:
        self._engine, self._kept = self._fresh_engine(), Kept()
        await self._upkeep.start()
        await verify(self._ledger, self._definitions, self._clock)
        self._registering = Registering(self._ledger, self._definitions, self._clock)
        changed = await self._registering.look_back()
        await carry_over(self._ledger, changed, self._definitions, self._clock)
        async with self._ledger.read() as tx:
            self._seq = self._done = await tx.cursor(CURSOR)
            kept = await read(tx)
        await self._spool.cursor(CURSOR)
        if kept is not None:
            self._engine.resume(kept)
        if self._historian is not None:
            past = self._engine, self._historian, self._clock, self._health, self._imported
            self._warming = Warming(*past)
            await self._warming.at_start()
        self._withholding = Withholding(
            self._by_design, self._rows, self._definitions, self._plant, self._clock
        )
        self._backlog = (await self._spool.facts()).last_seq
        async with self._ledger.read() as tx:
            await self._withholding.start(tx, self._engine, self._backlog)
        self._kept_s = self._clock.monotonic()

    async def _follow(self) -> None:
        async for rows in self._spool.follow(self._seq):
            for n in self._engine.runs([row.batch for row in rows]):
                run, rows = rows[:n], rows[n:]
                async with self._turn:
                    judged = self._engine.judge([row.batch for row in run])
                    self._seq = run[-1].seq
                    await self._commit(judged, run)
                await asyncio.sleep(0)
            await asyncio.sleep(GATHER_S)

    async def _learn(self) -> None:
        """What could not be learned at the start."""
        if self._warming is None:
            return
        async for adopt in self._warming.later():
            async with self._turn:
                await self._commit(Judgement(adopt() or [], []), ())

    async def _tick(self) -> None:
        abreast = Abreast()
        while True:
            await self._clock.sleep(TICK_S)
            told = self._engine.followed()
            last_seq = (await self._spool.facts()).last_seq if told else 0
            async with self._turn:
                told = abreast.upto(told, last_seq, self._seq)
                findings = self._engine.tick(self._clock.now_ns(), self._clock.monotonic(), told)
                async with self._ledger.read() as tx:
                    due = await self._due(tx)
                    await self._withholding.windows(tx)
                await self._commit(Judgement(findings, []), (), believe=due)

    async def _due(self, tx: Tx) -> bool:
        """An incident is believed by now; none while rows from before the start wait, which may end it."""
        if self._seq < self._backlog:
            return False
        return bool(await self._correlator.due(tx, self._clock.now_ns(), self._engine.returning()))

    async def _commit(self, judged: Judgement, rows: Sequence[SpoolRow], *, believe: bool = False) -> None:
        """Everything of these rows or of a tick, then with the last of it the cursor and the snapshot."""
        qualities, findings = judged.qualities, self._withholding.take(judged.findings, rows)
        turned = self._withholding.look(self._seq, self._clock.now_ns())
        due = self._clock.monotonic() - self._kept_s >= KEEP_S
        if not (findings or qualities or believe or turned or due):
            return
        stamps = _Stamps(self._clock.now_ns(), rows)
        told: Told | None = None if findings else set()
        whole = len(findings) // RECORDED * RECORDED if len(findings) > RECORDED else 0
        for at in range(0, whole, RECORDED):
            async with self._ledger.begin() as tx:
                stamps.now_ns = self._clock.now_ns()
                told = await tx.journalled_after(self._done) if told is None else told
                await (await self._recorded(tx, findings[at : at + RECORDED], stamps, told)).done()
        async with self._ledger.begin() as tx:
            stamps.now_ns = self._clock.now_ns()
            told = await tx.journalled_after(self._done) if told is None else told
            sheet = await self._recorded(tx, findings[whole:], stamps, told)
            await self._record(sheet, qualities, stamps)
            if believe:
                await self._correlator.believe(sheet, stamps.now_ns, self._engine.returning())
            heard = await self._withholding.settle(sheet, self._correlator)
            await sheet.done()
            await tx.set_cursor(CURSOR, self._seq)
            await self._kept.write(tx, self._engine.state())
            await self._withholding.keep(tx)
        self._done = self._seq
        self._kept_s = self._clock.monotonic()
        await self._spool.advance(CURSOR, self._seq)
        if self._locating:
            for finding in (*findings, *heard):
                self._locating.offer(finding)

    async def _recorded(self, tx: Tx, findings: Sequence[Finding], stamps: _Stamps, told: Told) -> Sheet:
        sheet = Sheet(tx, OPEN, told)
        await sheet.look_up(finding.alarm for finding in findings)
        stamped = ((finding, stamps.of(finding.tags)) for finding in findings)
        await record(sheet, stamped, self._definitions, self._correlator, self._withholding)
        return sheet

    async def _record(self, tx: Writing, qualities: Sequence[QualityChange], stamps: _Stamps) -> None:
        """Only of alarms that are not normal, or showed Bad last: of a lost station they are few."""
        if not qualities:
            return
        shown_bad = self._registering.shown_bad
        standing = {alarm.id for alarm in await tx.find(Alarm, state=NOT_NORMAL)} | shown_bad
        for change in qualities:
            for id in of_process(self._rows, change.tag):
                if id in standing:
                    await record_quality(tx, change, id, stamps.of((change.tag,)))
                    bad = change.code >> 31
                    (shown_bad.add if bad else shown_bad.discard)(id)
