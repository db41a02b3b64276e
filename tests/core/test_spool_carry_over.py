"""A data folder whose spool is of the first format, one SQLite database, goes on under the same sequences."""

import sqlite3

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.sample import Batch, Sample
from core.runtime.conservation import assert_conserved

OLD = """
CREATE TABLE batch (seq INTEGER PRIMARY KEY AUTOINCREMENT, samples INTEGER NOT NULL,
  samples_to INTEGER NOT NULL, bytes_to INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE cursor (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
"""


def batch(k):
    return Batch.of("modbus:a", [Sample("p", k, float(k)), Sample("q", k, None, 1 << 31)])


def old_spool(folder, rows, cursors, gone=0):
    folder.mkdir()
    db = sqlite3.connect(folder / "spool.db")
    db.executescript(OLD)
    for k in range(1, rows + 1):
        db.execute("INSERT INTO batch VALUES (NULL,2,?,?,?)", (2 * k, 100 * k, batch(k).encode()))
    db.executemany("INSERT INTO cursor VALUES (?,?)", cursors.items())
    db.execute("DELETE FROM batch WHERE seq<=?", (gone,))
    db.commit()
    db.close()


async def test_rows_and_cursors_keep_their_places_and_what_is_open_is_counted(tmp_path):
    old_spool(tmp_path / "spool", 500, {"recorder": 120, "alarms": 300}, gone=100)
    for _ in range(2):
        spool = await SegmentSpool.open(tmp_path / "spool")
        assert (await spool.cursor("recorder"), await spool.cursor("alarms")) == (120, 300)
        rows = await spool.read(0, 1_000)
        assert [row.seq for row in rows] == list(range(121, 501))
        assert all(row.batch.samples() == batch(row.seq).samples() for row in rows)
        facts = await spool.facts()
        assert facts.behind == {"recorder": 760, "alarms": 400}
        assert_conserved(facts)
        await spool.close()
    spool = await SegmentSpool.open(tmp_path / "spool")
    assert await spool.put(batch(501)) == 501
    await spool.close()
    assert [path.name for path in (tmp_path / "spool").glob("spool.db*")] == ["spool.db.old"]


async def test_a_start_that_was_cut_short_begins_again(tmp_path):
    old_spool(tmp_path / "spool", 30, {"recorder": 10})
    (tmp_path / "spool" / "00000000000000000011.new").write_bytes(b"half")
    spool = await SegmentSpool.open(tmp_path / "spool")
    await spool.close()
    (tmp_path / "spool" / "spool.db.old").rename(tmp_path / "spool" / "spool.db")
    spool = await SegmentSpool.open(tmp_path / "spool")
    assert [row.seq for row in await spool.read(0, 100)] == list(range(11, 31))
    await spool.close()


async def test_a_spool_that_everyone_had_passed_goes_on_behind_its_last_row(tmp_path):
    old_spool(tmp_path / "spool", 30, {"recorder": 30, "alarms": 30})
    spool = await SegmentSpool.open(tmp_path / "spool")
    assert await spool.put(batch(31)) == 31
    assert_conserved(await spool.facts())
    await spool.close()
