"""Ports for the tests' servers."""

import itertools
import os
import random
import socket

_LOWEST, _WORKERS, _EACH = 10_100, 8, 2_800
"""Above 10080, which browsers refuse to open; below those that the kernel itself gives away; and a stretch
for each of the processes that test at once: a server that starts seconds later, or is killed and comes back,
still finds its port free."""


def _stretch() -> list[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
    first, turn = _LOWEST + worker * _EACH, random.randrange(_EACH)
    return [first + (turn + n) % _EACH for n in range(_EACH)]


_next = itertools.cycle(_stretch())


def free_port() -> int:
    """One that nobody listens on, and that no other test gets."""
    for port in itertools.islice(_next, _EACH):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port is free from {_LOWEST} to {_LOWEST + _WORKERS * _EACH - 1}")
