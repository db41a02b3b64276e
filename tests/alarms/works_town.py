"""A works on a trunk main with a tank, and two districts behind it; a third is fed by a main of its own.

well ──pump──► works-1 ── trunk ──┬── dma-01
                 tank ────────────┤
                                  └── dma-02          source-3 ── dma-03
"""

from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from core.model.network import Link, LinkKind, Network, Node, NodeKind
from core.model.plant import Plant, Utility, Zone, ZoneKind
from core.model.tag import Quantity, Tag
from core.model.text import Text
from tests.alarms.alarm_town import NOON, SECOND, definition, pressure_low, tag, words

DISTRICTS = ("dma-01", "dma-02", "dma-03")
PUMP, TANK = "works-1.pump-1.running", "tank-1.level"


def plant() -> Plant:
    zones = {
        "works-1": Zone(id="works-1", name=Text("第一水厂", "No. 1 Waterworks"), kind=ZoneKind.PLANT),
        "trunk": Zone(id="trunk", name=words("trunk"), kind=ZoneKind.TRUNK),
    }
    nodes = {
        "well": Node("well", NodeKind.RESERVOIR, 0, 0, 5, "works-1"),
        "w": Node("w", NodeKind.JUNCTION, 10, 0, 5, "works-1"),
        "t": Node("t", NodeKind.JUNCTION, 100, 0, 10, "trunk"),
        "tank": Node("tank", NodeKind.TANK, 110, 50, 40, "trunk"),
        "source-3": Node("source-3", NodeKind.RESERVOIR, 900, 0, 60),
    }
    links = {
        "pump-1": Link("pump-1", LinkKind.PUMP, "well", "w", 0, 0),
        "tw": Link("tw", LinkKind.PIPE, "w", "t", 90, 600),
        "tt": Link("tt", LinkKind.PIPE, "tank", "t", 60, 400),
    }
    tags: dict[str, Tag] = {
        PUMP: _tag(PUMP, Quantity.STATUS, "works-1", link="pump-1"),
        "works-1.outlet": _tag("works-1.outlet", Quantity.PRESSURE, "works-1", node="w"),
        TANK: _tag(TANK, Quantity.LEVEL, "trunk", node="tank"),
    }
    for z in DISTRICTS:
        zones[z] = Zone(id=z, name=Text(f"{z} 区", z), kind=ZoneKind.DMA, inflow=(f"{z}.inflow",))
        tags[f"{z}.inflow"] = tag(f"{z}.inflow", Quantity.FLOW, "m3/h", f"st-{z}", z)
        before = "source-3" if z == "dma-03" else "t"
        for i in (1, 2, 3):
            node = f"{z}-n{i}"
            nodes[node] = Node(node, NodeKind.JUNCTION, 100.0 * i, 0, 10, z)
            links[f"{z}-l{i}"] = Link(f"{z}-l{i}", LinkKind.PIPE, before, node, 100, 200, zone=z)
            tags[f"{z}.p{i}"] = tag(f"{z}.p{i}", Quantity.PRESSURE, "m", f"st-{z}", z, node)
            before = node
    utility = Utility(id="u", name=words("u"), hotline="96000")
    network = Network(nodes, links)
    return Plant(utility=utility, zones=zones, tags=tags, streets={}, places={}, crews={}, network=network)


def _tag(id: str, quantity: Quantity, zone: str, node: str | None = None, link: str | None = None) -> Tag:
    unit = {Quantity.STATUS: "1"}.get(quantity, "m")
    return Tag(
        id=id, quantity=quantity, unit=unit, name=words(id), station="st-w", period_s=1.0, zone=zone,
        node=node, link=link,
    )  # fmt: skip


ROWS: dict[str, AlarmDefinition] = {
    row.id: row
    for row in (
        *(definition(f"{z}:burst", FindingKind.BURST, zone=z) for z in DISTRICTS),
        *(pressure_low(f"{z}.p{i}") for z in DISTRICTS for i in (1, 2, 3)),
        definition(f"{PUMP}:stopped", FindingKind.LIMIT_LOW, tag=PUMP, zone="works-1", setpoint=0.5),
        definition(
            "works-1.outlet:low", FindingKind.LIMIT_LOW, tag="works-1.outlet", zone="works-1", setpoint=40.0
        ),
        definition(f"{TANK}:falling", FindingKind.RATE, tag=TANK, zone="trunk", setpoint=-1.5, window_s=1200),
        definition(f"{TANK}:low", FindingKind.LIMIT_LOW, tag=TANK, zone="trunk", setpoint=1.0),
    )
}


def says(alarm: str, at_s: float, verb: Verb = Verb.RAISE, **more: object) -> Finding:
    row = ROWS[alarm]
    tags = (row.tag,) if row.tag else (f"{row.zone}.inflow",)
    facts: dict[str, object] = {"tags": tags, "zone": row.zone, "t_ns": NOON + round(at_s * SECOND), **more}
    return Finding(alarm=alarm, kind=row.kind, verb=verb, **facts)  # type: ignore[arg-type]


def burst(zone: str, at_s: float, agrees: str = "yes") -> Finding:
    return says(f"{zone}:burst", at_s, size_m3h=25.0, evidence={"pressure_agrees": agrees, "reason": "step"})
