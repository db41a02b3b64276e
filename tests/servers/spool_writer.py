"""A process that appends batches to a spool until it is killed, and tells which were acknowledged.

    python -m tests.servers.spool_writer FOLDER FIRST

Writes one line `seq first_t` to standard output after each acknowledged put. Batch k has five samples of
tag `a` at times 5k … 5k+4, so that the reader can tell what it should find.
"""

import asyncio
import sys
from pathlib import Path

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.sample import Batch, Sample


def batch(k: int) -> Batch:
    return Batch.of("kill", [Sample("a", t, float(t)) for t in range(5 * k, 5 * k + 5)])


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
