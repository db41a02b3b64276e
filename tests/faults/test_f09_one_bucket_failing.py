"""F09: one bucket fails, slowly and then for ever; what goes to another is not delayed."""

import asyncio
import time
import uuid

import numpy as np

from tests.faults.influx_house import house, tags
from tests.servers.http_proxy import Act, proxy

ROUNDS = 15
FAULTS = (Act(hang=True), Act(status=503), Act(status=404), Act(status=429), Act(status=500, delay_s=2.0))


async def latency_ms(one):
    """The lower quartile from put to stored: what a loaded machine adds to some rounds is not it."""
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await one.tick()
        while (await one.spool.facts()).behind["recorder"]:
            await asyncio.sleep(0.001)
        took.append(time.perf_counter() - started)
    return 1e3 * float(np.quantile(took, 0.25))


async def test_a_failing_bucket_never_slows_another(tmp_path, influx):
    good, bad = f"f09-{uuid.uuid4()}", f"f09-bad-{uuid.uuid4()}"
    influx.bucket(good)
    influx.bucket(bad)
    fault = [None]

    def rule(request):
        return fault[0] if f"bucket={bad}" in request.path else None

    names = tags(100)
    async with (
        proxy(influx.url, rule) as door,
        house(tmp_path / "good", door.url, influx.token, influx.org, good, names) as one,
        house(tmp_path / "bad", door.url, influx.token, influx.org, bad, names) as other,
    ):
        await one.tick()
        await other.tick()
        await one.drained(20)
        await other.drained(20)
        baseline = await latency_ms(one)
        for fault[0] in FAULTS:
            await other.tick()
            slowed = await latency_ms(one)
            assert slowed < 2 * baseline + 10, f"{fault[0]}: {slowed:.1f} ms, {baseline:.1f} ms alone"
        assert (await other.facts()).behind["recorder"] > 0
        await one.all_there()
        await door.down()
