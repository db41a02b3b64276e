"""Real MQTT brokers for the tests: Mosquitto and the demo's NATS server, each with a store on disk."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.need import need

MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 1
autosave_on_changes false
max_inflight_messages {in_flight}
max_queued_messages 100000
user root
{more}
"""
NATS = """\
server_name: test
host: 127.0.0.1
port: -1
jetstream {{ store_dir: "{folder}", sync_interval: always }}
mqtt {{ host: 127.0.0.1, port: {port}, ack_wait: "{ack_wait_s}s", max_ack_pending: {in_flight} }}
"""
BROKERS = {
    "mosquitto": ("mosquitto", MOSQUITTO, ["-c"]),
    "nats": ("nats-server", NATS, ["-c"]),
}


@dataclass(slots=True)
class Broker:
    """A broker that can be killed and started again on the same port and store."""

    argv: list[str]
    port: int
    store: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        quiet = asyncio.subprocess.DEVNULL
        self.process = await asyncio.create_subprocess_exec(*self.argv, stdout=quiet, stderr=quiet)
        async with asyncio.timeout(30):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.05)

    async def forget(self) -> None:
        """Killed, and everything it kept is gone."""
        await self.kill()
        for kept in (self.store / "mosquitto.db", self.store / "jetstream"):
            if kept.is_dir():
                shutil.rmtree(kept)
            else:
                kept.unlink(missing_ok=True)

    async def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def broker(
    kind: str, folder: Path, port: int, *, in_flight: int = 256, ack_wait_s: int = 1, more: str = ""
) -> AsyncIterator[Broker]:
    """more: lines for mosquitto.conf."""
    program, configuration, flags = BROKERS[kind]
    path = need(program)
    file = folder / f"{kind}.conf"
    filled = {"port": port, "folder": folder, "in_flight": in_flight, "ack_wait_s": ack_wait_s, "more": more}
    file.write_text(configuration.format_map(filled))
    made = Broker([path, *flags, str(file)], port, folder)
    await made.start()
    try:
        yield made
    finally:
        await made.kill()
