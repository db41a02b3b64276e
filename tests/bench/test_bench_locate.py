"""`python -m bench locate`: its rules, and the way from an alarm to a place, on a small town."""

from pathlib import Path

import numpy as np
import pytest

from bench.locate import START_NS, STEP_NS, Case, Town, columns, figures, judged, placed, town_of, truth
from bench.ltown_twin import Twin
from bench.ltown_water import PER_DAY, Leak
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats
from tests.bench.small_town import town

DAYS = 7
HOUR = 12
LEAK = Leak("p5", 20.0, DAYS * PER_DAY + 6 * HOUR)


def case(size: float, far: tuple[float, float, float], *, right: bool = True, random: float = 0.1) -> Case:
    hours = (6, 24, 48)
    leak = Leak("p", size, 0)
    return Case(leak, random, dict(zip(hours, far, strict=True)), dict.fromkeys(hours, right), oracle_m=100.0)


def told(cases: list[Case]) -> dict[str, tuple[float, bool]]:
    return {figure.name: (round(figure.value, 1), figure.missed) for figure in figures(cases)}


def test_near_is_counted_of_all_leaks_and_soon_of_large_ones() -> None:
    far = float("inf")
    cases = [
        case(10, (far, 301, 299)),
        case(24.9, (far, 300, 300)),
        case(25, (300, 0, 0)),
        case(40, (far,) * 3),
    ]
    cases[3] = case(40, (far,) * 3, right=False)
    figure = told(cases)
    assert figure["leaks that an alarm has found and the hub located, 48 h"] == (3, False)
    assert figure["10 m3/h and more, search begins within 300 m, 24 h"] == (50, True)
    assert figure["10 m3/h and more, search begins within 300 m, 48 h"] == (75, True)
    assert figure["25 m3/h and more, 6 h"] == (50, True)
    assert figure["10 to 25 m3/h, 48 h"] == (100, False)
    assert figure["the right area of A, B and C, 48 h"] == (75, True)
    assert figure["times as often as a random pipe"] == (7.5, False)
    assert figure["an oracle's, 48 h"] == (100, False)


def test_a_random_choice_does_not_pass_where_any_pipe_is_near() -> None:
    figure = told([case(30, (100, 100, 100), random=0.5)] * 4)
    assert figure["times as often as a random pipe"] == (2, True)
    assert figure["25 m3/h and more, 6 h"] == (100, False)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Floats]:
    """The town as a hub knows it, and what its instruments tell of a week and two days with LEAK."""
    data = town(tmp_path_factory.mktemp("small"))
    known = town_of(data, tmp_path_factory.mktemp("known"))
    return known, columns(known, Twin(data, 1, DAYS, cache=None).record(LEAK, 3))


def raised(row: int, zone: str = "ab", began: int = LEAK.start) -> Finding:
    """An alarm of that value of the record, that says when it began."""
    onset_s = (START_NS + began * STEP_NS) / 1e9
    return Finding(
        alarm=f"{zone}:burst",
        kind=FindingKind.BURST,
        verb=Verb.RAISE,
        t_ns=START_NS + row * STEP_NS,
        tags=(),
        zone=zone,
        evidence={"onset_s": onset_s},
    )


def test_an_alarm_leads_to_the_pipe_and_before_it_nothing_is_located(small: tuple[Town, Floats]) -> None:
    known, values = small
    found = judged(known, LEAK, values, [raised(LEAK.start + 10 * HOUR)], None)
    assert found.far_m[6] == np.inf, "no alarm yet"
    assert found.far_m[24] <= 200 and found.far_m[48] <= 200
    assert found.area_right == {6: False, 24: True, 48: True}
    assert found.oracle_m == np.inf
    assert found.random == 0.5, "p4, p5, p6, and p8 behind the valve, of eight"


def test_an_alarm_that_is_older_or_in_the_other_district_finds_nothing(small: tuple[Town, Floats]) -> None:
    known, values = small
    older = judged(known, LEAK, values, [raised(LEAK.start - 1)], None)
    other = judged(known, LEAK, values, [raised(LEAK.start + 1, "c")], None)
    assert set(older.far_m.values()) == {np.inf}
    assert not any(other.area_right.values())
    assert min(other.far_m.values()) > 300


def test_a_town_without_the_leak_has_no_place(small: tuple[Town, Floats]) -> None:
    known, values = small
    quiet = values.copy()
    quiet[LEAK.start :] = values[LEAK.start - PER_DAY * 3 : LEAK.start][: len(values) - LEAK.start]
    assert set(judged(known, LEAK, quiet, [raised(LEAK.start + 1)], None).far_m.values()) == {np.inf}


def test_the_oracle_knows_where_it_is(small: tuple[Town, Floats], tmp_path: Path) -> None:
    known, _ = small
    exact = Twin(town(tmp_path), 1, DAYS, exact=True, cache=None).record(LEAK, 3)
    place = placed(known, columns(known, exact), *truth(known, LEAK))
    assert place is not None and place.first == LEAK.pipe
