"""BattLeDIM's score by hand: 12 m3/h are EUR 0.80 in each five minutes."""

import numpy as np
import pytest

from bench.euro_score import Lost, Report, score

N = 1_000
FAR = {"p1": {"p1": 0.0, "near": 150.0, "edge": 300.0, "out": 300.1, "p2": 400.0}}
FAR["p2"] = {"p2": 0.0, "near": 100.0, "edge": 300.0, "p1": 400.0}


def leak(pipe: str, start: int, end: int, m3h: float = 12.0) -> Lost:
    flow = np.zeros(N)
    flow[start : end + 1] = m3h
    return Lost(pipe, flow, start, end)


ONE = [leak("p1", 100, 599)]


def test_silence_is_worth_nothing() -> None:
    silent = score([], ONE, FAR)
    assert (silent.euro, silent.counted, silent.false) == (0, 0, 0)


@pytest.mark.parametrize(
    ("value", "pipe", "euro"),
    [
        (100, "p1", 500 * 0.8),
        (300, "p1", 300 * 0.8),
        (599, "p1", 0.8),
        (100, "near", 500 * 0.8 - 250),
        (100, "edge", 500 * 0.8 - 500),
        (100, "out", -500),
        (99, "p1", -500),
        (600, "p1", -500),
        (100, "unknown", -500),
    ],
)
def test_a_report_is_worth_what_is_still_to_be_lost_less_its_distance(
    value: int, pipe: str, euro: float
) -> None:
    assert score([Report(value, pipe)], ONE, FAR).euro == pytest.approx(euro)


def test_the_first_report_counts_and_the_second_is_worth_nothing_and_not_false() -> None:
    told = score([Report(300, "p1"), Report(200, "near"), Report(700, "p1")], ONE, FAR)
    assert told.euro == pytest.approx(400 * 0.8 - 250 - 500)
    assert (told.found, told.again, told.false) == ({0: 0}, 1, 1)


def test_of_two_leaks_the_nearer_one_that_is_not_found_is_found() -> None:
    two = [leak("p1", 0, 999), leak("p2", 0, 999, 24.0)]
    first = score([Report(0, "near")], two, FAR)
    assert first.found == {0: 1}
    assert first.euro == pytest.approx(2_000 * 0.8 - 500 / 3)
    both = score([Report(0, "near"), Report(500, "near")], two, FAR)
    assert both.found == {0: 1, 1: 0}
    assert both.euro == pytest.approx(first.euro + 500 * 0.8 - 250)


def test_a_report_of_the_year_before_is_of_no_account() -> None:
    assert score([Report(-1, "p1")], [leak("p1", 0, 9)], FAR).euro == 0


def test_naming_everything_scores_nothing_however_much_it_finds() -> None:
    rich = [leak("p1", 0, 999, 12_000.0)]
    every = score([Report(0, pipe) for pipe in ("p1", "a", "b")], rich, FAR)
    assert every.found and every.euro > 0
    assert every.counted == 0.0
    always = score([Report(value, "a") for value in range(N)], rich, FAR)
    assert (always.euro, always.counted) == (-500.0 * N, 0.0)
    assert score([Report(0, "p1"), Report(0, "a")], rich, FAR).counted > 0
