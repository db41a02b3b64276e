"""Where tests have their towns, hubs and servers from: one nursery of each for a worker, as long as it
lives."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).parents[1]
GONE_S = 30


class Born:
    """A process: another's child, ours to speak with and to end."""

    def __init__(self, pid: int, stdin: TextIO, stdout: TextIO) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self._life = os.pidfd_open(pid)

    def send_signal(self, number: int) -> None:
        signal.pidfd_send_signal(self._life, number)

    def gone(self, within_s: float) -> bool:
        """With all that it had open."""
        return bool(select.select([self._life], [], [], within_s)[0])

    def end(self, how: int = signal.SIGTERM) -> str:
        """Gone when this returns; what it had still said."""
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGCONT)
            self.send_signal(how)
        said = self.stdout.read()
        assert self.gone(GONE_S), "it does not end"
        os.close(self._life)
        self.stdin.close()
        self.stdout.close()
        return said


class Nursery:
    def __init__(self, module: str) -> None:
        self._door, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=theirs.fileno(),
        )
        theirs.close()
        self._one_at_a_time = threading.Lock()

    def born(self, message: str) -> Born:
        """One that lives by the message, and hears and says what is written to its standard ends."""
        hears, speak = os.pipe()
        listen, says = os.pipe()
        with self._one_at_a_time:
            try:
                socket.send_fds(self._door, [message.encode()], [hears, says, 2])
            finally:
                os.close(hears)
                os.close(says)
            pid = self._door.recv(32)
        assert pid, "the nursery is gone"
        return Born(int(pid), os.fdopen(speak, "w"), os.fdopen(listen))


@cache
def nursery(module: str) -> Nursery:
    return Nursery(module)
