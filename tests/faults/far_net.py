"""A network of its own (`ip netns`) at the other end of a cable, whose packets the test loses.

Where the kernel has no netem (`tc`) packets are still lost for real, by netfilter: a share of them at random,
or all. What is late or out of order comes from TCP's own repeats of what was lost.
"""

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

HERE, THERE = (f"10.213.{os.getpid() % 256}.{end}" for end in (1, 2))
"""Of this process: others may test on the same machine."""
_CLONE_NEWNET = 0x40000000


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


class FarNet:
    def __init__(self, name: str) -> None:
        self.name = name
        self.address = THERE

    def socket(self) -> socket.socket:
        """A socket bound to the far address; where it was made is where it lives."""
        made: list[socket.socket] = []

        def make() -> None:
            place = os.open(f"/var/run/netns/{self.name}", os.O_RDONLY)
            try:
                if ctypes.CDLL(None, use_errno=True).setns(place, _CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            finally:
                os.close(place)
            one = socket.socket()
            one.bind((THERE, 0))
            made.append(one)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        return made[0]

    def lose(self, share: float) -> None:
        """That share of the packets in each direction, at random; 1.0: the cable is cut, 0.0: it is whole."""
        for chain in ("INPUT", "OUTPUT"):
            rule = ["ip", "netns", "exec", self.name, "iptables"]
            _run(*rule, "-F", chain)
            if share >= 1:
                _run(*rule, "-A", chain, "-j", "DROP")
            elif share:
                chance = ["-m", "statistic", "--mode", "random", "--probability", str(share)]
                _run(*rule, "-A", chain, *chance, "-j", "DROP")


@contextmanager
def far_net() -> Iterator[FarNet]:
    """Skips the test where no network may be made: it needs root, iproute2 and iptables."""
    name, near, far = f"far{os.getpid()}", f"n{os.getpid()}", f"f{os.getpid()}"
    if os.geteuid() or not (shutil.which("ip") and shutil.which("iptables")):
        pytest.skip("a network of its own needs root; the other form of this test runs anyway")
    try:
        try:
            _run("ip", "netns", "add", name)
            _run("ip", "link", "add", near, "type", "veth", "peer", "name", far)
            _run("ip", "link", "set", far, "netns", name)
            _run("ip", "addr", "add", f"{HERE}/30", "dev", near)
            _run("ip", "link", "set", near, "up")
            _run("ip", "-n", name, "addr", "add", f"{THERE}/30", "dev", far)
            _run("ip", "-n", name, "link", "set", far, "up")
            made = FarNet(name)
            made.lose(0.5)
            made.lose(0.0)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network of its own here: {error.stderr.decode().strip()}")
        yield made
    finally:
        for command in (["ip", "netns", "del", name], ["ip", "link", "del", near]):
            subprocess.run(command, check=False, capture_output=True)
