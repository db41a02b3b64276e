"""docker-compose.yml says what it must, by the tool's own reading (it needs no engine)."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.config import HubFile
from hub.yaml_lines import load
from tests.need import need

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    tool = need("docker-compose")
    done = subprocess.run(
        [tool, "-f", "docker-compose.yml", "config"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COMPOSE_PROJECT_NAME": "waterhub"},
    )
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)


def test_the_portal_cannot_reach_the_hub(composed: dict[str, Any]) -> None:
    services = composed["services"]
    assert set(services["portal"]["networks"]).isdisjoint(services["hub"]["networks"])
    assert all("hub-data" not in json.dumps(volume) for volume in services["portal"]["volumes"])


def test_images_are_pinned_and_ours_run_without_root(composed: dict[str, Any]) -> None:
    for name, service in composed["services"].items():
        assert ":" in service["image"] and not service["image"].endswith("latest"), name
    for name in ("hub", "portal"):
        assert composed["services"][name]["user"] == "10001:10001"


def test_every_service_is_watched_and_no_secret_stands_in_the_file(composed: dict[str, Any]) -> None:
    for name, service in composed["services"].items():
        assert service["healthcheck"]["test"], name
        for key, value in (service.get("environment") or {}).items():
            assert not any(word in key.lower() for word in ("password", "token", "secret")), (name, value)


def test_the_broker_lets_nobody_in_without_tls_and_password() -> None:
    text = (ROOT / "configs/compose/mosquitto.conf").read_text()
    assert "allow_anonymous false" in text and "certfile" in text and "acl_file" in text
    assert "listener 1883" not in text


def test_the_hub_s_own_file_for_it_is_valid() -> None:
    HubFile.model_validate(load(ROOT / "configs/compose/hub.yaml").value)
