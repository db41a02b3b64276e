"""F01: the store is down for 10 minutes at 2,000 samples a second; the house goes on, then catches up."""

import asyncio
import time

import pytest

from tests.faults.forms import form
from tests.faults.influx_house import S, house, tags
from tests.need import lack
from tests.servers import influxdb

DOWN_S = form(4.0, 600.0)
DRAIN_S = form(30.0, 180.0)
"""Back-off included: after a long outage the recorder tries again each 30 s."""
LIVE_DELAY_S, CATCH_S = 5.0, form(15.0, 2.0)
"""From a while after the first write that succeeds: what came during the outage is late by that, not by
the backlog. On a busy machine the first write takes its time."""


@pytest.mark.timeout(form(120, 1500))
async def test_a_store_killed_and_started_again_is_caught_up_with_while_live_data_stays_live(tmp_path):
    program = influxdb.binary() or lack("InfluxDB is not built (make influxd)")
    server = influxdb.start(program, tmp_path / "influx")
    influxdb.first(server)
    server.bucket("f01")
    names = tags(2_000)
    async with house(tmp_path, server.url, server.token, server.org, "f01", names) as one:
        await one.feed(1)
        await one.drained(20)
        influxdb.stop(server)
        await one.feed(DOWN_S, every_s=form(0.1, 1.0))
        facts = await one.facts()
        assert facts.behind["recorder"] >= form(60_000, 1_080_000)
        port = int(server.url.rsplit(":", 1)[1])
        server = influxdb.start(program, tmp_path / "influx", port)
        back = time.monotonic()
        feeding = asyncio.create_task(one.feed(3600))
        delays, live, caught_s = [], False, back + CATCH_S
        async with asyncio.timeout(DRAIN_S):
            while (await one.facts()).behind["recorder"] > 2 * len(names):
                late_s = await delay_s(one)
                if one.health.standing():
                    live, caught_s = False, time.monotonic() + CATCH_S
                elif live := live or late_s <= LIVE_DELAY_S or time.monotonic() > caught_s:
                    delays.append(late_s)
                await asyncio.sleep(0.5)
        drained_s = time.monotonic() - back
        one.enough = True
        await feeding
        await one.drained(20)
        await one.all_there()
        assert delays and max(delays) <= LIVE_DELAY_S
        print(
            f"down {DOWN_S:.0f} s, drained in {drained_s:.1f} s, live delays {max(delays, default=0):.1f} s"
        )
    influxdb.stop(server)


async def delay_s(one) -> float:
    newest = (await one.historian.last(one.names[:1])).t_ns
    return (time.time_ns() - int(newest[0])) / S
