"""A real InfluxDB 2.7 for tests and benches: a binary that is there, or a server that runs elsewhere."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_port

VERSION = "2.7.12"
ORG, TOKEN = "utility", "a-token-for-tests-only"


@dataclass
class InfluxServer:
    url: str
    token: str = TOKEN
    org: str = ORG
    process: subprocess.Popen[bytes] | None = None

    def api(self, method: str, path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Token {self.token}"}
        answer = httpx.request(method, f"{self.url}{path}", headers=headers, timeout=30, verify=False, **body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def query(self, flux: str) -> str:
        """The answer in CSV."""
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/vnd.flux"}
        answer = httpx.post(
            f"{self.url}/api/v2/query?org={self.org}", headers=headers, content=flux, timeout=60, verify=False
        )
        return answer.raise_for_status().text

    def bucket(self, name: str, retention_s: int = 0) -> str:
        """Makes a bucket; its id."""
        (org,) = self.api("GET", f"/api/v2/orgs?org={self.org}")["orgs"]
        rules = [{"type": "expire", "everySeconds": retention_s}] if retention_s else []
        made = self.api(
            "POST", "/api/v2/buckets", json={"orgID": org["id"], "name": name, "retentionRules": rules}
        )
        return str(made["id"])


def binary() -> Path | None:
    """The server's program: $WATERHUB_TEST_INFLUXD, or what `make influxd` built."""
    if named := os.environ.get("WATERHUB_TEST_INFLUXD"):
        return Path(named)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    built = cache / "waterhub" / f"influxd-{VERSION}" / "influxd"
    return built if built.exists() else None


def start(program: Path, folder: Path, port: int | None = None, options: Sequence[str] = ()) -> InfluxServer:
    """A server with its data in `folder`, answering when this returns; not set up yet if it is new."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    paths = {"bolt-path": "i.bolt", "engine-path": "engine", "sqlite-path": "i.sqlite"}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [str(program), "--http-bind-address", f"127.0.0.1:{port}", "--reporting-disabled"]
            + [word for option, name in paths.items() for word in (f"--{option}", str(folder / name))]
            + list(options),
            stdout=log,
            stderr=log,
        )
    server = InfluxServer(f"http://127.0.0.1:{port}", process=process)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{server.url}/health", timeout=1, verify=False).status_code == 200:
                return server
        except httpx.HTTPError:
            time.sleep(0.05)
    stop(server)
    raise TimeoutError(f"influxd did not answer in 30 s; see {folder / 'log'}")


def first(server: InfluxServer) -> None:
    """Makes a new server usable with the token of the tests."""
    wish = {
        "username": "waterhub",
        "password": "for-tests-only",
        "org": ORG,
        "bucket": "first",
        "token": TOKEN,
    }
    httpx.post(f"{server.url}/api/v2/setup", json=wish, timeout=30, verify=False).raise_for_status()


def stop(server: InfluxServer) -> None:
    if server.process:
        server.process.kill()
        server.process.wait(10)


@contextmanager
def ready(folder: Path, *options: str) -> Iterator[InfluxServer | None]:
    """A server that is set up: the one at $WATERHUB_TEST_INFLUX_URL, or one of our own that ends with the
    block; None where there is neither. options: to our own."""
    if url := os.environ.get("WATERHUB_TEST_INFLUX_URL"):
        env = os.environ
        yield InfluxServer(
            url, env.get("WATERHUB_TEST_INFLUX_TOKEN", TOKEN), env.get("WATERHUB_TEST_INFLUX_ORG", ORG)
        )
        return
    program = binary()
    if program is None:
        yield None
        return
    server = start(program, folder, options=options)
    try:
        first(server)
        yield server
    finally:
        stop(server)
        shutil.rmtree(folder, ignore_errors=True)
