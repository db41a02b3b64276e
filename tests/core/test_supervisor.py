"""A supervisor ends when it is told to, whatever its services do with their cancellation."""

import asyncio

import pytest

from core.runtime import supervisor
from core.runtime.supervisor import Supervisor

FOR_EVER_S = 3600


async def ended(one: Supervisor, within_s: float) -> None:
    running = asyncio.create_task(one.run())
    await asyncio.sleep(0.05)
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=within_s)
    assert done and running.cancelled()


async def test_a_service_that_fails_while_it_ends_is_not_begun_anew():
    """A task group says what its child failed with, in the place of the cancellation that came meanwhile."""
    begun = 0

    async def child():
        try:
            await asyncio.sleep(FOR_EVER_S)
        finally:
            raise OSError("the line is gone")

    async def service():
        nonlocal begun
        begun += 1
        async with asyncio.TaskGroup() as group:
            group.create_task(child())

    one = Supervisor()
    one.add("collector", service)
    await ended(one, 3)
    assert begun == 1 and "the line is gone" in str(one.facts["collector"].last_error)


async def test_a_service_that_swallows_its_cancellation_is_told_again(monkeypatch):
    monkeypatch.setattr(supervisor, "AGAIN_S", 0.1)
    told = 0

    async def service():
        nonlocal told
        while True:
            try:
                await asyncio.sleep(FOR_EVER_S)
            except asyncio.CancelledError:
                told += 1
                if told > 1:
                    raise

    one = Supervisor()
    one.add("library", service)
    await ended(one, 10)


async def test_a_service_that_fails_is_begun_anew_and_the_others_do_not_notice(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", 0.01)
    begun, others = asyncio.Event(), 0

    async def fails():
        if one.facts["fails"].restarts:
            begun.set()
            await asyncio.sleep(FOR_EVER_S)
        raise OSError("away")

    async def goes_on():
        nonlocal others
        others += 1
        await asyncio.sleep(FOR_EVER_S)

    one = Supervisor()
    one.add("fails", fails)
    one.add("goes on", goes_on)
    running = asyncio.create_task(one.run())
    await asyncio.wait_for(begun.wait(), 20)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert others == 1


async def test_a_task_group_whose_child_fails_begins_anew_each_time(monkeypatch):
    """CPython 3.11 leaves the task of such a group marked as cancelled, which was taken for the order to end:
    the portal, the outages and the clusters of calls stood still for good, and the hub went on."""
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", 0.01)
    begun = 0

    async def child():
        raise OSError("the ledger is busy")

    async def service():
        nonlocal begun
        begun += 1
        if begun == 4:
            return
        for again in (False, True):  # what goes on in the same task meets the mark as well
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(asyncio.sleep(FOR_EVER_S))
                    group.create_task(child())
            except* OSError:
                if again:
                    raise

    one = Supervisor()
    one.add("portal", service)
    async with asyncio.timeout(5):
        await one.run()
    assert begun == 4 and one.facts["portal"].ended and one.facts["portal"].restarts == 3
