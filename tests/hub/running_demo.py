"""A demo started as a user starts it, and the people who look at it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.own_time import without_core
from tests.ports import free_port

READY_S = 280.0
DOORS = re.findall(r"\$\{(WATERHUB_\w+_PORT)", Path("configs/demo/collectors.yaml").read_text())
"""The variables that say where the town's instruments listen."""


class RunningDemo:
    """`waterhub demo --json` on a data folder and ports of its own."""

    def __init__(self, data: Path, *options: str, ready_s: float = READY_S) -> None:
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        doors = [*DOORS, "WATERHUB_HUB_PORT", "WATERHUB_PORTAL_PORT", "WATERHUB_PHONES_PORT"]
        environment = {**os.environ, **{door: str(free_port()) for door in doors}}
        self._said, self._printed = data.with_suffix(".err"), data.with_suffix(".out")
        command = [sys.executable, "-m", "hub", "demo", "--json", "--data", str(data), *options]
        with self._said.open("w") as said, self._printed.open("w") as printed:
            self.process = subprocess.Popen(
                command, stdout=printed, stderr=said, stdin=subprocess.DEVNULL, env=environment
            )
        until(self._is_ready, ready_s, "the demo is ready")
        self.facts: dict[str, Any] = json.loads(self._printed.read_text())
        self.hub, self.portal = self.facts["hub"], self.facts["portal"]

    def _is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the demo ended:\n{self._said.read_text()}")
        return self._printed.read_text().endswith("\n")

    def pid(self, child: str) -> int:
        """Now: a child that ended is started anew."""
        return int(json.loads((self.data / "demo.json").read_text())["pids"][child])

    def signed_in(self, role: str) -> httpx.Client:
        one = next(one for one in self.facts["sign_ins"] if one["role"] == role)
        client = httpx.Client(base_url=self.hub, timeout=20, headers={"Origin": self.hub}, verify=False)
        until(lambda: client.get("/healthz").status_code == 200, 30, "the hub answers")
        answer = client.post("/api/v1/session", json={"user": one["user"], "password": one["password"]})
        assert answer.status_code == 204, answer.text
        return client

    def sim(self, *words: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "hub", "sim", *words, "--data", str(self.data), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def until(self, holds: Callable[[], Any], seconds: float, what: str) -> Any:
        """`until`, which tells of a failure what its hub wrote last."""
        try:
            return until(holds, seconds, what)
        except AssertionError as error:
            lines = (self.data / "logs/hub.log").read_text().splitlines()
            raise AssertionError("\n".join([str(error), *lines[-20:]])) from None

    def interrupt(self) -> float:
        """Ctrl-C; seconds until it was gone, less those in which it or its hub could have run and had no
        core."""
        pids = (self.process.pid, self.pid("hub"))
        before = [without_core(pid) for pid in pids]
        after, began = before, time.monotonic()
        self.process.send_signal(signal.SIGINT)
        while self.process.poll() is None:
            assert time.monotonic() - began < 60, "it does not end"
            after = [without_core(pid) or last for pid, last in zip(pids, after, strict=True)]
            time.sleep(0.01)
        return time.monotonic() - began - (sum(after) - sum(before))


def fetched(url: str) -> httpx.Response:
    """Over plain HTTP, often: else httpx reads every authority there is for each call."""
    return httpx.get(url, verify=False)


def items(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(path).raise_for_status().json()["items"]
    return found


def until(holds: Callable[[], Any], seconds: float, what: str) -> Any:
    """What `holds` returns once it is true. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := holds():
                return found
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"within {seconds:.0f} s it was not so that {what}")
