"""The OPC UA server as asyncua's client sees it, over a real socket."""

import asyncio
import math
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asyncua import Client, ua
from asyncua.ua.uaerrors import UaStatusCodeError

from core.model.quality import Status
from tests.own_time import within
from tests.ports import free_port
from tests.simulators.field import STOP_S, TestBoard, process

TAGS = ["plant-1.outlet_pressure", "q-01.free_chlorine", "q-01.ph", "q-02.free_chlorine"]
T_NS = 1_790_000_000_250_000_000


def collectors(tags: list[str]) -> str:
    nodes = "\n".join(f'      - {{tag: {tag}, node: "nsu=urn:waterhub:demo;s={tag}"}}' for tag in tags)
    return f"""
collectors:
  - type: opcua
    id: quality
    url: opc.tcp://127.0.0.1:${{WATERHUB_OPCUA_PORT:-14840}}/waterhub/demo
    nodes:
{nodes}
"""


def folder_of(data: Path, tags: list[str]) -> TestBoard:
    (data / "collectors.yaml").write_text(collectors(tags))
    rows = "\n".join(f"{tag},{tag.split('.')[0]}" for tag in tags)
    (data / "tags.csv").write_text(f"id,station\n{rows}\n")
    return TestBoard(data, tags)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestBoard, str]]:
    data, port = tmp_path_factory.mktemp("opcua"), free_port()
    board = folder_of(data, TAGS)
    args = ("--config", data, "--data", data, "--port", str(port))
    with process("simulators.opcua_server", *args, ready_s=30) as (_, said):
        assert said == {"ready": "opcua", "port": port, "nodes": 4}
        yield board, f"opc.tcp://127.0.0.1:{port}/waterhub/demo"


async def read(client: Client, tag: str) -> ua.DataValue:
    space = await client.get_namespace_index("urn:waterhub:demo")
    return await client.get_node(ua.NodeId(tag, space)).read_data_value(raise_on_bad_status=False)


async def comes(client: Client, tag: str, status: int, seconds: float = 3.0) -> ua.DataValue:
    deadline = time.monotonic() + seconds
    while (found := await read(client, tag)).StatusCode.value != status and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert found.StatusCode.value == status
    return found


async def test_value_quality_and_source_time_come_from_the_board(served: tuple[TestBoard, str]) -> None:
    board, url = served
    async with Client(url) as client:
        board.show({"q-01.free_chlorine": (0.43, int(Status.UNCERTAIN_SENSOR_CALIBRATION))}, T_NS)
        found = await comes(client, "q-01.free_chlorine", Status.UNCERTAIN_SENSOR_CALIBRATION)
        assert found.Value.Value == 0.43
        assert found.Value.VariantType == ua.VariantType.Double
        assert found.SourceTimestamp == datetime.fromtimestamp(T_NS / 1e9, UTC)
        board.show({"q-01.free_chlorine": (math.nan, int(Status.BAD_SENSOR_FAILURE))})
        assert (await comes(client, "q-01.free_chlorine", Status.BAD_SENSOR_FAILURE)).Value.Value is None
        board.show({"q-01.free_chlorine": 0.4})
        assert (await comes(client, "q-01.free_chlorine", Status.GOOD)).Value.Value == 0.4


async def test_only_changes_are_notified_within_a_second(served: tuple[TestBoard, str]) -> None:
    board, url = served

    class Heard:
        def __init__(self) -> None:
            self.queue: asyncio.Queue[tuple[str, float]] = asyncio.Queue()

        def datachange_notification(self, node: object, value: float, _data: object) -> None:
            self.queue.put_nowait((node.nodeid.Identifier, value))

    async with Client(url) as client:
        space = await client.get_namespace_index("urn:waterhub:demo")
        heard = Heard()
        subscription = await client.create_subscription(100, heard)
        await subscription.subscribe_data_change([client.get_node(ua.NodeId(t, space)) for t in TAGS])
        for _ in TAGS:
            await asyncio.wait_for(heard.queue.get(), 20)
        board.show({"q-01.ph": 7.31})
        async with within(1):
            assert await heard.queue.get() == ("q-01.ph", 7.31)
        await asyncio.sleep(0.5)
        assert heard.queue.empty()


async def test_nodes_are_foldered_by_station(served: tuple[TestBoard, str]) -> None:
    async with Client(served[1]) as client:
        folders = {
            (await child.read_browse_name()).Name: len(await child.get_children())
            for child in await client.nodes.objects.get_children()
        }
    assert {name: folders[name] for name in ("plant-1", "q-01", "q-02")} == {
        "plant-1": 1,
        "q-01": 2,
        "q-02": 1,
    }


async def test_nobody_can_write_or_add(served: tuple[TestBoard, str]) -> None:
    async with Client(served[1]) as client:
        space = await client.get_namespace_index("urn:waterhub:demo")
        node = client.get_node(ua.NodeId("q-02.free_chlorine", space))
        with pytest.raises(UaStatusCodeError):
            await node.write_value(9.9)
        with pytest.raises(UaStatusCodeError):
            await client.nodes.objects.add_variable(ua.NodeId("mine", space), "mine", 1.0)
        assert (await node.read_value()) != 9.9


def test_it_stops_within_a_second_with_a_client_connected(tmp_path: Path) -> None:
    folder_of(tmp_path, TAGS)
    port = free_port()
    args = ("--config", tmp_path, "--data", tmp_path, "--port", str(port))

    async def stop_under_a_client() -> None:
        with process("simulators.opcua_server", *args, ready_s=30) as (child, _):
            client = Client(f"opc.tcp://127.0.0.1:{port}/waterhub/demo")
            await client.connect()
            child.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert await asyncio.to_thread(child.wait, 5) == 0
            assert time.monotonic() - began < STOP_S
            client.disconnect_socket()

    asyncio.run(stop_under_a_client())
