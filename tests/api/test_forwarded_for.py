"""Whose address counts at the hub's door: a named proxy's word, and nobody else's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from api.app import build
from api.serve import serve
from tests.api.hub_at_work import Hub

TRIES = 40


@asynccontextmanager
async def door(hub: Hub, *proxies: str) -> AsyncIterator[httpx.AsyncClient]:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    app = build(hub.deps)
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, trusted_proxies=proxies, ready=port.set_result))
    async with httpx.AsyncClient(
        verify=False, base_url=f"http://127.0.0.1:{await port}", trust_env=False
    ) as client:
        yield client
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def tries(client: httpx.AsyncClient, address: str, n: int) -> set[int]:
    """Wrong passwords of as many users from one address, as the proxy tells it."""
    said = {"x-forwarded-for": address}
    bodies = ({"user": f"nobody-{address}-{i}", "password": "wrong"} for i in range(n))
    return {(await client.post("/api/v1/session", json=body, headers=said)).status_code for body in bodies}


async def test_behind_a_named_proxy_one_persons_wrong_passwords_shut_nobody_else_out(hub):
    async with door(hub, "127.0.0.1") as client:
        assert 429 in await tries(client, "203.0.113.5", TRIES)
        assert await tries(client, "203.0.113.6", 1) == {401}


@pytest.mark.parametrize("proxies", [(), ("10.0.0.0/8",)])
async def test_a_forged_address_gives_no_more_tries(hub, proxies):
    async with door(hub, *proxies) as client:
        said = [await tries(client, f"203.0.113.{n}", 1) for n in range(TRIES)]
    assert {429} in said
