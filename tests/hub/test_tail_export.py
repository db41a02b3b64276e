"""`waterhub tail` and `waterhub export`, run as people run them beside a hub that writes."""

import asyncio
import csv
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.quality import Status
from core.model.sample import Batch, Flag, Names, Sample
from tests.hub.command import waterhub

DEMO = Path(__file__).parents[2] / "configs" / "demo"
S = 10**9
NOON = 1_795_000_000 * S // (86_400 * S) * 86_400 * S
TAG, OTHER = "dma-01.inflow", "dma-02.inflow"


@pytest.fixture
def plant(tmp_path, monkeypatch):
    monkeypatch.setenv("WATERHUB_DATA", str(tmp_path / "data"))
    shutil.copytree(DEMO, tmp_path / "plant")
    return tmp_path / "plant"


def command(*words):
    return [sys.executable, "-m", "hub", *map(str, words)]


async def test_tail_shows_what_comes_across_files_and_nothing_older(plant, tmp_path):
    spool = await SegmentSpool.open(tmp_path / "data" / "spool", bounds=Bounds(segment_bytes=2**20))
    await spool.put(Batch.of("modbus:old", [Sample(TAG, NOON, 1.0)]))
    tail = subprocess.Popen(  # noqa: ASYNC220 - a child that outlives the call
        command("tail", plant, "dma-01.*", "--json", "-n", "3"), stdout=subprocess.PIPE, text=True
    )
    names = tuple(f"x{i}" for i in range(20_000))
    zero = np.zeros(len(names), np.uint32)
    t = np.full(len(names), NOON, np.int64)
    filler = Batch(
        Names.one("modbus:x", names),
        np.arange(len(names), dtype=np.uint32),
        *(t, t / 7, zero, t, zero.astype("u1")),
    )

    async def feed():
        k = 0
        while tail.poll() is None:
            k += 1
            bad = Sample(TAG, NOON + k * S, None, Status.BAD_TIMEOUT, NOON + k * S + 5, int(Flag.BACKFILL))
            good = Sample(OTHER, NOON + k * S, 2.5)
            await spool.put(Batch.of("modbus:rtu-01", [bad, good]))
            await spool.put(filler)
            await asyncio.sleep(0.05)

    await asyncio.wait_for(feed(), 60)
    await spool.close()
    rows = [json.loads(line) for line in tail.stdout.read().splitlines()]
    assert [row["tag"] for row in rows] == [TAG] * 3
    assert rows[0]["source"] == "modbus:rtu-01" and rows[0]["value"] is None
    assert (rows[0]["quality"], rows[0]["status"]) == ("bad", "bad_timeout")
    assert rows[0]["flags"] == ["backfill"] and rows[0]["unit"] == "m3/h"
    assert rows[0]["receive_time"].endswith("005Z") and rows[0]["source_time"] < rows[2]["source_time"]


async def test_tail_says_what_is_wrong_in_a_line(plant, tmp_path):
    told = waterhub("tail", plant)
    assert told.returncode == 1 and "has `waterhub run" in told.stderr
    spool = await SegmentSpool.open(tmp_path / "data" / "spool")
    told = waterhub("tail", plant, "dma-01.inflov")
    await spool.close()
    assert told.returncode == 2 and "'dma-01.inflow' is" in told.stderr


@pytest.fixture
async def stored(plant, tmp_path):
    """Two tags for two hours, one Bad sample, in a historian that stays open for writing."""
    historian = await SqliteHistorian.open(tmp_path / "data" / "historian.db", {})
    for tag in (TAG, OTHER):
        rows = [Sample(tag, NOON + i * S, i / 100) for i in range(7_200) if i != 5]
        await historian.write([Batch.of("s", [*rows, Sample(tag, NOON + 5 * S, None, Status.BAD_TIMEOUT)])])
    yield historian
    await historian.close()


async def test_export_writes_csv_with_both_clocks_beside_a_hub_that_writes(plant, tmp_path, stored):
    file = tmp_path / "out.csv"
    await stored.write([Batch.of("s", [Sample(TAG, NOON + 8_000 * S, 7.0, 0x40940000)])])
    span = ("--from", "2026-11-01", "--to", "2026-12-01")
    done = await asyncio.to_thread(waterhub, "export", plant, "--tags", TAG, *span, "-o", file)
    assert done.returncode == 0, done.stderr
    assert "7,201 samples of 1 tags" in done.stderr
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    assert len(rows) == 7_201
    first = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(NOON // S))
    local = time.strftime("%Y-%m-%dT%H:%M:%S.000+08:00", time.gmtime(NOON // S + 8 * 3600))
    assert rows[0] == {
        "tag": TAG,
        "time_utc": first,
        "time_shanghai": local,
        "value": "0.0",
        "unit": "m3/h",
        "quality": "good",
        "status": "",
    }
    assert (rows[5]["value"], rows[5]["quality"], rows[5]["status"]) == ("", "bad", "bad_timeout")
    assert rows[-1]["status"] == "uncertain_engineering_units_exceeded"


async def test_export_writes_parquet(plant, tmp_path, stored):
    file = tmp_path / "out.parquet"
    span = ("--from", "2026-11-01T00:00Z", "--to", "2026-12-01", "--format", "parquet")
    done = await asyncio.to_thread(waterhub, "export", plant, "--tags", f"{TAG},{OTHER}", *span, "-o", file)
    assert done.returncode == 0, done.stderr
    table = pyarrow.parquet.read_table(file)
    assert table.num_rows == 14_400
    assert str(table.schema.field("time_shanghai").type) == "timestamp[ns, tz=Asia/Shanghai]"
    assert table["value"].null_count == 2
    assert table["time_utc"][0].value == NOON


def test_export_says_what_is_wrong_and_leaves_no_file(plant, tmp_path):
    file = tmp_path / "out.csv"
    for words, code, told in (
        (("--tags", "nobody", "--from", "2026-11-01", "--to", "2026-12-01"), 2, "no tag is called 'nobody'"),
        (("--from", "2026-12-01", "--to", "2026-11-01"), 2, "is not before"),
        (("--from", "yesterday", "--to", "2026-11-01"), 2, "'yesterday' is no time: write"),
        (("--from", "2026-11-01", "--to", "2026-12-01"), 1, "cannot be read"),
    ):
        done = waterhub("export", plant, *words, "-o", file)
        assert done.returncode == code and told in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        assert not list(tmp_path.glob("out*"))
