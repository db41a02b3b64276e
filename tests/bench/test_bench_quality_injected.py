"""`python -m bench quality-injected`: the command on a made-up station that tells every 20 minutes."""

import gzip
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bench.quality_injected import LASTS, SIZES, deviation, events, laid, station

HEADER = "TimeStep,B_CL2_VAL,B_TURB_VAL,B_PH_VAL,B_TOC_VAL,B_COND_VAL,B_TEMP_VAL"
ROWS, ALARMED = 72 * 50, 2500


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty days that swing slowly and wander a little; once two quantities step by themselves."""
    rng, t = np.random.default_rng(7), np.arange(ROWS)
    usual, swing = np.array([3.2, 0.2, 7.3, 9.0, 245.0, 65.0]), np.array([0.2, 0.05, 0.1, 0.4, 5.0, 3.0])
    values = usual + swing * (np.sin(t[:, None] / 110) + 0.05 * rng.standard_normal((ROWS, 6)))
    values[ALARMED : ALARMED + 6, [0, 2]] += [-1.0, 0.5]
    first, rows = datetime.fromisoformat("2006-02-21 00:00:00"), [HEADER]
    for n, cells in enumerate(values):
        at = first + timedelta(minutes=20 * n)
        rows.append(",".join([at.strftime("%m/%d/%Y %H:%M:%S"), *(f"{cell:.3f}" for cell in cells)]))
    path = tmp_path_factory.mktemp("injected") / "never_seen.csv.gz"
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    return path


def test_the_bench_finds_what_it_lays_and_counts_what_it_did_not_lay_as_false(file: Path) -> None:
    arguments = ["quality-injected", "--data", str(file.parent), "--test", str(file), "--short", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    figures = {row["name"]: row["value"] for row in map(json.loads, done.stdout.splitlines())}
    for size in SIZES:
        assert figures[f"never_seen.csv.gz, {size:g} deviations: found in 5 values"] == 100
    assert figures["never_seen.csv.gz: false"] == 1
    assert 0 < figures["never_seen.csv.gz: alarm time outside"] < 1


def test_events_are_of_two_quantities_and_more_and_as_large_as_said(file: Path) -> None:
    one = station("B", file)
    assert "B_TEMP_VAL" not in one.of
    those = events(one, 0)
    assert len(those) == 7
    more = laid(one, those, 5.0, week=True) - one.values
    for event in those:
        moved = event.signs != 0
        assert moved.sum() >= 2
        of_week = deviation(one.values[event.row - 7 * 72 : event.row])
        assert more[event.row, moved] == pytest.approx((5 * of_week * event.signs)[moved])
        assert not more[[event.row - 1, event.row + LASTS]].any()
