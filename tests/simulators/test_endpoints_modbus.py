"""A Modbus station as others see it: mbpoll (libmodbus) and pymodbus' client over real sockets."""

import math
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusIOException

from core.model.quality import Status
from tests.need import need
from tests.ports import free_port
from tests.simulators.field import ROOT, STOP_S, TestBoard, process

COLLECTORS = """
collectors:
  - type: modbus
    id: st-01
    host: 127.0.0.1
    port: ${WATERHUB_TEST_PORT:-15999}
    units:
      - unit: 1
        points:
          - {tag: dma-01.inflow, table: holding, address: 0, type: f32, order: ABCD}
          - {tag: dma-01.p1, table: input, address: 10, type: i16, scale: 0.01}
          - {tag: dma-01.p2, table: input, address: 14, type: u32, order: CDAB, scale: 0.001, offset: -10}
          - {tag: pump.running, table: discrete, address: 21, type: bool}
          - {tag: door.open, table: discrete, address: 40, type: bool}
      - unit: 7
        points:
          - {tag: dma-02.inflow, table: holding, address: 100, type: f64, order: DCBA}
"""
TAGS = ["dma-01.inflow", "dma-01.p1", "dma-01.p2", "pump.running", "door.open", "dma-02.inflow"]


class Field:
    def __init__(self, board: TestBoard, client: ModbusTcpClient, port: int) -> None:
        self.board, self.client, self.port = board, client, port


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    folder = tmp_path_factory.mktemp("station")
    (folder / "collectors.yaml").write_text(COLLECTORS)
    board, port = TestBoard(folder, TAGS), free_port()
    args = ("--config", folder, "--data", folder, "--station", "st-01", "--port", str(port))
    with process("simulators.modbus_station", *args) as (_, said):
        assert said == {"ready": "st-01", "port": port, "points": 6}
        with ModbusTcpClient("127.0.0.1", port=port, timeout=0.5, retries=0) as client:
            yield Field(board, client, port)


def mbpoll(port: int, *args: str) -> list[str]:
    run = [need("mbpoll"), "-m", "tcp", "-p", str(port), "-0", "-1", "-q", *args, "127.0.0.1"]
    done = subprocess.run(run, capture_output=True, text=True, timeout=10, check=False)
    return re.findall(r"^\[\d+\]:\s+(\S+)", done.stdout, re.MULTILINE)


def test_mbpoll_reads_what_the_board_says(field: Field) -> None:
    field.board.show({"dma-01.inflow": 71.25, "dma-01.p1": 31.27, "pump.running": 1.0, "door.open": 0.0})
    assert mbpoll(field.port, "-t", "4:float", "-B", "-r", "0") == ["71.25"]
    assert mbpoll(field.port, "-t", "3", "-r", "10") == ["3127"]
    assert mbpoll(field.port, "-t", "1", "-r", "21", "-c", "2") == ["1", "0"]
    assert mbpoll(field.port, "-t", "1", "-r", "40") == ["0"]
    field.board.show({"dma-01.inflow": -3.5, "door.open": 1.0})
    assert mbpoll(field.port, "-t", "4:float", "-B", "-r", "0") == ["-3.5"]
    assert mbpoll(field.port, "-t", "1", "-r", "40") == ["1"]


def test_orders_scales_and_gaps_by_pymodbus(field: Field) -> None:
    field.board.show({"dma-01.p1": -0.52, "dma-01.p2": 25.125, "dma-02.inflow": 88.123456789})
    reply = field.client.read_input_registers(10, count=6)
    assert reply.registers[0] == 0x10000 - 52
    assert reply.registers[1:4] == [0, 0, 0]
    raw = field.client.convert_from_registers(
        reply.registers[4:], ModbusTcpClient.DATATYPE.UINT32, word_order="little"
    )
    assert raw == 35125
    words = field.client.read_holding_registers(100, count=4, device_id=7).registers
    swapped = [(word & 0xFF) << 8 | word >> 8 for word in reversed(words)]
    assert field.client.convert_from_registers(swapped, ModbusTcpClient.DATATYPE.FLOAT64) == 88.123456789


def test_a_dead_instrument_shows_nan_and_its_sentinel(field: Field) -> None:
    dead = (math.nan, int(Status.BAD_SENSOR_FAILURE))
    field.board.show({"dma-01.inflow": dead, "dma-01.p1": dead})
    words = field.client.read_holding_registers(0, count=2).registers
    value = field.client.convert_from_registers(words, ModbusTcpClient.DATATYPE.FLOAT32)
    assert isinstance(value, float) and math.isnan(value)
    assert field.client.read_input_registers(10).registers == [0x8000]


def test_an_instrument_off_line_is_exception_4_and_its_neighbours_answer(field: Field) -> None:
    field.board.show({"dma-01.p1": (math.nan, int(Status.BAD_NO_COMMUNICATION)), "dma-01.p2": 1.0})
    assert field.client.read_input_registers(10).exception_code == 4
    assert not field.client.read_input_registers(14, count=2).isError()
    field.board.show({"dma-01.p1": 20.0})
    assert field.client.read_input_registers(10).registers == [2000]


def test_a_unit_off_line_says_nothing_while_its_neighbour_answers(field: Field) -> None:
    field.board.show({"dma-02.inflow": (math.nan, int(Status.BAD_NO_COMMUNICATION))})
    with pytest.raises(ModbusIOException):
        field.client.read_holding_registers(100, count=4, device_id=7)
    assert not field.client.read_holding_registers(0, count=2).isError()
    field.board.show({"dma-02.inflow": 5.0})
    assert not field.client.read_holding_registers(100, count=4, device_id=7).isError()


def test_writing_is_an_illegal_function_and_changes_nothing(field: Field) -> None:
    field.board.show({"dma-01.inflow": 42.0})
    before = field.client.read_holding_registers(0, count=2).registers
    assert field.client.write_register(0, 7).exception_code == 1
    assert field.client.write_registers(0, [0, 0]).exception_code == 1
    assert field.client.read_holding_registers(0, count=2).registers == before


def test_what_is_not_there_is_an_illegal_address(field: Field) -> None:
    assert field.client.read_holding_registers(2, count=1).exception_code == 2
    assert field.client.read_coils(0, count=1).exception_code == 2


def test_a_unit_that_is_not_on_the_bus_is_answered_by_the_gateway(field: Field) -> None:
    assert field.client.read_holding_registers(60000, count=5, device_id=9).exception_code == 11
    assert field.client.read_coils(3, count=5, device_id=9).exception_code == 11


def test_a_taken_port_and_an_unknown_station_are_named(tmp_path: Path, field: Field) -> None:
    (tmp_path / "collectors.yaml").write_text(COLLECTORS)
    TestBoard(tmp_path, TAGS)
    run = [sys.executable, "-m", "simulators.modbus_station", "--config", tmp_path, "--data", tmp_path]
    taken = subprocess.run(
        [*run, "--station", "st-01", "--port", str(field.port)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=20,
        check=False,
    )
    assert taken.returncode == 3
    assert str(field.port) in taken.stderr
    unknown = subprocess.run(
        [*run, "--station", "st-99"], capture_output=True, text=True, cwd=ROOT, timeout=20, check=False
    )
    assert unknown.returncode == 2
    assert "st-99" in unknown.stderr


def test_it_stops_within_a_second_with_a_client_connected(tmp_path: Path) -> None:
    (tmp_path / "collectors.yaml").write_text(COLLECTORS)
    TestBoard(tmp_path, TAGS)
    port = free_port()
    args = ("--config", tmp_path, "--data", tmp_path, "--station", "st-01", "--port", str(port))
    station = process("simulators.modbus_station", *args)
    with station as (child, _), ModbusTcpClient("127.0.0.1", port=port) as client:
        assert not client.read_holding_registers(0, count=2).isError()
        child.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert child.wait(5) == 0
        assert time.monotonic() - began < STOP_S
