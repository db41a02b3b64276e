"""HL-05, HL-07: one's own calls on the line are told apart, and reading of a customer is on record."""

from hashlib import sha256
from ipaddress import ip_network

import pytest

from core.model.account import AccessRecord, Role
from response.hotline.telephony import Telephony
from tests.api.hub_at_work import hub_at_work

TOKEN = "a-long-secret-of-the-exchange"
EXCHANGE = Telephony(token=sha256(TOKEN.encode()).digest(), allow=(ip_network("127.0.0.0/8"),))


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, telephony=EXCHANGE) as hub:
        yield hub


async def rings(hub, number: str, call: str, agent: str) -> None:
    async with hub.as_(None) as exchange:
        body = {"event": "newCall", "callId": call, "from": number, "direction": "in", "user": [agent]}
        assert (await exchange.post(f"/api/v1/cti/{TOKEN}", json=body)).status_code == 200


async def on_record(hub) -> list[tuple[str, str]]:
    async with hub.deps.ledger.read() as tx:
        return [
            (one.user, one.account) for one in await tx.find(AccessRecord) if one.purpose == "hotline:queue"
        ]


async def test_ones_own_calls_say_street_house_and_last_four_and_others_do_not(hub):
    async with hub.as_(Role.HOTLINE) as agent:
        me = (await agent.get("/api/v1/me")).json()["user"]
        for n in range(1, 5):
            await rings(hub, f"199{n:08d}", f"c-{n}", me)
        await rings(hub, "19900000005", "c-5", "another")
        await rings(hub, "anonymous", "c-6", me)
        for _ in range(3):
            calls = (await agent.get("/api/v1/hotline/queue")).json()["calls"]
    assert [(one["place"], one["tail"]) for one in calls] == [
        *((f"人民路{n}号", f"000{n}") for n in range(1, 5)),
        (None, None),
        (None, None),
    ]
    assert sorted(await on_record(hub)) == [(me, f"A{n:06d}") for n in range(1, 5)], (
        "once, however often it is asked"
    )
