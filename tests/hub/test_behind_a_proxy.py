"""ON-30 behind a reverse proxy: each citizen counts alone, and only a proxy that is named is believed."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from core.adapters.folder_snapshots import FolderSnapshots
from hub.door_config import ServeConfig
from public_portal.server import QUESTIONS_A_MINUTE
from public_portal.signing import public_key_of, sealed
from tests.ports import free_port
from tests.public_portal import samples

QUESTION = {"address": "人民路1号"}
MORE = round(QUESTIONS_A_MINUTE) * 4
"""A slow machine gives back one a second meanwhile: asking ends with the first refusal, not at a number."""


@contextmanager
def portal(folder: Path, *proxies: str) -> Iterator[str]:
    """The citizens' server as it is run, with a snapshot; its address."""
    FolderSnapshots(folder / "public").put(*sealed(samples.burst(), samples.KEY))
    (folder / "portal.pub").write_bytes(public_key_of(samples.KEY))
    port = free_port()
    given = ["--snapshots", folder / "public", "--key", folder / "portal.pub", "--port", port]
    trusted = ["--trusted-proxies", *proxies] if proxies else []
    command = [sys.executable, "-m", "hub.portal", *map(str, given), *trusted]
    with subprocess.Popen(command) as server:
        try:
            _answers(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _answers(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until, "the portal did not start within 30 s"
            time.sleep(0.05)


@contextmanager
def machine(url: str, at: str = "127.0.0.1") -> Iterator[Callable[..., int]]:
    """Sends questions on from `at` and tells their status; each address given is a header of its own."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=at), timeout=10) as client:

        def ask(*forwarded: str) -> int:
            headers = [("x-forwarded-for", one) for one in forwarded]
            return client.get(f"{url}/api/v1/affected", params=QUESTION, headers=headers).status_code

        yield ask


def test_on30_each_citizen_behind_the_proxy_counts_alone(tmp_path):
    with portal(tmp_path, "127.0.0.1") as url, machine(url) as asks:
        assert any(asks("203.0.113.5") == 429 for _ in range(MORE))
        assert asks("203.0.113.6") == 200, "a neighbour behind the same proxy"


@pytest.mark.parametrize("sent", ["in front of it", "in a header of its own"])
def test_on30_what_a_citizen_forges_before_the_proxy_s_own_word_counts_for_nothing(tmp_path, sent):
    forged = (f"198.51.100.{n}" for n in range(MORE))
    with portal(tmp_path, "127.0.0.1") as url, machine(url) as asks:
        headers = ((one, "203.0.113.5") if "own" in sent else (f"{one}, 203.0.113.5",) for one in forged)
        assert any(asks(*one) == 429 for one in headers)


@pytest.mark.parametrize("named", [(), ("10.0.0.0/8",)])
def test_on30_a_header_from_anybody_else_is_forged(tmp_path, named):
    """Also from this machine, where nothing says that a proxy stands there."""
    with portal(tmp_path, *named) as url, machine(url) as asks, machine(url, "127.0.0.2") as another:
        assert any(asks(f"203.0.113.{n}") == 429 for n in range(MORE))
        assert another() == 200


def test_a_proxy_is_an_address_or_a_network():
    named = ["10.1.2.3", "10.1.0.0/16", "fd00::/8"]
    door = ServeConfig.model_validate({"port": 1, "trusted_proxies": named})
    assert door.proxies == ("10.1.2.3/32", "10.1.0.0/16", "fd00::/8")
    for wrong in ("*", "proxy.example.org"):
        with pytest.raises(ValidationError):
            ServeConfig.model_validate({"port": 1, "trusted_proxies": [wrong]})
