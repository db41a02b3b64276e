"""From a register's change to the alarm on the event stream, at a 100 ms poll, through a whole hub."""

import asyncio
import json
import os
import random
import socket
import sys
import tempfile
import time
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import numpy as np

from api.session import create_user
from bench.figures import Figure
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.alarm import State
from hub.stores import ledger_file
from simulators.board import BoardWriter

POLL_S = 0.1
GOAL_MS = 300.0
TAGS = [f"dma-01.p{n}" for n in range(60)]
"""They fall in turn, each once in 40 s: what comes thrice in a minute chatters, and is not told each time."""
NORMAL_M, LOW_M = 30.0, 5.0
USER, PASSWORD = "bench", "bench-of-one-run"
DEADLINE_S, STARTS_S = 20.0, 60.0

FILES = {
    "hub.yaml": """\
utility: {id: bench, name: {zh: 测试, en: Bench}, hotline: "0"}
data: ${WATERHUB_DATA}
api: {port: ${WATERHUB_HUB_PORT}}
""",
    "collectors.yaml": f"""\
collectors:
  - type: modbus
    id: st-01
    host: 127.0.0.1
    port: ${{WATERHUB_ST_01_PORT}}
    period_s: {POLL_S}
    timeout_s: 1.0
    units:
      - unit: 1
        points:
"""
    + "".join(
        f"          - {{tag: {tag}, table: holding, address: {2 * n}, type: f32}}\n"
        for n, tag in enumerate(TAGS)
    ),
    "alarms.yaml": """\
defaults:
  {owner_role: operator, area: own, latching: false, ack_required: true, shelve_max_min: 720,
   escalation_policy: standard, display_link: /desk, procedure_link: bench, test_interval_d: 365,
   rationalised_by: engineer, rationalised_on: 2026-11-02, approved_by: engineer, rev: 1,
   on_delay_s: 0, off_delay_s: 0}
alarms:
  - id: low
    kind: limit_low
    for: {quantity: [pressure]}
    name: {zh: 压力低, en: low pressure}
    class: process
    consequence_level: local
    response_min: 5
    unit: m
    setpoint: 14
    deadband: 0
    cause: {zh: 测试台, en: the bench}
    consequence: {zh: 测试台, en: the bench}
    action: {zh: 测试台, en: the bench}
    confirm_action: {zh: 测试台, en: the bench}
    rationale: {zh: 测试台, en: the bench}
""",
    "tags.csv": "id,quantity,unit,name_zh,name_en,station,zone,period_s,low,high,node,link,public\n"
    + "".join(f"{tag},pressure,m,压力,Pressure,st-01,dma-01,{POLL_S},0,100,J1,,0\n" for tag in TAGS),
    "zones.csv": "id,kind,name_zh,name_en,inflow,outflow\ndma-01,dma,一区,Zone 1,,\n",
    "network.inp": """\
[JUNCTIONS]
 J1 0 10
[RESERVOIRS]
 R1 50
[PIPES]
 P1 R1 J1 100 200 100 0 Open
[OPTIONS]
 Units CMH
 Headloss H-W
[TAGS]
 NODE J1 dma-01
[COORDINATES]
 J1 0 0
 R1 100 0
[END]
""",
}


def run(short: bool) -> list[Figure]:
    changes = 60 if short else 400
    taken = asyncio.run(each_change(changes))
    p50, p99 = np.percentile(taken, [50, 99]).tolist()
    return [
        Figure("register to event stream, p50", p50, "ms", None, "lower"),
        Figure(f"register to event stream, p99 of {changes}", p99, "ms", GOAL_MS, "lower"),
    ]


async def each_change(changes: int, before: Callable[[int], None] = lambda n: None) -> list[float]:
    """Milliseconds for each change, half of them raises, half clears. before: called before the n-th."""
    values = array("d", [NORMAL_M] * len(TAGS))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        board = BoardWriter.open(root / "data" / "town", TAGS)
        _show(board, values)
        async with (
            _hub(root) as (base, cookies),
            httpx.AsyncClient(cookies=cookies, timeout=None) as client,
            client.stream("GET", f"{base}/api/v1/events") as stream,
        ):
            await asyncio.sleep(1.0)
            heard = _alarms(stream)
            each = []
            for n in range(changes):
                before(n)
                each.append(await _one(board, heard, values, n // 2 % len(TAGS), n % 2 == 0))
            return each


async def _one(
    board: BoardWriter, heard: AsyncIterator[str], values: "array[float]", n: int, low: bool
) -> float:
    """Milliseconds from the change of the n-th tag to the event that says its alarm came or went; the change
    comes at any moment of a poll."""
    await asyncio.sleep(0.3 + random.uniform(0, POLL_S))
    began = time.perf_counter()
    values[n] = LOW_M if low else NORMAL_M
    _show(board, values)
    wanted = (f"{TAGS[n]}:low", State.UNACK if low else State.RTNUN)
    async with asyncio.timeout(DEADLINE_S):
        while True:
            event = json.loads(await anext(heard))
            if (event["subject"], event["data"]["state"]) == wanted:
                return (time.perf_counter() - began) * 1e3


def _show(board: BoardWriter, values: "array[float]") -> None:
    n = len(values)
    board.write(array("q", [time.time_ns()] * n), values, array("I", [0] * n))


async def _alarms(stream: httpx.Response) -> AsyncIterator[str]:
    """The data of each alarm event, as it comes."""
    kind = ""
    async for line in stream.aiter_lines():
        if line.startswith("event:"):
            kind = line.removeprefix("event:").strip()
        elif line.startswith("data:") and kind == "alarm":
            yield line.removeprefix("data:")


@asynccontextmanager
async def _hub(root: Path) -> AsyncIterator[tuple[str, httpx.Cookies]]:
    """A hub and a Modbus station as processes of their own, and a signed-in operator's cookies."""
    config, data = root / "config", root / "data"
    config.mkdir()
    for name, text in FILES.items():
        (config / name).write_text(text, encoding="utf-8")
    ledger = await SqlLedger.open(ledger_file(data))
    async with ledger.begin() as tx:
        await create_user(tx, USER, Role.OPERATOR, PASSWORD)
    await ledger.close()
    hub_port, station_port = _free_port(), _free_port()
    environment = {
        **os.environ,
        "WATERHUB_DATA": str(data),
        "WATERHUB_HUB_PORT": str(hub_port),
        "WATERHUB_ST_01_PORT": str(station_port),
    }
    folders = ("--config", str(config), "--data", str(data))
    commands = (
        (sys.executable, "-m", "simulators.modbus_station", *folders, "--station", "st-01"),
        (sys.executable, "-m", "hub", "run", str(config)),
    )
    processes = [
        await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.DEVNULL)
        for command in commands
    ]
    try:
        base = f"http://127.0.0.1:{hub_port}"
        yield base, await _sign_in(base)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            async with asyncio.timeout(10):
                await process.wait()


async def _sign_in(base: str) -> httpx.Cookies:
    async with asyncio.timeout(STARTS_S), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.post(
                    f"{base}/api/v1/session", json={"user": USER, "password": PASSWORD}
                )
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            answer.raise_for_status()
            return client.cookies


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
