"""X-10, S-08, S-17: a customer's name, number, mail and WeChat id stand in nothing that the hub keeps, says
or logs, at any level, whatever people and the exchange send, while it works and when it fails.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx

from api.app import DOORS
from api.audited import SAFE
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import AccessRecord, Role, User
from core.model.command import Command
from core.model.person import SealedPerson
from hub.stores import ledger_file
from tests.api.hub_at_work import _QUICK, PASSWORD
from tests.faults.whole_hub import Hub, devices
from tests.ports import free_port
from tests.privacy.canary import CUSTOMERS, EMAIL, NAME, PHONE, STRANGER, WECHAT, given_away, given_away_in

ACCOUNTS = (
    "id,street,address,building,storey,zone,node,meter,segment,secondary_supply,smart\n"
    "A000001,s-1,人民路1号,人民路1号,1,dma-000,J0,M000001,general,0,0\n"
    "A000002,s-1,人民路2号,人民路2号,1,dma-000,J0,M000002,hospital,0,0\n"
)
EVERY_LEVEL = (
    "import logging, warnings",
    "warnings.simplefilter('default')",
    "logging.basicConfig(level=1)",
)
CARD = "/api/v1/hotline/card"
KEY = {"Idempotency-Key": PHONE}
"""As somebody might make one up."""


class Watched(Hub):
    """A hub with a customer, telephony and a portal."""

    def __init__(self, folder: Path, field_port: int) -> None:
        super().__init__(folder, 1, field_port)
        self.customers = folder / "customers.csv"
        self.customers.write_text(CUSTOMERS, encoding="utf-8")
        (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
        self.token = folder / "cti.token"
        with (self.config / "hub.yaml").open("a", encoding="utf-8") as file:
            file.write(
                f"accounts: {folder / 'accounts.csv'}\ncustomers: {self.customers}\n"
                f"telephony: {{token_file: {self.token}}}\naudit: {{anchor: {folder / 'anchor.jsonl'}}}\n"
            )
        (self.config / "streets.csv").write_text("id,name_zh,name_en,zone\ns-1,人民路,Renmin Road,dma-000\n")

    async def users(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        ledger = await SqlLedger.open(ledger_file(self.data))
        async with ledger.begin() as tx:
            await tx.put_many(User(id=role, role=role, password_hash=_QUICK) for role in Role)
        await ledger.close()

    @asynccontextmanager
    async def as_(self, role: str | None) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self._api}", timeout=30) as client:
            if role:
                body = {"user": role, "password": PASSWORD}
                assert (await client.post("/api/v1/session", json=body)).status_code == 204
            yield client


async def people_ask(hub: Watched) -> list[bytes]:
    """What agents do, rightly and wrongly; what they are answered."""
    answers = []
    async with hub.as_(Role.HOTLINE) as agent:
        for question in (
            {"tel": PHONE}, {"tel": "+86 139 8765 4321"}, {"text": "13987654321"}, {"text": "4321"},
            {"account": "A000001"}, {"address": "人民路1号"}, {"tel": STRANGER},
        ):  # fmt: skip
            answer = await agent.post(CARD, json=question, headers=KEY)
            assert answer.status_code in (200, 422), answer.text
            answer = await agent.post(CARD, json=question)
            assert answer.status_code == 200, answer.text
            answers.append(answer.content)
        for wrong in (
            {"tel": [PHONE]}, {"tel": PHONE, "account": "A000001"}, {PHONE: PHONE}, {"tel": PHONE * 30},
            {"symptom": PHONE}, [PHONE], PHONE,
        ):  # fmt: skip
            answer = await agent.post(CARD, json=wrong)
            assert answer.status_code == 422
            answers.append(answer.content)
        answers.append((await agent.post(CARD, content=f'{{"tel": "{PHONE}'.encode())).content)
        report = {"symptom": "no_water", "account": "A000001", "tell": True, "order": True}
        for _ in range(2):  # what it was answered is kept
            taken = await agent.post("/api/v1/hotline/reports", json=report, headers=KEY)
            assert taken.status_code == 201
        wrong_report = report | {"symptom": NAME, "channel": PHONE}
        answers.append((await agent.post("/api/v1/hotline/reports", json=wrong_report)).content)
    return answers


async def the_exchange_calls(hub: Watched) -> None:
    path = f"/api/v1/cti/{hub.token.read_text().strip()}"
    async with hub.as_(None) as exchange:
        for n, number in enumerate((PHONE, STRANGER, "+8613987654321")):
            told = {"from": number, "to": "0", "direction": "in", "callId": f"c{n}", "user": "hotline"}
            for event in ("newCall", "answer", "hangup"):
                body = told | {"event": event}
                for send in ({"json": body}, {"data": body}):
                    assert (await exchange.post(path, **send)).status_code == 200
        await exchange.post(path, json={"event": "newCall", "from": PHONE})
        await exchange.post(path, content=f'{{"from": "{PHONE}"'.encode())
        await exchange.post("/api/v1/cti/wrong", json={"from": PHONE, "event": "newCall", "callId": "x"})


async def everybody_looks(hub: Watched) -> list[bytes]:
    """Every page and door that reads, as every role: what each is shown."""
    pages = ["/wall", "/desk", "/hotline", "/board", "/crew", "/notices", "/metrics"]
    paths = [door.path for door in DOORS if door.method in SAFE and "events" not in door.path]
    shown = []
    for role in (None, *Role):
        async with hub.as_(role) as client:
            for path in (*pages, *paths):
                for id in ("A000001", "x") if "{" in path else ("",):
                    asked = re.sub(r"\{\w+\}", id, path.replace("/{kind}/{period}", "/daily/latest"))
                    answer = await client.get(asked)
                    assert answer.status_code < 500, (asked, answer.text)
                    shown += [answer.content, str(answer.headers).encode()]
    return shown


async def events_tell(hub: Watched) -> bytes:
    """The stream from its beginning, for some seconds."""
    content = b""
    async with hub.as_(Role.HOTLINE) as client:
        try:
            async with asyncio.timeout(3), client.stream("GET", "/api/v1/events?after=0") as stream:
                async for part in stream.aiter_bytes():
                    content += part
        except TimeoutError:
            pass
    return content


async def spoil(hub: Watched) -> None:
    """A sealed row that does not open: the next card fails inside."""
    with closing(sqlite3.connect(ledger_file(hub.data), timeout=20)) as db:
        db.execute('UPDATE sealed_person SET body = replace(body, \'"sealed":"\', \'"sealed":"AAAA\')')
        db.commit()
    async with hub.as_(Role.HOTLINE) as agent:
        assert (await agent.post(CARD, json={"tel": PHONE})).status_code >= 500
    async with asyncio.timeout(30):
        while b"VaultLocked" not in hub.log.read_bytes():
            await asyncio.sleep(0.1)


async def test_a_customer_is_in_nothing_that_the_hub_keeps_says_or_logs(tmp_path: Path) -> None:
    port = free_port()
    hub = Watched(tmp_path, port)
    await hub.users()
    async with devices(1, port):
        with hub.running(*EVERY_LEVEL, PYTHONASYNCIODEBUG="1", PYTHONFAULTHANDLER="1"):
            await hub.ready()
            said = await people_ask(hub)
            await the_exchange_calls(hub)
            said += await everybody_looks(hub)
            said.append(await events_tell(hub))
            await spoil(hub)
    log = hub.log.read_bytes()
    assert b"Traceback" in log, "it failed, and said so"
    assert given_away(log) == []
    assert [found for part in said for found in given_away(part)] == []
    assert given_away_in(tmp_path, frozenset({"customers.csv"})) == {}
    ledger = await SqlLedger.open(ledger_file(hub.data))
    async with ledger.read() as tx:
        reads = {(record.user, record.account) for record in await tx.find(AccessRecord)}
        assert len(await tx.find(SealedPerson)) >= 2, "there was something to give away"
        assert len(await tx.find(Command)) == 2, "and answers"
    assert ("hotline", "A000001") in reads
    assert await ledger.verify_audit() > 5
    await ledger.close()


def test_the_search_finds_what_it_looks_for() -> None:
    """A test that cannot fail is none."""
    for text in (NAME, EMAIL, WECHAT, PHONE, STRANGER, "139 8765 4321", "+8613987654321", "135-1234-8765"):
        assert given_away(b"x" * 100 + text.encode() + b"y"), text
    assert given_away(NAME.encode("unicode_escape")) and given_away(NAME.encode("gb18030"))
    assert given_away("139****4321 金***** 用户000001".encode()) == []
