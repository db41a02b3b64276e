"""One batch may hold samples of several sources; what earlier hubs wrote is still read."""

import json
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.conservation import Fate
from core.model.sample import Batch, CorruptBatch, Names, Sample
from core.ports.spool import RECORDER
from core.runtime.conservation import assert_conserved

OLD_SPOOL = Path(__file__).parent / "old_spool"
"""Written by a hub whose batches had one source (WHB1): six rows of two sources in two files, three samples
counted at the door, and a recorder that has passed two rows. Row n tells (n - 1) + 0, 0.25 of its tags."""
T = 1_790_000_000 * 10**9


def of_three() -> Batch:
    names = Names.many([("modbus:a", ("a.p", "a.q")), ("modbus:站", ("站.p",)), ("modbus:a", ("a.r",))])
    tag = np.array([2, 0, 3, 0], np.uint32)
    t = T + np.arange(4) * 10**9
    return Batch(
        names, tag, t, np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4, np.uint32), t, np.zeros(4, np.uint8)
    )


def test_a_sample_belongs_to_the_source_of_its_tag():
    batch = of_three()
    assert batch.sources == ("modbus:a", "modbus:站")
    assert batch.by_source() == {"modbus:a": 3, "modbus:站": 1}
    assert {source: [s.tag for s in part.samples()] for source, part in batch.split()} == {
        "modbus:a": ["a.p", "a.r", "a.p"],
        "modbus:站": ["站.p"],
    }


def test_a_batch_may_name_tags_and_sources_that_it_has_no_sample_of():
    some = of_three().where(np.array([True, False, False, False]))
    assert some.by_source() == {"modbus:站": 1}
    assert [source for source, _ in some.split()] == ["modbus:站"]
    assert some.where(np.zeros(1, np.bool_)).by_source() == {}


def test_names_come_back_from_bytes_and_are_the_same_object_each_time():
    batch = of_three()
    once, again = Batch.decode(batch.encode()), Batch.decode(batch.encode())
    assert once.samples() == batch.samples() and once.by_source() == batch.by_source()
    assert once.names is again.names


@given(
    of=st.lists(st.integers(0, 5), min_size=1, max_size=40),
    tag=st.lists(st.integers(0, 39), max_size=80),
)
def test_of_many_sources_only_those_with_samples_are_written_and_every_sample_keeps_its_own(of, tag):
    names = Names.many((f"s{source}", [f"s{source}.{i}"]) for i, source in enumerate(of))
    at = np.array([i % len(of) for i in tag], np.uint32)
    t = np.arange(len(at), dtype=np.int64)
    batch = Batch(names, at, t, t / 7, 0 * at, t, at.astype(np.uint8))
    again = Batch.decode(batch.encode())
    assert again.samples() == batch.samples() and again.by_source() == batch.by_source()
    if 0 < 2 * len(at) <= len(of) and len(names.sources) > 1:
        assert set(again.sources) == set(batch.by_source())


def test_what_was_written_while_a_batch_had_one_source_is_read():
    sample = Sample("站.p", T, 1.5, 0, T + 5, 1)
    names = json.dumps(["modbus:站", "站.p"], ensure_ascii=False).encode()
    body = names + struct.pack("<IqdIqB", 0, T, 1.5, 0, T + 5, 1)
    old = struct.pack("<4sIII", b"WHB1", zlib.crc32(body), len(names), 1) + body
    batch = Batch.decode(old)
    assert batch.samples() == [sample] and batch.by_source() == {"modbus:站": 1}
    with pytest.raises(CorruptBatch):
        Batch.decode(b"WHB3" + old[4:])


async def test_a_spool_of_an_earlier_hub_goes_on_with_its_rows_and_its_books(tmp_path: Path):
    shutil.copytree(OLD_SPOOL, tmp_path / "spool")
    spool = await SegmentSpool.open(tmp_path / "spool", now_ns=lambda: T + 60 * 10**9)
    rows = [*await spool.read(2), *await spool.read(3)]
    assert [row.seq for row in rows] == [3, 4, 5, 6]
    assert [row.batch.by_source() for row in rows] == [{"modbus:站": 2}, {"mqtt:village": 1}] * 2
    assert [s.v for row in rows for s in row.batch.samples()] == [2.0, 2.25, 3.0, 4.0, None, 5.0]
    assert await spool.put(of_three()) == 7
    facts = await spool.facts()
    assert facts.received_by == {"modbus:站": 7, "mqtt:village": 6, "modbus:a": 3}
    assert facts.readers[RECORDER].spooled == {"modbus:站": 5, "mqtt:village": 2, "modbus:a": 3}
    assert facts.tally()["mqtt:village"] == {Fate.STORED: 1, Fate.QUARANTINED: 3}
    assert_conserved(facts)
    await spool.close()


async def test_of_a_file_of_an_earlier_hub_a_row_that_lost_its_head_is_found_by_its_batch(tmp_path: Path):
    shutil.copytree(OLD_SPOOL, tmp_path / "spool")
    newest = max((tmp_path / "spool").glob("*.log"))
    data = bytearray(newest.read_bytes())
    data[data.index(b"WHB1") - 20] ^= 0xFF
    newest.write_bytes(data)
    spool = await SegmentSpool.open(tmp_path / "spool", now_ns=lambda: T + 60 * 10**9)
    rows = [*await spool.read(2), *await spool.read(3)]
    assert [s.v for row in rows for s in row.batch.samples()] == [2.0, 2.25, 3.0, 4.0, None, 5.0]
    assert_conserved(await spool.facts())
    await spool.close()
