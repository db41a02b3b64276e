"""F44: a second hub on the same data folder is refused, and the first goes on unharmed."""

import subprocess
import sys
import time

import httpx
import pytest

from bench.path_plant import write_plant
from tests.ports import free_port


def hub(config):
    command = [sys.executable, "-m", "hub", "run", str(config)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def plant(tmp_path):
    config, port = tmp_path / "plant", free_port()
    write_plant(config, tmp_path / "data", free_port(), 10, 1.0, port)
    return config, port


def ready(port):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz", verify=False).raise_for_status().json()
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("never ready")


def test_a_second_hub_on_the_same_folder_is_refused_and_says_so(plant):
    config, port = plant
    first = hub(config)
    try:
        ready(port)
        second = hub(config)
        _, said = second.communicate(timeout=60)
        assert second.returncode == 3 and "another process" in said and "Traceback" not in said
        assert first.poll() is None and ready(port)["status"]
    finally:
        first.kill()
        first.communicate()
    third = hub(config)
    try:
        ready(port)
    finally:
        third.kill()
        third.communicate()
