"""Towns that are born ready: this process has imported everything and furnished one town; each further one is
a copy of its folder and a fork of itself, in a fraction of the time.

`python town_nursery.py`, its standard input a Unix socket: a folder, sent with the three ends that become a
town's standard input, output and error, makes one there; its process id is answered. It ends with its parent.
"""

import asyncio
import contextlib
import gc
import os
import shutil
import signal
import socket
import tempfile
import traceback
from pathlib import Path

from api.app import build
from hub.check import Configuration, read
from tests.screens.town_at_work import CONFIG, main, town_at_work


async def furnish(folder: Path, configuration: Configuration) -> None:
    async with town_at_work(folder, configuration) as (_, deps):
        build(deps)  # what is made once a process is made before the forks


def live(folder: Path, configuration: Configuration, ends: list[int]) -> None:
    """As a town, until it is told to end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(main(folder, configuration))


def bear(furnished: Path, configuration: Configuration, door: socket.socket) -> None:
    while True:
        message, ends, _, _ = socket.recv_fds(door, 4096, 3)
        if not message:
            return
        folder = Path(message.decode())
        shutil.copytree(furnished, folder, dirs_exist_ok=True)
        if (pid := os.fork()) == 0:
            door.close()
            try:
                live(folder, configuration, ends)
            except BaseException:
                traceback.print_exc()
                raise
            finally:
                os._exit(0)
        for end in ends:
            os.close(end)
        door.sendall(str(pid).encode())


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with tempfile.TemporaryDirectory(prefix="town-") as folder, socket.socket(fileno=os.dup(0)) as door:
        known = read(CONFIG)
        asyncio.run(furnish(Path(folder), known))
        gc.collect()
        gc.freeze()
        bear(Path(folder), known, door)
