"""`waterhub migrate` against a real InfluxDB that nobody has set up."""

import shutil
import time
from pathlib import Path

import pytest
import yaml

from tests.hub.command import waterhub
from tests.need import lack
from tests.servers import influxdb

DEMO = Path(__file__).parents[2] / "configs" / "demo"


@pytest.fixture
def server(tmp_path):
    program = influxdb.binary() or lack("InfluxDB is not built (make influxd)")
    server = influxdb.start(program, tmp_path / "influx")
    yield server
    influxdb.stop(server)


@pytest.fixture
def plant(tmp_path, server):
    shutil.copytree(DEMO, tmp_path / "plant")
    return tmp_path / "plant"


def keep(plant, url, **days):
    file = plant / "hub.yaml"
    hub = yaml.safe_load(file.read_text())
    hub["data"] = str(plant / "data")
    hub["historian"] = {
        "type": "influx",
        "url": url,
        "org": "utility",
        "bucket": "samples",
        "token_file": "influx.token",
        "keep": days,
    }
    file.write_text(yaml.safe_dump(hub, allow_unicode=True))


def migrate(plant):
    return waterhub("migrate", plant)


def test_migrate_makes_buckets_and_tasks_once_and_tells_what_it_changed(plant, server):
    keep(plant, server.url, samples_days=90)
    first = migrate(plant)
    assert first.returncode == 0, first.stderr
    assert "was set up" in first.stdout
    for line in (
        "bucket samples now keeps 90 days",
        "bucket samples-1m was made; it keeps 1830 days",
        "bucket samples-1h was made; it keeps 3660 days",
        "task samples-1m was made",
        "task samples-1h was made",
    ):
        assert line in first.stdout
    assert (plant / "influx.token").stat().st_mode & 0o777 == 0o600
    again = migrate(plant)
    assert "buckets, retention and tasks are as they should be" in again.stdout
    assert "made" not in again.stdout
    keep(plant, server.url, samples_days=30, hours_days=0)
    changed = migrate(plant)
    assert "bucket samples now keeps 30 days; it kept 90 days" in changed.stdout
    assert "bucket samples-1h now keeps everything for ever; it kept 3660 days" in changed.stdout
    assert "samples-1m" not in changed.stdout


def test_the_tasks_that_migrate_made_run_and_roll_up(plant, server):
    keep(plant, server.url)
    assert migrate(plant).returncode == 0
    server.token = (plant / "influx.token").read_text()
    minute = time.time_ns() // 60_000_000_000 * 60_000_000_000 - 5 * 60_000_000_000
    lines = "\n".join(f"sample,id=t v={i}.0,q=0u {minute + i * 1_000_000_000}" for i in range(60))
    server.api("POST", "/api/v2/write?org=utility&bucket=samples", content=lines.encode())
    (task,) = (one for one in server.api("GET", "/api/v2/tasks")["tasks"] if one["name"] == "samples-1m")
    server.api("POST", f"/api/v2/tasks/{task['id']}/runs", json={})
    deadline = time.monotonic() + 30
    while server.api("GET", f"/api/v2/tasks/{task['id']}").get("lastRunStatus") != "success":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    flux = 'from(bucket: "samples-1m") |> range(start: -1h) |> keep(columns: ["_field", "_value"])'
    answer = server.query(flux)
    for field, value in (("n", "60"), ("low", "0"), ("high", "59"), ("sum", "1770")):
        assert f",{value},{field}" in answer or f",{field},{value}" in answer


def test_a_server_that_is_away_is_told_in_one_line(plant, server):
    keep(plant, "http://127.0.0.1:9")
    told = migrate(plant)
    assert told.returncode == 1
    assert "http://127.0.0.1:9 cannot be set up" in told.stderr and "Traceback" not in told.stderr
