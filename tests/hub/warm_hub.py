"""A process that has imported the whole command line; each command is a fork of it, with nothing to import.

`python warm_hub.py`, its standard input a Unix socket: words, folder and environment as JSON, sent with the
three ends that become its own, are carried out as `python -m hub` would; the exit code is answered.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys

import hub


def asked(door: socket.socket) -> list[str] | None:
    """In a child the words of its command; None when nobody asks any more."""
    while True:
        message, ends, _, _ = socket.recv_fds(door, 1 << 20, 3)
        if not message:
            return None
        words, directory, environment = json.loads(message)
        if (pid := os.fork()) == 0:
            for number, end in enumerate(ends):
                os.dup2(end, number)
                os.close(end)
            os.chdir(directory)
            os.environ.clear()
            os.environ.update(environment)
            return list(words)
        for end in ends:
            os.close(end)
        door.sendall(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def run() -> None:
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as door:
        door.sendall(b"ready")
        words = asked(door)
    if words is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = ["hub", *words]
        runpy.run_module("hub", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    run()
