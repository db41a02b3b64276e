"""From the physical state to what instruments show: offset, noise, resolution, and faults to order."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.model.quality import Status
from core.model.tag import QUALITY, Quantity
from simulators.noise import Floats, Times, drawn, key_of, shaken
from simulators.troubles import FaultKind, Kind, Trouble

PRESSURE_OFFSET_M = 0.3
NOISE = {
    Quantity.FLOW: 0.004,
    Quantity.PRESSURE: 0.02,
    Quantity.LEVEL: 0.004,
    Quantity.FREE_CHLORINE: 0.006,
    Quantity.TURBIDITY: 0.008,
    Quantity.PH: 0.01,
    Quantity.CONDUCTIVITY: 1.0,
    Quantity.TEMPERATURE: 0.03,
}
"""Standard deviation in the tag's unit; of a flow, as a share of the reading (class 0.5 meters)."""
RESOLUTION = {
    Quantity.FLOW: 0.01,
    Quantity.PRESSURE: 0.01,
    Quantity.LEVEL: 0.001,
    Quantity.FREE_CHLORINE: 0.01,
    Quantity.TURBIDITY: 0.01,
    Quantity.PH: 0.01,
    Quantity.CONDUCTIVITY: 1.0,
    Quantity.TEMPERATURE: 0.1,
}
WOBBLE = 0.002
"""Of what an instrument is told to read."""
DRIFT_PER_H = {
    Quantity.PRESSURE: 0.5,
    Quantity.FREE_CHLORINE: 0.03,
    Quantity.TURBIDITY: 0.05,
    Quantity.PH: 0.05,
}
CLOCK_OFF_NS = 2 * 3600 * 10**9
CHANGES_CODE = {
    FaultKind.DEAD: Status.BAD_SENSOR_FAILURE,
    FaultKind.OFFLINE: Status.BAD_NO_COMMUNICATION,
    FaultKind.CALIBRATION: Status.UNCERTAIN_SENSOR_CALIBRATION,
}


@dataclass(frozen=True, slots=True)
class SensorRow:
    """What the town needs of a row of tags.csv."""

    tag: str
    quantity: Quantity
    station: str
    zone: str
    node: str | None
    link: str | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What every instrument shows, in the order of the tags. v is NaN where q is Bad."""

    t_ns: npt.NDArray[np.int64]
    v: Floats
    q: npt.NDArray[np.uint32]


def read_sensors(config: Path) -> list[SensorRow]:
    with (config / "tags.csv").open(encoding="utf-8-sig", newline="") as file:
        return [
            SensorRow(
                row["id"], Quantity(row["quantity"]), row["station"], row["zone"],
                row["node"] or None, row["link"] or None,
                float(row["low"] or "-inf"), float(row["high"] or "inf"),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


class Sensors:
    """The instruments of `rows`. What one shows follows from the seed, its tag, what is true, the time and
    its own faults: neither other instruments nor their faults change it."""

    def __init__(self, rows: list[SensorRow], seed: int) -> None:
        self.rows = rows
        self._keys = np.array([key_of(seed, f"noise {row.tag}") for row in rows], np.uint64)
        self._of_fault = cache(lambda tag: drawn(seed, f"fault {tag}"))
        quantity = [row.quantity for row in rows]
        self._is_flow = np.array([q is Quantity.FLOW for q in quantity])
        self._noise = np.array([NOISE.get(q, 0.0) for q in quantity])
        self._step = np.array([RESOLUTION.get(q, 1.0) for q in quantity])
        self._least = np.array([0.0 if q in QUALITY - {Quantity.TEMPERATURE} else -np.inf for q in quantity])
        self.offset_m: Floats = np.array([_offset_m(row, seed) for row in rows])
        self._index = {row.tag: i for i, row in enumerate(rows)}
        self._held: dict[str, float] = {}

    def show(self, true: Floats, t_ns: Times) -> Floats:
        """Measured values of true ones at these times, (n_times, n_tags): offset, noise, resolution."""
        noise = shaken(self._keys, t_ns) * self._noise
        noise = np.where(self._is_flow, noise * np.abs(true), noise)
        steps = np.round((true + self.offset_m + noise) / self._step)
        shown: Floats = np.maximum(steps * self._step, self._least)
        return shown

    def read(self, true: Floats, t_ns: int, faults: Iterable[Trouble]) -> Readings:
        """One moment of all instruments, with the faults that run then."""
        n, at = len(self.rows), np.array([t_ns], np.int64)
        out = Readings(np.repeat(at, n), self.show(true[None, :], at)[0], np.zeros(n, np.uint32))
        for fault in faults:
            if fault.kind is Kind.FAULT and fault.tag is not None and fault.runs_at(t_ns):
                self._apply(fault, self._index[fault.tag], out, t_ns)
        return out

    def forget(self, fault: Trouble) -> None:
        """A fault is over: what it held is let go."""
        self._held.pop(fault.id, None)

    def _apply(self, fault: Trouble, i: int, out: Readings, t_ns: int) -> None:
        row, kind = self.rows[i], FaultKind(fault.detail or "stuck")
        rng = self._of_fault(row.tag)
        hours = (t_ns - fault.start_ns) / 3.6e12
        match kind:
            case FaultKind.STUCK:
                out.v[i] = self._held.setdefault(fault.id, float(out.v[i]))
            case FaultKind.SPIKE:
                if rng.random() < 0.1:
                    out.v[i] += rng.choice([-1, 1]) * max(abs(out.v[i]) * 0.6, 20 * self._noise[i])
            case FaultKind.DRIFT:
                out.v[i] += DRIFT_PER_H.get(row.quantity, 0.02 * max(abs(out.v[i]), 1)) * hours
            case FaultKind.OUT_OF_RANGE:
                out.v[i] = row.high * 1.5 if np.isfinite(row.high) else out.v[i] * 1000
            case FaultKind.WRONG_CLOCK:
                out.t_ns[i] += CLOCK_OFF_NS
            case FaultKind.REAGENT_OUT:
                out.v[i] *= max(0.0, 1 - hours)
            case FaultKind.CALIBRATION:
                out.v[i] += rng.normal(0, 5 * max(self._noise[i], 0.01))
            case FaultKind.READS:
                # no probe shows one figure for minutes, and what tells only changes would be silent of it
                told = fault.value or 0.0
                wobble = rng.normal(0, max(self._noise[i], self._step[i], WOBBLE * abs(told)))
                out.v[i] = told + round(wobble / self._step[i]) * self._step[i]
        if code := CHANGES_CODE.get(kind):
            out.q[i] = code
            if code >> 31:
                out.v[i] = np.nan


def _offset_m(row: SensorRow, seed: int) -> float:
    """Nobody's gauge is set to its place to the centimetre."""
    if row.quantity is not Quantity.PRESSURE:
        return 0.0
    return float(drawn(seed, f"offset {row.tag}").uniform(-PRESSURE_OFFSET_M, PRESSURE_OFFSET_M))
