"""A crew's phone and the hub it talks to: a real browser with its profile, real TLS, a server to kill."""

import base64
import hashlib
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import BrowserContext, Page, Playwright

from hub.demo.certificates import Certificates, certificates
from tests.api.hub_at_work import PASSWORD
from tests.need import need
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
READY_S = 30
SCREEN = {"width": 360, "height": 740}


class CrewHub:
    """Started, killed and started again on one port and one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.files: Certificates = certificates(folder / "lan", "127.0.0.1")
        self.url = f"https://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None

    def start(self, die: int = 0) -> None:
        program = Path(__file__).with_name("crew_at_work.py")
        files = self.files
        self.process = subprocess.Popen(
            [sys.executable, program, self.folder, str(self.port), files.cert, files.key, str(die)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        assert self.process.stdout.readline().strip() == "ready"

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def died(self) -> int:
        assert self.process is not None
        return self.process.wait(READY_S)

    def ask(self, path: str, role: str = "dispatcher") -> Any:
        """As another person sees it, over TLS that only the demo's CA vouches for."""
        with self._as(role) as client:
            return client.get(path).raise_for_status().json()

    def do(self, path: str, body: dict[str, Any], role: str = "dispatcher") -> Any:
        with self._as(role) as client:
            answer = client.request("PUT" if "/notes/" in path else "POST", path, json=body)
            assert answer.is_success, answer.text
            return answer.json()

    @contextmanager
    def _as(self, role: str) -> Iterator[httpx.Client]:
        trusting = ssl.create_default_context(cafile=str(self.files.ca))
        with httpx.Client(base_url=self.url, verify=trusting, timeout=20, trust_env=False) as client:
            body = {"user": role, "password": PASSWORD}
            assert client.post("/api/v1/session", json=body).status_code == 204
            yield client

    @property
    def spki(self) -> str:
        cert = x509.load_pem_x509_certificate(self.files.cert.read_bytes())
        raw = cert.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(raw).digest()).decode()


@contextmanager
def phone(playwright: Playwright, hub: CrewHub, profile: Path, **more: Any) -> Iterator[Page]:
    """The browser opened on its profile, as after a start of the phone; closed at the end."""
    context: BrowserContext = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=need("chromium-headless-shell"),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--ignore-certificate-errors-spki-list={hub.spki}",
        ],
        base_url=hub.url,
        viewport=SCREEN,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        **more,
    )
    try:
        yield context.pages[0] if context.pages else context.new_page()
    finally:
        context.close()


def clock(off_ms: int) -> str:
    """A script by which the page's clock is so far off."""
    return f"""
const Real = Date;
Date = class extends Real {{
  constructor(...given) {{ given.length ? super(...given) : super(Real.now() + ({off_ms})); }}
  static now() {{ return Real.now() + ({off_ms}); }}
}};
"""


def signed_in(page: Page) -> None:
    page.goto("/crew")
    page.fill("#user", "crew")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/crew*")
    page.wait_for_selector("body[data-ready][data-offline]", timeout=READY_S * 1000)
