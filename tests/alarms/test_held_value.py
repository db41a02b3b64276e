"""An OPC UA server that tells changes only, and a value that it holds beyond its limit: a real server."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from alarms.service import AlarmService
from collectors.intake.intake import Intake
from collectors.intake.limits import TimeLimits
from collectors.opcua.driver import OpcUaSource
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.alarm import State
from core.model.finding import FindingKind
from core.ports.spool import Sink
from core.runtime.clock import AnchoredClock
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import definition
from tests.collectors.field import Kept, eventually, running, serving, tags
from tests.collectors.opcua_field import source
from tests.ports import free_port

NAMES = [f"v{n}" for n in range(5)]
SILENT_S = 600
"""Nothing is read beside the subscription meanwhile."""


def town(room: Room) -> Room:
    """Five tags of one OPC UA server, in real time: the server stamps by its own clock."""
    return Room(room.spool, room.ledger, replace(room.plant, tags=tags(NAMES)), AnchoredClock())


@asynccontextmanager
async def watched(
    room: Room, port: int, quarantine: SqliteQuarantine | None = None, **fields: object
) -> AsyncIterator[tuple[Kept, OpcUaSource]]:
    """v1 above 50 for three seconds is an alarm, v2 not 2 for three seconds a discrepancy. quarantine: of a
    gate that refuses what is stamped more than a minute ahead; None for no gate."""
    delays = {"on_delay_s": 3.0, "off_delay_s": 2.0}
    rows = [
        definition("v1:high", FindingKind.LIMIT_HIGH, tag="v1", setpoint=50.0, **delays),
        definition("v2:apart", FindingKind.DISCREPANCY, tag="v2", reference="v3", setpoint=1.5, **delays),
    ]
    opcua, kept = source(port, room.clock, max_silence_s=SILENT_S, **fields), Kept(room.spool)
    followed = dict.fromkeys(NAMES, opcua.facts)
    sink: Sink = kept
    if quarantine is not None:
        intake = Intake(kept, quarantine, room.plant.tags, room.clock, TimeLimits(future_s=60.0))
        sink = intake.gate(opcua.id, opcua.facts)
    service = AlarmService(
        room.spool, room.ledger, None, room.plant, rows, None, room.clock, followed=followed
    )
    async with room.running(service), running(opcua, sink):
        await eventually(lambda: len(kept.samples()) == 5)
        yield kept, opcua


async def raised_at_s(room: Room, alarm: str) -> float:
    await room.until(lambda: room.is_in(alarm, State.UNACK), 20)
    return room.clock.monotonic()


async def test_a_value_held_beyond_its_limit_alarms_and_clears_with_one_sample_each(room: Room) -> None:
    room, port = town(room), free_port()
    async with serving("opcua_plant", port) as server, watched(room, port) as (kept, _):
        since_s = room.clock.monotonic()
        await server.tell("set 1 99")
        assert 3.0 <= await raised_at_s(room, "v1:high") - since_s < 9.0
        assert [s.v for s in kept.samples("v1")] == [1, 99]
        await server.tell("set 1 7")
        await room.until(lambda: room.is_in("v1:high", State.RTNUN), 20)
        assert [s.v for s in kept.samples("v1")] == [1, 99, 7]
        assert kept.samples("v2")[1:] == []


async def test_a_command_that_is_not_followed_alarms_with_no_further_word_of_either_tag(room: Room) -> None:
    room, port = town(room), free_port()
    async with serving("opcua_plant", port) as server, watched(room, port) as (kept, _):
        await server.tell("set 3 9")
        await raised_at_s(room, "v2:apart")
        assert [s.v for s in kept.samples("v2")] == [2]


async def nothing_comes(room: Room, until: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not until():
            assert not await room.is_in("v1:high", State.UNACK)
            await asyncio.sleep(0.05)


async def test_a_report_that_the_gate_refuses_ends_what_stood_before_it(room: Room, tmp_path: Path) -> None:
    """The server's clock jumps before the delay is over: what it says now is not known, nor is it 99."""
    room, port = town(room), free_port()
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    async with serving("opcua_plant", port) as server, watched(room, port, quarantine) as (kept, opcua):
        await server.tell("set 1 99")
        await eventually(lambda: kept.last("v1").v == 99)
        await server.tell("stamp 1 7 120")
        await eventually(lambda: opcua.facts.refused)
        refused_s = room.clock.monotonic()
        await nothing_comes(room, lambda: room.clock.monotonic() - refused_s > 6.0)
        await server.tell("set 1 98")
        await raised_at_s(room, "v1:high")
    await quarantine.close()


async def test_a_server_that_is_lost_holds_nothing(room: Room) -> None:
    """It freezes before the delay is over; after it every tag is Bad."""
    room, port = town(room), free_port()
    async with serving("opcua_plant", port) as server, watched(room, port) as (kept, opcua):
        await server.tell("set 1 99")
        await eventually(lambda: kept.last("v1").v == 99)
        server.signal(signal.SIGSTOP)
        await nothing_comes(room, lambda: kept.last("v1").v is None)
        assert not opcua.facts.connected
        lost_s = room.clock.monotonic()
        await nothing_comes(room, lambda: room.clock.monotonic() - lost_s > 3.0)
        server.signal(signal.SIGCONT)


async def test_a_subscription_that_says_nothing_holds_nothing_until_another_is_made(
    room: Room,
) -> None:
    """The server answers all the while: it is not lost, yet what it would tell is not known."""
    room, port = town(room), free_port()
    async with serving("opcua_plant", port) as server, watched(room, port) as (kept, opcua):
        await server.tell("set 1 99")
        await eventually(lambda: kept.last("v1").v == 99)
        await server.tell("mute")
        await nothing_comes(room, lambda: opcua.facts.failures.get("subscription_silent"))
        await raised_at_s(room, "v1:high")
        assert [s.v for s in kept.samples("v1")] == [1, 99]
