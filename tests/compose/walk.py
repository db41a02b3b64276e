"""The containers brought up for real: `make compose-test` (needs root; not part of `make test`).

One walk through docs/how-to/containers.md: Modbus, OPC UA and MQTT over TLS through InfluxDB to the wall and
the portal; hub and InfluxDB killed and back with nothing lost; no packet from the portal to the hub.
"""

import json
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.compose.stack import Stack, until

pytestmark = pytest.mark.timeout(1500)
HUB, PORTAL = "https://127.0.0.1:8443", "http://127.0.0.1:8081"
TAGS = ("east.inflow", "east.pressure", "q.free_chlorine", "q.turbidity", "q.ph", "meter.000001")


class Listener:
    """Packets that come to a container from one address, counted in its own network namespace."""

    def __init__(self, stack: Stack, service: str, sender: str) -> None:
        pid = stack.podman("inspect", "-f", "{{.State.Pid}}", stack.container(service)).strip()
        command = ["nsenter", "-t", pid, "-n", "tcpdump", "-n", "-l", "-i", "any", f"src {sender}"]
        self._tcpdump = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def heard(self) -> list[str]:
        self._tcpdump.terminate()
        out, _ = self._tcpdump.communicate(timeout=10)
        return [line for line in out.splitlines() if line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("compose")
    for own in (made, *made.parents[:2]):  # pytest's, which are for root alone
        own.chmod(0o755)
    return made


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[Stack]:
    made = Stack(folder)
    made.prepare()
    made.build()
    try:
        yield made
    finally:
        for service in ("hub", "mosquitto", "field", "portal"):
            print(f"--- {service}\n{made.logs(service)}")
        made.down()


@pytest.fixture(scope="module")
def duty(stack: Stack, folder: Path) -> Iterator[httpx.Client]:
    """The duty manager, signed in over TLS with a password of their own."""
    once = stack.first_start()
    trust = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    with httpx.Client(base_url=HUB, verify=trust, timeout=20, headers={"Origin": HUB}) as client:
        until(lambda: _alive(client), 90, "the hub answers over TLS")
        who = {"user": "duty-01", "password": once}
        assert client.post("/api/v1/session", json=who).status_code == 204
        change = {"password": once, "new_password": "water-at-the-tap-4"}
        answer = client.post("/api/v1/me/password", json=change)
        assert answer.status_code == 204, answer.text
        yield client


def _alive(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def _latest(client: httpx.Client) -> dict[str, float]:
    rows = client.get("/api/v1/tags").json()["items"]
    return {row["id"]: row["latest"]["v"] for row in rows if row["latest"] and row["latest"]["v"] is not None}


def _stored(client: httpx.Client, tag: str, since: float) -> set[tuple[int, float]]:
    """(source time in ms, value) of all that InfluxDB has of a tag; nothing while it starts again."""
    asked = {"start": _iso(since), "end": _iso(time.time() + 60), "points": 5000}
    answer = client.get(f"/api/v1/tags/{tag}/history", params=asked)
    if answer.status_code == 503:
        return set()
    assert answer.status_code == 200, answer.text
    columns = answer.json()
    return {(_ms(t), v) for t, v in zip(columns["t"], columns["v"], strict=True)}


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def _ms(t: str) -> int:
    return round(datetime.fromisoformat(t).timestamp() * 1000)


def test_an_opc_ua_server_is_refused_until_its_certificate_is_trusted(
    stack: Stack, duty: httpx.Client
) -> None:
    told = until(
        lambda: re.search(r"waterhub opcua trust CONFIG ([0-9A-F]{8})", stack.logs("hub")), 60, "the refusal"
    )
    stack.podman("exec", stack.container("hub"), "waterhub", "opcua", "trust", "/config", told[1])


def test_three_protocols_reach_the_live_values(duty: httpx.Client) -> None:
    until(lambda: set(TAGS) <= _latest(duty).keys(), 60, f"values of {TAGS}; there are {_latest(duty)}")


def test_the_wall_shows_them(duty: httpx.Client, folder: Path) -> None:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=flags)
        try:
            page = browser.new_page(ignore_https_errors=True, viewport={"width": 1920, "height": 1080})
            page.context.add_cookies(
                [{"name": c.name, "value": c.value or "", "url": HUB} for c in duty.cookies.jar]
            )
            page.goto(f"{HUB}/wall?lang=en")
            page.wait_for_selector("text=East area", timeout=30_000)
            page.wait_for_selector("text=/^(11|12)\\d/", timeout=30_000)
            page.screenshot(path=str(folder / "wall.png"))
        finally:
            browser.close()


def test_the_portal_shows_the_water(duty: httpx.Client) -> None:
    def shown() -> bool:
        page = httpx.get(f"{PORTAL}/?lang=en", timeout=10, follow_redirects=True)
        return page.status_code == 200 and bool(re.search(r"0\.4\d", page.text))

    until(shown, 180, "residual chlorine on the portal")


def test_a_killed_hub_comes_back_with_nothing_lost(stack: Stack, duty: httpx.Client, folder: Path) -> None:
    began = time.time() - 600
    log = folder / "field" / "acknowledged.jsonl"
    before = len(log.read_text().splitlines())
    for _ in range(3):
        stack.podman("kill", "--signal", "KILL", stack.container("hub"))
        time.sleep(4)
        stack.podman("start", stack.container("hub"))
        until(lambda: _alive(duty), 60, "the hub answers again")
        time.sleep(6)
    stack.podman("kill", "--signal", "KILL", stack.container("influxdb"))
    time.sleep(8)
    stack.podman("start", stack.container("influxdb"))
    told = [json.loads(line) for line in log.read_text().splitlines()]
    for meter in ("meter.000001", "meter.000002"):
        sent = {(_ms(row["t"]), float(row["m3"])) for row in told[before:] if row["tag"] == meter}
        assert len(sent) > 20
        missing = sent
        deadline = time.monotonic() + 90
        while missing and time.monotonic() < deadline:
            missing = sent - _stored(duty, meter, began)
            time.sleep(1)
        assert not missing, (
            f"{len(missing)} of {len(sent)} readings of {meter} are not in the store: {sorted(missing)[:5]}"
        )
        known = {
            (_ms(r["t"]), float(r["m3"]))
            for r in map(json.loads, log.read_text().splitlines())
            if r["tag"] == meter
        }
        extra = _stored(duty, meter, began) - known
        assert len(extra) <= 2, f"readings that nobody sent (but what is on its way): {extra}"


def test_no_packet_goes_from_the_portal_to_the_hub(stack: Stack, duty: httpx.Client) -> None:
    portal = stack.address("portal", "outside")
    ears = [Listener(stack, service, portal) for service in ("hub", "influxdb", "mosquitto")]
    control = Listener(stack, "hub", stack.address("field", "plant"))
    time.sleep(2)
    knock = "import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"
    for name, port in (("hub", 8443), ("influxdb", 8086), ("mosquitto", 8883)):
        for network in ("inside", "plant"):
            if name == "influxdb" and network == "plant":
                continue
            for target in (name, stack.address(name, network)):
                with pytest.raises(AssertionError):
                    stack.python("portal", knock, target, str(port))
    httpx.get(f"{PORTAL}/?lang=en", timeout=10, follow_redirects=True)
    time.sleep(2)
    assert [ear.heard() for ear in ears] == [[], [], []]
    assert control.heard(), "the capture hears what does come"
