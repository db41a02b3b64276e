"""A coroutine that is cancelled at a chosen step: in the very moment when what it waits for has come."""

import asyncio
import itertools
import types
from collections.abc import Coroutine, Generator

from core.ports.source import Source
from core.ports.spool import Sink
from tests.collectors.field import eventually


@types.coroutine
def _stepwise(work: Coroutine, step: int, task: asyncio.Task) -> Generator[object, object, object]:
    resume, given, taken = work.send, None, 0
    while True:
        try:
            awaited = resume(given)
        except StopIteration as end:
            return end.value
        taken += 1
        if taken == step:
            if awaited is None:
                asyncio.get_running_loop().call_soon(task.cancel)
            else:
                awaited.add_done_callback(lambda _: task.cancel())
        try:
            given, resume = (yield awaited), work.send
        except BaseException as error:  # noqa: BLE001
            given, resume = error, work.throw


def cancelled_at(step: int, work: Coroutine) -> asyncio.Task:
    """A task of `work` that is cancelled when its `step`-th wait (from 1) is over, before it goes on: the
    latest moment, where a cancellation is lost most easily."""

    async def run() -> object:
        return await _stepwise(work, step, task)

    task = asyncio.create_task(run())
    return task


async def stops_at_any_step(source: Source, sink: Sink) -> None:
    """Started and told to stop at each step of its way to being connected, it stops each time."""
    for step in itertools.count(1):
        run = cancelled_at(step, source.run(sink))
        await eventually(lambda run=run: run.done() or source.facts.connected)
        if not run.cancelling():
            break
        assert run.done(), f"step {step}: it goes on"
        assert run.cancelled(), f"step {step}: {run.exception()}"
    assert step > 1 and not run.done()
    run.cancel()
    await asyncio.wait({run}, timeout=30)
    assert run.cancelled()
