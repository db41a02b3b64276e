"""The spool under `kill -9`."""

import asyncio
import random
import signal
import subprocess
import sys
import time

from tests.contracts.spools import opened


def write_until_killed(folder, first, after_s):
    """The (seq, k) that the child said were acknowledged before it was killed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.spool_writer", str(folder), str(first)], stdout=subprocess.PIPE
    )
    head = child.stdout.readline()
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate(timeout=30)
    lines = (head + rest).decode().split("\n")[:-1]
    return [tuple(map(int, line.split())) for line in lines]


async def test_kill_9_at_random_points_loses_nothing_acknowledged_and_repeats_nothing(tmp_path):
    chance = random.Random(20_261_122)
    acked, first = {}, 0
    for _ in range(20):
        told = await asyncio.to_thread(write_until_killed, tmp_path, first, chance.uniform(0, 0.15))
        assert told
        acked.update(told)
        first = max(k for _, k in told) + 100
    async with opened(tmp_path) as spool:
        stored, after = {}, 0
        while rows := await spool.read(after, 1_000):
            stored.update((row.seq, row.batch.t_ns.tolist()) for row in rows)
            after = rows[-1].seq
        facts = await spool.facts()
    for seq, k in acked.items():
        assert stored[seq] == list(range(5 * k, 5 * k + 5))
    starts = [t[0] for t in stored.values()]
    assert len(set(starts)) == len(starts)
    assert facts.received == 5 * len(stored)
    shared = sum(first % 2 for first in starts)
    assert shared and facts.received_by == {
        "kill": 5 * (len(stored) - shared) + shared,
        "kill-2": 2 * shared,
        "kill-3": 2 * shared,
    }
