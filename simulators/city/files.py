"""Writes a city as the plain files of a configuration folder."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from core.model.text import Text
from simulators.city.equipment import Valve, buildings, crews, landmarks, valves
from simulators.city.inp import inp_text
from simulators.city.instruments import Instrument, instruments
from simulators.city.plan import City

TAG_COLUMNS = (
    *("id", "quantity", "unit", "name_zh", "name_en", "station", "zone", "period_s"),
    *("low", "high", "node", "link", "public", "role"),
)
CREW_COLUMNS = (
    *("id", "name_zh", "name_en", "zone", "skills"),
    *("shift_from", "shift_to", "depot", "most_open"),
)
PERIOD_S = 1
FIRST_MODBUS_PORT, OPCUA_PORT, MQTT_PORT = 15020, 14840, 11883
NAMESPACE = "urn:waterhub:demo"


def write(city: City, seed: int, folder: Path) -> list[Path]:
    """Everything of configs/demo that follows from the seed; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    points = instruments(city)
    texts = {
        "network.inp": inp_text(city, seed),
        "tags.csv": csv_text(TAG_COLUMNS, map(tag_row, points)),
        "zones.csv": csv_text(["id", "kind", "name_zh", "name_en", "inflow", "outflow"], _zone_rows(city)),
        "streets.csv": csv_text(
            ["id", "zone", "name_zh", "name_en"],
            ((id, zone, name.zh, name.en) for id, (name, zone) in city.streets.items()),
        ),
        "places.csv": csv_text(
            ["id", "kind", "node", "name_zh", "name_en"], map(text_row, landmarks(city, seed))
        ),
        "crews.csv": csv_text(CREW_COLUMNS, map(text_row, crews())),
        "valves.csv": csv_text([f.name for f in fields(Valve)], map(astuple, valves(city, seed))),
        "buildings.csv": csv_text(
            ["id", "node", "street", "number", "storeys", "secondary_supply"],
            map(astuple, buildings(city, seed)),
        ),
        "collectors.yaml": collectors_text(points),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def collectors_text(points: Iterable[Instrument]) -> str:
    """The connections: a Modbus station for each `station` of points, one OPC UA server, one broker."""
    stations: dict[str, list[Instrument]] = {}
    nodes = []
    for one in points:
        if one.point is None:
            nodes.append(one.id)
        else:
            stations.setdefault(one.station, []).append(one)
    lines = [
        "# Where each tag is read. Written by simulators.city with the network it belongs to.",
        "collectors:",
    ]
    for n, (station, rows) in enumerate(stations.items()):
        variable = f"WATERHUB_{station.upper().replace('-', '_')}_PORT"
        lines += [
            f"  - type: modbus\n    id: {station}\n    host: 127.0.0.1",
            f"    port: ${{{variable}:-{FIRST_MODBUS_PORT + n}}}\n    period_s: {PERIOD_S}\n    timeout_s: 1",
            "    units:\n      - unit: 1\n        points:",
        ]
        lines += [f"          - {{tag: {one.id}, {_flow(one.point or {})}}}" for one in rows]
    lines += [
        "  - type: opcua\n    id: quality",
        f"    url: opc.tcp://127.0.0.1:${{WATERHUB_OPCUA_PORT:-{OPCUA_PORT}}}/waterhub/demo",
        "    allow_insecure: true\n    publish_ms: 1000\n    nodes:",
    ]
    lines += [f'      - {{tag: {id}, node: "{node_id(id)}"}}' for id in nodes]
    lines += [
        "  - type: mqtt\n    id: meters\n    host: 127.0.0.1",
        f"    port: ${{WATERHUB_MQTT_PORT:-{MQTT_PORT}}}\n    username: hub",
        "    password_file: ${WATERHUB_DATA:-.waterhub/demo}/broker/hub.password\n    topics:",
        '      - {filter: "meters/+/readings", payload: readings, tag: "meter.{meter}"}',
    ]
    return "\n".join(lines) + "\n"


def node_id(tag: str) -> str:
    """Where the town's OPC UA server shows a tag."""
    return f"nsu={NAMESPACE};s={tag}"


def _flow(point: dict[str, object]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in point.items())


def tag_row(one: Instrument) -> tuple[Any, ...]:
    names = (one.name.zh, one.name.en)
    place = (one.node, one.link, one.public, one.role.value if one.role else "")
    return (
        one.id,
        one.quantity.value,
        one.unit,
        *names,
        one.station,
        one.zone,
        PERIOD_S,
        one.low,
        one.high,
        *place,
    )


def _zone_rows(city: City) -> Iterable[tuple[Any, ...]]:
    for dma in city.dmas.values():
        yield dma.id, "dma", dma.name.zh, dma.name.en, f"{dma.id}.inflow", ""
    for works in city.works:
        yield works.id, "plant", works.name.zh, works.name.en, "", f"{works.id}.outlet_flow"
    yield "trunk", "trunk", "输水干管", "Trunk mains", "", ""


def text_row(record: Any) -> list[Any]:
    """A dataclass's fields in order, a Text as two cells."""
    cells: list[Any] = []
    for field in fields(record):
        value = getattr(record, field.name)
        cells += [value.zh, value.en] if isinstance(value, Text) else [value]
    return cells


def csv_text(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
