"""A process that appends batches to a spool until it is killed, and tells which were acknowledged.

    python -m tests.servers.spool_writer FOLDER FIRST

Writes one line `seq first_t` to standard output after each acknowledged put. Batch k has five samples at
times 5k … 5k+4, so that the reader can tell what it should find: of tag `a`, or when k is odd one of each of
five tags of three sources.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.sample import Batch, Names, Sample


def batch(k: int) -> Batch:
    times = range(5 * k, 5 * k + 5)
    if k % 2 == 0:
        return Batch.of("kill", [Sample("a", t, float(t)) for t in times])
    each = Batch.of("", [Sample(tag, t, float(t)) for tag, t in zip("bcdef", times, strict=True)])
    return replace(each, names=Names.many((("kill", "b"), ("kill-2", "cd"), ("kill-3", "ef"))))


async def main(folder: Path, first: int) -> None:
    spool = await SegmentSpool.open(folder)

    async def writer(k: int) -> None:
        while True:
            seq = await spool.put(batch(k))
            sys.stdout.write(f"{seq} {k}\n")
            sys.stdout.flush()
            k += 4

    async with asyncio.TaskGroup() as group:
        for lane in range(4):
            group.create_task(writer(first + lane))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
