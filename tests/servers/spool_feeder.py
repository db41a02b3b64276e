"""A process that puts one batch after the other until it is told to end, or its disk fails.

    python -m tests.servers.spool_feeder FOLDER [SAMPLES]

Writes `acked K` after each durable put, `refused NAME` once when a put is refused, and ends with 74 when the
spool says that its disk has failed. Batch k is one sample, or SAMPLES, of tag `a` at time k.
"""

import asyncio
import os
import sys
from pathlib import Path

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.sample import Batch, Sample
from core.ports.spool import SpoolFull


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def feed(spool: SegmentSpool, samples: int) -> None:
    k = (await spool.facts()).last_seq
    while True:
        k += 1
        try:
            await spool.put(Batch.of("s", [Sample("a", k, float(k))] * samples))
            say(f"acked {k}")
        except SpoolFull:
            k -= 1
            say("refused SpoolFull")
            await asyncio.sleep(0.05)
        except OSError as error:
            k -= 1
            say(f"refused {type(error).__name__}")
            await asyncio.sleep(0.05)


async def main(folder: Path, samples: int = 1) -> None:
    spool = await SegmentSpool.open(folder)
    await spool.cursor("recorder")
    feeding = asyncio.create_task(feed(spool, samples))
    await spool.failure()
    await asyncio.sleep(0.3)
    say("failed")
    feeding.cancel()
    os._exit(74)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
