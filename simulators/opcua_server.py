"""The town's OPC UA server: quality stations and plant signals, with quality codes and source times.

    python -m simulators.opcua_server --config configs/demo --data .waterhub/demo

One folder a station under Objects (a single parent makes adding nodes quadratic in asyncua), string node
ids equal to tag ids in the namespace urn:waterhub:demo. Anonymous, without security, read-only, on
127.0.0.1: a toy, never a pattern for a plant.
"""

import asyncio
import csv
import gc
import logging
from collections.abc import Mapping
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from asyncua import ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.server import Server

from simulators.board import BoardError, BoardReader
from simulators.field_map import FieldMap, OpcUaField
from simulators.lifecycle import (
    HOST,
    arguments,
    die_with_parent,
    need_port,
    refuse,
    say,
    stopping,
    until_stopped,
)

NAMESPACE = "urn:waterhub:demo"
LOOK_S = 0.1
"""How often the board's generation is looked at, real seconds."""
_EPOCH = ua.DateTime(1970, 1, 1, tzinfo=UTC)
_BAD = 0x80000000


class Visitors:
    """Everybody is an ordinary user; asyncua's default makes whoever calls himself admin an administrator."""

    def get_user(self, *_args: object, **_kwargs: object) -> User:
        return User(role=UserRole.User)


def data_value(t_ns: int, v: float, q: int) -> ua.DataValue:
    """A reading as OPC UA carries it; a Bad one without a value (IEC 62541-4, 7.7.1)."""
    empty = q >= _BAD or v != v
    return ua.DataValue(
        Value=ua.Variant(None, ua.VariantType.Null) if empty else ua.Variant(v, ua.VariantType.Double),
        StatusCode=ua.StatusCode(ua.UInt32(q)),
        SourceTimestamp=_EPOCH + timedelta(microseconds=t_ns // 1000),
        ServerTimestamp=ua.DateTime.now(UTC),
    )


class Nodes:
    """The variables of the address space and what was last written to each."""

    def __init__(self, server: Server, board: BoardReader, ids: Mapping[str, ua.NodeId]) -> None:
        self._server, self._board = server, board
        self._places = [(board.slot[tag], node) for tag, node in ids.items()]
        self._written: dict[int, tuple[int, float, int]] = {}
        self._generation = -1

    async def refresh(self) -> int:
        """Writes what changed on the board since the last time; how many."""
        if self._board.generation == self._generation:
            return 0
        tick, changes = self._board.snapshot(), 0
        for slot, node in self._places:
            reading = tick.t_ns[slot], tick.v[slot], tick.q[slot]
            if reading != self._written.get(slot):
                await self._server.write_attribute_value(node, data_value(*reading))
                self._written[slot] = reading
                changes += 1
        self._generation = tick.generation
        return changes

    async def follow(self) -> None:
        while True:
            await self.refresh()
            await asyncio.sleep(LOOK_S)


def stations_of(config: Path) -> dict[str, str]:
    """Tag id to station, from tags.csv; empty without one."""
    file = config / "tags.csv"
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row["station"] for row in csv.DictReader(stream)}


async def build(field: OpcUaField, stations: Mapping[str, str], port: int) -> tuple[Server, dict[str, Any]]:
    """A server that does not listen yet, and its node ids by tag."""
    server = Server(user_manager=Visitors())
    await server.init()
    server.set_endpoint(f"opc.tcp://{HOST}:{port}{urlsplit(field.url).path}")
    server.set_server_name("Water Hub demo town")
    await server.set_application_uri(f"{NAMESPACE}:server")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = ua.Int16(await server.register_namespace(NAMESPACE))
    folders: dict[str, Any] = {}
    ids: dict[str, Any] = {}
    for tag, node in field.nodes.items():
        station = stations.get(tag, "field")
        if station not in folders:
            folders[station] = await server.nodes.objects.add_folder(
                ua.NodeId(ua.String(station), space), station
            )
        id_ = ua.NodeId(ua.String(node.partition(";s=")[2] or tag), space)
        await folders[station].add_variable(
            id_, ua.QualifiedName(tag, space), ua.Variant(0.0, ua.VariantType.Double)
        )
        ids[tag] = id_
    return server, ids


async def run(config: Path, data: Path, port: int | None) -> None:
    stop = stopping()
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    field = FieldMap(config).opcua()
    if field is None:
        refuse(f"{config / 'collectors.yaml'} has no OPC UA collector")
    port = port or urlsplit(field.url).port or 4840
    need_port(port, "OPC UA server")
    gc.disable()  # the standard address space stays for good: collecting meanwhile doubles the start
    server, ids = await build(field, stations_of(config), port)
    gc.freeze()
    gc.enable()
    try:
        board = await asyncio.to_thread(BoardReader.open, data / "town", 30.0)
    except BoardError as error:
        refuse(str(error))
    missing = [tag for tag in ids if tag not in board.slot]
    if missing:
        refuse(f"OPC UA server: not on the town's board: {', '.join(missing)}")
    nodes = Nodes(server, board, ids)
    await nodes.refresh()
    await server.start()
    say(ready="opcua", port=port, nodes=len(ids))
    await until_stopped(stop, nodes.follow())


def main() -> None:
    die_with_parent()
    parser = arguments("The OPC UA server of the simulated town.")
    parser.add_argument("--port", type=int, help="default: as collectors.yaml says")
    args = parser.parse_args()
    asyncio.run(run(args.config, args.data, args.port))


if __name__ == "__main__":
    main()
