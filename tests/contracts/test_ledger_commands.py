"""X-02: a command that is done once stands in the transaction of what it changed (core.ports.ledger)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.audit import Acting
from core.model.command import Command, command_id
from core.model.event import Event, EventKind
from core.model.work_order import WorkOrder
from core.ports.ledger import DoneBefore
from tests.contracts.test_ledger import NOW, order

ACTING = Acting(who="op", role="operator", channel="web", command="POST /x", at_ns=NOW)
COMMAND = Command(id=command_id("op", "/x", "k"), due_ns=NOW)
ANSWERED = replace(COMMAND, key_id="0001", sealed=b"answer")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


async def stand(ledger: SqlLedger) -> tuple[list[str], list[Command]]:
    """Orders and commands, as another reader sees them."""
    async with ledger.read() as tx:
        return [one.id for one in await tx.find(WorkOrder)], await tx.find(Command)


async def test_effect_audit_and_answer_stand_together(ledger: SqlLedger) -> None:
    done = ledger.acting(ACTING, COMMAND)
    async with done.begin() as tx:
        await tx.put(order("WO-1"))
    assert done.audited == 1
    assert await stand(ledger) == ([], []), "it waits for its answer"
    await done.told(ANSWERED)
    assert await stand(ledger) == (["WO-1"], [ANSWERED])
    assert await ledger.verify_audit() == 1


async def test_an_answer_that_does_not_come_holds_nobody_up_for_long(ledger: SqlLedger) -> None:
    done = ledger.acting(ACTING, COMMAND)
    async with done.begin() as tx:
        await tx.put(order("WO-1"))
    async with asyncio.timeout(5), ledger.begin() as tx:
        await tx.put(order("WO-2", "INC-2"))
    assert await stand(ledger) == (["WO-1", "WO-2"], [COMMAND])
    await done.told(ANSWERED)
    assert (await stand(ledger))[1] == [ANSWERED]


async def test_it_reads_what_it_wrote_and_may_write_again(ledger: SqlLedger) -> None:
    done = ledger.acting(ACTING, COMMAND)
    async with done.begin() as tx:
        await tx.put(order("WO-1"))
    async with done.read() as tx:
        assert await tx.get(WorkOrder, "WO-1")
    async with done.acting(replace(ACTING, always=True)).begin() as tx:
        await tx.put(order("WO-2", "INC-2"))
    await done.told(ANSWERED)
    assert await stand(ledger) == (["WO-1", "WO-2"], [ANSWERED])


async def test_a_refusal_leaves_what_it_wrote_and_no_command_and_a_failure_neither(ledger: SqlLedger) -> None:
    for n, stands in ((1, True), (2, False)):
        done = ledger.acting(ACTING, COMMAND)
        async with done.begin() as tx:
            await tx.put(order(f"WO-{n}", f"INC-{n}"))
        await done.told(None, stands=stands)
    assert await stand(ledger) == (["WO-1"], [])


async def test_a_command_that_changed_nothing_stands_too(ledger: SqlLedger) -> None:
    await ledger.acting(ACTING, COMMAND).told(ANSWERED)
    assert await stand(ledger) == ([], [ANSWERED])


async def test_of_two_processes_one_does_it(ledger: SqlLedger, tmp_path: Path) -> None:
    other = await SqlLedger.open(tmp_path / "ledger.db")

    async def do(one: SqlLedger, n: int) -> bool:
        done = one.acting(ACTING, COMMAND)
        try:
            async with done.begin() as tx:
                await tx.put(order(f"WO-{n}", f"INC-{n}"))
            await done.told(ANSWERED)
        except DoneBefore:
            return False
        return True

    done = await asyncio.gather(*(do((ledger, other)[n % 2], n) for n in range(20)))
    await other.close()
    orders, commands = await stand(ledger)
    assert (sum(done), len(orders), commands) == (1, 1, [ANSWERED])


async def test_who_follows_hears_of_it_once_it_stands(ledger: SqlLedger) -> None:
    done = ledger.acting(ACTING, COMMAND)
    async with done.begin() as tx:
        await tx.emit(Event(kind=EventKind.WORK_ORDER, subject="WO-1", t_ns=NOW, zone=None, data={}))
    assert await ledger.events(0) == []
    heard = asyncio.create_task(anext(ledger.follow(0)))
    await done.told(ANSWERED)
    async with asyncio.timeout(30):
        assert [event.subject for event in await heard] == ["WO-1"]
