"""node-opcua (npm) and the hub read the same nodes of the same server."""

import asyncio
import json
import os
from datetime import datetime

from bench.node_opcua import PROJECT
from collectors.opcua.driver import OpcUaSource
from collectors.opcua.spec import OpcUaSpec
from tests.collectors.field import eventually, running, serving, tags
from tests.collectors.node_opcua import node_modules
from tests.need import need
from tests.ports import free_port


async def _run(*argv: object, **environment: str) -> tuple[int, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *map(str, argv), stdout=pipe, stderr=pipe, env=os.environ | environment
    )
    out, err = await process.communicate()
    return process.returncode, (out if process.returncode == 0 else err).decode()


async def test_node_opcua_reads_what_the_hub_reads(kept, clock, tmp_path):
    port = free_port()
    url = f"opc.tcp://127.0.0.1:{port}/plant"
    nodes = [{"tag": f"v{n}", "node": f"nsu=urn:test:plant;s=v-{n}"} for n in range(5)]
    spec = OpcUaSpec.model_validate(
        {"type": "opcua", "id": "p", "url": url, "publish_ms": 100, "allow_insecure": True, "nodes": nodes}
    )
    async with serving("opcua_plant", port) as server:
        async with running(OpcUaSource(spec, tags([f"v{n}" for n in range(5)]), clock, tmp_path), kept):
            await eventually(lambda: len(kept.samples()) == 5)
            await server.tell("set 1 3.14159")
            await server.tell("bad 2 808C0000")
            await server.tell("bad 3 40930000")
            await eventually(lambda: len(kept.samples()) == 8)
        ids = [f"ns=3;s=v-{n}" for n in range(5)]
        code, said = await _run(need("node"), PROJECT / "read.cjs", url, *ids, NODE_PATH=str(node_modules()))
    assert code == 0, said
    theirs = json.loads(said.splitlines()[-1])
    for n, read in enumerate(theirs):
        ours = kept.last(f"v{n}")
        assert ours.q == read["status"]
        assert ours.v == (None if read["status"] >> 31 else read["value"])
        assert abs(ours.t_ns / 1e9 - datetime.fromisoformat(read["source"]).timestamp()) < 0.002
