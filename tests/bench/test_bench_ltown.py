"""`python -m bench ltown-flows`: the command, on a made-up half year in the published format."""

import gzip
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.alarms.alarm_water import district

DAYS, PER_DAY = 70, 288
BEGIN = datetime.fromisoformat("2022-01-03 00:00:00")


def write(path: Path, names: str, columns: list[np.ndarray]) -> None:
    """Parted by semicolons, decimals with commas."""
    rows = [f"Timestamp;{names}"]
    for i, values in enumerate(zip(*columns, strict=True)):
        cells = (f"{value:.2f}".replace(".", ",") for value in values)
        rows.append(";".join([str(BEGIN + timedelta(minutes=5 * i)), *cells]))
    path.write_bytes(gzip.compress("\n".join(rows).encode()))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tank that is fed half an hour in each; one leak of 25 m3/h on day 40, one that grows from day 50."""
    folder, n = tmp_path_factory.mktemp("ltown"), DAYS * PER_DAY
    at = np.arange(n)
    sudden = np.where(at >= 40 * PER_DAY + 100, 25.0, 0.0)
    slow = np.clip((at - 50 * PER_DAY) / PER_DAY, 0, 12)
    flow = district(1, DAYS, mean=140.0, sd=0.03, every_s=300).inflow + sudden + slow
    pump = np.where(at // 6 % 2, 44.0, 0.0)
    level = 3.0 + np.cumsum((pump - 22.0) / 12) / (np.pi * 64)
    write(folder / "flows_2022H1.csv.gz", "p227;p235;PUMP_1", [flow * 0.5, flow * 0.5 + pump, pump])
    write(folder / "levels_2022H1.csv.gz", "T1", [level])
    write(folder / "leak_flows_2022H1_m3h.csv.gz", "p1;p2", [sudden, slow])
    lines = ["pipe,start,end,diameter_m,type,peak", "p1,,,0.02,abrupt,", "p2,,,0.01,incipient,"]
    (folder / "leaks_2022H1.csv").write_text("\n".join(lines) + "\n")
    return folder / "flows_2022H1.csv.gz"


def test_the_bench_finds_a_burst_in_hours_and_a_growing_leak_in_days(file: Path) -> None:
    command = [sys.executable, "-m", "bench", "ltown-flows", "--data", str(file.parent), "--test", str(file)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    figures = {row["name"]: row["value"] for row in map(json.loads, done.stdout.splitlines())}
    assert figures["leaks found"] == 2
    assert figures["abrupt, 10 m3/h and more: delay, median"] <= 4
    assert figures["incipient: delay past 4 m3/h, median"] <= 10
    assert figures["alarms that no leak explains"] <= 2 * 365 / DAYS
