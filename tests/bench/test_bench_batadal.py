"""`python -m bench batadal`: its rules, and the command on a made-up town in the published format."""

import gzip
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bench.batadal import HOUR_S, WINDOWS, attacks, ours, parts
from bench.events import Span
from bench.fields import read

HELD, SEEN = Span(0.0, 100 * HOUR_S), Span(200 * HOUR_S, 1200 * HOUR_S)
EVENTS = [Span(300 * HOUR_S, 350 * HOUR_S), Span(600 * HOUR_S, 700 * HOUR_S)]
HEADER = "DATETIME, L_T1, F_PU1, S_PU1, P_J1, P_J2, ATT_FLAG"
TOLD = "L_T1"


def spans(*hours: tuple[float, float]) -> list[Span]:
    return [Span(a * HOUR_S, b * HOUR_S) for a, b in hours]


def test_the_published_score_is_half_delay_and_half_hours_told_right() -> None:
    got = parts(spans((305, 350), (600, 675)), EVENTS, HELD, SEEN)
    assert got.ttd == pytest.approx(1 - (5 / 50 + 0) / 2)
    assert (got.tpr, got.tnr) == (pytest.approx(120 / 150), 1.0)
    assert got.s == pytest.approx(0.5 * 0.95 + 0.5 * 0.9)


def test_hours_in_alarm_in_the_year_held_out_count_against_it() -> None:
    assert parts(spans((10, 20)), EVENTS, HELD, SEEN).tnr == pytest.approx(1 - 10 / 950)


def test_one_that_is_always_in_alarm_has_three_quarters_by_the_published_rule_and_nothing_by_ours() -> None:
    always = [HELD, SEEN]
    assert parts(always, EVENTS, HELD, SEEN).s == 0.75
    own, scored = ours(always, EVENTS, HELD, SEEN)
    assert (own.s, scored.found) == (0.0, 0)


def test_an_alarm_begun_before_an_attack_does_not_find_it() -> None:
    own, scored = ours(spans((298, 350), (602, 700)), EVENTS, HELD, SEEN)
    assert scored.delays_s == (None, 2 * HOUR_S)
    assert own.ttd == pytest.approx(1 - (1 + 0.02) / 2)
    assert parts(spans((298, 350), (602, 700)), EVENTS, HELD, SEEN).ttd == pytest.approx(0.99)


def test_one_begun_in_the_row_before_finds_it_at_once_unless_that_is_left_out() -> None:
    alarms = spans((299, 350), (602, 700))
    assert ours(alarms, EVENTS, HELD, SEEN)[1].delays_s == (0.0, 2 * HOUR_S)
    assert ours(alarms, EVENTS, HELD, SEEN, 0.0)[1].delays_s == (None, 2 * HOUR_S)


def write(path: Path, begin: str, values: np.ndarray, label: np.ndarray) -> Path:
    first, rows = datetime.fromisoformat(begin), [HEADER]
    for i, (cells, one) in enumerate(zip(values, label, strict=True)):
        numbers = [f" {cell:.2f}" for cell in cells]
        rows.append(",".join([f"{first + timedelta(hours=i):%d/%m/%y %H}", *numbers, f" {one}"]))
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    return path


def town(hours: int, seed: int) -> np.ndarray:
    """A tank that one pump fills by its level, and two pressures that follow both and the hour."""
    rng, level, on, rows = np.random.default_rng(seed), 3.0, 1.0, []
    for hour in range(hours):
        demand = 50 + 20 * np.sin(2 * np.pi * hour / 24) + rng.normal(0, 2)
        on = 1.0 if level < 2.0 else 0.0 if level > 4.0 else on
        flow = on * (100 - 4 * level + rng.normal(0, 0.05))
        level += (flow - demand) / 100
        rows.append([level, flow, on, 30 + level - 0.05 * demand, 60 + level - 0.1 * demand + 4 * on])
    return np.array(rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In the file never seen the tank overflows for two days: the level that is told stays low."""
    folder = tmp_path_factory.mktemp("batadal")
    (folder / "batadal").mkdir()
    usual, other = town(24 * 200, 1), town(24 * 60, 2)
    write(folder / "batadal" / "dataset03.csv.gz", "2021-01-04 00:00", usual, np.zeros(len(usual), int))
    label = np.full(len(other), -999)
    label[1000:1048] = 1
    other[1000:1048, 0] = 9.0
    write(folder / "never_seen.csv.gz", "2022-01-03 00:00", other, label)
    write(folder / "earlier.csv.gz", "2020-12-28 00:00", other, label)
    return folder


def test_attacks_are_those_that_the_labels_say_unless_the_published_lie_in_the_file(data: Path) -> None:
    (only,) = attacks(read(data / "never_seen.csv.gz"))
    assert only.end_s - only.start_s == 48 * HOUR_S
    long = town(24 * 200, 3)
    file = write(data / "long.csv.gz", "2016-07-04 00:00", long, np.full(len(long), -999))
    assert [one.end_s - one.start_s for one in attacks(read(file))] == [h * HOUR_S for _, h in WINDOWS]


@pytest.mark.parametrize("file", ["never_seen.csv.gz", "earlier.csv.gz"])
def test_the_bench_finds_a_level_that_does_not_fit_whenever_the_file_is_of(data: Path, file: str) -> None:
    command = [sys.executable, "-m", "bench", "batadal", "--data", str(data), "--json"]
    done = subprocess.run(
        [*command, "--test", str(data / file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    figures = {row["name"]: row["value"] for row in map(json.loads, done.stdout.splitlines())}
    assert figures["attacks found"] == 1
    assert figures["S"] > 0.95
    assert figures["TNR"] > 0.99
    assert figures["attack 1, of 48 h: delay"] == 0
    assert figures["always in alarm: S"] == 0
    assert figures["always in alarm: S by the published rule"] == 0.75
