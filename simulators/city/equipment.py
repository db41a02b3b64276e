"""What a utility adds to its pipes: valves, instruments, buildings, landmarks, crews."""

from dataclasses import dataclass

import numpy as np

from core.model.text import Text
from simulators.city.names import PLACES
from simulators.city.plan import City, Dma, Junction
from simulators.city.spread import spread

SENSORS = 7
"""Pressure transmitters of an area beside the one at its inlet."""
QUALITY_STATIONS = 12
VALVE_AT_CROSSING, VALVE_AT_BEND = 0.62, 0.15
"""How often a place where the N-1 rule wants a valve has one."""
STOREYS, STOREY_SHARES = (4, 6, 6, 11, 18, 26, 33), (0.12, 0.3, 0.2, 0.14, 0.12, 0.08, 0.04)
SECONDARY_ABOVE = 7
"""Storeys that the main's pressure does not reach without pumps."""


@dataclass(frozen=True, slots=True)
class Valve:
    id: str
    link: str
    node: str
    open: int = 1


@dataclass(frozen=True, slots=True)
class Building:
    id: str
    node: str
    street: str
    number: int
    storeys: int
    secondary_supply: int


@dataclass(frozen=True, slots=True)
class Landmark:
    id: str
    kind: str
    node: str
    name: Text


@dataclass(frozen=True, slots=True)
class Crew:
    id: str
    name: Text
    zone: str
    skills: str
    shift_from: int
    shift_to: int
    depot: str
    most_open: int = 3


def valves(city: City, seed: int) -> list[Valve]:
    """By the N-1 rule (a crossing of n pipes has n-1 valves) as far as utilities follow it; both ends of an
    inlet always."""
    rng = np.random.default_rng(seed + 1)
    found: list[Valve] = []
    for node, pipes in city.pipes_at().items():
        chance = VALVE_AT_CROSSING if len(pipes) >= 3 else VALVE_AT_BEND
        for k, pipe in enumerate(sorted(pipes, key=lambda p: p.diameter_mm)):
            inlet = pipe.id.startswith("IN")
            if inlet or (k < len(pipes) - 1 and rng.random() < chance):
                found.append(Valve(f"V{len(found) + 1:04d}", pipe.id, node))
    return found


def sensor_nodes(city: City, dma: Dma) -> list[str]:
    """Nodes for SENSORS transmitters: each as far along the pipes as can be from the inlet and the others."""
    return spread(city, dma.id, [dma.inlet_node], SENSORS)


def quality_nodes(city: City) -> list[tuple[str, str]]:
    """(zone, node) of each quality station: one an area, more in the areas that use most."""
    busiest = sorted(city.dmas, key=lambda id: -city.dmas[id].mean_m3h)
    chosen = []
    for dma in city.dmas.values():
        n = len(range(busiest.index(dma.id), QUALITY_STATIONS, len(busiest)))
        chosen += [(dma.id, node) for node in spread(city, dma.id, [dma.inlet_node], n)]
    return chosen


def buildings(city: City, seed: int) -> list[Building]:
    """Two at each junction that uses water, on the street of one of its pipes, numbered along it."""
    rng = np.random.default_rng(seed + 2)
    at = city.pipes_at()
    numbers: dict[str, int] = {}
    found: list[Building] = []
    for junction in _houses(city):
        streets = sorted({pipe.street for pipe in at[junction.id] if pipe.street})
        for _ in range(2):
            street = str(rng.choice(streets))
            numbers[street] = numbers.get(street, -1) + 2
            storeys = int(rng.choice(STOREYS, p=STOREY_SHARES))
            secondary = int(storeys > SECONDARY_ABOVE)
            found.append(
                Building(f"B{len(found) + 1:05d}", junction.id, street, numbers[street], storeys, secondary)
            )
    return found


def landmarks(city: City, seed: int) -> list[Landmark]:
    """The places people orient themselves by, and hydrants at every fifth crossing."""
    rng = np.random.default_rng(seed + 3)
    houses = _houses(city)
    chosen = rng.choice(len(houses), min(len(PLACES), len(houses)), replace=False).tolist()
    found = [
        Landmark(f"place-{n:02d}", kind, houses[k].id, Text(zh, en))
        for n, (k, (kind, zh, en)) in enumerate(zip(chosen, PLACES, strict=False), 1)
    ]
    for n, junction in enumerate(houses[::5], 1):
        found.append(
            Landmark(f"hydrant-{n:03d}", "hydrant", junction.id, Text(f"消火栓 {n:03d}", f"Hydrant {n:03d}"))
        )
    return found


def crews() -> list[Crew]:
    """What each is able to, its hours and where its vehicle stands, so that they differ in who should go."""
    known = (
        ("一", "main_repair pumps sampling meters", 0, 24, "J01004"),
        ("二", "main_repair meters", 8, 20, "J02066"),
        ("三", "main_repair sampling", 20, 8, "J07054"),
        ("四", "pumps sampling meters", 0, 24, "J09016"),
    )
    return [
        Crew(f"crew-{n}", Text(f"抢修{zh}班", f"Repair crew {n}"), "", skills, begin, end, depot)
        for n, (zh, skills, begin, end, depot) in enumerate(known, 1)
    ]


def _houses(city: City) -> list[Junction]:
    return [junction for junction in city.junctions.values() if junction.zone in city.dmas]
