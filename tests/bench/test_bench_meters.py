"""`python -m bench meters`: the command on a made-up file, and its rule for a meter's own leak."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bench.events import Span
from bench.meters import Register, laid, leaks

HOURS = 24 * 90


def register(meter: str, steps: np.ndarray) -> Register:
    return Register(meter, 3600.0 * np.arange(len(steps)) + 1.5e9, np.cumsum(steps))


def household(seed: int) -> np.ndarray:
    """Litres of each hour: none while it sleeps, none in many another."""
    rng, hour = np.random.default_rng(seed), np.arange(HOURS) % 24
    awake = (hour < 1) | (hour >= 5)
    return rng.poisson(15, HOURS) * (awake & (rng.uniform(size=HOURS) < 0.6))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    houses = {f"m{n}": household(n) for n in range(6)}
    houses["runs"] = household(9) + 12
    houses["short"] = household(11)
    houses["short"][500:525] = 20
    houses["once"] = household(10)
    houses["once"][500:535] = 20
    rows = ["meter,datetime,reading_L"]
    for meter, steps in houses.items():
        begin = datetime.fromisoformat("2021-05-01 00:07:00")
        rows += [
            f"{meter},{begin + timedelta(hours=h)},{litres:.1f}" for h, litres in enumerate(np.cumsum(steps))
        ]
    path = tmp_path / "never_seen.csv"
    path.write_text("\n".join(rows))
    return path


def test_the_bench_finds_the_leaks_it_lays_and_counts_what_it_did_not_lay_as_false(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "meters", "--data", "/", "--test", str(file), "--short", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows["leaks of its own, left out: runs"]["value"] == 1
    assert rows["left out"]["value"] == 1
    assert rows["10 L/h: found within 48 h"]["value"] == 100
    assert 24 <= rows["10 L/h: delay, median"]["value"] <= 32
    assert rows["false"]["value"] == 1


def test_a_leak_of_its_own_is_two_days_without_an_hour_of_none() -> None:
    steps = household(1)
    steps[1000:1046] = 3
    steps[[999, 1046]] = 0
    assert not leaks(register("m", steps))
    steps[1040:1049] = 3
    steps[1049] = 0
    assert leaks(register("m", steps))
    gap = register("m", steps)
    told = np.ones(HOURS, bool)
    told[1020:1024] = False
    assert not leaks(Register("m", gap.t_s[told], gap.litres[told]))


def test_a_leak_laid_on_top_runs_for_its_time_and_stays_in_the_register() -> None:
    one = register("m", np.zeros(HOURS))
    event = Span(one.t_s[100], one.t_s[172])
    more = laid(one, [event], 10.0, 0).litres - one.litres
    assert more[99] == 0 and more[-1] == more[172] == 720
    assert abs(more[136] - 360) <= 1
