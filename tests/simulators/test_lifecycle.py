"""A process of the town goes with its parent, however the parent goes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.ports import free_port
from tests.simulators.field import ROOT, STOP_S

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "simulators.broker", *sys.argv[1:]], stdout=subprocess.PIPE)
print(child.pid, child.stdout.readline().decode().strip(), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_children_and_grandchildren_die_with_a_killed_parent(tmp_path: Path, number: signal.Signals) -> None:
    run = [sys.executable, "-c", PARENT, "--config", tmp_path, "--data", tmp_path]
    parent = subprocess.Popen([*run, "--port", str(free_port())], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    pid, _, said = parent.stdout.readline().partition(" ")
    assert '"ready"' in said
    family = [psutil.Process(int(pid)), *psutil.Process(int(pid)).children()]
    assert [one.name() for one in family[1:]] == ["nats-server"]
    os.kill(parent.pid, number)
    parent.wait(5)
    began = time.monotonic()
    while any(lives(one) for one in family):
        assert time.monotonic() - began < STOP_S
        time.sleep(0.02)


def lives(one: psutil.Process) -> bool:
    """False also for the dead whom nobody has buried yet, as in a container without an init."""
    try:
        return one.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_child_of_somebody_else_refuses_to_live(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulators.broker", "--config", tmp_path, "--data", tmp_path],
        env={**os.environ, "WATERHUB_PARENT": "1999999999"},
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert "has ended" in done.stderr
