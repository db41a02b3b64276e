"""F20: a reply that comes late, cut at every offset, is never the value of another question (I3)."""

import asyncio
import random

import pytest

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from tests.collectors.bus import Bus, honest
from tests.collectors.field import eventually, running, tags
from tests.collectors.liar import frame, liar
from tests.faults.forms import form

TRIALS = form(150, 5_000)
"""On each of the two framings."""
UNITS = (1, 2, 3, 4)
TIMEOUT_S = 0.05


def source(clock, port: int, name: str, **fields) -> ModbusSource:
    units = [{"unit": u, "points": [{"tag": f"{name}.{u}", "address": 7, "type": "u16"}]} for u in UNITS]
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": name, "host": "127.0.0.1", "port": port, "period_s": 0.1}
        | {"timeout_s": TIMEOUT_S, "units": units}
        | fields
    )
    return ModbusSource(spec, tags(f"{name}.{u}" for u in UNITS), clock, first_probe_s=0.1)


class Late:
    """Every third reply is cut: up to an offset, each in its turn, in time; the rest when another unit has
    been asked the very same."""

    def __init__(self) -> None:
        self.trials = self._turn = 0
        self._chance = random.Random(20261125)

    def send(self, reply: bytes, send) -> None:
        self._turn += 1
        if self._turn % 3:
            send(reply)
            return
        self.trials += 1
        cut = self.trials % len(reply)
        if cut:
            send(reply[:cut])
        wait_s = TIMEOUT_S * self._chance.uniform(0.9, 2.5)
        asyncio.get_running_loop().call_later(wait_s, send, reply[cut:])


@pytest.mark.parametrize("framing", ["tcp", "rtu"])
async def test_f20_a_late_reply_is_no_wrong_value(kept, clock, framing):
    problems = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    lates, lines = [], form(4, 20)
    async with asyncio.TaskGroup() as group:
        stop = asyncio.Event()

        async def line(number: int) -> None:
            late = Late()
            lates.append(late)
            if framing == "rtu":
                bus = Bus(lambda asked, send: late.send(bus.frame(honest(asked)), send))
                opened = bus.gateway()
            else:

                async def answer(asked, writer):
                    late.send(
                        frame(asked, honest(asked)[1:]),
                        lambda out: None if writer.is_closing() else writer.write(out),
                    )

                opened = liar(answer)
            async with opened as port, running(source(clock, port, f"l{number}", framing=framing), kept):
                await stop.wait()

        for number in range(lines):
            group.create_task(line(number))
        await eventually(lambda: sum(late.trials for late in lates) >= TRIALS, form(40, 3600))
        stop.set()
    wrong = [s for s in kept.samples() if s.v not in (None, 1000 * int(s.tag.rpartition(".")[2]) + 7)]
    assert not wrong
    assert any(s.v is None for s in kept.samples())
    assert not problems
