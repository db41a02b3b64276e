"""F10, R-02: the collector of three protocols is killed again and again. What it acknowledged is stored, and
nothing is stored that the field did not say."""

import asyncio
import bisect
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.quality import is_bad
from core.model.sample import Batch, CorruptBatch
from core.ports.spool import RECORDER
from core.runtime.conservation import assert_conserved
from core.runtime.recorder import Recorder
from tests.faults.forms import form
from tests.need import need
from tests.ports import free_port
from tests.servers.collecting import plant
from tests.servers.three_fields import REGISTERS

UNITS, NODES, METERS = 15, 300, 200
KILLS = form(100, 1_000)
"""At 2,000 tags and 2,000 samples a second."""
SEED = 20_261_125
MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 0
user root
"""


def until(true: Callable[[], object], within_s: float, what: str) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@contextlib.contextmanager
def running(*argv: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def said(process: subprocess.Popen[str], line: str) -> str:
    assert process.stdin and process.stdout
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def acknowledged(file: Path) -> list[Batch]:
    """A record cut short by a kill is left out: its batch is on disk all the same."""
    data, at, found = file.read_bytes() if file.exists() else b"", 0, []
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 4 + size > len(data):
            break
        with contextlib.suppress(CorruptBatch):
            found.append(Batch.decode(data[at + 4 : at + 4 + size]))
        at += 4 + size
    return found


@pytest.mark.timeout(form(280, 3_000))
def test_a_collector_killed_at_random_moments_loses_and_invents_nothing(tmp_path: Path) -> None:
    moments = random.Random(SEED)
    ports = [free_port() for _ in range(3)]
    conf = tmp_path / "mosquitto.conf"
    conf.write_text(MOSQUITTO.format(port=ports[2], folder=tmp_path))
    sizes = [str(n) for n in (*ports, UNITS, NODES, METERS)]
    acks, truth, me = tmp_path / "acknowledged", tmp_path / "truth.json", (sys.executable, "-m")
    with (
        running(need("mosquitto"), "-c", str(conf)),
        running(*me, "tests.servers.three_fields", *sizes) as field,
        running(*me, "tests.servers.collecting", str(tmp_path), *sizes) as lives,
    ):
        assert field.stdout and field.stdout.readline() == "ready\n"
        life = int(said(lives, "live"))
        until(
            lambda: sources(acknowledged(acks)) >= {"modbus:three", "opcua:three"},
            30,
            "values",
        )
        said(field, "publish")
        until(lambda: "mqtt:three" in sources(acknowledged(acks)), 30, "meters")
        for _ in range(KILLS):
            time.sleep(moments.uniform(0.05, 0.7))
            os.kill(life, signal.SIGKILL)
            life = int(said(lives, "live"))
        time.sleep(2.0)
        said(field, "quiet")
        time.sleep(3.0)
        os.kill(life, signal.SIGKILL)
        said(field, f"tell {truth}")
        os.kill(lives.pid, signal.SIGKILL)
        lives.wait(10)
    stored = asyncio.run(recorded(tmp_path))
    batches = acknowledged(acks)
    assert sources(batches) == {"modbus:three", "opcua:three", "mqtt:three"}
    nothing_acknowledged_is_missing(stored, batches)
    nothing_is_invented(stored, json.loads(truth.read_text()))
    every_publication_is_there(stored, batches, json.loads(truth.read_text())["published"])


def sources(batches: list[Batch]) -> set[str]:
    return {source for batch in batches for source in batch.sources}


async def recorded(folder: Path) -> dict[str, dict[int, float | None]]:
    """Every tag's stored values by source time, once all that was spooled is stored; books balance."""
    known = plant(UNITS, NODES, METERS)
    spool = await SegmentSpool.open(folder / "spool")
    historian = await SqliteHistorian.open(folder / "historian.db", known)
    recording = asyncio.create_task(Recorder(spool, historian).run())
    async with asyncio.timeout(60):
        while (await spool.facts()).behind.get(RECORDER, 1) and not recording.done():
            await asyncio.sleep(0.05)
    recording.cancel()
    await asyncio.gather(recording, return_exceptions=True)
    assert_conserved(await spool.facts())
    stored: dict[str, dict[int, float | None]] = {}
    for tag in known:
        series = await historian.read(tag, 0, 2**62)
        bad = is_bad(series.q)
        stored[tag] = {
            t: None if b else v
            for t, v, b in zip(series.t_ns.tolist(), series.v.tolist(), bad.tolist(), strict=True)
        }
    await historian.close()
    await spool.close()
    return stored


def nothing_acknowledged_is_missing(stored: dict[str, dict[int, float | None]], batches: list[Batch]) -> None:
    last = {(s.tag, s.t_ns): s.v for batch in batches for s in batch.samples()}
    missing = [at for at, v in last.items() if at[1] not in stored[at[0]]]
    assert not missing, f"{len(missing)} of {len(last)} acknowledged samples are not stored: {missing[:3]}"
    assert len(last) > 100 * UNITS
    other = [at for at, v in last.items() if stored[at[0]][at[1]] != v]
    assert not other, f"{len(other)} acknowledged samples are stored otherwise: {other[:3]}"


def nothing_is_invented(stored: dict[str, dict[int, float | None]], truth: dict[str, Any]) -> None:
    for unit, reads in truth["reads"].items():
        for register in range(REGISTERS):
            values = [v for v in stored[f"u{unit}.r{register}"].values() if v is not None]
            assert len(set(values)) == len(values) and set(values) <= set(range(1, reads + 1))
    for meter, said in truth["published"].items():
        values = {(t // 1000, v) for t, v in stored[f"meter.M{meter}"].items()}
        assert values <= {(us, v) for us, v in said}, f"meter M{meter} never said some of {sorted(values)}"
    for node, writes in truth["writes"].items():
        for t, v in stored[f"n-{node}"].items():
            assert v is None or held(writes, t // 1000, v), f"n-{node} never was {v} at {t}"


LATE_US = 3_000_000
"""What a notification may take on a busy machine."""


def held(writes: list[list[float]], us: int, v: float) -> bool:
    """Written so at that moment, or what the server held just before: a new session's first report may bear
    the time of its receipt."""
    first, last = (bisect.bisect_left(writes, at, key=lambda w: w[0]) for at in (us - LATE_US, us + 1))
    return any(w[1] == v for w in writes[max(0, first - 1) : last]) or (v == 0.0 and first == 0)


def every_publication_is_there(
    stored: dict[str, dict[int, float | None]], batches: list[Batch], published: dict[str, list[list[float]]]
) -> None:
    """From the first that reached the hub on: before, no session was there to keep them."""
    first = min(s.v or 0 for b in batches if b.sources == ("mqtt:three",) for s in b.samples())
    for meter, said in published.items():
        values = {(t // 1000, v) for t, v in stored[f"meter.M{meter}"].items()}
        missing = {(us, v) for us, v in said if v > first} - values
        assert not missing, f"meter M{meter}: {len(missing)} readings that the broker took are not stored"
