"""Who may show the widget is configured, checked, and told to the citizens' server (WQ-26)."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from core.adapters.folder_snapshots import FolderSnapshots
from public_portal.signing import public_key_of, sealed
from tests.hub.command import waterhub
from tests.ports import free_port
from tests.public_portal import samples

ROOT = Path(__file__).parents[2]
CITY = "https://www.city.example"


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    shutil.copytree(ROOT / "configs" / "demo", folder)
    return folder


def allowing(plant: Path, sites: str) -> None:
    file = plant / "hub.yaml"
    text = file.read_text(encoding="utf-8")
    assert "portal: {" in text
    file.write_text(text.replace("portal: {", f"portal: {{frame_ancestors: {sites}, "), encoding="utf-8")


def test_check_says_how_many_sites_may_show_the_widget_and_names_what_is_none(plant: Path) -> None:
    assert ", 0 widget sites" in waterhub("check", str(plant)).stdout
    allowing(plant, f'[{CITY}, "https://*.gov.example:8443"]')
    assert json.loads(waterhub("check", str(plant), "--json").stdout)["widget_sites"] == 2


@pytest.mark.parametrize("site", ["*", "www.city.example", f"{CITY}/page", f"{CITY}; script-src *", "'self'"])
def test_what_is_no_site_is_refused_with_its_line(plant: Path, site: str) -> None:
    allowing(plant, f'["{site}"]')
    done = waterhub("check", str(plant), "--json")
    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)["problems"]
    assert (
        Path(problem["file"]).name == "hub.yaml" and problem["line"] and "frame_ancestors" in problem["what"]
    )


def test_the_citizens_server_of_its_own_is_told_who_they_are(tmp_path: Path) -> None:
    FolderSnapshots(tmp_path / "public").put(*sealed(samples.ordinary(), samples.KEY))
    (tmp_path / "portal.pub").write_bytes(public_key_of(samples.KEY))
    port = free_port()
    given = ["--snapshots", tmp_path / "public", "--key", tmp_path / "portal.pub", "--port", port]
    command = [sys.executable, "-m", "hub.portal", *map(str, given), "--frame-ancestors"]
    assert subprocess.run([*command, "*"], capture_output=True, cwd=ROOT, check=False).returncode == 2
    server = subprocess.Popen([*command, CITY, "https://b.example"], cwd=ROOT)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/widget/dma-01", timeout=5)
                break
            except httpx.TransportError:
                assert time.monotonic() < until, "the portal did not start within 60 s"
                time.sleep(0.1)
        assert f"frame-ancestors {CITY} https://b.example" in answer.headers["content-security-policy"]
    finally:
        server.terminate()
        server.wait(20)
