"""Towns for a wall to be measured on: the demo's own, and a grid of 10,000 nodes with 300 gauges."""

import math
import time
from pathlib import Path

from bench.small_plant import plant_with
from core.model.network import Link, LinkKind, Network, Node, NodeKind
from core.model.plant import Plant, Zone, ZoneKind
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from hub.check import read

DEMO = Path(__file__).parents[1] / "configs" / "demo"
SIDE, BLOCK_M, LINKS, ZONES = 100, 120.0, 12_000, 12
TYPICAL = {
    Quantity.PRESSURE: 28.0, Quantity.FLOW: 80.0, Quantity.LEVEL: 3.4, Quantity.FREE_CHLORINE: 0.5,
    Quantity.TURBIDITY: 0.2, Quantity.PH: 7.4, Quantity.STATUS: 1.0,
}  # fmt: skip


def demo() -> Plant:
    return read(DEMO).plant


def grid() -> Plant:
    """10,000 junctions and 12,000 pipes in twelve zones, a gauge at every thirty-third junction."""
    nodes, zones = {}, {}
    for n in range(SIDE * SIDE):
        column, row = n % SIDE, n // SIDE
        zone = f"dma-{row // 34 * 4 + column // 25 + 1:02d}"
        zones[zone] = Zone(id=zone, name=Text(f"{zone}片区", f"{zone} area"), kind=ZoneKind.DMA)
        bend = 25 * math.sin(n * 1.7)
        nodes[f"J{n}"] = Node(
            f"J{n}", NodeKind.JUNCTION, column * BLOCK_M + bend, row * BLOCK_M - bend, 10.0, zone
        )
    pairs = [(n, n + 1) for n in range(SIDE * SIDE) if n % SIDE < SIDE - 1]
    pairs += [(n, n + SIDE) for n in range(0, SIDE * (SIDE - 1), 4)]
    links = {
        f"P{k}": Link(
            f"P{k}",
            LinkKind.PIPE,
            f"J{a}",
            f"J{b}",
            BLOCK_M,
            500 if k % 97 == 0 else 150,
            zone=nodes[f"J{a}"].zone,
        )
        for k, (a, b) in enumerate(pairs[:LINKS])
    }
    tags = {
        f"g{n}": Tag(
            id=f"g{n}", quantity=Quantity.PRESSURE, unit="m", name=Text(f"压力 {n}", f"pressure {n}"),
            station="s", period_s=60.0, zone=nodes[f"J{n}"].zone, node=f"J{n}",
        )
        for n in range(0, SIDE * SIDE, 33)
    }  # fmt: skip
    plant = plant_with(tags, zones)
    return Plant(
        utility=plant.utility,
        zones=zones,
        tags=tags,
        streets={},
        places={},
        crews={},
        network=Network(nodes, links),
    )


def values(plant: Plant, turn: int) -> Batch:
    """What every instrument reads now; each turn something else."""
    now = time.time_ns()
    tags = [tag for tag in plant.tags.values() if tag.quantity is not Quantity.VOLUME]
    samples = [
        Sample(
            tag.id,
            now,
            TYPICAL.get(tag.quantity, 1.0)
            * (1 if tag.quantity is Quantity.STATUS else 1 + 0.01 * math.sin(turn + n)),
        )
        for n, tag in enumerate(tags)
    ]
    return Batch.of("bench", samples)
