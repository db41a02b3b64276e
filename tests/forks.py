"""Processes that are born ready: one that has imported everything, and furnished what can be, forks each.

Its standard input is a Unix socket: a message, sent with the three ends that become a child's standard input,
output and error, begins one; its process id is answered. It ends with whoever asks.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import traceback
from collections.abc import Callable, Coroutine
from typing import Any


def bear(lives: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """lives: what a child does with its message until it is told to end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as door:
        while True:
            message, ends, _, _ = socket.recv_fds(door, 4096, 3)
            if not message:
                return
            if (pid := os.fork()) == 0:
                door.close()
                _live(lives(message.decode()), ends)
            for end in ends:
                os.close(end)
            door.sendall(str(pid).encode())


def _live(life: Coroutine[Any, Any, None], ends: list[int]) -> None:
    """Does not return."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, end in enumerate(ends):
            os.dup2(end, number)
            os.close(end)
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(life)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(0)
