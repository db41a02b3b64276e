"""F32: 100,000 raises in 60 s. All journalled, none dropped, an operator who acknowledges, a wall to be read.

The short form is a fiftieth of it. Its bound on an acknowledgement is that of a machine on which other tests
run; `python -m bench flood` holds the issue's own.
"""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import psutil
from playwright.async_api import Page, async_playwright

from alarms.service import AlarmService
from alarms.states import AlarmEvent
from bench.flood import ZONES, Surge, feed, plant_of, raises_in, rules_of
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.account import Role
from core.model.alarm import State
from core.model.flood import Flood
from core.model.incident import Incident
from tests.api.hub_at_work import PASSWORD, Hub, hub_at_work, plant
from tests.faults.forms import form
from tests.need import need

SURGE = form(Surge(1_000, 3, 2_000), Surge(50_000, 30, 100_000))
WITHIN_S, ACK_S = form((90.0, 5.0), (120.0, 1.0))
ROWS_ON_WALL, SOUNDS_A_MINUTE, MEMORY_MB = 20, 3, 1_024
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ROWS = "document.querySelectorAll('#banner:not(.none), #flood:not([hidden]), .incident, #zones tr').length"


async def test_a_flood_of_raises_is_journalled_answered_and_readable(tmp_path: Path) -> None:
    town = replace(plant_of(SURGE.tags), network=plant().network)
    rows = rules_of(town)
    async with hub_at_work(tmp_path, plant=town, definitions={row.id: row for row in rows}) as hub:
        spool = hub.deps.spool
        assert isinstance(spool, SegmentSpool)
        service = AlarmService(spool, hub.deps.ledger, None, town, rows, None, hub.deps.clock)
        working = asyncio.create_task(service.run())
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=need("chromium-headless-shell"), args=FLAGS
            )
            wall = await opened(await browser.new_page(base_url=hub.url), Role.KIOSK, "/wall?lang=en")
            desk = await opened(await browser.new_page(base_url=hub.url), Role.OPERATOR, "/desk?lang=en")
            delays: list[float] = []
            shown: list[int] = []
            others = [asyncio.create_task(task) for task in (operate(hub, delays), look(wall, shown))]
            began = time.monotonic()
            await feed(spool, town, SURGE)
            while raises_in(tmp_path / "ledger.db") < SURGE.raises:
                assert time.monotonic() - began < WITHIN_S
                await asyncio.sleep(0.2)
            await counted(hub)
            await wall.wait_for_selector("#flood:not([hidden])", state="attached", timeout=20_000)
            sounds = int(await desk.evaluate("document.body.dataset.sounds ?? '0'"))
            minutes = (time.monotonic() - began) / 60
            for task in (*others, working):
                task.cancel()
            await asyncio.gather(*others, working, return_exceptions=True)
            await browser.close()
        assert max(shown) <= ROWS_ON_WALL
        assert sounds <= SOUNDS_A_MINUTE * minutes + 1
        assert float(np.percentile(delays, 95)) < ACK_S
        assert psutil.Process().memory_info().rss / 2**20 < MEMORY_MB
        await nothing_is_lost(hub)


async def opened(page: Page, role: Role, path: str) -> Page:
    signed = await page.request.post("/api/v1/session", data={"user": role, "password": PASSWORD})
    assert signed.status == 204
    await page.goto(path)
    await page.wait_for_selector("body[data-ready]", timeout=30_000)
    return page


async def operate(hub: Hub, delays: list[float]) -> None:
    """Acknowledges the alarms of one district, one after the other, as seen a moment ago."""
    async with hub.as_(Role.OPERATOR) as client:
        while True:
            await asyncio.sleep(0.2)
            found = await client.get("/api/v1/alarms?state=UNACK&zone=dma-00&limit=1")
            for alarm in found.json()["items"]:
                began = time.monotonic()
                await acknowledge(client, alarm)
                delays.append(time.monotonic() - began)


async def acknowledge(client: httpx.AsyncClient, alarm: dict[str, object]) -> None:
    seen = {"occurrence": alarm["occurrence"], "seq": alarm["seq"]}
    answer = await client.post(f"/api/v1/alarms/{alarm['id']}/ack", json=seen)
    assert answer.status_code in (200, 409), answer.text


async def look(wall: Page, shown: list[int]) -> None:
    while True:
        shown.append(await wall.evaluate(ROWS))
        await asyncio.sleep(0.25)


async def counted(hub: Hub) -> None:
    """Until the flood's own count has come to the end."""
    async with asyncio.timeout(30):
        while True:
            async with hub.deps.ledger.read() as tx:
                floods = await tx.find(Flood)
            if floods and floods[0].annunciated >= SURGE.raises:
                return
            await asyncio.sleep(0.2)


async def nothing_is_lost(hub: Hub) -> None:
    """Every raise has its row and is in the flood's count, and no district is more than one incident."""
    ledger = hub.deps.ledger
    raised = told = seq = 0
    while True:
        async with ledger.read() as tx:
            entries = await tx.journal_from(seq, 5_000)
        if not entries:
            break
        seq = entries[-1][0]
        raised += sum(entry.event == AlarmEvent.RAISE for _, entry in entries)
        told += sum(e.after is State.UNACK and e.before is not State.UNACK for _, e in entries)
    async with ledger.read() as tx:
        [flood], incidents = await tx.find(Flood), await tx.find(Incident)
    assert (raised, told) == (SURGE.raises, SURGE.raises)
    assert flood.annunciated == told
    assert 0 < len(incidents) <= ZONES
    assert await ledger.verify_journal() >= 2 * SURGE.raises - SURGE.low
