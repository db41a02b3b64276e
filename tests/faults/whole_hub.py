"""The whole hub in a process of its own, as a service manager runs it, on devices that the tests play."""

import asyncio
import contextlib
import os
import random
import re
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx

from bench.path_plant import VALUES, host, write_plant
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm
from core.model.incident import Incident
from core.ports.spool import SpoolFacts
from core.runtime.conservation import assert_conserved
from hub.stores import ledger_file
from tests.ports import free_port

READY_S = 90.0


class Device:
    """A Modbus station whose 30 values never stand still; the test takes it off the net and puts it back."""

    def __init__(self, number: int, port: int) -> None:
        self._host, self._port = host(number), port
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self.connects = 0

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._serve, self._host, self._port)

    def down(self) -> None:
        """As a device does that lost its power, or was started anew: its connections are reset."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connects += 1
        self._writers.append(writer)
        chance = random.Random(self.connects)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                asked = await reader.readexactly(12)
                first, count = struct.unpack(">HH", asked[8:12])
                floats = [30 + chance.uniform(-0.5, 0.5) for _ in range(VALUES)]
                body = struct.pack(f">{VALUES}f", *floats)[2 * first : 2 * (first + count)]
                size = struct.pack(">H", 3 + len(body))
                writer.write(asked[:4] + size + asked[6:8] + bytes([len(body)]) + body)
        writer.close()


@contextlib.asynccontextmanager
async def devices(n: int, port: int) -> AsyncIterator[list[Device]]:
    found = [Device(number, port) for number in range(n)]
    for one in found:
        await one.up()
    try:
        yield found
    finally:
        for one in found:
            one.down()


class Hub:
    """`waterhub run` on a plant of `n` Modbus stations, each read once a second."""

    def __init__(self, folder: Path, n: int, field_port: int) -> None:
        self.config, self.data, self._api = folder / "plant", folder / "data", free_port()
        self.stations = n
        self.log = folder / "hub.log"
        write_plant(self.config, self.data, field_port, n, 1.0, self._api)
        alarms = self.config / "alarms.yaml"
        alarms.write_text(alarms.read_text().replace("    on_delay_s: 5\n", "    off_delay_s: 5\n"))

    @contextlib.contextmanager
    def running(self, *before: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """before: Python that runs in the process first. It is killed at the end, as it would be in life."""
        code = "\n".join((*before, "import sys, hub.cli", "sys.argv[0] = 'waterhub'", "hub.cli.main()"))
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code, "run", str(self.config)],
                stdout=log,
                stderr=log,
                text=True,
                env=os.environ | environment,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    async def ready(self) -> None:
        async with asyncio.timeout(READY_S), httpx.AsyncClient(verify=False) as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    (await client.get(f"http://127.0.0.1:{self._api}/healthz")).raise_for_status()
                    return
                await asyncio.sleep(0.1)

    async def metric(self, name: str, **labels: str) -> float:
        """Of /metrics; 0 when it is not there."""
        async with httpx.AsyncClient(verify=False, timeout=30) as client:
            text = (await client.get(f"http://127.0.0.1:{self._api}/metrics")).text
        for line in text.splitlines():
            if line.startswith(name) and all(f'{key}="{value}"' in line for key, value in labels.items()):
                return float(re.split(r"\s", line)[-1])
        return 0.0

    async def received(self, source: str) -> float:
        return await self.metric("waterhub_samples_total", source=source, fate="received")

    async def has(self, samples: float, source: str = "") -> None:
        """Waits until so many came in, from all stations or from one."""
        async with asyncio.timeout(READY_S):
            while True:
                names = [source] if source else [f"modbus:st-{n:04d}" for n in range(self.stations)]
                if sum([await self.received(name) for name in names]) >= samples:
                    return
                await asyncio.sleep(0.1)

    async def alarms(self) -> list[Alarm]:
        """Those that were ever raised, once the hub has ended."""
        ledger = await SqlLedger.open(ledger_file(self.data))
        async with ledger.read() as tx:
            found = [alarm for alarm in await tx.find(Alarm) if alarm.occurrence]
        await ledger.close()
        return found

    async def incidents(self) -> list[Incident]:
        ledger = await SqlLedger.open(ledger_file(self.data))
        async with ledger.read() as tx:
            found = await tx.find(Incident)
        await ledger.close()
        return found

    async def books(self) -> SpoolFacts:
        """The spool's, once the hub has ended: they balance."""
        spool = await SegmentSpool.open(self.data / "spool")
        facts = await spool.facts()
        await spool.close()
        assert_conserved(facts)
        return facts


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
