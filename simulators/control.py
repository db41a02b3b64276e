"""The town's ear: orders over a Unix socket in the data folder, one JSON line each way.

{"command": "burst", "zone": "dma-03", "flow_m3h": 30}   →   the truth, or {"error": "…"}
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SOCKET = "control.sock"
LONGEST_PATH = 107
"""Bytes of a socket's name (unix(7): sun_path, less its closing NUL)."""
LONGEST_LINE = 65_536
READ_S = 5.0

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class NoDemo(Exception):
    """No demo runs on this data folder, or its town does not answer."""


@contextlib.contextmanager
def _name_of(folder: Path) -> Iterator[str]:
    """The socket's path, or a short name for it when it is too long for the kernel."""
    path = str((folder / SOCKET).absolute())
    if len(os.fsencode(path)) <= LONGEST_PATH:
        yield path
        return
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


def send(data: Path, command: dict[str, Any], timeout_s: float = 15.0) -> dict[str, Any]:
    """Gives an order to the town of the demo on `data` and returns its answer. Raises NoDemo."""
    nobody = NoDemo(f"no demo runs on {data}; start one with `waterhub demo --data {data}`")
    if not (data / "town").is_dir():
        raise nobody
    with _name_of(data / "town") as name, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(timeout_s)
        try:
            line.connect(name)
            line.sendall(json.dumps(command).encode() + b"\n")
            with line.makefile("rb") as stream:
                reply = stream.readline()
        except TimeoutError:
            raise NoDemo(f"the town of {data} did not answer within {timeout_s:.0f} s") from None
        except OSError as error:
            raise nobody from error
    if not reply.endswith(b"\n"):
        raise NoDemo(f"the town of {data} ended while it answered")
    answer: dict[str, Any] = json.loads(reply)
    return answer


def listen(folder: Path) -> socket.socket:
    """The bound socket, mode 0600. Raises FileExistsError when another town listens there."""
    with _name_of(folder) as name, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        if probe.connect_ex(name) == 0:
            raise FileExistsError(f"a town runs on {folder.parent} already")
        Path(name).unlink(missing_ok=True)
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            ear.bind(name)
        finally:
            os.umask(mask)
    ear.listen()
    ear.setblocking(False)
    return ear


async def serve(ear: socket.socket, answer: Answer) -> None:
    """Answers one line a connection, until cancelled. `answer` raises ValueError for an order nobody can
    follow."""

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(ConnectionError, TimeoutError):
            try:
                async with asyncio.timeout(READ_S):
                    line = await reader.readline()
                command = json.loads(line)
                if not isinstance(command, dict):
                    raise ValueError("an order is a JSON object")
                reply = answer(command)
            except ValueError as error:
                reply = {"error": str(error)}
            writer.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
            async with asyncio.timeout(READ_S):
                await writer.drain()

    server = await asyncio.start_unix_server(visit, sock=ear, limit=LONGEST_LINE)
    async with server:
        await server.serve_forever()
