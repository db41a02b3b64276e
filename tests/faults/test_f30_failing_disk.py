"""F30: EIO on a write or an fsync ends the process; a failed fsync is never taken for done."""

import asyncio
import os
import subprocess
import sys

import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from core.runtime.conservation import assert_conserved
from hub.upkeep import DISK_FAILED
from tests.faults.forms import form
from tests.faults.whole_hub import Hub, devices
from tests.need import need
from tests.ports import free_port


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    library = tmp_path_factory.mktemp("shim") / "failing_disk.so"
    source = "tests/servers/failing_disk.c"
    subprocess.run([need("gcc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def feeder(folder, shim, flag, only):
    env = os.environ | {"LD_PRELOAD": str(shim), "FAIL_FLAG": str(flag), "FAIL_ONLY": only}
    command = [sys.executable, "-m", "tests.servers.spool_feeder", str(folder)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("only", ["sync", "write"])
async def test_an_error_of_the_disk_ends_the_process_and_a_new_one_goes_on(tmp_path, shim, only):
    flag, acked = tmp_path / "fail", []
    for _ in range(2):
        child = feeder(tmp_path / "spool", shim, flag, only)
        mine = [child.stdout.readline() for _ in range(20)]
        assert all(line.startswith("acked") for line in mine)
        flag.touch()
        rest, _ = child.communicate(timeout=30)
        flag.unlink()
        lines = [*mine, *rest.splitlines()]
        assert child.returncode == 74 and lines[-1] == "failed"
        first = next(i for i, line in enumerate(lines) if line.startswith("refused"))
        assert not [line for line in lines[first:] if line.startswith("acked")], "nothing after the error"
        assert "refused SpoolFull" not in lines
        acked += [int(line.split()[1]) for line in lines[:first]]
    spool = await SegmentSpool.open(tmp_path / "spool")
    stored = [int(row.batch.t_ns[0]) for row in await spool.read(0, 100_000)]
    facts = await spool.facts()
    await spool.close()
    assert set(acked) <= set(stored) and len(set(stored)) == len(stored)
    assert_conserved(facts)


@pytest.mark.parametrize("only", form(["sync"], ["sync", "write"]))
async def test_the_whole_hub_ends_with_the_disk_and_the_next_one_goes_on_from_what_is_really_there(
    tmp_path, shim, only
):
    """Every file of the process fails: spool, ledger and historian."""
    flag, port = tmp_path / "fail", free_port()
    hub, received = Hub(tmp_path, 2, port), 0.0
    async with devices(2, port):
        for _ in range(form(1, 10)):
            with hub.running(LD_PRELOAD=str(shim), FAIL_FLAG=str(flag), FAIL_ONLY=only) as process:
                await hub.ready()
                await hub.has(received + 3 * 30, "modbus:st-0001")
                received = await hub.received("modbus:st-0001")
                flag.touch()
                assert await asyncio.to_thread(process.wait, 30) == DISK_FAILED
                flag.unlink()
            assert (await hub.books()).received_by["modbus:st-0001"] >= received
        with hub.running():
            await hub.ready()
            await hub.has(received + 3 * 30, "modbus:st-0001")
        assert "its disk fails" in hub.log.read_text()
        await hub.books()
        assert await hub.incidents() == []
