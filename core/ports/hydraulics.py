"""A hydraulic and water-quality engine over one network model."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.model.network import Network

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HydraulicState:
    """In the order of `Hydraulics.nodes` and `.links`. pressure_m: metres of water above the node (a
    tank's level); demand_m3h: delivered, emitters included; flow_m3h: a to b positive; chlorine_mg_l."""

    pressure_m: Floats
    demand_m3h: Floats
    flow_m3h: Floats
    chlorine_mg_l: Floats


class Hydraulics(Protocol):
    """Pressure-driven. Not thread-safe; `close` frees the engine's memory."""

    @property
    def network(self) -> Network: ...

    @property
    def nodes(self) -> tuple[str, ...]: ...

    @property
    def links(self) -> tuple[str, ...]: ...

    @property
    def base_demand_m3h(self) -> Floats:
        """The model's own mean demand at each node."""
        ...

    def set_demand(self, demand_m3h: Floats) -> None:
        """The demand wanted at every node from now on, (n_nodes,)."""
        ...

    def set_leak(self, node: str, coefficient_m3h: float) -> None:
        """An opening at `node` that loses coefficient x sqrt(pressure in m) m3/h (EPANET emitter, exponent
        0.5); 0 closes it."""
        ...

    def set_open(self, link: str, open: bool) -> None: ...

    def set_speed(self, pump: str, speed: float) -> None:
        """Relative speed; 0 stops it."""
        ...

    def set_level(self, tank: str, level_m: float) -> None:
        """Beyond what the tank holds it is empty or full."""
        ...

    def set_chlorine(self, node: str, mg_l: float) -> None:
        """What a node's water, or a whole tank's, holds at the start; only before the first `advance`."""
        ...

    def set_source_chlorine(self, node: str, mg_l: float) -> None:
        """Residual leaving a reservoir, or dosed at a node."""
        ...

    def solve(self) -> HydraulicState:
        """The steady state with tanks where they are. Raises HydraulicError when it does not converge."""
        ...

    def advance(self, seconds: float) -> HydraulicState:
        """Move tanks and chlorine on by `seconds` of plant time, then solve."""
        ...

    def close(self) -> None: ...


class HydraulicError(Exception):
    """The solver gave up; names its code and the time."""
