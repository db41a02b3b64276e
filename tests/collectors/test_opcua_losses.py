"""An OPC UA server that is lost and comes back: one Bad sample for each tag, and what it kept meanwhile."""

import asyncio
import signal
from collections import Counter

import pytest

from core.model.quality import Status
from core.model.sample import Batch, Flag
from tests.collectors.field import Wire, eventually, running, serving
from tests.collectors.opcua_field import URI, source
from tests.ports import free_port


async def test_a_killed_server_is_one_bad_sample_a_tag_and_it_returns_by_itself(kept, clock):
    port = free_port()
    async with serving("opcua_plant", port) as server:
        opcua = source(port, clock)
        async with running(opcua, kept):
            await eventually(lambda: len(kept.samples()) == 5)
            await server.kill()
            await eventually(kept.bad)
            await asyncio.sleep(1.0)
            assert Counter(s.tag for s in kept.bad()) == {f"v{n}": 1 for n in range(5)}
            assert {s.q for s in kept.bad()} == {Status.BAD_NO_COMMUNICATION}
            assert not opcua.facts.connected
            await server.start()
            await eventually(lambda: len(kept.samples()) == 15)
    assert len(kept.bad()) == 5
    assert [s.v for s in kept.samples("v3")] == [3, None, 3]


async def test_a_frozen_server_is_lost_too(kept, clock):
    port = free_port()
    async with serving("opcua_plant", port) as server, running(source(port, clock, timeout_s=1.0), kept):
        await eventually(lambda: len(kept.samples()) == 5)
        server.signal(signal.SIGSTOP)
        await eventually(kept.bad, 15)
        server.signal(signal.SIGCONT)
        await eventually(lambda: kept.last("v3").v == 3, 15)
    assert len(kept.bad()) == 5


class Nowhere:
    """A Sink that is done at once, so that steps of the event loop can be counted."""

    async def put(self, batch) -> int:
        return 1

    async def count(self, source, fate, samples) -> None: ...


async def test_a_source_that_is_stopped_while_it_closes_a_lost_session_stops(clock):
    """Whenever it is told, in steps of the event loop: asyncua swallows a cancellation while it closes."""
    port = free_port()
    async with serving("opcua_plant", port), Wire(port).listening() as wire:
        for step in range(16):
            opcua = source(wire.port, clock)
            task = asyncio.create_task(opcua.run(Nowhere()))
            await eventually(lambda opcua=opcua: opcua.facts.connected)
            for writer in wire.writers:
                writer.close()
            while opcua.facts.connected:
                await asyncio.sleep(0)
            for _ in range(step):
                await asyncio.sleep(0)
            expected = asyncio.CancelledError if task.cancel() else ConnectionError
            with pytest.raises(expected):
                await asyncio.wait_for(task, 5)


async def test_a_value_that_has_not_changed_is_good_again_after_a_loss(kept, clock):
    """Its stamp is older than the Bad sample of the loss, and would leave the tag Bad until it changes."""
    port = free_port()
    async with (
        serving("opcua_plant", port),
        Wire(port).listening() as wire,
        running(source(wire.port, clock), kept),
    ):
        await eventually(lambda: len(kept.samples()) == 5)
        for writer in wire.writers:
            writer.close()
        await eventually(lambda: len(kept.samples()) == 15)
    times = [(s.v, s.flags) for s in kept.samples("v3")]
    assert times == [(3, Flag.STANDS), (None, 0), (3, Flag.STANDS | Flag.SUBSTITUTED_TIME)]
    stamps = [s.t_ns for s in kept.samples("v3")]
    assert stamps == sorted(set(stamps))


async def test_a_node_gone_after_a_reconnect_is_unknown_and_no_longer_without_communication(kept, clock):
    port = free_port()
    more = [{"tag": "added", "node": f"nsu={URI};s=v-added"}]
    async with serving("opcua_plant", port) as server:
        await server.tell("add v-added 12")
        async with running(source(port, clock, 2, more), kept):
            await eventually(lambda: kept.last("added") and kept.last("added").v == 12)
            for _ in range(2):
                await server.kill()
                await eventually(lambda: kept.last("v1").q == Status.BAD_NO_COMMUNICATION)
                await server.start()
                await eventually(lambda: kept.last("v1").v == 1)
                await eventually(lambda: kept.last("added").q == Status.BAD_NODE_ID_UNKNOWN)
    told = [s.q for s in kept.bad() if s.tag == "added"]
    assert told == [Status.BAD_NO_COMMUNICATION, Status.BAD_NODE_ID_UNKNOWN]


@pytest.mark.parametrize("wanted", [True, False])
async def test_what_the_server_recorded_during_a_loss_is_backfilled_where_it_may_be_read(kept, clock, wanted):
    port = free_port()
    async with serving("opcua_plant", port) as server, Wire(port).listening() as wire:
        await server.tell("historize v-1")
        opcua = source(wire.port, clock, history=wanted)
        async with running(opcua, kept, again_s=2.0):
            await eventually(lambda: len(kept.samples()) == 5)
            for writer in wire.writers:
                writer.close()
            await eventually(lambda: len(kept.bad()) == 5)
            for value in range(100, 120):
                await server.tell(f"set 1 {value}")
                await server.tell(f"set 2 {value}")
            await eventually(lambda: opcua.facts.connects >= 2)
            if wanted:
                whole = set(range(100, 120))
                await eventually(lambda: whole <= {s.v for s in kept.samples("v1")})
    late = [s for s in kept.samples("v1") if s.flags & Flag.BACKFILL]
    assert bool(late) == wanted
    own = [s for s in kept.samples("v1") if s.v in range(100, 120) and not s.flags & ~Flag.STANDS]
    again = opcua.facts.failures.get("history_read", 0) - len(late)
    assert 0 <= again <= len(own), "what was read and is not there as late is there live, by its own stamp"
    assert all(s.v in range(100, 120) and s.t_ns < s.r_ns for s in late)
    assert not any(s.flags & Flag.BACKFILL for s in kept.samples("v2"))


async def test_the_time_in_which_no_hub_listened_is_a_gap_and_read_where_the_server_recorded_it(kept, clock):
    port = free_port()
    async with serving("opcua_plant", port) as server:
        await server.tell("historize v-1")
        first = source(port, clock)
        async with running(first, kept):
            await eventually(lambda: len(kept.samples()) == 5)
        before = kept.samples()
        for value in range(100, 110):
            await server.tell(f"set 1 {value}")
            await server.tell(f"set 2 {value}")
        opcua = source(port, clock)
        opcua.remember(Batch.of(opcua.id, before))
        async with running(opcua, kept):
            await eventually(lambda: set(range(100, 110)) <= {s.v for s in kept.samples("v1")})
            await eventually(lambda: all(kept.last(f"v{n}").v == n for n in (0, 3, 4)))
            await eventually(lambda: kept.last("v2").v == 109)
    last_ns = max(s.t_ns for s in before)
    for n in range(5):
        (mark,) = kept.bad(f"v{n}")
        assert (mark.q, mark.flags, mark.t_ns) == (Status.BAD_DATA_LOST, Flag.BACKFILL, last_ns + 1)
        fresh = [s for s in kept.samples(f"v{n}") if s.v is not None and s.t_ns > mark.t_ns]
        assert fresh, "its end is the value that is read next"
    assert opcua.facts.connects == 1
