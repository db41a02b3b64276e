"""node-opcua as the lock file pins it, installed once: a client and a server that are not asyncua."""

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.collectors.field import Server
from tests.need import lack, need

PROJECT = Path(__file__).parents[1] / "servers" / "node-opcua"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "waterhub-tests"


def node_modules() -> Path:
    """Skips the test when npm is missing or cannot fetch them; with CI set it fails instead."""
    npm = need("npm")
    need("node")
    version = hashlib.sha256((PROJECT / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = CACHE / f"node-opcua-{version}"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PROJECT / name, folder / name)
        argv = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
        done = subprocess.run(argv, capture_output=True, text=True)
        if done.returncode:
            lack(f"npm ci failed: {done.stderr[-300:]}")
        (folder / "done").touch()
    return folder / "node_modules"


class NodeServer(Server):
    """tests/servers/node-opcua/serve.cjs. pki: where it keeps its certificate, made when there is none."""

    def __init__(self, port: int, nodes: int, pki: Path) -> None:
        super().__init__("")
        self._argv = [need("node"), str(PROJECT / "serve.cjs"), str(port), str(nodes), str(pki)]
        self._environment = {"NODE_PATH": str(node_modules())}

    async def _answer(self) -> None:
        """node-opcua prints things of its own."""
        async with asyncio.timeout(60):
            while line := await self._process.stdout.readline():
                if line in (b"ready\n", b"done\n"):
                    return
        raise AssertionError("the server has ended")

    def show(self, pki: Path) -> None:
        """From its next start on, another certificate."""
        self._argv[-1] = str(pki)


@asynccontextmanager
async def node_serving(port: int, nodes: int, pki: Path) -> AsyncIterator[NodeServer]:
    server = NodeServer(port, nodes, pki)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()
