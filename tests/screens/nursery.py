"""Where the screens' tests have their towns from: one nursery for each worker, for as long as it lives."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).parents[2]


class Born:
    """A town's process: another's child, ours to speak with and to end."""

    def __init__(self, pid: int, stdin: TextIO, stdout: TextIO) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def end(self) -> None:
        """Gone when this returns: its standard output ends with it."""
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGCONT)
            self.send_signal(signal.SIGTERM)
        while self.stdout.readline():
            pass
        self.stdin.close()
        self.stdout.close()


class Nursery:
    def __init__(self) -> None:
        self._door, theirs = socket.socketpair()
        program = Path(__file__).with_name("town_nursery.py")
        self._process = subprocess.Popen(
            [sys.executable, program],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=theirs.fileno(),
        )
        theirs.close()

    def town(self, folder: Path) -> Born:
        """One in `folder`, which answers orders on its standard input."""
        hears, speak = os.pipe()
        listen, says = os.pipe()
        try:
            socket.send_fds(self._door, [str(folder).encode()], [hears, says, 2])
        finally:
            os.close(hears)
            os.close(says)
        pid = self._door.recv(32)
        assert pid, "the nursery is gone"
        return Born(int(pid), os.fdopen(speak, "w"), os.fdopen(listen))


@cache
def nursery() -> Nursery:
    return Nursery()
