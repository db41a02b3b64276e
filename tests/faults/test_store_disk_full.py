"""The store's own disk is full: held, not blamed on the samples, and caught up with when it is mended.

InfluxDB 2.7.12 keeps answering 500 after there is room again, until it is restarted (its log writer keeps
the first error).
"""

import os
import subprocess
from pathlib import Path

import pytest

from core.model.conservation import Fate
from tests.faults.influx_house import house, tags
from tests.need import lack
from tests.servers import influxdb


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    ballast.write(b"\0" * size)
            except OSError:
                continue


async def test_a_full_disk_of_the_store_holds_everything_until_it_is_freed_and_influxd_restarted(
    tmp_path, small_disk
):
    program = influxdb.binary() or lack("InfluxDB is not built (make influxd)")
    server = influxdb.start(program, small_disk / "influx")
    try:
        influxdb.first(server)
        server.bucket("full")
        async with house(tmp_path, server.url, server.token, server.org, "full", tags(1_000)) as one:
            await one.tick()
            await one.drained(20)
            fill(small_disk / "ballast")
            await one.feed(2, every_s=0.5)
            told = await one.trouble("InfluxDB answers 5")
            assert "no space left" in told
            facts = await one.facts()
            assert facts.behind["recorder"] >= 2_000 and facts.count(Fate.QUARANTINED) == 0
            (small_disk / "ballast").unlink()
            influxdb.stop(server)
            server = influxdb.start(program, small_disk / "influx", int(server.url.rsplit(":", 1)[1]))
            await one.drained(40)
            await one.all_there()
    finally:
        influxdb.stop(server)
