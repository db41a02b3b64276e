"""`make soak`: a wall, a desk at work and a citizen's page in real browsers on a running demo.

Half an hour, or WATERHUB_SOAK_MINUTES (1440: a day). Each quarter of a minute the desk goes to its next view
and back and the citizen asks again; then garbage is collected, and heap, nodes and listeners of each page and
the memory of the servers are noted. A line is laid through what comes after the warm-up (a fifth, an hour at
the most), and it has to be flat (`flat.py` says how flat).
"""

import csv
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.hub.running_demo import RunningDemo
from tests.hub.stories.screen import FLAGS
from tests.need import need
from tests.screens.flat import Series, fitted

MINUTES = float(os.environ.get("WATERHUB_SOAK_MINUTES", "30"))
EVERY_S = 15.0
WARM_S = min(3600.0, MINUTES * 60 / 5)
VIEWS = ("alarms", "incidents", "orders", "notices", "collection", "master")
COUNTED = {
    "heap": ("JSHeapUsedSize", 1 / 1e6),
    "nodes": ("Nodes", 1.0),
    "listeners": ("JSEventListeners", 1.0),
}
READY = "body[data-ready]"
SERVERS = ("hub", "portal")
A_DAY = {"heap": 2.0, "nodes": 0.05, "listeners": 0.05, "rss": 0.10}
"""What each may grow: MB of a page's heap, and shares of the others' mean."""


@pytest.mark.timeout(MINUTES * 60 * 2 + 1200)
def test_memory_nodes_and_listeners_are_flat(tmp_path: Path) -> None:
    demo = RunningDemo(tmp_path / "demo", "--fresh", ready_s=900.0)
    try:
        with _opened(demo) as pages:
            seen = _sampled(demo, pages)
    finally:
        demo.interrupt()
    lines = {what: fitted(series, WARM_S) for what, series in seen.items()}
    leaks = []
    for what, line in lines.items():
        kind = what.split()[-1]
        allowed = A_DAY[kind] * (1.0 if kind == "heap" else line.mean)
        print(f"{what:<18} {line}, {allowed:.4g} a day allowed")
        leaks += [what] if line.leaks(allowed) else []
    assert leaks == []


@contextmanager
def _opened(demo: RunningDemo) -> Iterator[dict[str, Page]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need("chromium-headless-shell"), args=FLAGS)
        yield {
            "wall": _page(browser, demo, "kiosk", "/wall?lang=zh"),
            "desk": _page(browser, demo, "duty_manager", "/desk?lang=zh&view=alarms"),
            "portal": _page(browser, demo, "", demo.portal),
        }
        browser.close()


def _page(browser: Browser, demo: RunningDemo, role: str, path: str) -> Page:
    """Nobody signs in for the citizen's."""
    size = {"width": 1920, "height": 1080}
    context = browser.new_context(base_url=demo.hub, locale="zh-CN", viewport=size)
    if role:
        one = next(one for one in demo.facts["sign_ins"] if one["role"] == role)
        signed = context.request.post("/api/v1/session", data={k: one[k] for k in ("user", "password")})
        assert signed.status == 204
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(path)
    if role:
        page.wait_for_selector(READY)
    return page


def _sampled(demo: RunningDemo, pages: dict[str, Page]) -> dict[str, Series]:
    seen: dict[str, Series] = {}
    sessions = {name: page.context.new_cdp_session(page) for name, page in pages.items()}
    for session in sessions.values():
        session.send("Performance.enable")
    servers = {name: psutil.Process(demo.pid(name)) for name in SERVERS}
    began = time.monotonic()
    with (demo.data.parent / "soak.csv").open("w", buffering=1) as file:
        rows = csv.writer(file)
        turn = 0
        while (now := time.monotonic() - began) < MINUTES * 60:
            _work(pages, VIEWS[turn % len(VIEWS)])
            turn += 1
            row = {f"{name} rss": process.memory_info().rss / 1e6 for name, process in servers.items()}
            for name, session in sessions.items():
                row |= {f"{name} {what}": value for what, value in _counted(session).items()}
            for what, value in row.items():
                seen.setdefault(what, []).append((now, value))
                rows.writerow((round(now), what, round(value, 3)))
            pages["wall"].wait_for_timeout(max(0.0, EVERY_S - (time.monotonic() - began - now)) * 1000)
    return seen


def _work(pages: dict[str, Page], view: str) -> None:
    """Through all views and back to the first, at which is counted."""
    desk = pages["desk"]
    for one in (view, VIEWS[0]):
        desk.locator(f"nav a[data-view={one}]").click()
        desk.wait_for_selector(f"body[data-view={one}]")
    pages["portal"].reload()


def _counted(session) -> dict[str, float]:
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {what: metrics[name] * scale for what, (name, scale) in COUNTED.items()}
