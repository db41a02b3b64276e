"""Timers are rows: due in order, held by one at a time, taken over from whoever died with them."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.clock import Anchor
from core.model.timer import Timer
from core.runtime.clock import AnchoredClock
from core.runtime.timetable import LeaseLost, Timetable, held

NOON = 1_795_356_600_000_000_000
SECOND = 1_000_000_000


@pytest.fixture
async def ledger(tmp_path):
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


def clock_at(t_ns: int, speed: float = 0.0) -> AnchoredClock:
    import time

    return AnchoredClock(Anchor(time.time_ns(), t_ns, speed))


async def put(ledger, *due_s: float) -> None:
    async with ledger.begin() as tx:
        for n, seconds in enumerate(due_s):
            due_ns = NOON + round(seconds * SECOND)
            await tx.put(Timer(id=f"t{n}", kind="k", subject=f"s{n}", due_ns=due_ns))


@asynccontextmanager
async def running(*tables: Timetable):
    tasks = [asyncio.create_task(table.run()) for table in tables]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(true) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


def does(ledger, done: list[str]):
    async def work(timer: Timer) -> None:
        async with ledger.begin() as tx:
            await held(tx, timer)
            await tx.delete(Timer, timer.id)
        done.append(timer.id)

    return {"k": work}


async def test_the_ledger_tells_what_is_due_the_longest_due_first(ledger) -> None:
    await put(ledger, 3, 1, 2, 10)
    async with ledger.read() as tx:
        assert [timer.id for timer in await tx.timers_due(["k"], NOON + 3 * SECOND)] == ["t1", "t2", "t0"]
        assert [timer.id for timer in await tx.timers_due(["k"], NOON + 3 * SECOND, 1)] == ["t1"]
        assert await tx.timers_due(["k"], NOON) == []


async def test_what_is_due_of_kinds_that_nobody_does_any_more_keeps_nothing_waiting(ledger) -> None:
    async with ledger.begin() as tx:
        await tx.put_many(Timer(id=f"x{n}", kind="other", subject="x", due_ns=0) for n in range(200))
    await put(ledger, 0)
    done: list[str] = []
    async with running(Timetable(ledger, clock_at(NOON), does(ledger, done))):
        await until(lambda: done)
    assert done == ["t0"]


async def test_two_timetables_share_the_work_and_do_each_once(ledger, tmp_path) -> None:
    await put(ledger, *(-n for n in range(60)))
    other, done = await SqlLedger.open(tmp_path / "ledger.db"), []
    tables = (Timetable(mine, clock_at(NOON), does(mine, done)) for mine in (ledger, other))
    async with running(*tables):
        await until(lambda: len(done) == 60)
    await other.close()
    assert sorted(done) == sorted(f"t{n}" for n in range(60))


async def test_what_is_not_due_and_what_is_anothers_kind_is_left_alone(ledger) -> None:
    await put(ledger, 0, 5)
    async with ledger.begin() as tx:
        await tx.put(Timer(id="x", kind="other", subject="x", due_ns=0))
    done: list[str] = []
    async with running(Timetable(ledger, clock_at(NOON), does(ledger, done))):
        await until(lambda: done)
        await asyncio.sleep(0.4)
    assert done == ["t0"]


async def test_a_row_whose_holder_died_is_taken_over_when_its_lease_has_run_out_and_not_before(
    ledger,
) -> None:
    await put(ledger, 0)
    async with ledger.begin() as tx:
        dead = replace(await tx.get(Timer, "t0"), owner="dead", until_ns=NOON + SECOND, epoch=7)
        await tx.put(dead)
    done: list[str] = []
    async with running(Timetable(ledger, clock_at(NOON), does(ledger, done))):
        await asyncio.sleep(0.5)
        assert done == []
    async with running(Timetable(ledger, clock_at(NOON + SECOND), does(ledger, done))):
        await until(lambda: done)
    async with ledger.read() as tx:
        with pytest.raises(LeaseLost):
            await held(tx, dead)


async def test_a_lease_is_renewed_while_the_work_goes_on_however_long(ledger, tmp_path) -> None:
    await put(ledger, 0)
    began, go = [], asyncio.Event()

    async def slow(timer: Timer) -> None:
        began.append(timer)
        await go.wait()
        async with ledger.begin() as tx:
            await held(tx, timer)
            await tx.delete(Timer, timer.id)

    other = await SqlLedger.open(tmp_path / "ledger.db")
    tables = [Timetable(mine, clock_at(NOON, 1.0), {"k": slow}, lease_s=0.9) for mine in (ledger, other)]
    async with running(*tables):
        await asyncio.sleep(2.5)
        assert len(began) == 1
        go.set()

        async def gone() -> bool:
            async with ledger.read() as tx:
                return await tx.get(Timer, "t0") is None

        async with asyncio.timeout(30):
            while not await gone():
                await asyncio.sleep(0.01)
    await other.close()


async def test_work_let_go_ends_at_once_and_others_go_on(ledger) -> None:
    await put(ledger, 0, 0)
    ended: list[str] = []

    async def hangs(timer: Timer) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(timer.id)

    table = Timetable(ledger, clock_at(NOON), {"k": hangs})
    async with running(table):
        with suppress(TimeoutError):
            async with asyncio.timeout(30):
                while not table.let_go("t0"):
                    await asyncio.sleep(0.01)
        await until(lambda: ended)
        assert ended == ["t0"] and not table.let_go("nobody")
