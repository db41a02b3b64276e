"""`python -m bench quality-real`: the command, on a made-up file of three days."""

import gzip
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

HEADER = "Time,Tp,Cl,pH,Redox,Leit,Trueb,Cl_2,Fm,Fm_2,EVENT"
BEGINS = (1500, 2100, 2900, 3700)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four events of 20 min in which pH and conductivity step; temperature steps once, which is none."""
    rng, n = np.random.default_rng(7), 3 * 1440
    usual = np.array([4.0, 0.14, 8.4, 750.0, 220.0, 0.015, 0.1, 1400.0, 900.0])
    wander = np.array([0.05, 0.004, 0.01, 1.0, 1.0, 0.002, 0.002, 30.0, 5.0])
    values = usual + wander * rng.standard_normal((n, 9))
    values[2500:, 0] += 3.0
    event = np.zeros(n, np.bool_)
    for begin in BEGINS:
        event[begin : begin + 20] = True
    values[event, 2] += 0.3
    values[event, 4] -= 25.0
    first, rows = datetime.fromisoformat("2022-01-03 00:00:00"), [HEADER]
    for i, (cells, label) in enumerate(zip(values, event, strict=True)):
        told = ["NA"] * 9 if i == 3300 else [f"{cell:.3f}" for cell in cells]
        rows.append(",".join([str(first + timedelta(minutes=i)), *told, str(bool(label))]))
    path = tmp_path_factory.mktemp("quality") / "never_seen.csv.gz"
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    return path


def test_the_bench_finds_every_step_in_a_file_never_seen(file: Path) -> None:
    arguments = ["quality-real", "--data", str(file.parent), "--test", str(file), "--short", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    figures = {row["name"]: row["value"] for row in rows}
    assert figures["events found"] == 1.0
    assert {row["unit"] for row in rows if row["name"] == "events found"} == {f"of {len(BEGINS)}"}
    assert figures["false alarms"] == 0.0
    assert figures["delay, median"] == 1.0
    assert figures["point-wise F1"] > 0.9
    assert figures["class said: source_change_back"] == len(BEGINS)
