import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from core.adapters.folder_snapshots import FolderSnapshots
from core.model.snapshot import PublicSnapshot
from public_portal.server import build
from public_portal.signing import public_key_of, sealed
from tests.public_portal import samples
from tests.public_portal.whole_utility import Utility


@pytest.fixture
def store(tmp_path: Path) -> FolderSnapshots:
    return FolderSnapshots(tmp_path / "public")


@pytest.fixture
def put(store: FolderSnapshots) -> Callable[[PublicSnapshot], None]:
    return lambda snapshot: store.put(*sealed(snapshot, samples.KEY))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """A real server on a free port of this machine; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < until, "the server did not start within 10 s"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)


@pytest.fixture
def portal(store: FolderSnapshots) -> Iterator[httpx.Client]:
    with (
        serving(build(store, public_key_of(samples.KEY))) as address,
        httpx.Client(
            base_url=address, timeout=30, headers={"accept-language": "zh-CN"}, verify=False
        ) as client,
    ):
        yield client


@pytest.fixture
async def utility(tmp_path: Path) -> AsyncIterator[Utility]:
    async with Utility.opened(tmp_path) as opened:
        yield opened
