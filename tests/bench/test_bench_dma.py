"""`python -m bench dma`: the command, on a made-up file of two districts."""

import gzip
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.alarms.alarm_water import district


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """90 quiet days by the hour, litres a second, one hour in fifty missing."""
    flows = [district(seed, 90, sd=0.03, every_s=3600).inflow / 3.6 for seed in (1, 2)]
    rng, path = np.random.default_rng(3), tmp_path_factory.mktemp("dma") / "inflow.csv.gz"
    begin = datetime.fromisoformat("2022-01-03 00:00:00")
    rows = ["time,a_Lps,b_Lps"]
    for i, values in enumerate(zip(*flows, strict=True)):
        cells = ["" if rng.random() < 0.02 else f"{v:.3f}" for v in values]
        rows.append(",".join([str(begin + timedelta(hours=i)), *cells]))
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    return path


def test_the_bench_finds_bursts_of_a_fifth_in_a_file_never_seen(file: Path) -> None:
    done = run("dma", "--data", str(file.parent), "--test", str(file), "--short", "--json")
    assert done.returncode == 0, done.stderr
    figures = {row["name"]: row["value"] for row in map(json.loads, done.stdout.splitlines())}
    assert figures["20% of the mean inflow: found within 24 h"] == 1.0
    assert figures["other alarms"] <= 0.5
    assert figures["watched"] > 4


def test_without_the_folder_of_data_the_bench_says_what_it_needs() -> None:
    done = run("dma")
    assert done.returncode == 2
    assert "needs --data DIR" in done.stderr
