"""Clear wells of the works. A works makes water at one rate all day, the week's mean; the town takes it as it
does: the well is full before people wake and low when they go to bed. EPANET knows it as a reservoir only."""

from collections.abc import Iterable, Set

import numpy as np

from core.model.tag import Quantity
from simulators.demand import HOUR_S, MONDAY_S, SHANGHAI_S, WEEK_S, Demand
from simulators.noise import Floats
from simulators.sensors import SensorRow

MIDDLE_M, SWING_M = 3.2, 1.2


class ClearWells:
    """Level instruments that stand at a reservoir."""

    def __init__(self, rows: Iterable[SensorRow], reservoirs: Set[str], demand: Demand) -> None:
        self._here = [
            i for i, row in enumerate(rows) if row.quantity is Quantity.LEVEL and row.node in reservoirs
        ]
        town = demand.week @ demand.zone_m3h / max(demand.zone_m3h.sum(), 1e-9)
        taken = np.concatenate([[0.0], np.cumsum(town - town.mean())])
        middle = (taken.max() + taken.min()) / 2
        self._level_m: Floats = MIDDLE_M - SWING_M * (taken - middle) / max(float(np.ptp(taken)) / 2, 1e-9)

    def fill(self, values: Floats, t_s: Floats) -> None:
        """values: (n_times, n_tags). In place."""
        into = (t_s + SHANGHAI_S - MONDAY_S) % WEEK_S / HOUR_S
        values[:, self._here] = np.interp(into, np.arange(len(self._level_m)), self._level_m)[:, None]
