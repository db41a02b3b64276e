"""The Modbus devices of the bench of the whole path, as a process (bench/path_field.c)."""

import asyncio
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.path_plant import REGISTERS

SOURCE = Path(__file__).with_name("path_field.c")


class Field:
    """The devices, as a process. dips: when a device's second value last fell, UTC ns, by device."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, devices: int) -> None:
        self._process, self.port, self.devices = process, port, devices
        self.dips: dict[int, int] = {}
        self._served: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._counts: asyncio.Queue[int] = asyncio.Queue()

    async def silenced(self) -> int:
        """Closes every connection for good; how many replies there were."""
        self._process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(5):
            return await self._served

    async def replies(self) -> int:
        """Given so far."""
        self._process.send_signal(signal.SIGUSR2)
        async with asyncio.timeout(5):
            return await self._counts.get()

    async def listen(self) -> None:
        assert self._process.stdout
        while line := (await self._process.stdout.readline()).split():
            if line[0] == b"dip":
                self.dips[int(line[1])] = int(line[2])
            elif line[0] == b"count":
                self._counts.put_nowait(int(line[1]))
            else:
                self._served.set_result(int(line[1]))


@asynccontextmanager
async def field_at_work(folder: Path, devices: int) -> AsyncIterator[Field]:
    """Raises FileNotFoundError without a C compiler."""
    program = folder / "field"
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise FileNotFoundError("the bench of the whole path needs a C compiler (cc)")
    subprocess.run([compiler, "-O2", "-o", program, SOURCE, "-lm"], check=True, timeout=60)  # noqa: ASYNC221
    words = [str(n) for n in (devices, REGISTERS)]
    process = await asyncio.create_subprocess_exec(program, *words, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    field = Field(process, int(await process.stdout.readline()), devices)
    listening = asyncio.create_task(field.listen())
    try:
        yield field
    finally:
        listening.cancel()
        process.terminate()
        await process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
