"""A report that the gate refuses ends what stood before it, and is told once."""

from pathlib import Path

import numpy as np

from collectors.intake.ended import Ended, lost
from collectors.intake.gate import Gate
from collectors.intake.intake import Intake
from collectors.intake.limits import SECOND, TimeLimits
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.conservation import Fate
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from core.ports.source import SourceFacts
from core.runtime.clock import AnchoredClock
from core.runtime.conservation import assert_conserved
from tests.collectors.field import Kept
from tests.intake.gates import NOW, TAGS, Door

MARK = Sample("p1", NOW + 1, None, Status.BAD_DATA_LOST, NOW, Flag.BACKFILL)


def stands(tag: str, age_s: float = 0.5) -> Sample:
    return Sample(tag, NOW - round(age_s * SECOND), 1.0, 0, NOW, Flag.STANDS)


AHEAD = stands("p1", -3600.0)


def test_what_stood_before_a_refused_report_stands_no_longer_also_in_the_same_batch():
    passed, refusals = Door().offer([stands("p1"), stands("p2"), AHEAD])
    assert passed == [stands("p1")._replace(flags=Flag.NONE), stands("p2"), MARK]
    assert [refusal.samples for refusal in refusals] == [1]


def test_a_report_that_follows_the_refused_one_stands():
    passed, _ = Door().offer([AHEAD, stands("p1")])
    assert passed == [stands("p1")]


def test_a_polled_sample_or_history_that_is_refused_leaves_no_mark():
    ahead = [AHEAD._replace(flags=Flag.NONE), AHEAD._replace(tag="p2", flags=Flag.BACKFILL)]
    passed, refusals = Door().offer(ahead)
    assert (passed, len(refusals)) == ([], 1)


def test_a_mark_is_of_one_receipt_and_of_no_other_identity():
    assert lost("test:x", ["p1"], NOW).samples() == [MARK]


def test_a_mark_that_is_not_on_disk_yet_is_told_again_whatever_is_stored_meanwhile():
    ended, ahead, refused = Ended(), Batch.of("test:x", [AHEAD]), np.ones(1, np.bool_)
    ended.by(ahead, refused)
    ended.stored(Batch.of("test:x", [stands("p2")]), refused=False)
    _, marks = ended.by(ahead, refused)
    assert marks is not None and marks.samples() == [MARK]


async def at_the_gate(tmp_path: Path, *batches: list[Sample]) -> list[list[Sample]]:
    """What each batch became on disk; the books are even."""
    spool = await SegmentSpool.open(tmp_path / "spool")
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    kept = Kept(spool)
    intake = Intake(kept, quarantine, TAGS, AnchoredClock(), TimeLimits())
    gate: Gate = intake.gate("test:x", SourceFacts())
    made = []
    for batch in batches:
        await gate.put(Batch.of("test:x", batch))
        made.append(kept.samples())
        kept.batches.clear()
    facts = await spool.facts()
    assert_conserved(facts)
    refused = sum(sample in (AHEAD, AHEAD._replace(v=2.0)) for batch in batches for sample in batch)
    assert facts.count(Fate.QUARANTINED) == refused
    await spool.close()
    await quarantine.close()
    return made


async def test_a_wrong_clock_leaves_one_mark_until_a_report_is_believed_again(tmp_path: Path):
    again = AHEAD._replace(v=2.0)
    made = await at_the_gate(tmp_path, [AHEAD], [again], [stands("p1")], [AHEAD], [again])
    assert made == [[MARK], [], [stands("p1")], [MARK], []]
