"""What only the embedded historian does: its stages on disk, a full disk, a restart at any stage."""

import random
import sqlite3
from dataclasses import replace

import numpy as np
import pytest

from core.adapters.historian_rows import ROW
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_historian_code import pack
from core.adapters.sqlite_historian_spans import TagRow
from core.adapters.sqlite_historian_store import Limits
from core.adapters.sqlite_historian_view import SqliteHistorianView
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.retention import Keep, Retention
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.historian import HistorianUnavailable
from tests.books import fates

S = 10**9
NOON = 1_795_000_000 * S // (86_400 * S) * 86_400 * S
METERS = {
    f"m{i}": Tag(
        id=f"m{i}", quantity=Quantity.VOLUME, unit="m3", name=Text("表", "m"), station="s", period_s=3600
    )
    for i in range(5)
}
ALWAYS = Limits(fold_s=0)


def rows(path, table):
    with sqlite3.connect(path) as db:
        return db.execute(f"SELECT count(*), coalesce(sum(samples), 0) FROM {table}").fetchone()


async def test_an_hourly_meter_costs_no_row_a_sample(tmp_path):
    path = tmp_path / "historian.db"
    historian = await SqliteHistorian.open(path, METERS, limits=ALWAYS)
    for hour in range(500):
        await historian.write(
            [Batch.of("s", [Sample(m, NOON + hour * 3600 * S, hour * 0.001) for m in METERS])]
        )
    count = sum(rows(path, table)[0] for table in ("chunk", "part"))
    assert count < 5 * 20
    assert len(await historian.read("m1", NOON, NOON + 500 * 3600 * S)) == 500
    await historian.close()


async def test_an_hour_that_is_over_becomes_one_chunk_and_late_data_goes_into_it(tmp_path):
    path = tmp_path / "historian.db"
    historian = await SqliteHistorian.open(path, {}, limits=ALWAYS)
    for minute in range(125):
        some = [
            Sample("p", NOON + (minute * 60 + s) * S, s / 100)
            for s in range(0, 60, 10)
            if (minute, s) != (7, 0)
        ]
        await historian.write([Batch.of("s", some)])
    assert rows(path, "chunk") == (2, 719)
    assert fates(await historian.write([Batch.of("s", [Sample("p", NOON + 7 * 60 * S, 99.0)])])) == (1, 0, 0)
    for s in (1, 2, 3):
        await historian.write([Batch.of("s", [Sample("p", NOON + (124 * 60 + 50 + s) * S, 1.0)])])
    assert rows(path, "chunk") == (2, 720)
    hours = await historian.buckets("p", NOON, NOON + 2 * 3600 * S, 3600 * S)
    assert hours.n.tolist() == [360, 360]
    assert hours.high[0] == 99.0
    await historian.close()


@pytest.mark.parametrize(
    "limits", [Limits(), ALWAYS, Limits(fold_s=0, bulk_rows=10, tag_rows=2, block_rows=2)]
)
async def test_a_restart_at_any_stage_reads_the_same_and_still_knows_duplicates(tmp_path, limits):
    path = tmp_path / "historian.db"
    for hour in range(5):
        historian = await SqliteHistorian.open(path, {}, limits=limits)
        some = [Sample("p", NOON + (hour * 3600 + s) * S, float(s)) for s in range(0, 4000, 100)]
        again = 0 if hour == 0 else 4
        assert fates(await historian.write([Batch.of("s", some)])) == (40 - again, again, 0)
        newest = NOON + (hour * 3600 + 3900) * S
        assert (await historian.last(["p"])).t_ns.tolist() == [newest]
        assert len(await historian.read("p", NOON, NOON + 10**15)) == 40 + hour * 36
        await historian.close()


async def test_a_full_disk_is_unavailable_until_there_is_room_and_loses_nothing(tmp_path):
    historian = await SqliteHistorian.open(tmp_path / "historian.db", {}, limits=ALWAYS)
    db, kept, failed = historian._store._db, 0, None
    chance = random.Random(1)
    db.execute("PRAGMA max_page_count=20")
    for k in range(500):
        some = Batch.of("s", [Sample(f"t{i}", NOON + k * S, chance.random()) for i in range(50)])
        try:
            assert fates(await historian.write([some])) == (50, 0, 0)
            kept += 1
        except HistorianUnavailable as error:
            failed = error
            break
    assert failed and "full" in str(failed)
    assert len(await historian.read("t3", NOON, NOON + 10**12)) == kept
    db.execute("PRAGMA max_page_count=1000000")
    assert fates(await historian.write([some])) == (50, 0, 0)
    assert len(await historian.read("t3", NOON, NOON + 10**12)) == kept + 1
    await historian.close()


async def test_blocks_of_one_tag_as_earlier_versions_kept_them_are_read_as_they_were(tmp_path):
    path = tmp_path / "historian.db"
    historian = await SqliteHistorian.open(path, {}, limits=ALWAYS)
    await historian.write([Batch.of("s", [Sample("p", NOON + s * S, float(s)) for s in range(10)])])
    await historian.close()
    old = np.zeros(3, ROW)
    old["tag"], old["t"], old["v"] = 1, NOON + np.array((5, 20, 21)) * S, (55.0, 20.0, 21.0)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE block (id INTEGER PRIMARY KEY, key INTEGER, samples INTEGER, data BLOB)")
        key = TagRow(1, 3600 * S, True).key(NOON)
        db.execute("INSERT INTO block VALUES (1, ?, 3, ?)", (key, pack(old)))
    for _ in range(2):
        historian = await SqliteHistorian.open(path, {}, limits=ALWAYS)
        series = await historian.read("p", NOON, NOON + 60 * S)
        assert series.t_ns.tolist() == [NOON + s * S for s in (*range(10), 20, 21)]
        await historian.close()


async def test_newest_values_as_earlier_versions_kept_them_are_known_and_then_replaced(tmp_path):
    path = tmp_path / "historian.db"
    historian = await SqliteHistorian.open(path, {}, limits=ALWAYS)
    names = [f"t{i}" for i in range(100)]
    await historian.write([Batch.of("s", [Sample(name, NOON, 1.0) for name in names])])
    await historian.write([Batch.of("s", [Sample(name, NOON, 2.0) for name in names[:2]])])
    await historian.close()
    with sqlite3.connect(path) as db:
        rows = np.frombuffer(b"".join(data for (data,) in db.execute("SELECT rows FROM newest")), ROW)
        db.executemany(
            "UPDATE tag SET newest=? WHERE id=?", [(row.tobytes(), int(row["tag"])) for row in rows[1:]]
        )
        db.execute("DROP TABLE newest")
    beside = await SqliteHistorianView.open(path)
    assert [s.v for s in (await beside.last(names)).samples()] == [2.0, 2.0, *[1.0] * 98]
    await beside.close()
    for value in (3.0, 4.0):
        historian = await SqliteHistorian.open(path, {}, limits=ALWAYS)
        assert (await historian.last(["t99"])).samples()[0].v == (1.0 if value == 3.0 else 3.0)
        await historian.write([Batch.of("s", [Sample("t99", NOON + int(value) * S, value)])])
        assert fates(await historian.write([Batch.of("s", [Sample("t7", NOON, 5.0)])])) == (0, 1, 0)
        await historian.close()


async def test_a_copy_made_while_it_is_written_is_whole(tmp_path):
    """As `sqlite3 historian.db ".backup copy.db"` does it."""
    path = tmp_path / "historian.db"
    historian = await SqliteHistorian.open(path, {}, limits=Limits(fold_s=0, fresh_rows=500))
    copies, done = [], 0
    for k in range(60):
        batch = Batch.of("s", [Sample(f"t{i}", NOON + k * 60 * S, k + i / 100) for i in range(100)])
        await historian.write([batch])
        done = k + 1
        if k % 20 == 10:
            copy = tmp_path / f"copy-{k}.db"
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db, sqlite3.connect(copy) as into:
                db.backup(into, pages=5)
            copies.append((copy, done))
    await historian.close()
    for copy, written in copies:
        with sqlite3.connect(copy) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        historian = await SqliteHistorian.open(copy, {})
        for i in (0, 57, 99):
            series = await historian.read(f"t{i}", NOON, NOON + 86_400 * S)
            assert series.v.tolist() == [k + i / 100 for k in range(written)]
        await historian.close()


async def test_samples_go_by_class_and_their_roll_ups_stay_as_long_as_said(tmp_path):
    day, now = 86_400 * S, [NOON]
    tags = {
        "p": replace(METERS["m0"], id="p", quantity=Quantity.PRESSURE, period_s=1),
        "m": replace(METERS["m0"], id="m"),
    }
    retention = Retention(Keep(0, 0, 0), {Quantity.PRESSURE: Keep(10, 20, 40)})
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    historian = await SqliteHistorian.open(
        tmp_path / "historian.db",
        tags,
        limits=ALWAYS,
        retention=retention,
        quarantine=quarantine,
        now_ns=lambda: now[0],
    )

    async def left():
        samples = len(await historian.read("p", NOON, NOON + day))
        minutes = await historian.buckets("p", NOON, NOON + 3600 * S, 60 * S)
        hours = await historian.buckets("p", NOON, NOON + day, 3600 * S)
        return samples, int(minutes.n.sum()), int(hours.n.sum()), float(np.nan_to_num(hours.mean[0]))

    async def later(days):
        now[0] = NOON + days * day
        for k in range(3):
            t_ns = now[0] + k * S
            await historian.write([Batch.of("s", [Sample("p", t_ns, 1.0), Sample("m", t_ns, 1.0)])])
        return await left()

    for name in tags:
        await historian.write([Batch.of("s", [Sample(name, NOON + i * S, 3.0) for i in range(3_600)])])
    await historian.write([Batch.of("s", [Sample("p", NOON + (7_200 + i) * S, 5.0) for i in range(3)])])
    assert await left() == (3_603, 3_600, 3_603, 3.0)
    assert await later(9) == (3_603, 3_600, 3_603, 3.0)
    assert await later(12) == (0, 3_600, 3_603, 3.0)
    assert await later(22) == (0, 0, 3_603, 3.0)
    late = await historian.write([Batch.of("s", [Sample("p", NOON + 5, 9.0), Sample("m", NOON + 5, 9.0)])])
    assert fates(late) == (1, 0, 1)
    assert (await quarantine.newest())[0].refusal.reason == "beyond_retention"
    assert await later(42) == (0, 0, 0, 0.0)
    assert len(await historian.read("m", NOON, NOON + day)) == 3_601
    await historian.close()
    await quarantine.close()


@pytest.mark.parametrize("rubbish", [b"", b"\x00", b"rubbish", bytes(200), b"\xff" * 64])
async def test_what_no_hub_wrote_in_it_makes_it_unavailable_and_nothing_else(tmp_path, rubbish):
    path = tmp_path / "historian.db"
    historian = await SqliteHistorian.open(path, {}, limits=ALWAYS)
    for hour in range(10):
        some = [Sample("p", NOON + (hour * 60 + i) * 60 * S, i / 100) for i in range(60)]
        await historian.write([Batch.of("s", some)])
    with sqlite3.connect(path) as db:
        assert db.execute("UPDATE chunk SET data = ?, hours = ?, minutes = ?", (rubbish,) * 3).rowcount > 0
        db.execute("UPDATE part SET data = ?", (rubbish,))
    with pytest.raises(HistorianUnavailable):
        await historian.read("p", NOON, NOON + 36_000 * S)
    with pytest.raises(HistorianUnavailable):
        await historian.buckets("p", NOON, NOON + 36_000 * S, 3600 * S)
    await historian.close()
