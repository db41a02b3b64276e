"""A process whose event loop does nothing for too long ends itself, to be started anew.

The beat comes out of the loop itself, never out of a thread of its own: it proves progress. Under systemd
(`WatchdogSec=`) each beat is passed on to it as well.
"""

import asyncio
import faulthandler
import os
import socket
import sys
import threading
import time

BLOCKED_S = 20.0
BEAT_S = 1.0
BLOCKED = 70
"""The exit code (EX_SOFTWARE)."""


class Watchdog:
    """A process that was stopped (SIGSTOP, a suspended host) is not blocked: its watcher stood still too."""

    def __init__(self, blocked_s: float = BLOCKED_S) -> None:
        self._blocked_s = blocked_s
        self._beat = time.monotonic()
        self._over = threading.Event()

    async def run(self) -> None:
        """Until cancelled."""
        self._beat = time.monotonic()
        self._over.clear()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        try:
            while True:
                self._beat = time.monotonic()
                tell_supervisor("WATCHDOG=1")
                await asyncio.sleep(min(BEAT_S, self._blocked_s / 4))
        finally:
            self._over.set()

    def _watch(self) -> None:
        every_s = min(BEAT_S, self._blocked_s / 4)
        looked = time.monotonic()
        while not self._over.wait(every_s):
            now = time.monotonic()
            if now - looked > 3 * every_s:
                self._beat = now
            looked = now
            if now - self._beat > self._blocked_s:
                sys.stderr.write(f"the event loop has done nothing for {now - self._beat:.0f} s: ending\n")
                faulthandler.dump_traceback(all_threads=True)
                sys.stderr.flush()
                os._exit(BLOCKED)


def tell_supervisor(state: str) -> None:
    """To systemd (sd_notify), when it asked to be told."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        try:
            sender.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            return
