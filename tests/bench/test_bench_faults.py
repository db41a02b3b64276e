"""`python -m bench faults`: its rules on made-up sondes, and the engine that types what is laid on them."""

import numpy as np

from bench.events import Span
from bench.faults import COLUMNS, Alarm, Fault, first_type, gaps, laid, lots, raised

T_NS = (1_560_000_000 + 900 * np.arange(96 * 60)) * 10**9
USUAL, WANDER = np.array([12.0, 400.0, 8.0, 5.0]), np.array([0.5, 5.0, 0.1, 0.5])


def sonde(seed: int) -> np.ndarray:
    """Days that swing, and noise: no fault at all."""
    rng, day = np.random.default_rng(seed), np.sin(2 * np.pi * np.arange(len(T_NS)) / 96)
    return USUAL + WANDER * (day[:, None] + 0.2 * rng.standard_normal((len(T_NS), len(COLUMNS))))


def test_stuck_spike_and_gap_are_typed_right_and_a_quiet_sonde_says_nothing_of_them() -> None:
    values = [sonde(1), sonde(2)]
    placed = [fault for fault in lots(values[1], T_NS, 1) if fault.type != "drift"]
    assert {fault.type for fault in placed} == {"stuck", "spike", "gap"}
    alarms = raised([values[0], laid(values[1], T_NS, placed, 1)], T_NS)
    assert [first_type(fault, alarms[1]) for fault in placed] == [fault.type for fault in placed]
    assert not [alarm for alarm in alarms[0] if alarm.type in ("stuck", "gap")]


def test_an_alarm_begun_before_a_fault_or_of_another_tag_does_not_type_it() -> None:
    fault = Fault(2, "spike", Span(1000.0, 2800.0))
    before, other = Alarm("spike", 2, Span(900.0, 5000.0)), Alarm("spike", 1, Span(1100.0, 1500.0))
    assert first_type(fault, [before, other]) is None
    station = Alarm("quality", None, Span(1200.0, 1500.0))
    assert first_type(fault, [before, other, station]) == "quality"
    assert first_type(fault, [station, Alarm("stuck", 2, Span(1300.0, 1500.0))]) == "stuck"


def test_gaps_of_the_sonde_itself_are_its_own() -> None:
    values = np.arange(len(T_NS), dtype=float)
    values[10:20] = np.nan
    (gap,) = gaps(values, T_NS)
    assert gap == Span(T_NS[10] / 1e9, T_NS[20] / 1e9 + 3600.0)
