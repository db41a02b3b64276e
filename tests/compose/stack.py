"""docker-compose.yml brought up as docs/how-to/containers.md says, by podman, for the container test."""

import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.compose.authority import Authority

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROJECT = "waterhubtest"
HUB_UID, BROKER_UID = 10001, 1883
METERS = {"000001": "a-meter-s-password-1", "000002": "a-meter-s-password-2"}
SEED = """
import sys, time, numpy as np
tags = ["q.free_chlorine", "q.turbidity", "q.ph"]
end, n = time.time_ns(), 1800
t = np.repeat(end - np.arange(n, 0, -1) * 1_000_000_000, 3)
v = np.tile([0.45, 0.25, 7.4], n) * (1 + 0.01 * np.sin(np.arange(3 * n) / 90))
np.savez(sys.argv[1], tags=np.array(tags), tag=np.tile(np.arange(3), n), t_ns=t, v=v)
"""
"""Half an hour of water quality before the start, as an import of history would bring it."""


def until(condition: Callable[[], Any], within_s: float, what: str) -> Any:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.5)
    raise AssertionError(f"not within {within_s:.0f} s: {what}")


@dataclass
class Stack:
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        said = subprocess.run([HERE / "engine.sh"], check=True, capture_output=True, text=True).stdout
        exports = dict(line.removeprefix("export ").split("=", 1) for line in said.splitlines())
        self.environment = {
            **os.environ,
            **{name: shlex.split(value)[0] for name, value in exports.items()},
            "WATERHUB_PLANT": str(self.folder / "plant"),
            "WATERHUB_SECRETS": str(self.folder / "secrets"),
            "WATERHUB_FIELD": str(self.folder / "field"),
        }

    def podman(self, *words: str, check: bool = True, timeout: float = 120) -> str:
        done = subprocess.run(
            ["podman", *words], env=self.environment, capture_output=True, text=True, timeout=timeout
        )
        if check and done.returncode:
            raise AssertionError(f"podman {' '.join(words)}: {done.stderr}{done.stdout}")
        return done.stdout if check else done.stdout + done.stderr

    def compose(self, *words: str, timeout: float = 300) -> str:
        files = ["-f", "docker-compose.yml", "-f", "tests/compose/field.yml", "-p", PROJECT]
        done = subprocess.run(
            ["podman-compose", *files, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if done.returncode:
            raise AssertionError(f"podman-compose {' '.join(words)}: {done.stderr}{done.stdout}")
        return done.stdout

    def container(self, service: str) -> str:
        return f"{PROJECT}_{service}_1"

    def address(self, service: str, network: str) -> str:
        facts = json.loads(self.podman("inspect", self.container(service)))[0]
        return str(facts["NetworkSettings"]["Networks"][f"{PROJECT}_{network}"]["IPAddress"])

    def python(self, service: str, code: str, *words: str, check: bool = True) -> str:
        return self.podman("exec", self.container(service), "python", "-c", code, *words, check=check)

    def build(self) -> None:
        self.podman(
            "build", "--quiet", "--network", "host", "--tag", "waterhub:0.1.0", str(ROOT), timeout=900
        )

    def prepare(self) -> None:
        """The plant's folder and every secret, each readable by its owner alone."""
        self.down()
        for network, *internal in (("inside", "--internal"), ("plant",), ("outside",)):
            # Docker keeps bridges apart by itself; podman does when told, and podman-compose cannot tell it
            name = f"{PROJECT}_{network}"
            self.podman("network", "rm", "-f", name, check=False)
            self.podman("network", "create", "--opt", "isolate=true", *internal, name)
        shutil.copytree(HERE / "plant", self.folder / "plant")
        shutil.copy(ROOT / "configs/compose/hub.yaml", self.folder / "plant")
        authority = Authority.new()
        secrets = self.folder / "secrets"
        for owner, uid in (("hub", HUB_UID), ("mosquitto", BROKER_UID), ("portal", HUB_UID)):
            (secrets / owner).mkdir(parents=True)
            os.chown(secrets / owner, uid, uid)
        for owner, uid in (("hub", HUB_UID), ("mosquitto", BROKER_UID)):
            certificate, key = authority.issue(owner, ["localhost"], ["127.0.0.1"])
            _keep(secrets / owner / "tls.crt", certificate, uid)
            _keep(secrets / owner / "tls.key", key, uid)
        _keep(secrets / "hub" / "ca.crt", authority.certificate, HUB_UID)
        _keep(secrets / "hub" / "hub.password", b"the-hub-s-password", HUB_UID)
        passwd = self.folder / "passwd"
        passwd.touch()
        for name, password in {"hub": "the-hub-s-password", **METERS}.items():
            subprocess.run(["mosquitto_passwd", "-b", passwd, name, password], check=True, timeout=30)
        _keep(secrets / "mosquitto" / "passwd", passwd.read_bytes(), BROKER_UID)
        field = self.folder / "field"
        field.mkdir()
        os.chown(field, HUB_UID, HUB_UID)
        _keep(field / "ca.crt", authority.certificate, HUB_UID)
        _keep(field / "meters.json", json.dumps(METERS).encode(), HUB_UID)
        (self.folder / "ca.crt").write_bytes(authority.certificate)

    def first_start(self) -> str:
        """Steps 4 to 7 of the guide; the first person's one-time password."""
        self.compose("up", "-d", "influxdb")
        until(lambda: "ready" in self._migrate(), 60, "migrate reaches InfluxDB")
        volume = f"{PROJECT}_hub-data:/data"
        mount = ["run", "--rm", "--user", "10001:10001", "-v", volume]
        public = subprocess.run(
            ["podman", *mount, "--entrypoint", "cat", "waterhub:0.1.0", "/data/keys/portal.pub"],
            env=self.environment,
            check=True,
            capture_output=True,
        ).stdout
        _keep(self.folder / "secrets" / "portal" / "portal.pub", public, HUB_UID)
        seed = f"mkdir -p /data/history && python -c '{SEED}' /data/history/quality.npz"
        self.podman(*mount, "--entrypoint", "sh", "waterhub:0.1.0", "-c", seed)
        words = [
            "run",
            "--rm",
            "hub",
            "user",
            "add",
            "duty-01",
            "--role",
            "duty_manager",
            "--config",
            "/config",
        ]
        password = self.compose(*words, "--json")
        self.compose("up", "-d")
        return str(json.loads(_last_json(password))["password"])

    def _migrate(self) -> str:
        try:
            return self.compose("run", "--rm", "hub", "migrate", "/config") + "ready"
        except AssertionError:
            return ""

    def down(self) -> None:
        self.compose("down", "-v", "-t", "3")

    def logs(self, service: str) -> str:
        return self.podman("logs", "--tail", "60", self.container(service), check=False)


def _keep(file: Path, content: bytes, uid: int) -> None:
    file.write_bytes(content)
    os.chown(file, uid, uid)
    file.chmod(0o400)


def _last_json(text: str) -> str:
    return next(line for line in reversed(text.splitlines()) if line.startswith("{"))
