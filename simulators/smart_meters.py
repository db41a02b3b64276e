"""The customers' smart meters: which they are, and what their registers show."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from simulators.accounts import uses_m3h
from simulators.world import World

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SmartMeters:
    """meters: ids as on the dial. uses_m3h: mean use of each. area: its index in `World.areas`."""

    meters: tuple[str, ...]
    uses_m3h: Floats
    area: npt.NDArray[np.int64]

    @classmethod
    def of(cls, accounts: Path, world: World) -> Self:
        """The rows with smart = 1 of accounts.csv. Raises FileNotFoundError."""
        with accounts.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        uses = uses_m3h([row["node"] for row in rows], [row["segment"] for row in rows], world.mean_m3h)
        smart = [i for i, row in enumerate(rows) if row["smart"] == "1" and row["zone"] in world.areas]
        area = np.array([world.areas.index(rows[i]["zone"]) for i in smart], np.int64)
        return cls(tuple(rows[i]["meter"] for i in smart), uses[smart], area)

    def registers_m3(self, world: World, t_s: float) -> Floats:
        """What every dial shows at a time in Unix seconds, to the litre."""
        return np.round(world.meter_m3(self.uses_m3h, self.area, t_s), 3)
