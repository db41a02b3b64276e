"""F22: OPC UA servers that restart, drop sessions, lose reports, overflow, or change certificates."""

import asyncio
import shutil
import signal

import pytest

from collectors.opcua.trust import trust
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.quality import Status
from core.model.sample import Flag
from core.runtime.clock import AnchoredClock
from tests.collectors.field import Kept, Wire, eventually, running, serving
from tests.collectors.node_opcua import node_serving
from tests.collectors.opcua_field import source
from tests.faults.forms import form
from tests.ports import free_port


@pytest.fixture
async def kept(tmp_path):
    spool = await SegmentSpool.open(tmp_path / "spool")
    yield Kept(spool)
    await spool.close()


@pytest.fixture
def clock() -> AnchoredClock:
    return AnchoredClock()


def good(kept: Kept, tag: str) -> list[float]:
    return [s.v for s in kept.samples(tag) if s.v is not None]


async def started(kept: Kept, n: int = 5) -> None:
    await eventually(lambda: all(good(kept, f"v{i}") for i in range(n)))


async def test_a_report_that_got_lost_is_asked_for_again_and_nothing_is_missing(kept, clock):
    port = free_port()
    async with serving("opcua_plant", port) as server:
        opcua = source(port, clock)
        async with running(opcua, kept):
            await started(kept)
            for n in range(form(3, 300)):
                await server.tell("lose")
                await server.tell(f"set 1 {100 + n}")
                await eventually(lambda n=n: kept.last("v1").v == 100 + n)
    assert good(kept, "v1") == [1, *range(100, 100 + form(3, 300))]
    assert opcua.facts.failures["repeated"] == form(3, 300)
    assert "notification_lost" not in opcua.facts.failures
    assert not kept.bad()


async def test_a_report_that_the_server_no_longer_has_is_a_gap_with_bounds_and_everything_is_read(
    kept, clock
):
    port = free_port()
    async with serving("opcua_plant", port) as server:
        opcua = source(port, clock, max_silence_s=600)
        async with running(opcua, kept):
            await started(kept)
            before_ns = max(s.r_ns for s in kept.samples())
            await server.tell("forget")
            await server.tell("set 1 77")
            await server.tell("set 3 78")
            await eventually(lambda: opcua.facts.failures.get("notification_lost"))
            await eventually(lambda: (kept.last("v1").v, kept.last("v3").v, kept.last("v4").v) == (77, 78, 4))
            await server.tell("set 1 79")
            await eventually(lambda: kept.last("v1").v == 79)
    assert opcua.facts.failures["notification_lost"] == 1
    for tag in ("v1", "v3", "v4"):
        (mark,) = kept.bad(tag)
        read = next(s for s in kept.samples(tag) if s.t_ns > mark.t_ns)
        assert (mark.q, mark.flags) == (Status.BAD_DATA_LOST, Flag.BACKFILL)
        assert before_ns <= mark.t_ns < read.t_ns <= clock.now_ns()
    assert opcua.facts.connects == 1


async def test_report_numbers_begin_again_after_the_last(kept, clock):
    port = free_port()
    async with serving("opcua_plant", port) as server:
        await server.tell(f"begin {0xFFFFFFFF - 2}")
        opcua = source(port, clock, n=1)
        async with running(opcua, kept):
            await started(kept, 1)
            for n in range(1, 7):
                if n == 4:
                    await server.tell("lose")
                await server.tell(f"set 0 {n}")
                await eventually(lambda n=n: kept.last("v0").v == n)
    assert good(kept, "v0") == [0, 1, 2, 3, 4, 5, 6]
    assert opcua.facts.failures == {"repeated": 1}


async def test_a_queue_that_overflowed_while_the_disk_was_slow_is_flagged_and_counted(kept, clock, tmp_path):
    port = free_port()
    async with node_serving(port, 5, tmp_path / "server") as server:
        opcua = source(port, clock, publish_ms=100, sampling_ms=50)
        async with running(opcua, kept):
            await started(kept)
            kept.open.clear()
            await server.tell("every 20")
            await asyncio.sleep(form(2.5, 20.0))
            assert not opcua.facts.failures
            kept.open.set()
            await eventually(lambda: opcua.facts.failures.get("overflow", 0) >= 5)
            await server.tell("every 0")
            await server.tell("sweep -1")
            await eventually(lambda: {kept.last(f"v{n}").v for n in range(5)} == {-1})
    flagged = [s for s in kept.samples() if s.flags & Flag.OVERFLOW]
    assert {s.tag for s in flagged} == {f"v{n}" for n in range(5)}
    assert all(s.v is not None for s in flagged)
    assert opcua.facts.failures["overflow"] == len(flagged)
    for n in range(5):
        assert good(kept, f"v{n}")[1:-1] == sorted(set(good(kept, f"v{n}")[1:-1]))


@pytest.mark.parametrize("make", ["asyncua", "node-opcua"])
async def test_a_server_that_comes_back_without_a_node_costs_that_node_only(
    kept, clock, tmp_path, make, monkeypatch
):
    monkeypatch.setattr("collectors.opcua.roster.RETRY_S", 1.0)
    port = free_port()
    more = [{"tag": "later", "node": "nsu=urn:test:plant;s=v-later"}]
    serve = serving("opcua_plant", port) if make == "asyncua" else node_serving(port, 5, tmp_path / "server")
    async with serve as server:
        await server.tell("add v-later 12")
        opcua = source(port, clock, more=more)
        async with running(opcua, kept):
            await eventually(lambda: kept.last("later") and kept.last("later").v == 12)
            await server.kill()
            await eventually(lambda: len(kept.bad()) == 6)
            assert {s.q for s in kept.bad()} == {Status.BAD_NO_COMMUNICATION}
            await server.start()
            await eventually(lambda: all(kept.last(f"v{n}").v == n for n in range(5)))
            await eventually(lambda: "v-later: BadNodeIdUnknown" in opcua.facts.tag_causes.get("later", ""))
            assert list(opcua.facts.tag_causes) == ["later"]
            await server.tell("add v-later 13")
            await eventually(lambda: kept.last("later").v == 13)
            await eventually(lambda: not opcua.facts.tag_causes)
            await server.tell("remove v-later")
            await eventually(lambda: kept.last("later").q == Status.BAD_NODE_ID_UNKNOWN)
            await server.tell("set 1 55")
            await eventually(lambda: kept.last("v1").v == 55)
    assert opcua.facts.connects == 2


async def test_a_dropped_session_is_told_and_what_the_server_kept_meanwhile_comes_late(kept, clock, tmp_path):
    """A server hands a subscription over to the same application only: the session must be a secure one."""
    port = free_port()
    async with node_serving(port, 5, tmp_path / "server") as server, Wire(port).listening() as wire:
        (tmp_path / "hub" / "trusted").mkdir(parents=True)
        shutil.copy(server.certificate, tmp_path / "hub" / "trusted")
        secure = {"allow_insecure": False, "timeout_s": 10.0, "pki": tmp_path / "hub"}
        opcua = source(wire.port, clock, sampling_ms=50, **secure)
        async with running(opcua, kept, again_s=2.0):
            await started(kept)
            for n in range(form(2, 50)):
                for writer in wire.writers:
                    writer.close()
                await eventually(lambda n=n: len(kept.bad("v1")) == n + 1)
                for value in (1, 2, 3):
                    await server.tell(f"set 1 {100 * n + value}")
                    await asyncio.sleep(0.3)
                await eventually(lambda n=n: opcua.facts.connects == n + 2)
                await eventually(lambda: all(kept.last(f"v{i}").v is not None for i in range(5)))
                await server.tell(f"set 1 {-n - 1}")
                await eventually(lambda n=n: kept.last("v1").v == -n - 1)
    assert opcua.facts.failures["subscription_resumed"] == form(2, 50)
    assert {100 * n + value for n in range(form(2, 50)) for value in (1, 2, 3)} <= set(good(kept, "v1"))
    assert len(kept.bad()) == 5 * form(2, 50)
    assert not {"notification_lost"} & opcua.facts.failures.keys()


async def test_a_subscription_that_says_nothing_on_a_server_that_answers_is_replaced_without_a_loss(
    kept, clock
):
    port = free_port()
    async with serving("opcua_plant", port) as server:
        opcua = source(port, clock, timeout_s=1.0, max_silence_s=600)
        async with running(opcua, kept):
            await started(kept)
            await server.tell("mute")
            await server.tell("set 1 99")
            await eventually(lambda: opcua.facts.failures.get("subscription_silent"), 30)
            for value in range(100, 110):
                await server.tell(f"set 1 {value}")
                await eventually(lambda value=value: kept.last("v1").v == value)
    assert opcua.facts.connects == 1
    assert not kept.bad()


async def test_a_frozen_server_marks_all_its_tags_before_they_are_stale(kept, clock, tmp_path):
    """Ten seconds without news make a tag stale: one cause must be there before, and one Bad sample a tag."""
    port = free_port()
    async with node_serving(port, 5, tmp_path / "server") as server:
        opcua = source(port, clock, timeout_s=4.0, publish_ms=1000)
        async with running(opcua, kept):
            await started(kept)
            server.signal(signal.SIGSTOP)
            frozen_s = clock.monotonic()
            await eventually(lambda: len(kept.bad()) == 5, 10)
            assert clock.monotonic() - frozen_s < 9.0
            assert {s.q for s in kept.bad()} == {Status.BAD_NO_COMMUNICATION}
            assert "does not answer within 4 s" in opcua.facts.cause
            server.signal(signal.SIGCONT)
            await eventually(lambda: all(kept.last(f"v{n}").v == n for n in range(5)))
    assert len(kept.bad()) == 5


async def test_a_server_with_another_certificate_is_refused_until_somebody_trusts_it(kept, clock, tmp_path):
    port, pki = free_port(), tmp_path / "hub"
    async with node_serving(port, 5, tmp_path / "server") as server:
        opcua = source(port, clock, pki=pki, allow_insecure=False, timeout_s=10.0)
        async with running(opcua, kept):
            for value in (0, 1):
                await eventually(lambda: "is not trusted" in (opcua.facts.cause or "") and kept.bad("v4"), 40)
                (fresh,) = (pki / "rejected").iterdir()
                seen = len(kept.samples())
                await asyncio.sleep(0.5)
                assert len(kept.samples()) == seen and not opcua.facts.connected
                trust(pki, fresh.stem.rpartition("-")[2])
                await eventually(lambda value=value: opcua.facts.connects == value + 1)
                await eventually(lambda: all(kept.last(f"v{n}").v == n for n in range(5)))
                await server.kill()
                server.show(tmp_path / "other")
                await server.start()
    assert not opcua.facts.insecure
