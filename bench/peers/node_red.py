"""Node-RED with node-red-contrib-modbus: read, then a function node that decodes; nothing is stored.

Counted: the floats that the function node has decoded, told by an HTTP endpoint of the flow.
"""

import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bench.path_field import Field, free_port
from bench.path_plant import REGISTERS, VALUES, host
from bench.peers.running import HOME, NotInstalled, Peer, Running, program

MODULES = HOME / "node" / "node_modules"
HOW = "bench/peers/install.sh node (needs Node 20 or later with npm)"

_DECODE = f"""\
const bytes = msg.responseBuffer.buffer, values = new Array({VALUES});
for (let k = 0; k < {VALUES}; k++) values[k] = bytes.readFloatBE(4 * k);
global.set("values", (global.get("values") || 0) + values.length);
msg.payload = values;
return msg;
"""
_COUNT = 'msg.payload = String(global.get("values") || 0); return msg;'


def node() -> str:
    """Its program; raises NotInstalled."""
    found = shutil.which("node")
    if found is None or not (MODULES.parent / "done").exists():
        raise NotInstalled(HOW)
    return found


@asynccontextmanager
async def running(folder: Path, field: Field, period_s: float) -> AsyncIterator[Running]:
    nodejs, port = node(), free_port()
    (folder / "flows.json").write_text(json.dumps(_flow(field, period_s)))
    (folder / "settings.js").write_text(_settings(folder, port))
    red = MODULES / "node-red" / "red.js"
    environment = {**os.environ, "NODE_ENV": "production"}
    arguments = ("--userDir", folder, "--settings", folder / "settings.js", "flows.json")
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        program(folder, nodejs, red, *arguments, env=environment) as process,
    ):

        async def delivered() -> int:
            try:
                answer = await client.get("/values")
            except httpx.ConnectError:
                return 0
            return int(answer.text) if answer.status_code == 200 else 0

        yield Running(process, delivered)


def _settings(folder: Path, port: int) -> str:
    settings = {
        "uiPort": port,
        "uiHost": "127.0.0.1",
        "flowFile": "flows.json",
        "nodesDir": [str(MODULES / "node-red-contrib-modbus")],
        "httpAdminRoot": False,
        "credentialSecret": False,
        "logging": {"console": {"level": "warn", "metrics": False, "audit": False}},
        "externalModules": {"autoInstall": False},
        "telemetry": {"enabled": False, "updateNotification": False},
    }
    return f"module.exports = {json.dumps(settings)};\n"


def _flow(field: Field, period_s: float) -> list[dict[str, object]]:
    nodes: list[dict[str, object]] = [
        {"id": "tab", "type": "tab", "label": "bench"},
        _function("decode", _DECODE, []),
        {"id": "ask", "z": "tab", "type": "http in", "url": "/values", "method": "get", "wires": [["count"]]},
        _function("count", _COUNT, [["answer"]]),
        {"id": "answer", "z": "tab", "type": "http response", "wires": []},
    ]
    for device in range(field.devices):
        nodes += [_client(device, field.port), _read(device, period_s)]
    return nodes


def _function(id: str, code: str, wires: list[list[str]]) -> dict[str, object]:
    return {"id": id, "z": "tab", "type": "function", "func": code, "outputs": 1, "wires": wires or [[]]}


def _client(device: int, port: int) -> dict[str, object]:
    return {
        "id": f"client-{device}",
        "type": "modbus-client",
        "clienttype": "tcp",
        "bufferCommands": True,
        "tcpHost": host(device),
        "tcpPort": port,
        "tcpType": "DEFAULT",
        "unit_id": 1,
        "commandDelay": 1,
        "clientTimeout": 1000,
        "reconnectOnTimeout": True,
        "reconnectTimeout": 2000,
        "parallelUnitIdsAllowed": True,
    }


def _read(device: int, period_s: float) -> dict[str, object]:
    return {
        "id": f"read-{device}",
        "z": "tab",
        "type": "modbus-read",
        "unitid": "1",
        "dataType": "HoldingRegister",
        "adr": "0",
        "quantity": str(REGISTERS),
        "rate": str(round(1e3 * period_s)),
        "rateUnit": "ms",
        "server": f"client-{device}",
        "wires": [["decode"], []],
    }


NODE_RED = Peer("Node-RED", 500, 0.25, running)
