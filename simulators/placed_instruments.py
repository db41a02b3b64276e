"""Instruments for a foreign network: a meter on every link over a border, sensors spread over the rest."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.model.network import LinkKind, NodeKind
from core.model.tag import Quantity
from core.model.text import Text
from simulators.city.equipment import SENSORS, quality_nodes
from simulators.city.instruments import Instrument, Registers, named, quality_station
from simulators.city.spread import spread
from simulators.placed_network import Placed

JUNCTIONS_OF_SENSOR = 8
"""At least, in a small area."""
LARGEST_FLOW_M3H = 20_000.0


@dataclass(slots=True)
class Meters:
    """Flow tags of each zone, by the direction in which they count; and the link of every tag."""

    link: dict[str, str] = field(default_factory=dict)
    zone: dict[str, str] = field(default_factory=dict)
    into: dict[str, list[str]] = field(default_factory=dict)
    out_of: dict[str, list[str]] = field(default_factory=dict)


def meters(placed: Placed) -> Meters:
    """One meter on each link between two zones. It counts from a to b: into b's zone, out of a's. An area
    with one meter that counts inward has the tag `dma-03.inflow`."""
    border = [
        link
        for link in placed.network.links.values()
        if link.open and placed.zone[link.a] != placed.zone[link.b]
    ]
    found = Meters()
    for zone in placed.zone.values():
        found.into.setdefault(zone, [])
        found.out_of.setdefault(zone, [])
    counts: dict[str, int] = {}
    for link in border:
        a, b = placed.zone[link.a], placed.zone[link.b]
        zone = b if b in placed.city.dmas else a
        counts[zone] = counts.get(zone, 0) + 1
        alone = zone == b and sum(zone in (placed.zone[o.a], placed.zone[o.b]) for o in border) == 1
        tag = f"{zone}.inflow" if alone else f"{zone}.flow-{counts[zone]}"
        found.link[tag], found.zone[tag] = link.id, zone
        found.into[b].append(tag)
        found.out_of[a].append(tag)
    return found


def placed_instruments(placed: Placed, found: Meters) -> list[Instrument]:
    """Two areas a Modbus station, sources and tanks on the last, quality on the OPC UA server."""
    points: list[Instrument] = []
    for n, zone in enumerate(placed.city.dmas):
        if n % 2 == 0:
            registers = Registers(f"st-{n // 2 + 1:02d}")
        points += _flows(placed, found, zone, registers)
        points += _pressures(placed, found, zone, registers)
    registers = Registers(f"st-{(len(placed.city.dmas) + 1) // 2 + 1:02d}")
    for zone in placed.sources:
        points += _flows(placed, found, zone, registers)
    points += _tanks_and_pumps(placed, registers)
    for n, (zone, node) in enumerate(quality_nodes(placed.city), 1):
        points += quality_station(n, zone, placed.city.dmas[zone].name, node)
    return points


def _name_of(placed: Placed, zone: str) -> Text:
    return placed.city.dmas[zone].name if zone in placed.city.dmas else placed.sources[zone]


def _flows(placed: Placed, found: Meters, zone: str, registers: Registers) -> Iterator[Instrument]:
    for tag, link in found.link.items():
        if found.zone[tag] == zone:
            number = tag.rpartition("-")[2] if "flow-" in tag else ""
            yield Instrument(
                id=tag,
                quantity=Quantity.FLOW,
                unit="m3/h",
                name=named(_name_of(placed, zone), f"边界流量 {number}", f"boundary flow {number}".strip()),
                station=registers.station,
                zone=zone,
                low=-LARGEST_FLOW_M3H,
                high=LARGEST_FLOW_M3H,
                link=link,
                point=registers.f32(),
            )


def _pressures(placed: Placed, found: Meters, zone: str, registers: Registers) -> Iterator[Instrument]:
    """At the first inlet, and spread from there."""
    dma, links = placed.city.dmas[zone], placed.network.links
    inside = [junction.id for junction in placed.city.junctions_of(zone)]
    doors = [
        end
        for tag in (*found.into[zone], *found.out_of[zone])
        for end in (links[found.link[tag]].a, links[found.link[tag]].b)
    ]
    dma.inlet_node = next((door for door in doors if door in inside), inside[0])
    sensors = max(2, min(SENSORS, len(inside) // JUNCTIONS_OF_SENSOR))
    places = [("inlet_pressure", "进口压力", "inlet pressure", dma.inlet_node)]
    chosen = spread(placed.city, zone, [dma.inlet_node], sensors)
    places += [(f"p{k}", f"压力 {k}", f"pressure {k}", node) for k, node in enumerate(chosen, 1)]
    for suffix, zh, en, node in places:
        yield Instrument(
            id=f"{zone}.{suffix}",
            quantity=Quantity.PRESSURE,
            unit="m",
            name=named(dma.name, zh, en),
            station=registers.station,
            zone=zone,
            low=-20,
            high=300,
            node=node,
            point=registers.u16(0.01),
        )


def _tanks_and_pumps(placed: Placed, registers: Registers) -> Iterator[Instrument]:
    tanks = [node for node in placed.network.nodes.values() if node.kind is NodeKind.TANK]
    for n, tank in enumerate(tanks, 1):
        yield Instrument(
            id=f"tank-{n}.level",
            quantity=Quantity.LEVEL,
            unit="m",
            name=Text(f"水池 {n} 水位", f"Tank {n} level"),
            station=registers.station,
            zone="trunk",
            low=0,
            high=200,
            node=tank.id,
            point=registers.i32(0.001),
        )
    pumps = [link for link in placed.network.links.values() if link.kind is LinkKind.PUMP]
    for n, pump in enumerate(pumps, 1):
        yield Instrument(
            id=f"pump-{n}.running",
            quantity=Quantity.STATUS,
            unit="1",
            name=Text(f"{n} 号泵运行", f"Pump {n} running"),
            station=registers.station,
            zone=placed.zone[pump.b],
            low=0,
            high=1,
            link=pump.id,
            point=registers.bit(),
        )
