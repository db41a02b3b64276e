"""Every tag of the city, and the register or node it is read from."""

from dataclasses import dataclass, field
from functools import partial

from core.model.tag import Quantity, WorksRole
from core.model.text import Text
from simulators.city.equipment import quality_nodes, sensor_nodes
from simulators.city.plan import City, Works

AREAS_PER_STATION = 2
QUALITY: tuple[tuple[Quantity, str, str, str, float, float], ...] = (
    (Quantity.FREE_CHLORINE, "mg/L", "余氯", "free chlorine", 0, 5),
    (Quantity.TURBIDITY, "NTU", "浊度", "turbidity", 0, 100),
    (Quantity.PH, "pH", "pH", "pH", 0, 14),
    (Quantity.CONDUCTIVITY, "uS/cm", "电导率", "conductivity", 0, 5000),
    (Quantity.TEMPERATURE, "Cel", "水温", "temperature", -5, 50),
)
OUTLET = {
    Quantity.FREE_CHLORINE: WorksRole.OUTLET_CHLORINE,
    Quantity.TURBIDITY: WorksRole.OUTLET_TURBIDITY,
}
PUBLIC = {Quantity.FREE_CHLORINE, Quantity.TURBIDITY, Quantity.PH}
DEAD_U16 = 65535
"""What the town's 16-bit transmitters show when they have no measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A row of tags.csv. point: the rest of its row in collectors.yaml, or None for an OPC UA node."""

    id: str
    quantity: Quantity
    unit: str
    name: Text
    station: str
    zone: str
    low: float
    high: float
    node: str = ""
    link: str = ""
    public: int = 0
    role: WorksRole | None = None
    point: dict[str, object] | None = None


@dataclass(slots=True)
class Registers:
    """Addresses of one station, handed out in the order of asking."""

    station: str
    next: dict[str, int] = field(default_factory=dict)

    def f32(self, order: str = "ABCD") -> dict[str, object]:
        return {"table": "holding", "address": self._take("holding", 2), "type": "f32", "order": order}

    def u16(self, scale: float) -> dict[str, object]:
        address = self._take("input", 1)
        return {"table": "input", "address": address, "type": "u16", "scale": scale, "sentinels": [DEAD_U16]}

    def i32(self, scale: float) -> dict[str, object]:
        return {
            "table": "holding",
            "address": self._take("holding", 2),
            "type": "i32",
            "order": "CDAB",
            "scale": scale,
        }

    def bit(self) -> dict[str, object]:
        return {"table": "discrete", "address": self._take("discrete", 1), "type": "bool"}

    def _take(self, table: str, width: int) -> int:
        address = self.next.get(table, 0)
        self.next[table] = address + width
        return address


def instruments(city: City) -> list[Instrument]:
    return [*_areas(city), *_works_and_tanks(city), *_quality(city)]


def _areas(city: City) -> list[Instrument]:
    found = []
    for n, dma in enumerate(city.dmas.values()):
        if n % AREAS_PER_STATION == 0:
            registers = Registers(f"st-{n // AREAS_PER_STATION + 1:02d}")
        here = partial(Instrument, station=registers.station, zone=dma.id)
        order = "ABCD" if n % AREAS_PER_STATION == 0 else "CDAB"
        found.append(
            here(
                id=f"{dma.id}.inflow",
                quantity=Quantity.FLOW,
                unit="m3/h",
                name=named(dma.name, "进水流量", "inflow"),
                low=-2000,
                high=2000,
                link=dma.inlet,
                point=registers.f32(order),
            )
        )
        places = [("inlet_pressure", "进口压力", "inlet pressure", dma.inlet_node)]
        places += [
            (f"p{k}", f"压力 {k}", f"pressure {k}", node) for k, node in enumerate(sensor_nodes(city, dma), 1)
        ]
        for suffix, zh, en, node in places:
            found.append(
                here(
                    id=f"{dma.id}.{suffix}",
                    quantity=Quantity.PRESSURE,
                    unit="m",
                    name=named(dma.name, zh, en),
                    low=-5,
                    high=100,
                    node=node,
                    point=registers.u16(0.01),
                )
            )
    return found


def _works_and_tanks(city: City) -> list[Instrument]:
    registers = Registers(f"st-{(len(city.dmas) + 1) // AREAS_PER_STATION + 1:02d}")
    found = []
    for tank in city.tanks:
        found.append(
            Instrument(
                id=f"{tank.id}.level",
                quantity=Quantity.LEVEL,
                unit="m",
                name=named(tank.name, "水位", "level"),
                station=registers.station,
                zone="trunk",
                low=0,
                high=12,
                node=tank.id,
                point=registers.i32(0.001),
            )
        )
    for works in city.works:
        here = partial(Instrument, station=registers.station, zone=works.id)
        found.append(
            here(
                id=f"{works.id}.outlet_pressure",
                quantity=Quantity.PRESSURE,
                unit="m",
                name=named(works.name, "出厂压力", "outlet pressure"),
                low=-5,
                high=150,
                node=works.outlet,
                role=WorksRole.OUTLET_PRESSURE,
                point=registers.u16(0.01),
            )
        )
        found.append(
            here(
                id=f"{works.id}.outlet_flow",
                quantity=Quantity.FLOW,
                unit="m3/h",
                name=named(works.name, "出厂流量", "outlet flow"),
                low=-100,
                high=5000,
                link=f"TW{works.id[-1]}",
                role=WorksRole.OUTLET_FLOW,
                point=registers.f32(),
            )
        )
        for k in range(1, works.pumps + 1):
            found.append(
                here(
                    id=f"{works.id}.pump-{k}.running",
                    quantity=Quantity.STATUS,
                    unit="1",
                    name=named(works.name, f"{k} 号泵运行", f"pump {k} running"),
                    low=0,
                    high=1,
                    link=f"{works.id}.pump-{k}",
                    role=WorksRole.PUMP,
                    point=registers.bit(),
                )
            )
        for quantity, unit, zh, en, low, high in QUALITY[:3]:
            found.append(
                Instrument(
                    id=f"{works.id}.{quantity}",
                    quantity=quantity,
                    unit=unit,
                    name=named(works.name, f"出厂{zh}", f"outlet {en}"),
                    station=works.id,
                    zone=works.id,
                    low=low,
                    high=high,
                    node=works.outlet,
                    role=OUTLET.get(quantity),
                )
            )
    return found + [_well(works, registers) for works in city.works]


def _well(works: Works, registers: Registers) -> Instrument:
    return Instrument(
        id=f"{works.id}.clear_well_level",
        quantity=Quantity.LEVEL,
        unit="m",
        name=named(works.name, "清水池水位", "clear well level"),
        station=registers.station,
        zone=works.id,
        low=0,
        high=6,
        node=f"{works.id}.well",
        role=WorksRole.CLEAR_WELL,
        point=registers.i32(0.001),
    )


def _quality(city: City) -> list[Instrument]:
    found = []
    for n, (zone, node) in enumerate(quality_nodes(city), 1):
        found += quality_station(n, zone, city.dmas[zone].name, node)
    return found


def quality_station(n: int, zone: str, area: Text, node: str) -> list[Instrument]:
    """The five instruments of one station."""
    station = f"q-{n:02d}"
    return [
        Instrument(
            id=f"{station}.{quantity}",
            quantity=quantity,
            unit=unit,
            name=Text(f"{area.zh}水质站 {n:02d} {zh}", f"Quality station {n:02d} {en}"),
            station=station,
            zone=zone,
            low=low,
            high=high,
            node=node,
            public=int(quantity in PUBLIC),
        )
        for quantity, unit, zh, en, low, high in QUALITY
    ]


def named(whose: Text, zh: str, en: str) -> Text:
    return Text(f"{whose.zh}{zh}", f"{whose.en} {en}")
