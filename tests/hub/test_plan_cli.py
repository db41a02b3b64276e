"""`waterhub plan`: what is asked of whom, how long it takes, and a warning where a line is too busy."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.hub.command import waterhub
from tests.hub.test_check import DEMO, plant, spoil

__all__ = ["plant"]


def plan(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return waterhub("plan", folder, *options)


def told(folder: Path, *options: str) -> dict:
    done = plan(folder, "--json", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_tag_that_is_polled_is_in_exactly_one_request() -> None:
    connections = told(DEMO)["connections"]
    tags = [t for c in connections for u in c["units"] for r in u["requests"] for t in r["tags"]]
    assert len(tags) == len(set(tags)) == 105
    assert all(
        r["count"] >= len(r["tags"]) / 16 for c in connections for u in c["units"] for r in u["requests"]
    )


def test_what_is_read_along_is_counted(plant: Path) -> None:
    spoil(plant / "collectors.yaml", "table: input, address: 0, ", "table: input, address: 18, ")
    (station,) = told(plant, "--connection", "st-01")["connections"]
    assert [(r["address"], r["count"], r["unused"]) for r in station["units"][0]["requests"]] == [
        (0, 4, 0),
        (1, 18, 2),
    ]
    assert station["totals"]["unused"] == 2


@pytest.mark.parametrize(("options", "busy"), [((), 0.02), (("--round-trip-ms", "50"), 0.1)])
def test_busy_is_the_share_of_the_period_that_the_requests_take(
    options: tuple[str, ...], busy: float
) -> None:
    (station,) = told(DEMO, "--connection", "st-01", *options)["connections"]
    assert station["busy"] == pytest.approx(busy)


def test_a_line_that_cannot_keep_up_is_warned_of_by_name(plant: Path) -> None:
    spoil(plant / "collectors.yaml", "period_s: 1", "period_s: 0.1")
    done = plan(plant, "--baud", "2400")
    assert done.returncode == 0
    assert "cannot keep up" in done.stdout
    assert done.stdout.rstrip().splitlines()[-1].startswith("warning: over 60% busy: st-01")


def test_it_can_be_read_as_a_table() -> None:
    done = plan(DEMO, "--connection", "st-06")
    assert "discrete 0-5" in done.stdout and "holding 0-" in done.stdout and "█" in done.stdout


def test_through_a_pipe_no_name_is_cut(plant: Path) -> None:
    (station,) = told(plant, "--connection", "st-06")["connections"]
    name = station["units"][0]["requests"][0]["tags"][-1]
    for file in plant.glob("*.*"):
        if name in (text := file.read_text(encoding="utf-8")):
            file.write_text(text.replace(name, "x" * 100), encoding="utf-8")
    assert "x" * 100 in plan(plant, "--connection", "st-06").stdout


def test_an_unknown_connection_is_a_mistake_that_is_named() -> None:
    done = plan(DEMO, "--connection", "st-99")
    assert done.returncode == 2
    assert "'st-99'" in done.stderr


def test_a_serial_line_takes_as_long_as_its_characters(plant: Path) -> None:
    text = (plant / "collectors.yaml").read_text(encoding="utf-8")
    begin, end = text.index("  - type: modbus"), text.index("  - type: modbus", 200)
    serial = (
        text[begin:end]
        .split("    port:")[0]
        .replace("host: 127.0.0.1", "serial: {device: /dev/ttyS9, baudrate: 9600}")
        + "    period_s: 1\n    units:"
        + text[begin:end].split("    units:")[1]
    )
    (plant / "collectors.yaml").write_text(text[:begin] + serial + text[end:], encoding="utf-8")
    (line,) = told(plant, "--connection", "st-01")["connections"]
    assert (line["where"], line["framing"], line["baudrate"]) == ("/dev/ttyS9", "rtu", 9600)
    characters = (8 + 5 + 2 * 4) + (8 + 5 + 2 * 16)
    silences = 4 * 3.5
    assert line["busy"] == pytest.approx((characters + silences) * 11 / 9600 + 2 * 0.020)
