"""Everything that reaches a gate is on disk or in quarantine before it is acknowledged, and counted once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.intake.intake import Intake
from collectors.intake.limits import SECOND, TimeLimits
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.source import SourceFacts
from core.ports.spool import RECORDER, SpoolFull
from core.runtime.clock import AnchoredClock
from core.runtime.conservation import assert_conserved
from tests.intake.gates import NOW, TAGS, seen


@dataclass
class Stores:
    spool: SegmentSpool
    quarantine: SqliteQuarantine

    def gate(self, facts: SourceFacts):
        intake = Intake(self.spool, self.quarantine, TAGS, AnchoredClock(), TimeLimits())
        return intake.gate("test:x", facts)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    spool = await SegmentSpool.open(tmp_path / "spool", max_bytes=2**20)
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    await spool.cursor(RECORDER)
    yield Stores(spool, quarantine)
    await spool.close()
    await quarantine.close()


def refused(n: int) -> Sample:
    return Sample("p2", NOW + 3600 * SECOND + n, 1.0, 0, NOW)


async def test_refused_samples_are_kept_and_the_equation_holds(stores: Stores):
    gate = stores.gate(SourceFacts())
    await gate.put(Batch.of("test:x", [seen("p1", 1), refused(0), refused(1)]))
    assert await gate.put(Batch.of("test:x", [refused(2)])) == 0
    facts = await stores.spool.facts()
    assert (facts.received, facts.count(Fate.QUARANTINED)) == (4, 3)
    assert_conserved(facts)
    kept = await stores.quarantine.newest()
    assert [one.refusal.samples for one in kept] == [1, 2]
    again = [s for one in kept for s in Batch.decode(one.refusal.content).samples()]
    assert sorted(s.t_ns for s in again) == [refused(n).t_ns for n in range(3)]


async def test_what_a_full_spool_refuses_is_judged_once_however_often_it_is_offered(stores: Stores):
    facts = SourceFacts()
    gate = stores.gate(facts)
    filler = Batch.of("test:x", [seen("p1", n / 1000) for n in range(1000)])
    with pytest.raises(SpoolFull):
        while True:
            await stores.spool.put(filler)
    batch = Batch.of("test:x", [*filler.samples(), refused(0)])
    for _ in range(3):
        with pytest.raises(SpoolFull):
            await gate.put(batch)
    assert facts.failures == {"future_time": 1}
    assert len(await stores.quarantine.newest()) == 1
    assert_conserved(await stores.spool.facts())
