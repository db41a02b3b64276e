"""A town of any size for what detection costs: districts of ten tags that all live the same weeks.

Each has an inflow, three pressures, a tank with its pump, and a station of four probes; a row of every kind
of detector that learns, over all it can watch. What a few districts have learned is given to any number of
others under their names, so that a large town need not live for weeks.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from alarms.engine import Engine
from bench.small_plant import plant_with, row_with
from core.model.alarm import EXPECTED_WEEK, AlarmDefinition
from core.model.finding import FindingKind
from core.model.plant import Plant, Zone, ZoneKind
from core.model.sample import Batch, Floats, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text

PER_DISTRICT, PERIOD_S = 10, 900
LEARN_DAYS, LEARNING = 16, 10
"""Days that are lived, of so many districts: fourteen nights, and a cross-check's week after its week."""
PER_DAY = 86_400 // PERIOD_S
START_NS = 1_795_017_600 * 10**9
"""A midnight in Shanghai."""
QUANTITIES = {
    "inflow": (Quantity.FLOW, "m3/h"),
    "p1": (Quantity.PRESSURE, "m"),
    "p2": (Quantity.PRESSURE, "m"),
    "p3": (Quantity.PRESSURE, "m"),
    "level": (Quantity.LEVEL, "m"),
    "pump": (Quantity.STATUS, "1"),
    "chlorine": (Quantity.FREE_CHLORINE, "mg/L"),
    "ph": (Quantity.PH, "pH"),
    "conductivity": (Quantity.CONDUCTIVITY, "uS/cm"),
    "turbidity": (Quantity.TURBIDITY, "NTU"),
}
LEARNED = ("forecast", "burst", "leak", "quality_event", "level_control", "spike", "drift", "cross_check")
"""Detectors of the engine whose state is by district or tag."""
_TEXT = Text("片区", "District")
State = Any


def name_of(n: int) -> str:
    return f"d{n:05d}"


def plant(districts: int) -> Plant:
    tags, zones = dict[str, Tag](), dict[str, Zone]()
    for name in map(name_of, range(districts)):
        zones[name] = Zone(id=name, name=_TEXT, kind=ZoneKind.DMA, inflow=(f"{name}.inflow",))
        for what, (quantity, unit) in QUANTITIES.items():
            id = f"{name}.{what}"
            tags[id] = Tag(
                id=id,
                quantity=quantity,
                unit=unit,
                name=_TEXT,
                station=name,
                zone=name,
                period_s=float(PERIOD_S),
                link=id if quantity is Quantity.STATUS else None,
            )
    return plant_with(tags, zones)


def rows(districts: int) -> list[AlarmDefinition]:
    return [row for n in range(districts) for row in _rows(name_of(n))]


def _rows(name: str) -> Iterator[AlarmDefinition]:
    for kind in (FindingKind.BURST, FindingKind.LEAK, FindingKind.CROSS_CHECK):
        yield row_with(f"{name}:{kind}", kind, zone=name)
    station = row_with(f"{name}:quality", FindingKind.QUALITY_EVENT, zone=name)
    yield replace(station, station=name)
    yield replace(station, id=f"{name}:together", station=name, needs=2)
    pump = row_with(f"{name}:pump", FindingKind.LEVEL_CONTROL, tag=f"{name}.pump")
    yield replace(pump, reference=f"{name}.level", off_delay_s=3600.0)
    for what in QUANTITIES:
        if what != "pump":
            yield row_with(f"{name}:{what}:spike", FindingKind.SPIKE, tag=f"{name}.{what}", setpoint=8.0)
    for what, sibling in (("p1", "p2"), ("p2", "p3"), ("p3", "p1")):
        drift = row_with(f"{name}:{what}:drift", FindingKind.DRIFT, tag=f"{name}.{what}", setpoint=2.0)
        yield replace(drift, reference=f"{name}.{sibling}")
    for what in ("inflow", "p1"):
        far = row_with(f"{name}:{what}:week", FindingKind.DEVIATION, tag=f"{name}.{what}", setpoint=30.0)
        yield replace(far, reference=EXPECTED_WEEK, relative=True, deadband=5.0, on_delay_s=3600.0)


def values(ticks: int) -> Floats:
    """Of `LEARNING` districts, (ticks, districts, tags): days that swing, and noise."""
    rng, t = np.random.default_rng(9), np.arange(ticks)
    day, noise = np.sin(2 * np.pi * t / PER_DAY), rng.standard_normal((ticks, LEARNING, PER_DISTRICT))
    usual = np.array([60.0, 42.0, 38.0, 33.0, 3.0, 0.0, 0.6, 7.5, 400.0, 0.3])
    swing = np.array([20.0, -2.0, -3.0, -4.0, 1.0, 0.0, 0.05, 0.05, 10.0, 0.05])
    wander = np.array([1.2, 0.1, 0.1, 0.1, 0.02, 0.0, 0.01, 0.01, 1.0, 0.01])
    told: Floats = usual + swing * day[:, None, None] + wander * noise
    told[:, :, list(QUANTITIES).index("pump")] = (np.cos(2 * np.pi * t / PER_DAY) > 0)[:, None]
    return told


def batch(tick: int, told: Floats, names: Names, districts: int) -> Batch:
    """One value of every tag. told: of this tick, (LEARNING, tags)."""
    n = districts * PER_DISTRICT
    v = np.tile(told.ravel(), -(-districts // LEARNING))[:n]
    t_ns = np.full(n, START_NS + tick * PERIOD_S * 10**9, np.int64)
    zero = np.zeros(n, np.uint32)
    return Batch(names, np.arange(n, dtype=np.uint32), t_ns, v, zero, t_ns, zero.astype(np.uint8))


def engine(districts: int, kind: FindingKind | None = None) -> tuple[Engine, Names]:
    """kind: of rows, None for all."""
    of = plant(districts)
    mine = [row for row in rows(districts) if kind in (None, row.kind)]
    return Engine(of, mine), Names.one("town", tuple(of.tags))


def learned(told: Floats, days: int) -> dict[str, bytes]:
    """What `LEARNING` districts know after so many days, by detector."""
    town, names = engine(LEARNING)
    for tick in range(days * PER_DAY):
        town.update(batch(tick, told[tick], names, LEARNING))
    return {name: msgspec.msgpack.encode(town.detectors[name].snapshot()) for name in LEARNED}


def teach(town: Engine, districts: int, known: dict[str, bytes]) -> None:
    """Gives every district what its like has learned: copies of its own, under its own names."""
    for name, content in known.items():
        whole: dict[str, State] = {}
        for first in range(0, districts, LEARNING):
            mine = {name_of(n): name_of(first + n) for n in range(min(LEARNING, districts - first))}
            state = msgspec.msgpack.decode(content)
            whole |= {
                _renamed(id, mine): _renamed(one, mine)
                for id, one in state.items()
                if id.partition(":")[0] in mine
            }
        town.detectors[name].restore(whole)


def _renamed(state: State, names: dict[str, str]) -> State:
    if isinstance(state, str):
        known = names.get(state[:6])
        return state if known is None else known + state[6:]
    if isinstance(state, dict):
        return {_renamed(key, names): _renamed(one, names) for key, one in state.items()}
    return [_renamed(one, names) for one in state] if isinstance(state, list) else state
