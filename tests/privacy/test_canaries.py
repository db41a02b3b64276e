"""X-10, S-08, S-17: a customer's name, number, mail and WeChat id stand in nothing that the hub keeps, says
or logs, at any level, whatever people and the exchange send, while it works and when it fails: a message goes
out to them meanwhile, and their number is at the gateway and nowhere else.
"""

import asyncio
import re
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

from api.app import DOORS
from api.audited import SAFE
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import AccessRecord, Role
from core.model.command import Command
from core.model.person import SealedPerson
from hub.stores import ledger_file
from tests.faults.whole_hub import devices
from tests.ports import free_port
from tests.privacy.canary import EMAIL, NAME, PHONE, STRANGER, WECHAT, given_away, given_away_in
from tests.privacy.outside import (
    a_message_is_sent,
    citizens_read,
    citizens_server,
    samples_are_exported,
    tells_by,
)
from tests.privacy.watched import Watched
from tests.servers.sms_gateway import SmsGateway, sms_gateway_at

EVERY_LEVEL = (
    "import logging, warnings",
    "warnings.simplefilter('default')",
    "logging.basicConfig(level=1)",
)
CARD = "/api/v1/hotline/card"
KEY = {"Idempotency-Key": PHONE}
"""As somebody might make one up."""


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


async def watched(hub: Watched, gateway: SmsGateway, field_port: int, folder: Path) -> list[bytes]:
    """What a hub at work, its citizens' server and its exports have told, until it fails."""
    async with devices(1, field_port), AsyncExitStack() as stack:
        stack.enter_context(hub.running(*EVERY_LEVEL, PYTHONASYNCIODEBUG="1", PYTHONFAULTHANDLER="1"))
        await hub.ready()
        said = await people_ask(hub)
        await the_exchange_calls(hub)
        notice = await a_message_is_sent(hub, gateway)
        portal = await stack.enter_async_context(citizens_server(hub))
        said += await citizens_read(portal, notice)
        said += await samples_are_exported(hub, folder)
        said += await everybody_looks(hub)
        said.append(await events_tell(hub))
        await spoil(hub)
    return said


async def test_a_customer_is_in_nothing_that_the_hub_keeps_says_or_logs(tmp_path: Path) -> None:
    port = free_port()
    hub = Watched(tmp_path, port)
    await hub.users()
    with sms_gateway_at(free_port()) as gateway:
        tells_by(hub, gateway)
        said = await watched(hub, gateway, port, tmp_path)
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
