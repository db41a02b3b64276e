"""A whole hub over a change of its alarms: approved over HTTP, run at once, kept over a kill; a file that
somebody edits is found (A-04, A-14)."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from api.session import create_user
from bench.path_plant import write_plant
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from hub.stores import ledger_file
from tests.ports import free_port

PASSWORD = "turn the valve slowly"
WITHIN_S = 40
MASTER = "/api/v1/master"


async def people(data: Path) -> None:
    data.mkdir(mode=0o700)
    ledger = await SqlLedger.open(ledger_file(data))
    async with ledger.begin() as tx:
        for role in (Role.ENGINEER, Role.DUTY_MANAGER):
            await create_user(tx, role.value, role, PASSWORD)
    await ledger.close()


@contextmanager
def running(config: Path, log: Path) -> Iterator[None]:
    """Killed at the end."""
    with log.open("a") as out:
        hub = subprocess.Popen([sys.executable, "-m", "hub", "run", str(config)], stdout=out, stderr=out)
    try:
        yield
    finally:
        hub.kill()
        hub.wait()


@asynccontextmanager
async def signed_in(url: str, role: Role) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=False, base_url=url, timeout=20, trust_env=False) as client:
        body = {"user": role.value, "password": PASSWORD}

        async def answered() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return (await client.post("/api/v1/session", json=body)).status_code == 204
            return False

        await until(answered)
        yield client


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not await true():
            await asyncio.sleep(0.1)


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    return (await client.get(path, params=query)).json()


async def test_what_two_persons_approved_runs_at_once_and_after_a_kill_and_an_edited_file_is_an_alarm(
    tmp_path: Path,
) -> None:
    config, data, port = tmp_path / "plant", tmp_path / "data", free_port()
    write_plant(config, data, 9, 2, 1.0, port)
    await people(data)
    url = f"http://127.0.0.1:{port}"
    with running(config, tmp_path / "log"):
        async with signed_in(url, Role.ENGINEER) as engineer, signed_in(url, Role.DUTY_MANAGER) as manager:
            body = {"reason": "the new pump holds three metres less", "rows": {"low": {"setpoint": "12"}}}
            made = (await engineer.post(f"{MASTER}/proposals", json=body)).json()
            path = f"{MASTER}/proposals/{made['id']}/approve"
            assert (await manager.post(path, json={"seq": made["seq"]})).status_code == 200

            async def carried() -> bool:
                items = (await get(manager, "/api/v1/alarms", limit=5000))["items"]
                return {one["config"] for one in items if one["id"].endswith(":low")} == {"2"}

            await until(carried)
            assert (await get(manager, f"{MASTER}/drift"))["items"] == []
    alarms = config / "alarms.yaml"
    alarms.write_text(alarms.read_text().replace("setpoint: 60", "setpoint: 65"))
    with running(config, tmp_path / "log"):
        async with signed_in(url, Role.DUTY_MANAGER) as manager:

            async def told() -> bool:
                found = await manager.get("/api/v1/alarms/hub:unauthorised_change:alarm")
                return found.status_code == 200 and found.json()["state"] == "UNACK"

            await until(told)
            drift = await get(manager, f"{MASTER}/drift")
            assert [(one["row"], one["field"], one["found"]) for one in drift["items"]] == [
                ("high", "setpoint", "65")
            ]
            assert drift["behind"] == ["low"]
            for row, setpoint in (("low", "12"), ("high", "60")):
                assert (await get(manager, f"{MASTER}/rows/{row}"))["cells"]["setpoint"] == setpoint
