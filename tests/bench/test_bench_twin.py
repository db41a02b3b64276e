"""`python -m bench twin`: from the alarms to the official reports, and who stands beside."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.euro_score import Lost, Score
from bench.locate import HOUR_NS, START_NS, STEP_NS, Town, columns, town_of
from bench.ltown_twin import Twin
from bench.ltown_water import PER_DAY, Leak
from bench.twin import Judged, Told, figures, knowing, reports, told_of
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats
from tests.bench.small_town import town

DAYS, HOUR = 7, 12
LEAK = Leak("p5", 20.0, DAYS * PER_DAY + 6 * HOUR)
FIRST_NS = START_NS + 1_000 * STEP_NS
FOREVER = float("inf")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Floats]:
    data = town(tmp_path_factory.mktemp("small"))
    known = town_of(data, tmp_path_factory.mktemp("known"))
    return known, columns(known, Twin(data, 1, DAYS, cache=None).record(LEAK, 3))


def alarm(verb: Verb, value: int, **evidence: float | str) -> Finding:
    return Finding(
        alarm="ab:burst",
        kind=FindingKind.BURST,
        verb=verb,
        t_ns=START_NS + value * STEP_NS,
        tags=(),
        zone="ab",
        size_m3h=20.0,
        evidence={"onset_s": (START_NS + LEAK.start * STEP_NS) / 1e9, **evidence},
    )


def matter(at: int, pipe: str | None, end: float = FOREVER, size: float = 10.0) -> Told:
    """at, end: values from the year's beginning."""
    at_ns = FIRST_NS + at * STEP_NS
    return Told("ab", at_ns, size, at_ns, end if end == FOREVER else FIRST_NS + end * STEP_NS, pipe)


def sent(known: Town, *matters: Told) -> list[tuple[int, str]]:
    return [(one.value, one.pipe) for one in reports(known.plant.network, matters, FIRST_NS)]


def test_an_alarm_is_located_a_day_later_or_when_the_flow_is_back(small: tuple[Town, Floats]) -> None:
    known, values = small
    raised, back = (
        alarm(Verb.RAISE, LEAK.start + HOUR),
        alarm(Verb.CLEAR, LEAK.start + 9 * HOUR, reason="back"),
    )
    [lasting] = told_of(known, values, [raised])
    assert lasting.at_ns == raised.t_ns + 24 * HOUR_NS and lasting.end_ns == FOREVER
    assert known.plant.network.path_m("p5")[lasting.pipe or ""] <= 200
    [short] = told_of(known, values, [raised, back])
    assert short.at_ns == short.end_ns == back.t_ns
    assert told_of(known, values, [alarm(Verb.UPDATE, LEAK.start)]) == []


def test_what_is_known_before_the_year_is_reported_as_it_begins_unless_it_is_over(
    small: tuple[Town, Floats],
) -> None:
    known, _ = small
    assert sent(known, matter(-50, "p5")) == [(0, "p5")]
    assert sent(known, matter(-50, "p5", end=-1), matter(-20, None)) == []


def test_a_crew_is_not_sent_twice_to_one_place_while_the_flow_is_not_back(small: tuple[Town, Floats]) -> None:
    known, _ = small
    assert sent(known, matter(5, "p5"), matter(9, "p5")) == [(5, "p5")]
    assert sent(known, matter(5, "p5"), matter(9, "p1")) == [(5, "p5"), (9, "p1")]
    assert sent(known, matter(5, "p5", end=7), matter(9, "p5")) == [(5, "p5"), (9, "p5")]


def test_who_knows_the_pipe_takes_the_leak_of_the_district_that_is_nearest_in_size(
    small: tuple[Town, Floats],
) -> None:
    known, _ = small
    leaks = [Lost(pipe, np.full(99, m3h), 0, 98) for pipe, m3h in (("p1", 4.0), ("p5", 9.0), ("p9", 10.0))]
    told = knowing(known, [matter(3, None), matter(4, None), matter(5, None)], leaks, FIRST_NS)
    assert [(one.value, one.pipe) for one in told] == [(3, "p5"), (4, "p1")], "p9 is in the other district"


def judged(euro: float, false: int, knowing: float = 900.0) -> Judged:
    def of(worth: float, wrong: int) -> Score:
        return Score(worth, dict(enumerate(range(4))), wrong, 0)

    return Judged(1, 1_000.0, 23, of(euro, false), of(knowing, 0), (50.0, 9.0), of(5_000.0, 500), of(0.0, 0))


def test_figures_are_medians_of_seeds_and_who_names_every_pipe_has_nothing() -> None:
    told = {one.name: one for one in figures([judged(700, 4), judged(100, 4), judged(640, 1)])}
    assert told["of the recoverable value"].value == 64 and not told["of the recoverable value"].missed
    assert told["false reports"].value == 4 and not told["false reports"].missed
    assert told["who names every pipe"].value == 0 == told["who is silent"].value
    assert told["who knows the pipe when the hub tells"].value == 90
    assert told["a random pipe of the district then"].value == 5
    noisy = {one.name: one for one in figures([judged(900, 5)])}
    assert noisy["of the recoverable value"].value == 0, "more than half of its reports are false"


def test_seeds_go_with_the_benches_that_have_some() -> None:
    command = [sys.executable, "-m", "bench", "dma", "--data", ".", "--seeds", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "--seeds" in done.stderr


def test_the_command_measures_a_year_and_goes_on_from_what_it_kept(tmp_path: Path) -> None:
    """Of the small town, the shortest: what it prints, and that the second run asks EPANET for nothing."""
    command = [sys.executable, "-m", "bench", "twin", "--data", str(town(tmp_path)), "--short", "--json"]
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    runs = [
        subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=400)
        for _ in range(2)
    ]
    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr
    rows = {row["name"]: row["value"] for row in map(json.loads, runs[0].stdout.splitlines())}
    assert rows["recoverable"] > 0 and rows["who names every pipe"] <= 100
    assert rows["of the recoverable value"] <= rows["who knows the pipe when the hub tells"] + 1e-9 <= 100
    assert "day 84 of 84" in runs[0].stderr and "day 84" not in runs[1].stderr
    assert runs[0].stdout == runs[1].stdout
