"""F28 with the whole hub: its host's clock is set by an hour while it runs. Nothing goes stale at once, and a
shelf ends at its UTC, not after its hours."""

import asyncio
import time
from pathlib import Path

import pytest

from alarms import acts
from alarms.states import AlarmEvent, Cause
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, State
from core.model.finding import FindingKind
from hub.stores import ledger_file
from tests.faults.whole_hub import Hub, devices
from tests.ports import free_port

SECOND, HOUR = 1_000_000_000, 3_600_000_000_000
STATIONS, TAGS = 3, 90
SET_CLOCK = """
import time, pathlib
_real_ns, _file = time.time_ns, pathlib.Path({file!r})
time.time_ns = lambda: _real_ns() + int(_file.read_text())
time.time = lambda: time.time_ns() / 1e9
"""
"""What libfaketime does, for every wall clock that the hub reads; the monotonic one goes on."""


@pytest.mark.parametrize("step_h", [1, -1])
async def test_a_clock_set_by_an_hour_ends_shelves_at_their_utc_and_makes_nothing_stale(
    tmp_path: Path, step_h: int
) -> None:
    """One shelf ends half an hour away, one in a few seconds: forward the first is over at once, back neither
    is."""
    port, clock = free_port(), tmp_path / "clock"
    clock.write_text("0")
    hub = Hub(tmp_path, STATIONS, port)
    hub.data.mkdir()
    ledger = await SqlLedger.open(ledger_file(hub.data))
    async with devices(STATIONS, port):
        with hub.running(SET_CLOCK.format(file=str(clock))):
            await hub.ready()
            await hub.has(3 * TAGS)
            now_ns = time.time_ns()
            await shelved(ledger, "far", now_ns, HOUR // 2)
            await shelved(ledger, "near", now_ns, 4 * SECOND)
            clock.write_text(str(step_h * HOUR))
            if step_h > 0:
                await over(ledger, "far")
            else:
                await asyncio.sleep(6.0)  # its hours pass, and its moment does not come
                assert (await alarm(ledger, "near")).state is State.SHLVD
                assert (await alarm(ledger, "far")).state is State.SHLVD
            await hub.has(9 * TAGS)
            clock.write_text("0")
            await over(ledger, "near")
    for id in ("far", "near") if step_h > 0 else ("near",):
        ended, *_, put = await ledger.journal_of(id)
        assert put.until_ns is not None
        assert (ended.event, ended.commit_ns >= put.until_ns) == ("shelf_expired", True)
    await ledger.close()
    raised = [one.id for one in await hub.alarms()]
    assert not [id for id in raised if id.endswith((f":{FindingKind.STALE}", ":bad", ":line"))]


async def over(ledger: SqlLedger, id: str) -> None:
    async with asyncio.timeout(20):
        while (await alarm(ledger, id)).state is not State.NORM:
            await asyncio.sleep(0.1)


async def shelved(ledger: SqlLedger, id: str, now_ns: int, for_ns: int) -> None:
    cause = Cause(
        t_ns=now_ns, until_ns=now_ns + for_ns, limit_ns=HOUR, actor="op", reason="known since morning"
    )
    async with ledger.begin() as tx:
        await tx.put(Alarm(id=id))
        assert (await acts.act(tx, id, AlarmEvent.SHELVE, cause, now_ns)).changed


async def alarm(ledger: SqlLedger, id: str) -> Alarm:
    async with ledger.read() as tx:
        found = await tx.get(Alarm, id)
    assert found is not None
    return found
