"""A city of a million accounts for the hotline's benches: streets with mains and valves, districts with
instruments and what they read for weeks, and people with telephones."""

import random
from collections.abc import Iterator

import numpy as np

from core.model.account import Account
from core.model.network import IsolationValve, Link, LinkKind, Network, Node, NodeKind
from core.model.plant import Plant, Street, Utility, Zone, ZoneKind
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from response.usual_band import SPAN_NS

STREETS, ZONES, NODES = 2_000, 200, 5
PRESSURES = 8
"""Instruments of a district, one a street; and the three of its water's quality."""
_QUALITY = (
    (Quantity.FREE_CHLORINE, "mg/L", 0.4),
    (Quantity.TURBIDITY, "NTU", 0.15),
    (Quantity.PH, "pH", 7.4),
)
_FIRST = "人民解放中山建设和平东风胜利新华光明文化学府天津上海北京广州长江黄河湖滨花园科技工业站前迎宾"
_LAST = ("路", "街", "大道", "巷", "小区", "花园", "家园", "苑")
_SIMPLE, _TRADITIONAL = "设东风胜华学广长黄滨园业宾区号栋单", "設東風勝華學廣長黃濱園業賓區號棟單"
_HOUR_NS = 3600 * 1_000_000_000


def plant() -> Plant:
    names = _names()
    streets = {
        f"s-{k}": Street(id=f"s-{k}", name=Text(name, f"Street {k}"), zone=_zone(k))
        for k, name in enumerate(names)
    }
    zones = {
        _zone(k): Zone(id=_zone(k), name=Text(f"第{k}片区", f"District {k}"), kind=ZoneKind.DMA)
        for k in range(ZONES)
    }
    return Plant(
        utility=Utility(id="bench", name=Text("示例水务", "Example Water"), hotline="96000"),
        zones=zones,
        tags={tag.id: tag for zone in range(ZONES) for tag in _tags(zone)},
        streets=streets,
        places={},
        crews={},
        network=_network(),
    )


def accounts(plant: Plant, n: int) -> Iterator[Account]:
    """Houses of five blocks of two units of ten rooms, along all streets."""
    streets = list(plant.streets.values())
    for k in range(n):
        at, rest = k % len(streets), k // len(streets)
        street = streets[at]
        house, rest = 1 + rest // 100, rest % 100
        block, unit, room = 1 + rest // 20, 1 + rest // 10 % 2, 100 * (1 + rest % 5) + 1 + rest // 5 % 2
        yield Account(
            id=f"A{k:07d}",
            street=street.id,
            address=f"{street.name.zh}{house}号{block}栋{unit}单元{room}室",
            building=f"{street.name.zh}{house}号{block}栋",
            storey=room // 100,
            zone=street.zone or "",
            node=f"n-{at}-{min(house, NODES) - 1}",
            meter=f"M{k:07d}",
        )


def number(account: Account) -> str:
    return f"199{int(account.id[1:]):08d}"


def traditional(text: str) -> str:
    return text.translate(str.maketrans(_SIMPLE, _TRADITIONAL))


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def weeks(plant: Plant, now_ns: int) -> Iterator[Batch]:
    """What each instrument read, hour by hour, of which the historian keeps the means that the card asks."""
    hours = np.arange(now_ns - SPAN_NS, now_ns, _HOUR_NS, dtype=np.int64)
    for tag in plant.tags.values():
        spread = np.random.default_rng(len(tag.id)).normal(1.0, 0.02, len(hours))
        values = (usual(tag) * spread).tolist()
        yield Batch.of(
            f"modbus:{tag.station}",
            [Sample(tag.id, t_ns, v) for t_ns, v in zip(hours.tolist(), values, strict=True)],
        )


def read_now(plant: Plant, burst: frozenset[str], now_ns: int) -> Iterator[Batch]:
    """Pressures of districts with a burst have fallen."""
    for tag in plant.tags.values():
        low = tag.zone in burst and tag.quantity is Quantity.PRESSURE
        yield Batch.of(f"modbus:{tag.station}", [Sample(tag.id, now_ns, usual(tag) * (0.4 if low else 1.0))])


def usual(tag: Tag) -> float:
    return {quantity: value for quantity, _, value in _QUALITY}.get(tag.quantity, 30.0)


def _zone(street: int) -> str:
    return f"dma-{street % ZONES:03d}"


def _names() -> list[str]:
    chance = random.Random(1)
    names: dict[str, None] = {}
    while len(names) < STREETS:
        names.setdefault("".join(chance.choices(_FIRST, k=chance.choice((2, 3)))) + chance.choice(_LAST))
    return list(names)


def _tags(zone: int) -> Iterator[Tag]:
    for k in range(PRESSURES):
        yield _tag(zone, f"p{k}", Quantity.PRESSURE, "m", f"n-{zone + k * ZONES}-0")
    for quantity, unit, _ in _QUALITY:
        yield _tag(zone, quantity.value, quantity, unit, f"n-{zone}-1")


def _tag(zone: int, name: str, quantity: Quantity, unit: str, node: str) -> Tag:
    return Tag(
        id=f"dma-{zone:03d}.{name}",
        quantity=quantity,
        unit=unit,
        name=Text(f"第{zone}片区 {name}", f"District {zone} {name}"),
        station=f"st-{zone:03d}",
        period_s=60.0,
        zone=f"dma-{zone:03d}",
        node=node,
        low=0,
        high=100,
    )


def _network() -> Network:
    """From each district's inlet a main along each street, with a valve at its beginning."""
    nodes = [Node(f"r-{z}", NodeKind.TANK, 2_000.0 * z, 0.0, 0.0, _zone(z)) for z in range(ZONES)]
    links, valves = [], []
    for s in range(STREETS):
        before, x, y = f"r-{s % ZONES}", 2_000.0 * (s % ZONES), 100.0 * (1 + s // ZONES)
        for k in range(NODES):
            nodes.append(Node(f"n-{s}-{k}", NodeKind.JUNCTION, x + 150.0 * k, y, 0.0, _zone(s)))
            links.append(
                Link(
                    f"p-{s}-{k}",
                    LinkKind.PIPE,
                    before,
                    f"n-{s}-{k}",
                    150.0,
                    200.0,
                    zone=_zone(s),
                    street=f"s-{s}",
                )
            )
            before = f"n-{s}-{k}"
        valves.append(IsolationValve(f"v-{s}", f"p-{s}-0", f"r-{s % ZONES}"))
    return Network({n.id: n for n in nodes}, {k.id: k for k in links}, {v.id: v for v in valves})
