"""mosquitto_sub (libmosquitto, C) hears the same messages that the hub stores."""

import asyncio
import json
from datetime import datetime

import pytest

from tests.collectors.brokers import BROKERS, broker
from tests.collectors.field import eventually, running
from tests.collectors.test_mqtt_source import METERS, publish, reading, source
from tests.need import need
from tests.ports import free_port


@pytest.mark.parametrize("kind", sorted(BROKERS))
async def test_mosquitto_sub_hears_what_the_hub_stores(kind, tmp_path, kept, clock, quarantine):
    async with broker(kind, tmp_path, free_port()) as site:
        mqtt = source(site.port, clock, quarantine)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            heard = await asyncio.create_subprocess_exec(
                *(need("mosquitto_sub"), "-p", str(site.port), "-q", "1", "-t", "meters/+/readings"),
                *("-C", "60", "-W", "20"),
                stdout=asyncio.subprocess.PIPE,
            )
            await asyncio.sleep(0.5)
            await publish(
                site.port, *[reading(m, 10 * i + n) for i, m in enumerate(METERS[:6]) for n in range(10)]
            )
            printed, _ = await heard.communicate()
            await eventually(lambda: len(kept.samples()) >= 60)
    theirs = set()
    for line in printed.decode().splitlines():
        said = json.loads(line)
        for one in said["readings"]:
            t_ns = int(datetime.fromisoformat(one["t"]).timestamp()) * 10**9
            theirs.add((f"meter.{said['meter']}", t_ns, one["m3"]))
    assert theirs == {(s.tag, s.t_ns, s.v) for s in kept.samples()}
    assert len(theirs) == 60
