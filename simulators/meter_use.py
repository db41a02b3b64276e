"""The smart meters' registers: each account's share of its area's week, added up since the meter was new."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.adapters.epanet_hydraulics import EpanetHydraulics
from simulators.accounts import uses_m3h
from simulators.meter_book import HOURS_KEPT, MeterBook
from simulators.world import World

HOUR_S = 3600
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MeterUse:
    """meters: ids as in accounts.csv. mean_m3h, (n,): mean use. area, (n,): index into the world's areas."""

    meters: tuple[str, ...]
    mean_m3h: Floats
    area: npt.NDArray[np.int64]

    @classmethod
    def read(cls, accounts: Path, truth: Path, areas: list[str]) -> "MeterUse":
        """The rows with smart=1. Raises FileNotFoundError, or ValueError for a meter outside all areas."""
        with accounts.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        water = EpanetHydraulics.open(truth)
        demand = dict(zip(water.nodes, water.base_demand_m3h.tolist(), strict=True))
        water.close()
        uses = uses_m3h([row["node"] for row in rows], [row["segment"] for row in rows], demand)
        smart = [k for k, row in enumerate(rows) if row["smart"] == "1"]
        index = {zone: i for i, zone in enumerate(areas)}
        if outside := {rows[k]["zone"] for k in smart} - index.keys():
            raise ValueError(f"{accounts}: smart meters in {', '.join(sorted(outside))}, where no area is")
        return cls(
            tuple(rows[k]["meter"] for k in smart),
            uses[smart],
            np.array([index[rows[k]["zone"]] for k in smart], np.int64),
        )

    def registers(self, world: World, hour: int) -> Floats:
        """m3 on every meter at a full hour since 1970, (n,)."""
        return world.meter_m3(self.mean_m3h, self.area, float(hour * HOUR_S))

    def keep(self, world: World, book: MeterBook) -> None:
        """Fills the book up to the world's last full hour."""
        last = world.now_ns // 10**9 // HOUR_S
        for hour in range(last - HOURS_KEPT + 1, last + 1):
            if not book.has(hour):
                book.put(hour, self.registers(world, hour).data)
