"""What a scrape of /metrics costs at 10,000 tags, by the number of connections, and of it the loop."""

import asyncio
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from api.metrics import exposition
from api.session import Sessions
from api.stream import EventStream
from bench.figures import Figure
from bench.hotline_town import plant
from bench.serving import stores
from core.model.sample import Batch, Sample
from core.ports.source import SourceFacts
from core.ports.spool import Sink

CONNECTIONS = (1, 10, 334)
TAGS, TIMES = 10_000, 10


@dataclass(slots=True)
class _Connection:
    """Nothing but what is told of one."""

    id: str
    facts: SourceFacts = field(default_factory=lambda: SourceFacts(connected=True))

    async def run(self, sink: Sink) -> None:
        raise NotImplementedError


def run(short: bool) -> list[Figure]:
    return [figure for n in CONNECTIONS for figure in asyncio.run(_measure(n))]


async def _measure(n: int) -> list[Figure]:
    sources = [_Connection(f"modbus:st-{i}") for i in range(n)]
    with tempfile.TemporaryDirectory(prefix="bench-scrape-") as folder:
        async with stores(Path(folder), plant()) as made:
            deps = replace(made, sources=sources)
            for source in sources:
                tags = range(TAGS // n)
                samples = [Sample(f"{source.id}.{k}", time.time_ns(), 1.0) for k in tags]
                await deps.spool.put(Batch.of(source.id, samples))
            stream = EventStream(deps, Sessions(deps.ledger, deps.clock, time.time_ns))
            await exposition(deps, stream)
            whole_s, loop_s = time.process_time(), time.thread_time()
            for _ in range(TIMES):
                await exposition(deps, stream)
            whole_s, loop_s = time.process_time() - whole_s, time.thread_time() - loop_s
    name = f"{TAGS:,} tags of {n} connections"
    return [
        Figure(f"{name}: CPU of a scrape", 1000 * whole_s / TIMES, "ms", None, "lower"),
        Figure(f"{name}: of it on the event loop", 1000 * loop_s / TIMES, "ms", 10.0, "lower"),
    ]
