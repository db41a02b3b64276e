"""What stands where in the field, as `collectors.yaml` describes it: the demo's only agreement with the hub.

Read here by our own code, on purpose: a mistake shared with the collectors would cancel itself out.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Point:
    """One tag's place in a unit. table: coil, discrete, holding or input. The device shows
    (value - offset) / scale; `sentinels` are the raw values by which it says "no measurement"."""

    tag: str
    table: str
    address: int
    type: str = "u16"
    order: str = "ABCD"
    scale: float = 1.0
    offset: float = 0.0
    sentinels: tuple[float, ...] = ()
    bit: int | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """A Modbus TCP address with the units behind it."""

    id: str
    port: int
    units: dict[int, tuple[Point, ...]]


@dataclass(frozen=True, slots=True)
class OpcUaField:
    """url: where the hub looks for the server. nodes: tag id to node id, as the hub writes it."""

    url: str
    nodes: dict[str, str]


def substitute(text: str, environment: Mapping[str, str]) -> str:
    """`${NAME:-default}` and `${NAME}`. Raises ValueError for a name neither set nor given a default."""

    def value(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = environment.get(name) or default
        if found is None:
            raise ValueError(f"the environment variable {name} is not set and has no default")
        return str(found)

    return _VARIABLE.sub(value, text)


class FieldMap:
    """The collectors of one configuration folder, by type. Raises ValueError, or OSError without a file."""

    def __init__(self, config: Path, environment: Mapping[str, str] | None = None) -> None:
        file = config / "collectors.yaml"
        text = substitute(file.read_text("utf-8"), os.environ if environment is None else environment)
        rows = (yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}).get("collectors")
        if not isinstance(rows, list):
            raise ValueError(f"{file}: no list under `collectors:`")
        self._rows: list[dict[str, Any]] = rows

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self._rows if row.get("type") == kind]

    def stations(self) -> dict[str, Station]:
        """The Modbus stations by id."""
        return {row["id"]: _station(row) for row in self._of("modbus")}

    def opcua(self) -> OpcUaField | None:
        """All nodes on the one OPC UA server of the town."""
        rows = self._of("opcua")
        if not rows:
            return None
        nodes = {node["tag"]: node["node"] for row in rows for node in row["nodes"]}
        return OpcUaField(rows[0]["url"], nodes)

    def mqtt_port(self, default: int = 11883) -> int:
        rows = self._of("mqtt")
        return int(rows[0].get("port", default)) if rows else default


def _station(row: Mapping[str, Any]) -> Station:
    units: dict[int, tuple[Point, ...]] = {}
    for unit in row["units"]:
        points = []
        for fields in unit["points"]:
            known = {name: value for name, value in fields.items() if name in Point.__slots__}
            known["sentinels"] = tuple(known.get("sentinels", ()))
            points.append(Point(**{"table": "holding", **known}))
        units[int(unit.get("unit", 1))] = tuple(points)
    return Station(row["id"], int(row.get("port", 502)), units)
