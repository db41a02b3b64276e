"""The whole town as processes: what is ordered shows in registers, nodes and messages, across kill -9."""

import asyncio
import math
import os
import signal
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asyncua import Client, ua
from pymodbus.client import ModbusTcpClient

from core.model.clock import Anchor
from core.model.quality import Status
from core.runtime.clock import write_anchor
from simulators.control import NoDemo, send
from simulators.field_map import FieldMap
from simulators.meter_book import MeterBook
from tests.ports import free_port
from tests.simulators.field import ROOT, STOP_S, process
from tests.simulators.test_meters import Hub

CONFIG = ROOT / "configs" / "demo"
SPEED = 20.0


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One town for the module, on a Wednesday at noon in Shanghai, so that no seed meets the night."""
    folder = tmp_path_factory.mktemp("town")
    noon = int(datetime(2026, 10, 14, 4, tzinfo=UTC).timestamp()) * 10**9
    write_anchor(folder / "clock.json", Anchor(time.time_ns(), noon, SPEED))
    return folder


@pytest.fixture
def town(data: Path) -> Iterator[int]:
    """Its process id."""
    with process("simulators.town", "--config", CONFIG, "--data", data, "--seed", "7", ready_s=60) as (
        child,
        _,
    ):
        yield child.pid
        if child.poll() is None:
            send(data, {"command": "clear"})


def until(seen: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def registers(client: ModbusTcpClient, tag: str) -> float:
    """A point of configs/demo by its row in collectors.yaml: f32 or u16."""
    for station in FieldMap(CONFIG).stations().values():
        for point in station.units[1]:
            if point.tag == tag:
                if point.table == "input":
                    return client.read_input_registers(point.address).registers[0] * point.scale
                words = client.read_holding_registers(point.address, count=2).registers
                words = words if point.order == "ABCD" else words[::-1]
                return float(struct.unpack(">f", struct.pack(">HH", *words))[0])
    raise AssertionError(tag)


def test_a_burst_raises_the_inflow_in_the_registers(data: Path, town: int) -> None:
    station = next(s.id for s in FieldMap(CONFIG).stations().values() if s.units[1][0].tag == "dma-01.inflow")
    port = free_port()
    args = ("--config", CONFIG, "--data", data, "--station", station, "--port", str(port))
    with process("simulators.modbus_station", *args), ModbusTcpClient("127.0.0.1", port=port) as client:
        before = [registers(client, "dma-01.inflow") for _ in range(3) if not time.sleep(1.1)]
        pressure = registers(client, "dma-01.p1")
        assert 5 < pressure < 80
        truth = send(data, {"command": "burst", "zone": "dma-01", "flow_m3h": 60})
        assert truth["zone"] == "dma-01" and truth["flow_m3h"] == 60
        assert len(truth["ends"]) == 2 and truth["pipe"] and truth["x"] and truth["y"]
        assert datetime.fromisoformat(truth["start"]).tzinfo is not None
        time.sleep(1.5)
        after = [registers(client, "dma-01.inflow") for _ in range(3) if not time.sleep(1.1)]
        assert 35 < sum(after) / 3 - sum(before) / 3 < 85
        send(data, {"command": "clear"})
        time.sleep(2.5)
        assert abs(registers(client, "dma-01.inflow") - sum(before) / 3) < 25


def test_a_dead_and_an_off_line_instrument_are_shown_as_the_field_does(data: Path, town: int) -> None:
    port, opcua = free_port(), free_port()
    url = f"opc.tcp://127.0.0.1:{opcua}/waterhub/demo"
    common = ("--config", CONFIG, "--data", data)

    async def status(tag: str) -> int:
        async with Client(url) as client:
            space = await client.get_namespace_index("urn:waterhub:demo")
            value = await client.get_node(ua.NodeId(tag, space)).read_data_value(raise_on_bad_status=False)
            return int(value.StatusCode.value)

    with ExitStack() as running:
        running.enter_context(
            process("simulators.modbus_station", *common, "--station", "st-01", "--port", str(port))
        )
        running.enter_context(process("simulators.opcua_server", *common, "--port", str(opcua), ready_s=60))
        client = running.enter_context(ModbusTcpClient("127.0.0.1", port=port))
        assert asyncio.run(status("q-01.ph")) == Status.GOOD
        for tag in ("dma-01.inflow", "q-01.ph"):
            assert send(data, {"command": "fault", "tag": tag, "kind": "dead"})["tag"] == tag
        send(data, {"command": "fault", "tag": "q-01.turbidity", "kind": "calibration"})
        send(data, {"command": "fault", "tag": "dma-01.p1", "kind": "offline"})
        assert math.isnan(registers(client, "dma-01.inflow"))
        point = next(p for p in FieldMap(CONFIG).stations()["st-01"].units[1] if p.tag == "dma-01.p1")
        assert client.read_input_registers(point.address).exception_code == 4
        until(lambda: asyncio.run(status("q-01.ph")) == Status.BAD_SENSOR_FAILURE)
        until(lambda: asyncio.run(status("q-01.turbidity")) == Status.UNCERTAIN_SENSOR_CALIBRATION)


def test_kill_9_of_the_town_changes_nothing_but_the_time(data: Path) -> None:
    run = ("--config", CONFIG, "--data", data, "--seed", "7")
    with process("simulators.town", *run, ready_s=60) as (child, _):
        burst = send(data, {"command": "burst", "zone": "dma-04", "flow_m3h": 40})
        fault = send(data, {"command": "fault", "tag": "q-02.ph", "kind": "stuck", "duration_s": 1})
        before = send(data, {"command": "status"})
        os.kill(child.pid, signal.SIGKILL)
        child.wait(5)
    with pytest.raises(NoDemo):
        send(data, {"command": "status"})
    with process("simulators.town", *run, ready_s=60) as (child, _):
        after = send(data, {"command": "status"})
        assert after["troubles"] == [burst], "the burst goes on, the fault has ended meanwhile"
        assert fault["id"] != burst["id"]
        assert after["time"] > before["time"]
        assert after["ticks"] > before["ticks"]
        send(data, {"command": "clear"})
        child.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert child.wait(5) == 0
        assert time.monotonic() - began < STOP_S


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"command": "fly"}, "no command 'fly'"),
        ({"command": "burst", "zone": "mars"}, "no zone 'mars'"),
        ({"command": "burst", "flow_m3h": -1}, "above 0"),
        ({"command": "burst", "flow_m3h": "much"}, "much"),
        ({"command": "burst", "flow_m3h": [1]}, "number"),
        ({"command": "fault", "tag": "nothing.here"}, "no tag"),
        ({"command": "fault", "tag": {}}, "must be text"),
        ({"command": "quality", "kind": "taste"}, "taste"),
        ({"order": "burst"}, "an order has no order"),
    ],
)
def test_an_order_nobody_can_follow_is_explained(
    data: Path, standing: int, order: dict[str, object], why: str
) -> None:
    assert why in send(data, order)["error"]
    assert send(data, {"command": "status"})["troubles"] == []


@pytest.fixture(scope="module")
def standing(data: Path) -> Iterator[int]:
    with process("simulators.town", "--config", CONFIG, "--data", data, "--seed", "7", ready_s=60) as (
        child,
        _,
    ):
        yield child.pid


def test_meters_send_what_the_town_says_they_show(tmp_path: Path) -> None:
    start = int(datetime(2026, 10, 14, 3, 50, tzinfo=UTC).timestamp()) * 10**9
    write_anchor(tmp_path / "clock.json", Anchor(time.time_ns(), start, 60.0))
    port = free_port()
    common = ("--config", CONFIG, "--data", tmp_path)
    with ExitStack() as running:
        running.enter_context(process("simulators.broker", *common, "--port", str(port)))
        running.enter_context(process("simulators.town", *common, "--seed", "7", ready_s=60))
        hub = Hub(tmp_path, port)
        _, said = running.enter_context(process("simulators.meters", *common, "--port", str(port)))
        assert said["meters"] == 1000
        hub.until(30, 90)
        book = MeterBook.read(tmp_path / "town")
        for (meter, t), m3 in hub.readings.items():
            hour = int(datetime.fromisoformat(t).timestamp()) // 3600
            assert book.get(hour, book.meters.index(meter)) == pytest.approx(m3)
            assert t.endswith(":00:00Z")
        hub.client.disconnect()
