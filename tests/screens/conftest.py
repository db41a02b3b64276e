"""The demo utility served in a process of its own, and a browser to look at it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from hub.demo.certificates import Certificates, certificates
from tests.need import need
from tests.nursery import Born, nursery
from tests.screens.phone import FLAGS, CrewHub, trusting

PASSWORD = "turn the valve slowly"
KIOSK = "--autoplay-policy=no-user-gesture-required"
"""A kiosk is run so: it may sound before anybody has touched it."""
READY, READY_MS = "body[data-ready]", 60_000
PATIENT_MS = 30_000
"""What is expected may take so long on a busy machine; a test that is about a time says its own."""


@dataclass
class Town:
    """A served town: `do` gives it an order and waits until it is carried out."""

    process: Born
    url: str

    def do(self, order: str) -> None:
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.strip() == "done":
                return
        raise AssertionError(f"the town died of {order!r}")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Alive, its connections open, and deaf: what a half-open line looks like."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def served(folder: Path, pressure_unit: str | None = None) -> Iterator[Town]:
    if pressure_unit is not None:
        (folder / "pressure_unit").write_text(pressure_unit)
    process = nursery("tests.screens.town_nursery").born(str(folder))
    try:
        port = int(process.stdout.readline())
        yield Town(process, f"http://127.0.0.1:{port}")
    finally:
        process.end()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with served(tmp_path) as town:
        yield town


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for tests that only look, with a burst in it."""
    with served(tmp_path_factory.mktemp("town")) as town:
        town.do("minor")
        town.do("burst")
        town.do("delivered")
        yield town


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENT_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Of every hub that a crew's phone talks to, so that one browser may trust them all."""
    return certificates(tmp_path_factory.mktemp("lan"), "127.0.0.1")


@pytest.fixture
def hub(tmp_path: Path, lan: Certificates) -> Iterator[CrewHub]:
    hub = CrewHub(tmp_path, lan)
    hub.start()
    yield hub
    hub.kill()


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, lan: Certificates) -> Iterator[Browser]:
    program = need("chromium-headless-shell")
    browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, KIOSK, trusting(lan)])
    yield browser
    browser.close()


@dataclass
class Watched:
    """A page, and everything that must not happen on one."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.page.wait_for_selector(READY, timeout=READY_MS)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """visit(town, role, width, height, **context): signed in, on a page that notes errors and strangers."""
    contexts = []

    def visiting(town: Town, role: str | None, width: int = 1440, height: int = 900, **more: Any) -> Watched:
        context = chromium.new_context(
            base_url=town.url, viewport={"width": width, "height": height}, locale="zh-CN", **more
        )
        contexts.append(context)
        if role is not None:
            signed = context.request.post("/api/v1/session", data={"user": role, "password": PASSWORD})
            assert signed.status == 204, signed.text()
        watched = Watched(context.new_page())
        watched.page.on("pageerror", lambda error: watched.wrong.append(f"error: {error}"))
        watched.page.on(
            "console",
            lambda line: (
                watched.wrong.append(f"{line.text} {line.location}") if line.type == "error" else None
            ),
        )
        strange = lambda url: None if url.startswith(town.url) else watched.wrong.append(f"to {url}")  # noqa: E731
        if more.get("bypass_csp"):
            watched.page.on("request", lambda asked: strange(asked.url))
        else:  # the page's own policy refuses strangers, and says so on the console: no word of each request
            went = lambda frame: strange(frame.url) if frame.url.startswith("http") else None  # noqa: E731
            watched.page.on("framenavigated", went)
        return watched

    yield visiting
    for context in contexts:
        context.close()
