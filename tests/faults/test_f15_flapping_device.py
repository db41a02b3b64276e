"""F15: a device that is up for a second and down for a second, for an hour."""

import asyncio
import time

from core.runtime.supervisor import LONGEST_WAIT_S
from tests.faults.forms import LONG, form
from tests.faults.whole_hub import Hub, descriptors, devices
from tests.ports import free_port

FALLS = form(4, 1_800)
STATIONS = 4
EDGE_S = 2.0
"""Of what is counted at the first look and at the last a scan may be under way."""


async def test_a_flapping_device_is_one_alarm_one_condition_no_incident_and_leaks_nothing(tmp_path):
    """Short: four falls, too few for the condition; a unit test tells when it stands."""
    port = free_port()
    hub = Hub(tmp_path, STATIONS, port)
    async with devices(STATIONS, port) as field:
        with hub.running() as process:
            await hub.ready()
            async with asyncio.timeout(30):
                while not all([await hub.received(f"modbus:st-{n:04d}") for n in range(STATIONS)]):
                    await asyncio.sleep(0.2)
            began, before = time.monotonic(), await hub.received("modbus:st-0001")
            open_before = descriptors(process.pid)
            unsteady = 0.0
            for fall in range(FALLS):
                field[0].down()
                await asyncio.sleep(1.0)
                await field[0].up()
                await asyncio.sleep(1.0)
                if fall % 100 == 99:
                    unsteady += await hub.metric("waterhub_condition", condition="line_unsteady")
            took_s = time.monotonic() - began
            assert process.poll() is None
            read = await hub.received("modbus:st-0001") - before
            assert read >= 30 * (0.95 * took_s - EDGE_S), "the others go on"
            assert abs(descriptors(process.pid) - open_before) <= 5
            tried = await hub.metric("waterhub_service_restarts_total", service="source modbus:st-0000")
            assert 1 <= tried <= 6 + took_s / (0.8 * LONGEST_WAIT_S), "it backs off"
            assert not LONG or unsteady >= 10, "told as coming and going"
    told = {a.id: a.occurrence for a in await hub.alarms() if a.id.startswith("st-0000")}
    assert set(told) <= {"st-0000:line"} and sum(told.values()) <= 1
    assert await hub.incidents() == []
    await hub.books()
