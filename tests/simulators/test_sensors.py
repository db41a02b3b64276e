"""Instruments are as good as their class says, and fail as they are told to."""

from dataclasses import replace

import numpy as np
import pytest

from core.model.quality import Status
from core.model.tag import Quantity
from simulators.sensors import CLOCK_OFF_NS, SensorRow, Sensors
from simulators.troubles import FaultKind, Kind, Trouble

S_NS = 10**9
H_NS = 3600 * S_NS
T0 = 1_790_000_000 * 10**9
ROWS = [
    SensorRow("p", Quantity.PRESSURE, "st-01", "dma-01", "J1", None, -5, 100),
    SensorRow("f", Quantity.FLOW, "st-01", "dma-01", None, "P1", -2000, 2000),
    SensorRow("cl", Quantity.FREE_CHLORINE, "q-01", "dma-01", "J1", None, 0, 5),
]
TRUE = np.array([30.0, 70.0, 0.5])


def fault(kind: FaultKind, tag: str) -> Trouble:
    return Trouble(id="x", kind=Kind.FAULT, start_ns=T0, tag=tag, detail=kind)


def shown(kind: FaultKind, tag: str, hours: list[float]) -> np.ndarray:
    sensors, k = Sensors(ROWS, 1), [row.tag for row in ROWS].index(tag)
    return np.array([sensors.read(TRUE, T0 + round(h * H_NS), [fault(kind, tag)]).v[k] for h in hours])


def test_a_gauge_has_two_centimetres_of_noise_steps_of_one_and_an_offset_of_its_own() -> None:
    offsets = []
    for seed in range(40):
        sensors = Sensors(ROWS, seed)
        seen = sensors.show(np.tile(TRUE, (4000, 1)), T0 + S_NS * np.arange(4000))[:, 0]
        assert seen.std() == pytest.approx(0.02, abs=0.003)
        assert np.round(seen * 100) == pytest.approx(seen * 100, abs=1e-6)
        assert seen.mean() - 30 == pytest.approx(sensors.offset_m[0], abs=0.002)
        offsets.append(sensors.offset_m[0])
    assert -0.3 <= min(offsets) < -0.15 < 0.15 < max(offsets) <= 0.3
    assert len(set(offsets)) == 40


def test_what_one_instrument_s_noise_is_says_nothing_of_another_s_or_of_the_next() -> None:
    rows = [replace(ROWS[1], tag=f"f{n}") for n in range(20)]
    noise = Sensors(rows, 1).show(np.full((4000, 20), 1000.0), T0 + S_NS * np.arange(4000)) - 1000
    assert noise.std() == pytest.approx(4, rel=0.02)
    assert (np.abs(noise) > 10).mean() == pytest.approx(0.0124, abs=0.0015), "as of a normal distribution"
    related = np.corrcoef(np.hstack([noise[:-1], noise[1:]]), rowvar=False) - np.eye(40)
    assert np.abs(related).max() < 0.08, "five standard deviations"


def test_stuck_holds_its_value_and_lets_go() -> None:
    sensors = Sensors(ROWS, 1)
    trouble = fault(FaultKind.STUCK, "p")
    first = sensors.read(TRUE, T0, [trouble]).v[0]
    assert sensors.read(TRUE + 5, T0 + H_NS, [trouble]).v[0] == first
    sensors.forget(trouble)
    assert sensors.read(TRUE + 5, T0 + 2 * H_NS, []).v[0] == pytest.approx(35, abs=0.45)


def test_drift_grows_with_time() -> None:
    seen = shown(FaultKind.DRIFT, "p", [0, 2, 4])
    assert seen[1] - seen[0] == pytest.approx(1.0, abs=0.2)
    assert seen[2] - seen[0] == pytest.approx(2.0, abs=0.2)


def test_spikes_are_rare_and_far_off() -> None:
    seen = shown(FaultKind.SPIKE, "f", np.linspace(0, 1, 400).tolist())
    far = np.abs(seen - 70) > 20
    assert 0.04 < far.mean() < 0.2
    assert np.abs(seen[~far] - 70).max() < 3


@pytest.mark.parametrize("tag", ["p", "f", "cl"])
def test_out_of_range_is_beyond_what_the_tag_can_mean(tag: str) -> None:
    row = next(row for row in ROWS if row.tag == tag)
    assert shown(FaultKind.OUT_OF_RANGE, tag, [0.1])[0] > row.high


def test_reagent_runs_out_within_the_hour() -> None:
    assert shown(FaultKind.REAGENT_OUT, "cl", [0, 0.5, 1.5]) == pytest.approx([0.5, 0.25, 0.0], abs=0.04)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.DEAD, Status.BAD_SENSOR_FAILURE),
        (FaultKind.OFFLINE, Status.BAD_NO_COMMUNICATION),
        (FaultKind.CALIBRATION, Status.UNCERTAIN_SENSOR_CALIBRATION),
    ],
)
def test_a_fault_the_instrument_knows_of_is_in_its_code(kind: FaultKind, code: Status) -> None:
    reading = Sensors(ROWS, 1).read(TRUE, T0, [fault(kind, "cl")])
    assert reading.q.tolist() == [0, 0, code]
    assert np.isnan(reading.v[2]) == bool(code >> 31)


def test_an_instrument_reads_what_it_was_told_to_read() -> None:
    fifty = replace(fault(FaultKind.READS, "cl"), value=50.0)
    sensors = Sensors(ROWS, 1)
    shown = {float(sensors.read(TRUE, T0, [fifty]).v[2]) for _ in range(20)}
    assert 49 < min(shown) <= max(shown) < 51
    assert len(shown) > 5, "as a probe does, not one figure for ever"


def test_a_wrong_clock_moves_the_time_and_nothing_else() -> None:
    reading = Sensors(ROWS, 1).read(TRUE, T0, [fault(FaultKind.WRONG_CLOCK, "cl")])
    assert reading.t_ns.tolist() == [T0, T0, T0 + CLOCK_OFF_NS]
    assert reading.v[2] == pytest.approx(0.5, abs=0.05)


def test_a_fault_begins_and_ends_when_it_says() -> None:
    short = Trouble(id="x", kind=Kind.FAULT, start_ns=T0, end_ns=T0 + H_NS, tag="p", detail="dead")
    sensors = Sensors(ROWS, 1)
    bad = [np.isnan(sensors.read(TRUE, T0 + d, [short]).v[0]) for d in (-1, 0, H_NS - 1, H_NS)]
    assert bad == [False, True, True, False]
