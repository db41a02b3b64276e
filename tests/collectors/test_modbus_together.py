"""Connections that are polled together: one batch of what a slice has read, and each still by itself."""

import asyncio
from collections import Counter

import pytest

from collectors.modbus.driver import ModbusSource
from collectors.modbus.group import Groups
from collectors.modbus.slices import Slices
from collectors.modbus.spec import ModbusSpec
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.conservation import Fate
from core.model.quality import COMMUNICATION
from core.runtime.conservation import assert_conserved
from tests.collectors.field import Kept, Wire, eventually, running, tags
from tests.collectors.liar import frame, liar, registers


def together(clock, ports, **fields) -> list[ModbusSource]:
    """Connections a, b, … with a tag of the same name each, all of them with the same phase."""
    groups, made = Groups(Slices(clock)), []
    for name, port in zip("abcdefgh", ports, strict=False):
        points = [{"tag": f"{name}{k}", "address": 40 + k, "type": "u16"} for k in range(3)]
        spec = ModbusSpec.model_validate(
            {"type": "modbus", "id": name, "host": "127.0.0.1", "port": port, "period_s": 0.1}
            | {"timeout_s": 0.5, "units": [{"unit": 1, "points": points}]}
            | fields
        )
        made.append(ModbusSource(spec, tags(p["tag"] for p in points), clock, groups))
    return made


async def honest(asked, writer) -> None:
    writer.write(frame(asked, registers(asked)))


def joint(kept: Kept) -> list[set[str]]:
    """The sources of each batch of several."""
    return [set(batch.by_source()) for batch in kept.batches if len(batch.by_source()) > 1]


@pytest.fixture(autouse=True)
def _one_phase(monkeypatch):
    monkeypatch.setattr("collectors.modbus.unit.phase_of", lambda share, period_s: 0.0)


async def test_what_is_read_together_is_one_batch_with_each_its_own_numbers(kept, clock):
    async with liar(honest) as port:
        a, b = together(clock, [port, port])
        async with running(a, kept), running(b, kept):
            await eventually(lambda: len(joint(kept)) >= 5)
    assert joint(kept)[0] == {"modbus:a", "modbus:b"}
    assert len({id(batch.names) for batch in kept.batches if len(batch.by_source()) > 1}) == 1
    values = {(s.tag, s.v) for s in kept.samples()}
    assert values == {(f"{name}{k}", 40.0 + k) for name in "ab" for k in range(3)}
    by_source = Counter()
    for batch in kept.batches:
        by_source.update(batch.by_source())
    assert by_source == {"modbus:a": a.facts.samples, "modbus:b": b.facts.samples}
    assert a.facts.bad == b.facts.bad == 0


async def test_the_late_one_of_a_slice_comes_in_a_batch_of_its_own_and_no_stamp_is_told_twice(kept, clock):
    async def slow(asked, writer):
        await asyncio.sleep(0.03)
        await honest(asked, writer)

    async with liar(honest) as port, liar(slow) as late:
        a, b = together(clock, [port, late])
        async with running(a, kept), running(b, kept):
            await eventually(lambda: kept.last("a0") and len(kept.samples("b0")) >= 5)
    for tag in ("a0", "b0"):
        stamps = [s.t_ns for s in kept.samples(tag)]
        assert stamps == sorted(set(stamps))
    trip_ns = [s.r_ns - s.t_ns for s in kept.samples("b0")]
    assert all(half_ns >= 15_000_000 for half_ns in trip_ns)  # the middle of the request


async def test_a_put_that_hangs_holds_up_its_own_polls_only_and_their_slots_are_counted(kept, clock):
    async with liar(honest) as port, liar(honest) as other:
        (a,), (b,) = together(clock, [port]), together(clock, [other])
        stuck = Kept(kept.spool)
        stuck.open.clear()
        async with running(a, stuck), running(b, kept):
            await eventually(lambda: a.facts.missed_slots >= 3)
            assert b.facts.samples >= 3
            assert not stuck.batches
            stuck.open.set()
            await eventually(lambda: len(stuck.batches) >= 2)
    assert len(stuck.samples("a0")) * 3 == a.facts.samples


async def test_a_full_spool_sheds_of_each_source_what_was_its(tmp_path, clock):
    spool = await SegmentSpool.open(tmp_path / "small", max_bytes=20_000)
    await spool.cursor("recorder")
    kept = Kept(spool)
    async with liar(honest) as port:
        a, b = together(clock, [port, port])
        async with running(a, kept), running(b, kept):
            await eventually(lambda: a.facts.shed >= 9 and b.facts.shed >= 9)
    facts = await spool.facts()
    assert facts.door == {one.id: {Fate.SHED: one.facts.shed} for one in (a, b)}
    assert facts.received == sum(one.facts.samples + one.facts.shed for one in (a, b))
    assert_conserved(facts)
    await spool.close()


async def test_a_line_that_is_lost_says_so_after_all_that_it_has_read(kept, clock):
    """The put of its last reading hangs while the line goes."""
    async with liar(honest) as port, Wire(port).listening() as wire:
        a, b = together(clock, [wire.port, port])
        async with running(a, kept, again_s=60.0), running(b, kept):
            await eventually(lambda: len(joint(kept)) >= 2)
            kept.open.clear()
            before = len(kept.samples("a0"))
            await asyncio.sleep(0.3)
            for writer in wire.writers:
                writer.transport.abort()
            await eventually(lambda: a.facts.failures)
            assert len(kept.samples("a0")) == before
            kept.open.set()
            await eventually(lambda: kept.bad("a0"))
            told = len(kept.samples("b0"))
            await eventually(lambda: len(kept.samples("b0")) > told + 3)
    assert [s.v for s in kept.samples("a0")][before:] == [40.0, None]
    assert Counter(s.tag for s in kept.bad()) == {f"a{k}": 1 for k in range(3)}
    assert {s.q for s in kept.bad()} <= COMMUNICATION
    stamps = [s.t_ns for s in kept.samples("a0")]
    assert stamps == sorted(set(stamps))


async def test_a_batch_stays_under_way_for_those_that_still_wait_for_it(kept, clock):
    async with liar(honest) as port:
        a, b = together(clock, [port, port])
        async with running(b, kept):
            async with running(a, kept):
                await eventually(lambda: len(joint(kept)) >= 2)
                kept.open.clear()
                await eventually(lambda: b.facts.missed_slots)
                before = len(kept.samples("b0"))
            kept.open.set()
            await eventually(lambda: len(kept.samples("b0")) > before + 2)
    stamps = [s.t_ns for s in kept.samples("b0")]
    assert stamps == sorted(set(stamps))
    assert b.facts.samples == 3 * len(stamps)


async def test_an_error_of_the_disk_reaches_every_source_whose_samples_it_took(kept, clock):
    async with liar(honest) as port:
        a, b = together(clock, [port, port])
        both = [asyncio.create_task(one.run(kept)) for one in (a, b)]
        await eventually(lambda: joint(kept))
        await kept.spool.close()
        async with asyncio.timeout(30):
            ended = await asyncio.gather(*both, return_exceptions=True)
    assert [type(error) for error in ended] == [OSError, OSError]
