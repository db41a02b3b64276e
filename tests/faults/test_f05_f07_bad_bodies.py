"""F05 to F07: one bad line of 5,000, samples beyond retention, bodies too large: the rest is never lost."""

import time
import uuid

import numpy as np
import pytest

from core.model.conservation import Fate
from core.model.sample import Batch, Names
from tests.faults.influx_house import S, house, tags
from tests.servers.http_proxy import Act, proxy


@pytest.fixture
def bucket(influx):
    def make(retention_s=0):
        name = f"f05-{uuid.uuid4()}"
        influx.bucket(name, retention_s)
        return name

    return make


def history(t_ns):
    """One tag at these times; the value is the place."""
    n = len(t_ns)
    zero = np.zeros(n, np.uint32)
    t = np.array(t_ns, np.int64)
    return Batch(
        Names.one("opcua:wtp", ("turbidity",)), zero, t, np.arange(n) / 8, zero, t, zero.astype(np.uint8)
    )


@pytest.mark.parametrize("place", [0, 2_499, 4_999])
async def test_f05_one_bad_line_of_5000_is_found_out_of_the_servers_own_words(
    tmp_path, influx, bucket, place
):
    t_ns = [time.time_ns() // S * S + i * S for i in range(5_000)]
    t_ns[place] = -(2**63)
    name = bucket()
    async with (
        proxy(influx.url) as door,
        house(tmp_path, door.url, influx.token, influx.org, name, ()) as one,
    ):
        await one.spool.put(history(t_ns))
        await one.drained(30)
        facts = await one.facts()
        assert (facts.count(Fate.STORED), facts.count(Fate.QUARANTINED)) == (4_999, 1)
        assert len(door.writes) <= 3
        (kept,) = await one.quarantine.newest()
        assert kept.refusal.reason == "store_400" and "time outside range" in kept.refusal.detail
        (sample,) = Batch.decode(kept.refusal.content).samples()
        assert (sample.t_ns, sample.v) == (-(2**63), place / 8)
        assert len(await one.historian.read("turbidity", min(t_ns[:1] + t_ns[1:2]), 2**62)) == 4_999


async def test_f05_a_message_that_names_no_line_is_answered_by_halving(tmp_path, influx, bucket):
    t_ns = [time.time_ns() // S * S + i * S for i in range(5_000)]
    bad = f" {t_ns[1_234]}".encode()
    name = bucket()

    def rule(request):
        return Act(status=400, message="unable to parse") if bad in request.body and request.write else None

    async with (
        proxy(influx.url, rule) as door,
        house(tmp_path, door.url, influx.token, influx.org, name, ()) as one,
    ):
        await one.spool.put(history(t_ns))
        await one.drained(60)
        facts = await one.facts()
        assert (facts.count(Fate.STORED), facts.count(Fate.QUARANTINED)) == (4_999, 1)
        assert len(door.writes) <= 30


async def test_f06_what_is_beyond_retention_is_kept_aside_in_one_request_and_the_rest_is_stored(
    tmp_path, influx, bucket
):
    now = time.time_ns() // S * S
    t_ns = [now - 86_400 * S + i * S for i in range(300)] + [now - 600 * S + i * S for i in range(300)]
    name = bucket(retention_s=3_600)
    async with (
        proxy(influx.url) as door,
        house(tmp_path, door.url, influx.token, influx.org, name, ()) as one,
    ):
        await one.spool.put(history(t_ns))
        await one.drained(30)
        facts = await one.facts()
        assert (facts.count(Fate.STORED), facts.count(Fate.QUARANTINED)) == (300, 300)
        assert len(door.writes) == 1
        (kept,) = await one.quarantine.newest()
        assert kept.refusal.reason == "beyond_retention" and kept.refusal.samples == 300
        assert Batch.decode(kept.refusal.content).t_ns.tolist() == t_ns[:300]
        assert len(await one.historian.read("turbidity", 0, 2**62)) == 300


async def test_f06_a_field_of_another_type_is_found_among_good_lines(tmp_path, influx, bucket):
    name, now = bucket(), time.time_ns() // S * S
    foreign = f'sample,id=turbidity v="text" {now}'
    influx.api("POST", f"/api/v2/write?org={influx.org}&bucket={name}", content=foreign.encode())
    async with house(tmp_path, influx.url, influx.token, influx.org, name, ()) as one:
        bad = history([now])
        some = history([now + i * S for i in range(1, 65)])
        missing = Batch(
            *(bad.names, bad.tag, bad.t_ns, np.array([np.nan]), np.array([1 << 31], np.uint32)),
            *(bad.r_ns, bad.flags),
        )
        await one.spool.put(some)
        await one.spool.put(missing)
        await one.drained(30)
        facts = await one.facts()
        assert (facts.count(Fate.STORED), facts.count(Fate.QUARANTINED)) == (1, 64)
        kept = await one.quarantine.newest()
        assert all("field type conflict" in one.refusal.detail for one in kept)


async def test_f07_a_body_too_large_is_halved_and_later_ones_begin_smaller(tmp_path, influx, bucket):
    name = bucket()

    def rule(request):
        return Act(status=413, message="too large") if request.write and len(request.body) > 50_000 else None

    async with (
        proxy(influx.url, rule) as door,
        house(tmp_path, door.url, influx.token, influx.org, name, tags(2_000)) as one,
    ):
        await one.tick()
        await one.drained(30)
        refused = sum(seen.act is not None for seen in door.writes)
        assert refused
        await one.tick()
        await one.drained(30)
        assert sum(seen.act is not None for seen in door.writes) == refused
        await one.all_there()


async def test_f07_bodies_grow_again_once_the_limit_of_a_proxy_is_gone(tmp_path, influx, bucket):
    start = time.time_ns() // S * S
    strict = True

    def small(request):
        return Act(status=413) if strict and request.write and len(request.body) > 500 else None

    async with (
        proxy(influx.url) as door,
        house(tmp_path, door.url, influx.token, influx.org, bucket(), ()) as one,
    ):
        door.rule = small
        await one.spool.put(history([start + i * S for i in range(100)]))
        await one.drained(30)
        strict, before = False, len(door.writes)
        await one.spool.put(history([start + i * S for i in range(100, 5_100)]))
        await one.drained(60)
        assert len(door.writes) - before < 200
        assert (await one.facts()).count(Fate.STORED) == 5_100
