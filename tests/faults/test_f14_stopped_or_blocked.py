"""F14: a process stopped and continued goes on; one whose event loop is blocked ends, to be begun anew."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time

from core.adapters.segment_spool.spool import SegmentSpool
from core.runtime.conservation import assert_conserved
from core.runtime.watchdog import BLOCKED
from tests.faults.forms import form
from tests.faults.whole_hub import Hub, devices
from tests.ports import free_port

WATCHED = """
import asyncio, pathlib, sys, time
from core.runtime.watchdog import Watchdog
from tests.servers import spool_feeder
async def main(folder, blocked_s, block_after_s):
    if block_after_s:
        asyncio.get_running_loop().call_later(block_after_s, time.sleep, 3600)
    async with asyncio.TaskGroup() as group:
        group.create_task(Watchdog(blocked_s).run())
        group.create_task(spool_feeder.main(folder))
asyncio.run(main(pathlib.Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
"""
LIMIT_S = form(1.0, 20.0)


def watched(folder, block_after_s=0.0, **env):
    command = [sys.executable, "-c", WATCHED, str(folder), str(LIMIT_S), str(block_after_s)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=os.environ | env)


async def test_a_process_stopped_for_long_goes_on_and_is_not_taken_for_blocked(tmp_path):
    child = watched(tmp_path)
    acked = [child.stdout.readline() for _ in range(20)]
    child.send_signal(signal.SIGSTOP)
    time.sleep(form(4, 60))  # noqa: ASYNC251
    child.send_signal(signal.SIGCONT)
    until = time.monotonic() + 2 * LIMIT_S
    while time.monotonic() < until:
        acked.append(child.stdout.readline())
        assert acked[-1].startswith("acked")
    assert child.poll() is None
    child.kill()
    child.communicate()
    await _all_there(tmp_path, acked)


async def test_a_blocked_event_loop_ends_the_process_with_its_traceback_and_another_goes_on(tmp_path):
    child = watched(tmp_path, block_after_s=1.0)
    out, err = child.communicate(timeout=4 * LIMIT_S + 30)
    assert child.returncode == BLOCKED
    assert "has done nothing" in err and 'File "' in err and "spool-write" not in out
    acked = out.splitlines()
    again = watched(tmp_path)
    acked += [again.stdout.readline() for _ in range(20)]
    again.kill()
    again.communicate()
    await _all_there(tmp_path, acked)


def test_systemd_hears_the_beat_and_not_when_the_loop_is_blocked(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)
        child = watched(tmp_path / "spool", block_after_s=1.0, NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert systemd.recv(100) == b"WATCHDOG=1"
        child.communicate(timeout=4 * LIMIT_S + 30)
        systemd.setblocking(False)
        beats = 0
        try:
            while systemd.recv(100):
                beats += 1
        except BlockingIOError:
            assert beats < 3 + 4 * 2 / min(1.0, LIMIT_S / 4)


async def _all_there(folder, lines):
    spool = await SegmentSpool.open(folder)
    stored = {int(row.batch.t_ns[0]) for row in await spool.read(0, 10**6)}
    facts = await spool.facts()
    await spool.close()
    assert {int(line.split()[1]) for line in lines if line.startswith("acked")} <= stored
    assert_conserved(facts)


async def test_a_whole_hub_stopped_for_long_goes_on_raises_nothing_and_forgets_nothing(tmp_path):
    """One of its stations is lost before, and stays so: that one alarm stands through it, told once."""
    port = free_port()
    hub = Hub(tmp_path, 3, port)
    async with devices(3, port) as field:
        with hub.running() as process:
            await hub.ready()
            await hub.has(3 * 30)
            field[0].down()
            await asyncio.sleep(form(3, 10))
            before = await hub.received("modbus:st-0001")
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(form(10, 60))
            process.send_signal(signal.SIGCONT)
            await asyncio.sleep(form(3, 60))
            await hub.has(before + 5 * 30, "modbus:st-0001")
            assert process.poll() is None
        told = {alarm.id: (alarm.active, alarm.occurrence) for alarm in await hub.alarms()}
        assert told == {"st-0000:line": (True, 1)}
        assert await hub.incidents() == []
        await hub.books()


async def test_a_whole_hub_whose_loop_is_blocked_ends_and_the_next_goes_on_with_alarms_as_they_were(tmp_path):
    """The block outlasts the watchdog's patience: 20 s of the 30 (short: 3 of 6)."""
    port, limit_s = free_port(), form(3.0, 20.0)
    hub = Hub(tmp_path, 3, port)
    block = f"import signal, time; signal.signal(signal.SIGUSR1, lambda *_: time.sleep({form(6, 30)}))"
    patience = f"import core.runtime.watchdog as w; w.Watchdog.__init__.__defaults__ = ({limit_s},)"
    async with devices(3, port) as field:
        with hub.running(block, patience) as process:
            await hub.ready()
            await hub.has(3 * 30)
            field[0].down()
            await asyncio.sleep(4)
            received = await hub.received("modbus:st-0001")
            process.send_signal(signal.SIGUSR1)
            assert await asyncio.to_thread(process.wait, limit_s + 20) == BLOCKED
        assert "has done nothing" in hub.log.read_text()
        with hub.running():
            await hub.ready()
            await hub.has(received + 3 * 30, "modbus:st-0001")
            await asyncio.sleep(form(1, 60))
        told = {alarm.id: (alarm.active, alarm.occurrence) for alarm in await hub.alarms()}
        assert told == {"st-0000:line": (True, 1)}
        assert await hub.incidents() == []
        assert (await hub.books()).received_by["modbus:st-0001"] >= received + 3 * 30
