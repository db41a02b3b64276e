"""The time a request takes on its wire, from frames that pymodbus builds and the figures of the standard."""

import pytest
from pymodbus.framer import FramerAscii, FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadCoilsResponse
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadHoldingRegistersResponse

from collectors.modbus.plan import plan
from collectors.modbus.point import Point
from collectors.modbus.wire import Wire

FRAMERS = {"tcp": FramerSocket, "rtu": FramerRTU, "ascii": FramerAscii}


def _request(table, count):
    kind = "bool" if table == "coil" else "u16"
    ends = [Point(tag=f"t{n}", table=table, address=n, type=kind) for n in {0, count - 1}]
    (request,) = plan(1, ends, max_gap=125)
    assert request.count == count
    return request


@pytest.mark.parametrize("framing", FRAMERS)
@pytest.mark.parametrize("count", [1, 10, 125])
def test_frames_of_registers_have_the_size_that_pymodbus_builds(framing, count):
    framer = FRAMERS[framing](DecodePDU(False))
    sent = framer.buildFrame(ReadHoldingRegistersRequest(dev_id=1, address=0, count=count))
    got = framer.buildFrame(ReadHoldingRegistersResponse(dev_id=1, registers=[0] * count))
    wire = Wire(framing, 0.0, None, 0.0)
    assert wire.bytes_of(_request("holding", count)) == len(sent) + len(got)


@pytest.mark.parametrize("framing", FRAMERS)
def test_frames_of_bits_have_the_size_that_pymodbus_builds(framing):
    framer = FRAMERS[framing](DecodePDU(False))
    sent = framer.buildFrame(ReadCoilsRequest(dev_id=1, address=0, count=20))
    got = framer.buildFrame(ReadCoilsResponse(dev_id=1, bits=[False] * 20))
    assert Wire(framing, 0.0, None, 0.0).bytes_of(_request("coil", 20)) == len(sent) + len(got)


@pytest.mark.parametrize(
    ("wire", "milliseconds"),
    [
        (Wire("tcp", 0.010, None, 0.0), 10.0),
        (Wire("rtu", 0.0, 9600, 0.020), (8 + 25) * 11 / 9.6 + 2 * 3.5 * 11 / 9.6 + 20),
        (Wire("rtu", 0.0, 115_200, 0.020), (8 + 25) * 11 / 115.2 + 2 * 1.75 + 20),
        (Wire("tcp", 0.010, 9600, 0.020), 10 + (8 + 25) * 11 / 9.6 + 2 * 3.5 * 11 / 9.6 + 20),
        (Wire("ascii", 0.0, 9600, 0.020), (17 + 51) * 10 / 9.6 + 20),
    ],
)
def test_ten_registers_take_as_long_as_their_characters_silences_and_the_devices_thinking(wire, milliseconds):
    assert wire.seconds(_request("holding", 10)) * 1e3 == pytest.approx(milliseconds)
