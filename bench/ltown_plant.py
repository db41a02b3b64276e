"""L-Town as a hub is told of it: A and B together by two inlets, C behind the pump and its tank."""

from dataclasses import replace

import numpy as np

from bench.ltown_water import METERS
from core.model.plant import Zone, ZoneKind
from core.model.sample import Floats
from core.model.tag import Quantity, Tag
from core.model.text import Text

TEXT = Text("L-Town", "L-Town")
FILL, TANK_M = "T1.fill", 16.0
"""What flows into the tank, by its level and its diameter in L-TOWN.inp."""


def districts(period_s: float) -> tuple[dict[str, Zone], dict[str, Tag]]:
    """With the flows that bound them, the meters' and what fills the tank."""
    zone = Zone(id="ab", name=TEXT, kind=ZoneKind.DMA, inflow=METERS[:2], outflow=METERS[2:])
    zones = {"ab": zone, "c": replace(zone, id="c", inflow=METERS[2:], outflow=(FILL,))}
    a_tag = Tag(id="", quantity=Quantity.FLOW, unit="m3/h", name=TEXT, station="l", period_s=period_s)
    meters = {id: replace(a_tag, id=id, link=id, zone="c" if id == METERS[2] else "ab") for id in METERS}
    return zones, meters | {FILL: replace(a_tag, id=FILL, zone="c")}


def filled(level_m: Floats, period_s: float) -> Floats:
    """m3/h since the value before."""
    return np.diff(level_m, prepend=level_m[0]) * (np.pi * TANK_M**2 / 4) / (period_s / 3600)
