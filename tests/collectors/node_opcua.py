"""node-opcua as the lock file pins it, installed once: a client and a server that are not asyncua."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.node_opcua import PROJECT
from bench.node_opcua import node_modules as installed
from tests.collectors.field import Server
from tests.need import lack, need


def node_modules() -> Path:
    """Skips the test when they cannot be had; with CI set it fails instead."""
    need("npm")
    need("node")
    try:
        return installed()
    except OSError as error:
        lack(str(error))


class NodeServer(Server):
    """tests/servers/node-opcua/serve.cjs. pki: where it keeps its certificate, made when there is none."""

    def __init__(self, port: int, nodes: int, pki: Path, limit: int) -> None:
        super().__init__("")
        script = str(PROJECT / "serve.cjs")
        self._argv = [need("node"), script, str(port), str(nodes), str(pki), str(limit)]
        self._environment = {"NODE_PATH": str(node_modules())}

    async def _answer(self) -> None:
        """node-opcua prints things of its own."""
        async with asyncio.timeout(60):
            while line := await self._process.stdout.readline():
                if line in (b"ready\n", b"done\n"):
                    return
        raise AssertionError("the server has ended")

    @property
    def certificate(self) -> Path:
        return Path(self._argv[-2]) / "server" / "own" / "certs" / "certificate.pem"

    def show(self, pki: Path) -> None:
        """From its next start on, another certificate."""
        self._argv[-2] = str(pki)


@asynccontextmanager
async def node_serving(port: int, nodes: int, pki: Path, limit: int = 700) -> AsyncIterator[NodeServer]:
    server = NodeServer(port, nodes, pki, limit)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()
