"""A crew's phone and the hub it talks to: a real browser with its profile, real TLS, a server to kill."""

import base64
import hashlib
import json
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, Playwright

from hub.demo.certificates import Certificates
from tests.api.hub_at_work import PASSWORD
from tests.need import need
from tests.nursery import Born, nursery
from tests.ports import free_port

READY_S = 30
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HELD: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}


class CrewHub:
    """Started, killed and started again on one port and one data folder."""

    def __init__(self, folder: Path, files: Certificates) -> None:
        self.folder, self.port, self.files = folder, free_port(), files
        self.url = f"https://127.0.0.1:{self.port}"
        self.process: Born | None = None

    def start(self, die: int = 0) -> None:
        words = [str(self.folder), self.port, str(self.files.cert), str(self.files.key), die]
        self.process = nursery("tests.screens.crew_at_work").born(json.dumps(words))
        assert self.process.stdout.readline().strip() == "ready"

    def kill(self) -> None:
        if self.process is not None:
            self.process.end(signal.SIGKILL)
            self.process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Alive, its connections open, and it says nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def died(self) -> bool:
        """By itself, at the command that it was told."""
        assert self.process is not None
        born, self.process = self.process, None
        return born.gone(READY_S) and born.end().strip() == "dies"

    def ask(self, path: str, role: str = "dispatcher") -> Any:
        """As another person sees it, over TLS that only the demo's CA vouches for."""
        with self._as(role) as client:
            return client.get(path).raise_for_status().json()

    def do(self, path: str, body: dict[str, Any], role: str = "dispatcher") -> Any:
        with self._as(role) as client:
            named = "/notes/" in path or "/parts/" in path
            answer = client.request("PUT" if named else "POST", path, json=body)
            assert answer.is_success, answer.text
            return answer.json()

    @contextmanager
    def _as(self, role: str) -> Iterator[httpx.Client]:
        trusting = ssl.create_default_context(cafile=str(self.files.ca))
        with httpx.Client(base_url=self.url, verify=trusting, timeout=20, trust_env=False) as client:
            body = {"user": role, "password": PASSWORD}
            assert client.post("/api/v1/session", json=body).status_code == 204
            yield client


def trusting(files: Certificates) -> str:
    """A browser's flag by which it takes that certificate for a good one, and no other."""
    cert = x509.load_pem_x509_certificate(files.cert.read_bytes())
    raw = cert.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    spki = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    return f"--ignore-certificate-errors-spki-list={spki}"


@contextmanager
def new_phone(chromium: Browser, hub: CrewHub, **more: Any) -> Iterator[Page]:
    """One that has never been here, in a browser that runs already."""
    context = chromium.new_context(base_url=hub.url, **HELD, **more)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def phone(playwright: Playwright, hub: CrewHub, profile: Path) -> Iterator[Page]:
    """A browser with its profile, as after a start of the phone; closed at the end."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=need("chromium-headless-shell"),
        args=[*FLAGS, trusting(hub.files)],
        base_url=hub.url,
        **HELD,
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


def stepped(page: Page, *steps: str) -> None:
    """The order's next step pressed, one after the other."""
    for step in steps:
        page.click(f"#next[data-step={step}]")


def signed_in(page: Page) -> None:
    page.goto("/crew")
    page.fill("#user", "crew")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/crew*")
    page.wait_for_selector("body[data-ready][data-offline]", timeout=READY_S * 1000)


def at_the_desk(page: Page, user: str = "duty_manager") -> None:
    """The same browser, in the hands of somebody else."""
    page.context.clear_cookies()
    page.goto("/sign-in?next=/orders")
    page.fill("#user", user)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready] #tools", state="attached")
