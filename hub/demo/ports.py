"""Which port each part of a demo listens on, when some are taken."""

import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"
TRIES = 200


@dataclass(frozen=True, slots=True)
class Door:
    """variable: the environment variable by which configuration and processes learn the port."""

    name: str
    variable: str
    port: int


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(doors: Iterable[Door], say: Callable[[str], None]) -> Mapping[str, int]:
    """A free port for each door, by variable. A taken one is named and the next free one offered; without
    a terminal it is taken. Raises SystemExit when the offer is declined or none is free."""
    chosen: dict[str, int] = {}
    for door in doors:
        port = next(
            (p for p in range(door.port, door.port + TRIES) if p not in chosen.values() and is_free(p)), None
        )
        if port is None:
            raise SystemExit(f"no free port from {door.port} to {door.port + TRIES - 1} for {door.name}")
        if port != door.port:
            say(f"port {door.port} ({door.name}) is in use; {port} is free")
            if sys.stdin.isatty() and input(f"use {port} instead? [Y/n] ").strip().lower() in {"n", "no"}:
                raise SystemExit(f"stop what uses port {door.port}, or set {door.variable}")
        chosen[door.variable] = port
    return chosen
