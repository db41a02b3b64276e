"""What the alarms of a plant would have made of the past: engine, suppression and correlator, five
minutes at a time, into a ledger of its own."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from alarms.definitions import by_id
from alarms.engine import Engine
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.sheet import Sheet
from alarms.suppression import ByDesign
from alarms.transaction import record
from alarms.withholding import Withholding
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.activity import Activity
from core.model.alarm import AlarmDefinition
from core.model.clock import Anchor
from core.model.finding import Finding
from core.model.incident import OPEN, Incident, IncidentState
from core.model.plant import Plant
from core.model.sample import Batch
from core.ports.spool import SpoolRow

STEP_NS = 300_000_000_000


class PastClock:
    """`core.ports.clock.Clock` that stands where the samples are."""

    def __init__(self, now_ns: int) -> None:
        self.anchor, self._now_ns = Anchor(now_ns, now_ns, 1.0), now_ns

    def move(self, now_ns: int) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        return self._now_ns

    def monotonic(self) -> float:
        return self._now_ns / 1e9

    async def sleep(self, seconds: float) -> None:
        """Nobody waits in the past."""


async def retold(
    batches: Iterable[Batch],
    plant: Plant,
    definitions: Sequence[AlarmDefinition],
    *,
    by_design: ByDesign = ByDesign(),
    activities: Sequence[Activity] = (),
    learn_until_ns: int,
) -> list[Incident]:
    """Every incident that was opened, in order. batches: each of a time after the one before. Of what lies
    before `learn_until_ns` detectors learn, and no alarm is raised."""
    with tempfile.TemporaryDirectory(prefix="bench-retold-") as folder:
        ledger = await SqlLedger.open(Path(folder) / "ledger.db")
        async with ledger.begin() as tx:
            await tx.put_many(activities)
        past = _Past(ledger, plant, definitions, by_design, learn_until_ns)
        for batch in batches:
            await past.hear(batch)
        async with ledger.read() as tx:
            found = await tx.find(Incident)
        await ledger.close()
    return sorted(
        (one for one in found if one.state is not IncidentState.MERGED), key=lambda one: one.opened_ns
    )


class _Past:
    def __init__(
        self,
        ledger: SqlLedger,
        plant: Plant,
        rows: Sequence[AlarmDefinition],
        by_design: ByDesign,
        learn_until_ns: int,
    ) -> None:
        self._ledger, self._definitions = ledger, by_id(rows)
        self._engine = Engine(plant, [*rows, *by_design.conditions], past=True)
        self._correlator = Correlator(plant, self._definitions)
        self._clock = PastClock(learn_until_ns)
        self._withholding = Withholding(by_design, rows, self._definitions, plant, self._clock)
        self._learn_until_ns, self._seq, self._begun, self._suspected = learn_until_ns, 0, False, False

    async def hear(self, batch: Batch) -> None:
        learned = batch.where(batch.t_ns < self._learn_until_ns)
        if len(learned):
            self._engine.update(learned)
        fresh = batch.where(batch.t_ns >= self._learn_until_ns)
        if not len(fresh):
            return
        if not self._begun:
            self._begun = True
            async with self._ledger.read() as tx:
                await self._withholding.start(tx, self._engine, 0)
        steps = fresh.t_ns // STEP_NS
        for step in range(int(steps.min()), int(steps.max()) + 1):
            await self._step(fresh.where(steps == step), (step + 1) * STEP_NS)

    async def _step(self, batch: Batch, now_ns: int) -> None:
        self._seq += 1
        self._clock.move(now_ns)
        async with self._ledger.read() as tx:
            await self._withholding.windows(tx)
        found = self._engine.update(batch)
        findings = self._withholding.take(found, [SpoolRow(self._seq, batch)])
        turned = self._withholding.look(self._seq, now_ns)
        if findings or turned or self._suspected:
            await self._commit(findings, now_ns)

    async def _commit(self, findings: Sequence[Finding], now_ns: int) -> None:
        async with self._ledger.begin() as tx:
            sheet = Sheet(tx, OPEN)
            await sheet.look_up(finding.alarm for finding in findings)
            stamped = ((finding, Stamp(now_ns, self._seq)) for finding in findings)
            await record(sheet, stamped, self._definitions, self._correlator, self._withholding)
            await self._correlator.believe(sheet, now_ns, self._engine.returning())
            await self._withholding.settle(sheet, self._correlator)
            await sheet.done()
            self._suspected = bool(await tx.find(Incident, state=IncidentState.SUSPECTED))
