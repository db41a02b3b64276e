"""F13: SIGTERM, an exit, an uncaught exception and SIGKILL are the same: nothing lost, nothing twice."""

import asyncio
import random
import signal
import subprocess
import sys
import time

import pytest

from core.model.conservation import Fate
from core.runtime.conservation import assert_conserved
from tests.core.test_recorder import house, record_all
from tests.faults.forms import form
from tests.servers.recording import batch


def run(folder, first, how, after_s):
    """Until it ends in that way; the last batch that was acknowledged."""
    told = {"exit": "exit", "exception": "raise"}.get(how, "")
    command = [sys.executable, "-m", "tests.servers.recording", str(folder), str(first), told]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    head = child.stdout.readline()
    time.sleep(after_s)
    if how in ("SIGTERM", "SIGKILL"):
        child.send_signal(getattr(signal, how))
    rest, _ = child.communicate(timeout=30)
    assert {"SIGTERM": -15, "SIGKILL": -9, "exit": 0, "exception": 1}[how] == child.returncode
    return int((head + rest).decode().split("\n")[-2])


@pytest.mark.parametrize("how", ["SIGTERM", "exit", "exception", "SIGKILL"])
async def test_however_it_ends_the_books_are_the_same(tmp_path, how):
    chance, acked, first = random.Random(how), set(), 0
    for _ in range(form(3, 100)):
        last = await asyncio.to_thread(run, tmp_path, first, how, chance.uniform(0, 0.2))
        acked.update(range(first, last + 1))
        first = last + 50
    async with house(tmp_path) as (spool, historian):
        facts = await record_all(spool, historian)
        assert_conserved(facts)
        assert facts.behind == {"recorder": 0}
        generated = set(range(first + 50))
        stored = 0
        for i in range(10):
            series = await historian.read(f"tag-{i}", 0, 2**62)
            stored += len(series)
            assert set(series.v.astype(int).tolist()) <= generated
        assert facts.count(Fate.STORED) == stored
        for k in random.Random(1).sample(sorted(acked), min(len(acked), 50)):
            sample = batch(k).samples()[5]
            (v,) = (await historian.read(sample.tag, sample.t_ns, sample.t_ns + 1)).v
            assert v >= k
