"""F29: the disk is full, then freed: nothing acknowledged is lost, nothing more acknowledged, it heals."""

import os
import resource
import subprocess
import sys
from contextlib import contextmanager

import pytest

from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.condition import Severity
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.spool import SpoolFull, SpoolRow
from core.runtime.clock import AnchoredClock
from core.runtime.conservation import assert_conserved
from core.runtime.health import Health
from core.runtime.health_watch import HealthWatch

MIB = 2**20
BOUNDS = Bounds(free_share=0, segment_bytes=2 * MIB)


@contextmanager
def small_disk(folder, size):
    """A disk of its own where that is allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own needs the right to mount; the other form of this test runs anyway")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def batch(k):
    return Batch.of("mqtt:m", [Sample(f"t{i}", k, float(k)) for i in range(500)])


async def fill(spool, first):
    """Puts until it is refused; the last that was acknowledged."""
    k = first
    try:
        for k in range(first, first + 10_000):
            await spool.put(batch(k))
    except SpoolFull:
        return k - 1
    raise AssertionError("never full")


async def whole(spool: SegmentSpool) -> list[SpoolRow]:
    """Every row there is; one reading may end with a file."""
    rows: list[SpoolRow] = []
    while more := await spool.read(rows[-1].seq if rows else 0, 10_000):
        rows += more
    return rows


@pytest.mark.parametrize("whose", ["its own rows", "somebody else's file"])
async def test_a_full_disk_stops_acknowledging_and_heals_itself(tmp_path, whose):
    with small_disk(tmp_path / "disk", 12 * MIB) as disk:
        quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
        spool, health = await SegmentSpool.open(disk / "spool", bounds=BOUNDS), Health()
        watch = HealthWatch(spool, quarantine, health, AnchoredClock())
        await spool.cursor("recorder")
        await spool.put(batch(1))
        if whose == "somebody else's file":
            with (disk / "ballast").open("wb") as ballast, pytest.raises(OSError, match="space"):
                while True:
                    ballast.write(bytes(MIB))
                    ballast.flush()
        last = await fill(spool, 2)
        for _ in range(3):
            with pytest.raises(SpoolFull):
                await spool.put(batch(99_999))
        await watch.look()
        assert [(c.id, c.severity) for c in health.standing()] == [("spool_full", Severity.ALARM)]
        facts = await spool.facts()
        assert (facts.last_seq, facts.received) == (last, 500 * last)
        assert [row.batch.t_ns[0] for row in await whole(spool)] == list(range(1, last + 1))
        if whose == "its own rows":
            await spool.advance("recorder", last, {"mqtt:m": {Fate.STORED: 500 * last}})
        else:
            (disk / "ballast").unlink()
            with pytest.raises(SpoolFull):
                await spool.put(batch(99_999))
        assert await spool.put(batch(last + 1)) == last + 1
        await watch.look()
        assert health.standing() == []
        await spool.close()
        spool = await SegmentSpool.open(disk / "spool", bounds=BOUNDS)
        assert_conserved(await spool.facts())
        assert (await spool.facts()).last_seq == last + 1
        await spool.close()
        await quarantine.close()


LIMITED = """
import asyncio, pathlib, resource, sys
from tests.servers import spool_feeder
limit = int(sys.argv[2])
async def main():
    asyncio.get_running_loop().call_later(0.5, resource.setrlimit, resource.RLIMIT_FSIZE, (limit, -1))
    await spool_feeder.main(pathlib.Path(sys.argv[1]), 500)
asyncio.run(main())
"""


async def test_a_limit_on_files_is_a_full_disk_and_passes_when_it_is_lifted(tmp_path):
    command = [sys.executable, "-c", LIMITED, str(tmp_path), "4400000"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    lines = []
    while not lines or lines[-1] != "refused SpoolFull\n":
        lines.append(child.stdout.readline())
        assert lines[-1], "it has ended"
    assert any(line.startswith("acked") for line in lines)
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    while not child.stdout.readline().startswith("acked"):
        pass
    child.kill()
    acked = [int(line.split()[1]) for line in lines if line.startswith("acked")]
    child.wait()
    spool = await SegmentSpool.open(tmp_path)
    stored = {int(row.batch.t_ns[0]) for row in await whole(spool)}
    facts = await spool.facts()
    await spool.close()
    assert set(acked) <= stored
    assert_conserved(facts)
