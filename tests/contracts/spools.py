"""Spools of the tests, and what is put into them."""

from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np

from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.sample import Batch, Names, Sample

SMALL = Bounds(segment_bytes=4 * 2**20)


def batch(*t_ns, tag="a", source="s"):
    return Batch.of(source, [Sample(tag, t, float(t)) for t in t_ns])


def shared(*t_ns, sources=("a", "b", "c")):
    """At each time a sample of each source."""
    names = Names.many((source, (f"{source}.p", f"{source}.unread")) for source in sources)
    samples = [Sample(f"{source}.p", t, float(t)) for t in t_ns for source in sources]
    tag = 2 * np.tile(np.arange(len(sources), dtype=np.uint32), len(t_ns))
    return replace(Batch.of("", samples), names=names, tag=tag)


@asynccontextmanager
async def opened(folder, **options):
    spool = await SegmentSpool.open(folder, **options)
    try:
        yield spool
    finally:
        await spool.close()
