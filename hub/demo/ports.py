"""Which port each part of a demo listens on, when some are taken."""

import os
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

HOST = "127.0.0.1"
TRIES = 200


@dataclass(frozen=True, slots=True)
class Door:
    """variable: the environment variable by which configuration and processes learn the port, and a person
    may choose it. port: where it is without one. host: the address it listens on."""

    name: str
    variable: str
    port: int
    host: str = HOST

    @property
    def wished(self) -> int:
        """Raises SystemExit when what the environment says is no port."""
        said = os.environ.get(self.variable, str(self.port))
        if not (said.isascii() and said.isdigit() and 0 < int(said) < 65_536):
            raise SystemExit(f"{self.variable}={said!r} is no port for {self.name}: a number from 1 to 65535")
        return int(said)


def is_free(port: int, host: str = HOST) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def claimed(port: int) -> socket.socket | None:
    """A word to other demos, for as long as the socket is open: what listens on this port comes later.
    None when another demo has given it."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0waterhub-demo-port-{port}")
    except OSError:
        claim.close()
        return None
    return claim


def choose(doors: Iterable[Door], say: Callable[[str], None], claims: ExitStack) -> Mapping[str, int]:
    """A free port for each door, by variable. A taken one is named and the next free one offered; without
    a terminal it is taken. Raises SystemExit when the offer is declined, none is free or a wish is none.
    claims: gets what keeps other demos from these ports until it is closed."""
    chosen: dict[str, int] = {}
    for door in doors:
        first = door.wished
        for port in range(first, first + TRIES):
            if (
                port not in chosen.values()
                and is_free(port, door.host)
                and (claim := claimed(port)) is not None
            ):
                claims.enter_context(claim)
                break
        else:
            raise SystemExit(f"no free port from {first} to {first + TRIES - 1} for {door.name}")
        if port != first:
            say(f"port {first} ({door.name}) is in use; {port} is free")
            if sys.stdin.isatty() and input(f"use {port} instead? [Y/n] ").strip().lower() in {"n", "no"}:
                raise SystemExit(f"stop what uses port {first}, or set {door.variable}")
        chosen[door.variable] = port
    return chosen
