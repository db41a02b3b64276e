"""What minute noise of demand does to meters and gauges between two computed states of the water.

An area with one inlet takes in what its junctions use, to the litre. Head is lost between the inlet and a
gauge as the 1.852th power of flow (Hazen-Williams), so a small change dQ of the inflow Q changes the loss
h by 1.852 h dQ / Q. What the trunk adds is linear in all areas' changes, with coefficients from the
engine at mean demand that grow as the 0.852th power of the town's use.
"""

import numpy as np
import numpy.typing as npt

from core.model.tag import Quantity
from simulators.world import World

Floats = npt.NDArray[np.float64]

EXPONENT = 1.852
LEAST_M3H = 1.0
"""Of an area's use: below it nothing is added."""


class MinuteNoise:
    """For areas that one meter `<area>.inflow` feeds; gauges `<area>.p1` ... stand beyond the gauge
    `<area>.inlet_pressure`. Other areas are left as they are."""

    def __init__(self, world: World) -> None:
        self._world = world
        slot = {tag: i for i, tag in enumerate(world.tags)}
        self._areas = [k for k, area in enumerate(world.areas) if f"{area}.inflow" in slot]
        names = [world.areas[k] for k in self._areas]
        self._inflow = [slot[f"{name}.inflow"] for name in names]
        self._inlet = [slot.get(f"{name}.inlet_pressure") for name in names]
        self._gauges = [
            np.array([i for tag, i in slot.items() if tag.startswith(f"{name}.p")], np.intp) for name in names
        ]
        self._ground_m = world.ground_m()
        self._answer = self._trunk(world) if self._areas else np.zeros((0, len(slot)))

    def add(self, values: Floats, t_s: Floats, known_s: Floats) -> None:
        """values: (n_times, n_tags) at `t_s`, linear between the states known at `known_s`. In place."""
        if not self._areas:
            return
        now, known = self._world.wanted(t_s), self._world.wanted(known_s)
        extra = np.stack([now[:, k] - np.interp(t_s, known_s, known[:, k]) for k in self._areas], axis=1)
        use = np.maximum(now.sum(axis=1) / max(self._world.means_m3h.sum(), 1e-9), 0.1)
        beyond = [self._beyond(n, values, extra[:, n]) for n in range(len(self._areas))]
        values += extra @ self._answer * (use ** (EXPONENT - 1))[:, None]
        for n, lost in enumerate(beyond):
            values[:, self._gauges[n]] -= lost
            values[:, self._inflow[n]] += extra[:, n]

    def _beyond(self, n: int, values: Floats, extra: Floats) -> Floats:
        """Head lost inside an area because of `extra` inflow, (n_times, n_gauges), m."""
        inlet, gauges, flow = self._inlet[n], self._gauges[n], values[:, self._inflow[n]]
        if inlet is None or flow.min() < LEAST_M3H:
            return np.zeros((len(values), len(gauges)))
        head = values[:, inlet] + self._ground_m[inlet]
        lost = head[:, None] - values[:, gauges] - self._ground_m[gauges]
        more: Floats = EXPONENT * lost * (extra / flow)[:, None]
        return more

    def _trunk(self, world: World) -> Floats:
        """(n_areas, n_tags): of pressures, that of the area's inlet for all its gauges; of flows, none."""
        answer = world.response()[self._areas]
        pressure = np.array([quantity is Quantity.PRESSURE for quantity in world.quantities])
        answer[:, ~pressure] = 0.0
        for inlet, gauges in zip(self._inlet, self._gauges, strict=True):
            answer[:, gauges] = 0.0 if inlet is None else answer[:, [inlet]]
        return answer
