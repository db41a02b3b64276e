"""How a process of the town lives: it dies with its parent, says when it serves, and names a taken port.

Standard library only: every process of the demo starts with it.
"""

import argparse
import asyncio
import ctypes
import json
import os
import signal
import socket
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn

HOST = "127.0.0.1"
"""The town is a toy for one machine: nothing of it ever listens elsewhere."""
EXIT_WRONG = 2
EXIT_PORT_IN_USE = 3
PARENT = "WATERHUB_PARENT"
"""Environment: the process id that must still be our parent; unset when started by hand."""
_PR_SET_PDEATHSIG = 1  # prctl(2)


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with the two folders every process of the town knows."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--config", type=Path, required=True, help="folder of the plant's configuration")
    parser.add_argument("--data", type=Path, required=True, help="data folder of the demo")
    return parser


def die_with_parent() -> None:
    """The kernel sends SIGTERM when the parent ends, also by `kill -9`. Exits at once when it has gone."""
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    expected = int(os.environ.get(PARENT, parent))
    if os.getppid() != parent or parent != expected:
        raise SystemExit("the process that started this one has ended")


def say(**facts: Any) -> None:
    """One JSON line on standard output, for the parent."""
    print(json.dumps(facts, ensure_ascii=False), flush=True)


def refuse(message: str, code: int = EXIT_WRONG) -> NoReturn:
    print(message, file=sys.stderr, flush=True)
    raise SystemExit(code)


def need_port(port: int, purpose: str) -> None:
    """Ends the process with code 3 when another one listens on 127.0.0.1:`port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            refuse(f"{purpose}: port {port} on {HOST} cannot be used: {error.strerror}", EXIT_PORT_IN_USE)


def stopping() -> asyncio.Event:
    """Set by SIGTERM or SIGINT. Call it within the running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def until_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Runs `work` until it ends, fails (the error is raised) or the process is told to stop."""
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.wait(rest, timeout=0.5)
    for task in done:
        task.result()
