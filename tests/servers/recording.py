"""A process that collects, spools and records until it is killed, or ends as told after some batches.

    python -m tests.servers.recording FOLDER FIRST [exit | raise]

Writes one line `k` to standard output when batch k is acknowledged. Batch k has 20 samples of 10 tags of
two sources; one in five of them repeats a sample of batch k - 1, and one batch in seven holds a sample that
no historian takes.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_historian_store import Limits
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.sample import Batch, Names, Sample
from core.runtime.recorder import Recorder

LIMITS = Limits(fold_s=0.05, bulk_rows=300)
NAMES = Names.many(
    (source, [f"tag-{i}" for i in its]) for source, its in (("kill", range(5)), ("kill-2", range(5, 10)))
)


def batch(k: int) -> Batch:
    samples = [Sample(f"tag-{i % 10}", (k * 16 + i) * 10**9, float(k)) for i in range(20)]
    if k % 7 == 0:
        samples[10] = samples[10]._replace(v=float("inf"))
    return replace(Batch.of("", samples), names=NAMES)


async def main(folder: Path, first: int, end: str = "") -> None:
    spool = await SegmentSpool.open(folder / "spool")
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    historian = await SqliteHistorian.open(folder / "historian.db", {}, quarantine=quarantine, limits=LIMITS)

    async def collect() -> None:
        for k in range(first, first + 100_000):
            await spool.put(batch(k))
            sys.stdout.write(f"{k}\n")
            sys.stdout.flush()
            if end and k - first == 40:
                raise SystemExit(0) if end == "exit" else RuntimeError("uncaught")

    async with asyncio.TaskGroup() as group:
        group.create_task(collect())
        group.create_task(Recorder(spool, historian).run())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
