"""A very small town for the alarm stories: two districts, joined by a trunk main, six gauges and a probe."""

from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import FindingKind
from core.model.network import Link, LinkKind, Network, Node, NodeKind
from core.model.plant import Plant, Utility, Zone, ZoneKind
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text

SECOND = 1_000_000_000
NOON = 1_795_320_000_000_000_000
"""2026-11-22 04:00 UTC, 12:00 in Shanghai."""


def words(text: str) -> Text:
    return Text(text, text)


def tag(id: str, quantity: Quantity, unit: str, station: str, zone: str, node: str | None = None) -> Tag:
    return Tag(
        id=id,
        quantity=quantity,
        unit=unit,
        name=words(id),
        station=station,
        period_s=1.0,
        zone=zone,
        node=node,
    )


def plant() -> Plant:
    zones, tags, nodes, links = {}, {}, {"r": Node("r", NodeKind.RESERVOIR, 0, 0, 50)}, {}
    for z in ("dma-01", "dma-02"):
        zones[z] = Zone(id=z, name=Text(f"{z} 区", z), kind=ZoneKind.DMA, inflow=(f"{z}.inflow",))
        station = f"st-{z[-2:]}"
        tags[f"{z}.inflow"] = tag(f"{z}.inflow", Quantity.FLOW, "m3/h", station, z)
        before = "r"
        for i in (1, 2, 3):
            node = f"{z}-n{i}"
            nodes[node] = Node(node, NodeKind.JUNCTION, 100.0 * i, 100.0 if z == "dma-01" else -100.0, 10, z)
            links[f"{z}-l{i}"] = Link(f"{z}-l{i}", LinkKind.PIPE, before, node, 100, 200, zone=z)
            tags[f"{z}.p{i}"] = tag(f"{z}.p{i}", Quantity.PRESSURE, "m", station, z, node)
            before = node
    for q in ("q-01", "q-02"):
        tags[f"{q}.free_chlorine"] = tag(f"{q}.free_chlorine", Quantity.FREE_CHLORINE, "mg/L", q, "dma-01")
    return Plant(
        utility=Utility(id="u", name=words("u"), hotline="96000"),
        zones=zones,
        tags=tags,
        streets={},
        places={},
        crews={},
        network=Network(nodes, links),
    )


def definition(id: str, kind: FindingKind, **more: object) -> AlarmDefinition:
    base: dict[str, object] = {
        "id": id,
        "kind": kind,
        "name": words(id),
        "alarm_class": AlarmClass.PROCESS,
        "priority": 2,
        "cause": words("cause"),
        "consequence": words("consequence"),
        "action": words("look"),
        "response_min": 10.0,
    }
    return AlarmDefinition(**{**base, **more})  # type: ignore[arg-type]


def pressure_low(tag_id: str, **more: object) -> AlarmDefinition:
    base: dict[str, object] = {"tag": tag_id, "zone": tag_id[:6], "setpoint": 14.0, "deadband": 0.5}
    return definition(f"{tag_id}:low", FindingKind.LIMIT_LOW, **{**base, **more})


def one(tag_id: str, at_s: float, value: float | None, q: int = 0) -> Batch:
    """A batch of one sample, at_s seconds after noon."""
    return Batch.of("modbus:st-01", [Sample(tag_id, NOON + round(at_s * SECOND), value, q)])
