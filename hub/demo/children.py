"""The processes of a demo: started in order, restarted when they end, gone with their parent."""

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

READY_S = 90.0
RESTART_S = 1.0
STOP_S = 3.0
"""What a child gets between SIGTERM and SIGKILL."""
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None)


class ChildFailed(Exception):
    """A child ended, or was not ready in time, while the demo was starting."""


@dataclass(slots=True)
class Child:
    """port: it is ready once something listens there; None: once it prints a JSON line with `ready`."""

    name: str
    argv: Sequence[str]
    port: int | None = None
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    _ready: asyncio.Event = field(default_factory=asyncio.Event)


def _die_with_parent() -> None:
    """Between fork and exec: the kernel ends the child when this process ends, however it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


class Children:
    """Keeps children running until `stop`."""

    def __init__(
        self, logs: Path, environment: Mapping[str, str], heard: Callable[[str, dict[str, Any]], None]
    ) -> None:
        self._logs = logs
        self._environment = {**os.environ, **environment, "WATERHUB_PARENT": str(os.getpid())}
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)  # twelve processes compile once, not each time
        self._heard = heard
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self.all: dict[str, Child] = {}

    @property
    def pids(self) -> dict[str, int]:
        return {name: child.process.pid for name, child in self.all.items() if child.process}

    async def start(self, *children: Child) -> None:
        """All at once; returns when every one is ready. Raises ChildFailed with the end of its log."""
        for child in children:
            self.all[child.name] = child
            await self._spawn(child)
        await asyncio.gather(*(self._until_ready(child) for child in children))
        for child in children:
            self._keepers[child.name] = asyncio.create_task(self._keep(child))

    async def once(self, name: str, argv: Sequence[str]) -> None:
        """Runs to its end. Raises ChildFailed when that is not a success."""
        child = Child(name, argv)
        self.all[name] = child
        process = await self._spawn(child)
        code = await process.wait()
        del self.all[name]
        if code:
            raise ChildFailed(self._blame(child, f"ended with code {code}"))

    async def stop(self) -> None:
        """SIGTERM to all, SIGKILL to what is left after STOP_S."""
        for keeper in self._keepers.values():
            keeper.cancel()
        living = [c.process for c in self.all.values() if c.process and c.process.returncode is None]
        for process in living:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        waits = [asyncio.create_task(process.wait()) for process in living]
        if waits:
            await asyncio.wait(waits, timeout=STOP_S)
        for process in living:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _spawn(self, child: Child) -> asyncio.subprocess.Process:
        child._ready.clear()
        with (self._logs / f"{child.name}.log").open("ab") as log:
            child.process = await asyncio.create_subprocess_exec(
                *child.argv,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        task = asyncio.create_task(self._listen(child, child.process))
        task.add_done_callback(lambda _: None)
        return child.process

    async def _listen(self, child: Child, process: asyncio.subprocess.Process) -> None:
        """A child's JSON lines; anything else it prints goes to its log."""
        assert process.stdout is not None
        while line := await process.stdout.readline():
            try:
                facts = json.loads(line)
            except ValueError:
                with (self._logs / f"{child.name}.log").open("ab") as log:
                    log.write(line)
                continue
            if "ready" in facts:
                child._ready.set()
            else:
                self._heard(child.name, facts)

    async def _until_ready(self, child: Child) -> None:
        process = child.process
        assert process is not None
        try:
            async with asyncio.timeout(READY_S):
                while not child._ready.is_set():
                    if process.returncode is not None:
                        raise ChildFailed(self._blame(child, f"ended with code {process.returncode}"))
                    if child.port is not None and _listens(child.port):
                        return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise ChildFailed(self._blame(child, f"was not ready within {READY_S:.0f} s")) from None

    async def _keep(self, child: Child) -> None:
        while True:
            assert child.process is not None
            code = await child.process.wait()
            self._heard(child.name, {"ended": code})
            await asyncio.sleep(RESTART_S)
            child.restarts += 1
            await self._spawn(child)
            self._heard(child.name, {"started": self.pids})

    def _blame(self, child: Child, what: str) -> str:
        log = self._logs / f"{child.name}.log"
        last = log.read_text(errors="replace").strip().splitlines()[-12:] if log.exists() else []
        return "\n".join([f"{child.name} {what}; the end of {log}:", *last])


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
