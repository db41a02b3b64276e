"""F21: a register map that shifts or a byte order that changes makes no burst, no low pressure and no
value that anybody would believe."""

import struct

import numpy as np
import pytest

from collectors.modbus.decode import Decoder
from collectors.modbus.plan import plan
from collectors.modbus.point import Point
from collectors.modbus.registers import Order, Type
from core.model.finding import FindingKind
from core.model.quality import is_good
from core.model.sample import Batch, Names
from tests.alarms.alarm_town import NOON, definition, plant, pressure_low
from tests.faults.chain import chain

S = 1_000_000_000
VALUES = {"dma-01.inflow": 71.25, "dma-01.p1": 31.3, "dma-01.p2": 28.9, "dma-01.p3": 27.65}
ROWS = [
    *(pressure_low(f"dma-01.p{n}", on_delay_s=5.0) for n in (1, 2, 3)),
    definition("high", FindingKind.LIMIT_HIGH, tag="dma-01.inflow", setpoint=150.0, on_delay_s=5.0),
    definition("low", FindingKind.LIMIT_LOW, tag="dma-01.inflow", setpoint=5.0, on_delay_s=5.0),
    definition("burst", FindingKind.BURST, zone="dma-01"),
]


class Station:
    """What the driver makes of the registers as they lie in the device now."""

    def __init__(self) -> None:
        points = [Point(tag=tag, address=2 * n, type=Type.F32) for n, tag in enumerate(VALUES)]
        (self.request,) = plan(1, points)
        self.tags = tuple(VALUES)
        self.decoder = Decoder([self.request], plant().tags)

    def batch(self, registers: bytes, second: int) -> Batch:
        self.decoder.row[:] = np.frombuffer(registers, np.uint8)
        v, q, flags = self.decoder.decode()
        n = len(v)
        t_ns = np.full(n, NOON + second * S)
        return Batch(Names.one("test:x", self.tags), np.arange(n, dtype=np.uint32), t_ns, v, q, t_ns, flags)


def registers(values: list[float], order: Order = Order.ABCD, shift: int = 0) -> bytes:
    """shift: how many registers later everything stands."""
    out = b""
    for value in values:
        a, b, c, d = struct.pack(">f", value)
        places = {"ABCD": (a, b, c, d), "CDAB": (c, d, a, b), "BADC": (b, a, d, c), "DCBA": (d, c, b, a)}
        out += bytes(places[order.name])
    return (bytes(2 * shift) + out)[: len(out)] if shift >= 0 else out[-2 * shift :] + bytes(-2 * shift)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"order": Order.CDAB}, id="words exchanged"),
        pytest.param({"order": Order.BADC}, id="bytes exchanged"),
        pytest.param({"order": Order.DCBA}, id="both"),
        pytest.param({"shift": 1}, id="a register later"),
        pytest.param({"shift": -1}, id="a register earlier"),
        pytest.param({"factor": 65536.0}, id="times 65536"),
        pytest.param({"factor": 1 / 65536**7}, id="next to nothing"),
    ],
)
async def test_a_shifted_map_is_doubted_and_nothing_is_alarmed(tmp_path, wrong):
    station, factor = Station(), wrong.pop("factor", 1.0)
    good = list(VALUES.values())
    async with chain(tmp_path, plant(), ROWS) as hub:
        for second in range(60):
            await hub.put_batch(station.batch(registers(good), second))
        for second in range(60, 180):
            await hub.put_batch(station.batch(registers([v * factor for v in good], **wrong), second))
        assert hub.findings == []
        newest = hub.live.all()
        assert not is_good(newest.q).any(), newest.v
        assert hub.facts.failures["implausible"] > 0
        for second in range(180, 200):
            await hub.put_batch(station.batch(registers(good), second))
        assert is_good(hub.live.all().q).all()
        await hub.settled()
