"""F31: the spool's files with bits flipped and cut short: found, counted, the rest readable, never a loop."""

import random
import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.adapters.segment_spool.record import ROWS as ROWS_OF
from core.adapters.segment_spool.record import records
from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.conservation import Fate
from core.model.sample import Batch, Names, Sample
from core.runtime.conservation import assert_conserved
from tests.faults.forms import form

ROWS, FILE = 40, Bounds(segment_bytes=3_000)
SAMPLES = 3


def batch(k):
    """Of one source, or with a sample of each."""
    samples = [Sample(f"s{k % 3}.tag-{i}", 10 * k + i, float(k)) for i in range(SAMPLES)]
    if k % 4:
        return Batch.of(f"s{k % 3}", samples)
    each = [sample._replace(tag=f"s{i}.tag") for i, sample in enumerate(samples)]
    names = Names.many((f"s{i}", (f"s{i}.tag", f"s{i}.other")) for i in range(SAMPLES))
    return replace(Batch.of("", each), names=names, tag=2 * np.arange(SAMPLES, dtype=np.uint32))


async def filled(folder, bounds=FILE):
    """40 rows of three sources, 10 of them recorded; the process is killed, not closed."""
    spool = await SegmentSpool.open(folder, bounds=bounds)
    await spool.cursor("recorder")
    await spool.cursor("alarms")
    for k in range(1, ROWS + 1):
        await spool.put(batch(k))
        if k <= 10:
            tally = {source: {Fate.STORED: n} for source, n in batch(k).by_source().items()}
            await spool.advance("recorder", k, tally)
    spool._lock.close()
    spool._log._fd = -1
    spool._jobs.put(None)
    spool._writer.join()
    return sorted(folder.glob("*.log"))


async def judged(folder, bounds=FILE):
    """Opens it, reads everything, and goes on: what is there and what is counted as lost.

    Of two neighbours whose heads were lost, and one of them whole, nothing tells which the batch that was
    saved is: it may bear its neighbour's number. It is there, and in its place all the same."""
    spool = await SegmentSpool.open(folder, bounds=bounds)
    try:
        rows, after = [], 0
        while some := await spool.read(after, 7):
            rows += some
            after = some[-1].seq
        facts = await spool.facts()
        assert_conserved(facts)
        found = [int(row.batch.v[0]) for row in rows]
        assert found == sorted(set(found))
        for row, k in zip(rows, found, strict=True):
            assert row.batch.samples() == batch(k).samples()
        assert sum(k != row.seq for row, k in zip(rows, found, strict=True)) <= 1
        seq = await spool.put(batch(facts.last_seq + 1))
        assert seq == facts.last_seq + 1
        assert [row.seq for row in await spool.read(seq - 1)] == [seq]
        assert_conserved(await spool.facts())
        return set(found), facts
    finally:
        await spool.close()


def places(path):
    """(begin of head, begin of body, end) of each row."""
    data = path.read_bytes()
    return {r.seq: r for r in records(memoryview(data)) if not isinstance(r, int) and r.kind in ROWS_OF}


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("bounds", [FILE, Bounds()], ids=["many files", "one file"])
@pytest.mark.parametrize("seq", [12, 25, 28, ROWS])
async def test_a_flipped_bit_in_a_row_loses_that_row_and_counts_it(tmp_path, seq, bounds):
    for path in await filled(tmp_path, bounds):
        if seq in (found := places(path)):
            flip(path, found[seq].body + 40)
            break
    rows, facts = await judged(tmp_path, bounds)
    first = min(rows)
    assert rows == set(range(first, ROWS + 1)) - {seq} and first <= 11
    assert facts.received == ROWS * SAMPLES
    assert facts.count(Fate.CORRUPT) == SAMPLES
    (kept,) = tmp_path.glob("*.corrupt-*")
    assert kept.stat().st_size > 0 and facts.corrupt_files <= 1
    _, facts = await judged(tmp_path, bounds)
    assert facts.count(Fate.CORRUPT) == SAMPLES and facts.corrupt_files == 1


@pytest.mark.parametrize("seq", [12, 25, 28, ROWS])
async def test_a_flipped_bit_in_a_head_loses_nothing_where_the_batch_verifies(tmp_path, seq):
    for path in await filled(tmp_path):
        if seq in (found := places(path)):
            flip(path, found[seq].at + 20)
            break
    rows, facts = await judged(tmp_path)
    assert rows == set(range(min(rows), ROWS + 1))
    assert (facts.received, facts.count(Fate.CORRUPT)) == (ROWS * SAMPLES, 0)


async def test_any_bit_flipped_anywhere_is_survived_with_the_books_balanced(tmp_path):
    await filled(tmp_path / "whole")
    chance = random.Random(20_261_125)
    for trial in range(form(150, 5_000)):
        folder = tmp_path / f"try-{trial}"
        shutil.copytree(tmp_path / "whole", folder)
        path = chance.choice(sorted(folder.glob("*.log")))
        size = len(path.read_bytes().rstrip(b"\0"))
        for _ in range(chance.choice((1, 1, 3))):
            flip(path, chance.randrange(size))
        rows, _ = await judged(folder)
        assert len(rows) >= ROWS - 10 - 12, (trial, path)
        shutil.rmtree(folder)


async def test_any_file_cut_at_any_byte_is_survived_with_the_books_balanced(tmp_path):
    await filled(tmp_path / "whole")
    chance = random.Random(5)
    for trial in range(form(100, 2_000)):
        folder = tmp_path / f"try-{trial}"
        shutil.copytree(tmp_path / "whole", folder)
        path = chance.choice(sorted(folder.glob("*.log")))
        cut = chance.randrange(len(path.read_bytes().rstrip(b"\0")))
        with path.open("r+b") as file:
            file.truncate(cut)
        await judged(folder)
        shutil.rmtree(folder)
