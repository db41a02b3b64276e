"""What a slice has read goes to the spool in one batch, whatever connections it came by."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from core.model.conservation import Fate
from core.model.quality import is_bad
from core.model.sample import Batch
from core.ports.spool import Sink, SpoolFull

if TYPE_CHECKING:
    from collectors.modbus.owner import Owner
    from collectors.modbus.poll import Poll


async def put_or_shed(sink: Sink, batch: Batch) -> bool:
    """False when a full spool refused it: then it is counted as shed, by source."""
    try:
        await sink.put(batch)
    except SpoolFull:
        for source, samples in batch.by_source().items():
            await sink.count(source, Fate.SHED, samples)
        return False
    return True


class _Put:
    """A batch under way. polls: in the order of its samples; left: connections that no longer wait for it."""

    def __init__(self, batch: Batch, polls: "Sequence[Poll]") -> None:
        self.batch, self.polls = batch, polls
        self.left: set[Owner] = set()


class Outlet:
    """Each put is a task of its own: a slow one holds up nobody but its own polls, which are not asked again
    before it has ended, so that there is at most one reading of each poll under way."""

    def __init__(self) -> None:
        self._under_way: dict[asyncio.Task[bool], _Put] = {}

    def put(self, sink: Sink, batch: Batch, polls: "Sequence[Poll]") -> None:
        task = asyncio.get_running_loop().create_task(put_or_shed(sink, batch))
        put = self._under_way[task] = _Put(batch, polls)
        task.add_done_callback(partial(self._done, put))

    def _done(self, put: _Put, task: asyncio.Task[bool]) -> None:
        del self._under_way[task]
        if task.cancelled():
            return
        waiting = [poll for poll in put.polls if poll.owner not in put.left] if put.left else put.polls
        error = task.exception()
        if error is not None:
            for owner in {poll.owner for poll in waiting}:
                owner.fail(error)
            return
        for poll in waiting:
            poll.put(task.result())
        if task.result() and put.batch.q.any():
            _count_bad(put)

    async def settled(self, owner: "Owner") -> None:
        """Waits until nothing of a connection is under way."""
        while tasks := [task for task, _ in self._of(owner)]:
            await asyncio.wait(tasks)

    def leave(self, owner: "Owner") -> None:
        """A connection no longer waits; what nobody waits for is given up."""
        for task, put in self._of(owner):
            put.left.add(owner)
            if all(poll.owner in put.left for poll in put.polls):
                task.cancel()

    def _of(self, owner: "Owner") -> "list[tuple[asyncio.Task[bool], _Put]]":
        under_way = self._under_way.items()
        return [(task, put) for task, put in under_way if any(poll.owner is owner for poll in put.polls)]


def _count_bad(put: _Put) -> None:
    ends = np.cumsum([len(poll.tags) for poll in put.polls])
    bad = np.add.reduceat(is_bad(put.batch.q), ends - [len(poll.tags) for poll in put.polls], dtype=np.intp)
    for poll, n in zip(put.polls, bad.tolist(), strict=True):
        poll.owner.facts.bad += n
