"""HL-01: what an exchange tells of a call is kept once, in whatever order and form it comes."""

import itertools
from hashlib import sha256
from ipaddress import ip_network

import pytest

from core.model.account import Role
from core.model.phone_call import PhoneCall, Stage
from response.hotline.telephony import Lasts, Telephony, number_of
from response.hotline.unended_calls import UnendedCalls
from tests.api.hub_at_work import S, heard, hub_at_work

TOKEN = "a-long-secret-of-the-exchange"
URL = f"/api/v1/cti/{TOKEN}"
EXCHANGE = Telephony(
    token=sha256(TOKEN.encode()).digest(),
    allow=(ip_network("127.0.0.0/8"),),
    area_code="0773",
    agents={"8001": "hotline"},
)
NEW = {
    "event": "newCall",
    "from": "+86 199 0000 0003",
    "to": "96000",
    "direction": "in",
    "callId": "c-1",
    "user[]": ["8001"],
    "queue": "repairs",
}
ANSWER = {"event": "answer", "callId": "c-1", "from": "19900000003", "answeringNumber": "8001"}
HANGUP = {"event": "hangup", "callId": "c-1", "from": "19900000003", "cause": "normalClearing"}


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, telephony=EXCHANGE) as hub:
        yield hub


async def calls(hub) -> list[PhoneCall]:
    async with hub.deps.ledger.read() as tx:
        return await tx.find(PhoneCall)


async def test_a_call_is_followed_from_its_ring_to_its_end(hub):
    async with hub.as_(None) as exchange:
        for message, stage in ((NEW, Stage.RINGING), (ANSWER, Stage.ANSWERED), (HANGUP, Stage.ENDED)):
            answer = await exchange.post(URL, data=message)
            assert (answer.status_code, answer.json()) == (200, {})
            (call,) = await calls(hub)
            assert call.stage is stage
    assert (call.accounts, call.answered_by, call.cause) == (("A000003",), "hotline", "normalClearing")
    assert (call.agents, call.queue) == (("hotline",), "repairs")


@pytest.mark.parametrize("order", list(itertools.permutations((NEW, ANSWER, HANGUP))))
async def test_messages_out_of_order_and_twice_make_one_call(hub, order):
    async with hub.as_(None) as exchange:
        for message in (*order, *order):
            as_json = {"user" if k == "user[]" else k: v for k, v in message.items()}
            assert (await exchange.post(URL, json={**as_json, "unheardOf": {"a": [1]}})).status_code == 200
    (call,) = await calls(hub)
    assert call.stage is Stage.ENDED
    assert call.accounts == ("A000003",)
    assert call.answered_by == "hotline"


async def test_the_number_is_sealed_and_in_no_record_or_event(hub):
    async with hub.as_(None) as exchange:
        await exchange.post(URL, json=NEW)
    (call,) = await calls(hub)
    assert "0000003" not in repr(call).replace("A000003", "")
    assert "1990000" not in str(list(await hub.deps.ledger.events(0)))
    async with hub.deps.ledger.read() as tx:
        assert await number_of(tx, hub.deps.vault, call) == "19900000003"


async def test_a_withheld_number_is_nobodys(hub):
    async with hub.as_(None) as exchange:
        await exchange.post(URL, json={**NEW, "from": "anonymous"})
    (call,) = await calls(hub)
    assert (call.kind.value, call.accounts) == ("withheld", ())
    async with hub.deps.ledger.read() as tx:
        assert await number_of(tx, hub.deps.vault, call) is None


async def test_a_wrong_token_or_another_host_is_told_nothing(tmp_path):
    elsewhere = Telephony(token=EXCHANGE.token, allow=(ip_network("192.0.2.0/24"),))
    async with hub_at_work(tmp_path, telephony=elsewhere) as hub, hub.as_(None) as exchange:
        assert (await exchange.post(URL, json=NEW)).status_code == 404
    assert EXCHANGE.admits(TOKEN, "127.0.0.1")
    assert not EXCHANGE.admits(f"{TOKEN}x", "127.0.0.1")
    assert EXCHANGE.admits(TOKEN, "::ffff:127.0.0.1")


async def test_guessing_tokens_is_slowed_down(hub):
    async with hub.as_(None) as exchange:
        answers = [(await exchange.post("/api/v1/cti/guess", json=NEW)).status_code for _ in range(25)]
        assert answers[0] == 404
        assert answers[-1] == 429
        assert (await exchange.post(URL, json=NEW)).status_code == 200, "the exchange is not locked out by it"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"event": "transfer", "callId": "c-1"}, 200),
        ({"event": "newCall"}, 422),
        ({"callId": "c-1"}, 422),
        ({"event": "newCall", "callId": "c" * 251}, 422),
        ([1, 2], 422),
    ],
)
async def test_what_is_not_a_message_is_said_to_be_none(hub, body, status):
    async with hub.as_(None) as exchange:
        assert (await exchange.post(URL, json=body)).status_code == status
    assert await calls(hub) == []


async def test_the_agents_screen_hears_of_it_and_the_wall_does_not(hub):
    async with hub.as_(None) as exchange:
        await exchange.post(URL, json=NEW)
    async with hub.as_(Role.HOTLINE) as agent:
        told = await heard(agent, lambda found: any(m.name == "phone_call" for m in found), "?since=0")
    (ringing,) = [m for m in told if m.name == "phone_call"]
    assert ringing.data["data"]["agents"] == ["hotline"]
    await hub.emit(1)
    async with hub.as_(Role.KIOSK) as wall:
        told = await heard(wall, lambda found: any(m.name == "alarm" for m in found), "?since=0")
    assert not [m for m in told if m.name == "phone_call"]


async def test_hl_01_a_call_whose_end_is_never_told_ends_with_its_reason_and_is_counted(hub):
    class At:
        def __init__(self, t_ns: int) -> None:
            self.t_ns = t_ns

        def now_ns(self) -> int:
            return self.t_ns

    began_ns = hub.deps.clock.now_ns()
    ledger, lasts = hub.deps.ledger, Lasts(ringing_s=60.0, spoken_s=600.0)
    async with hub.as_(None) as exchange, hub.as_(Role.HOTLINE) as agent:
        assert (await exchange.post(URL, json={**NEW, "user": ["8001"]})).status_code == 200
        await UnendedCalls(ledger, At(began_ns + 50 * S), lasts).look()
        assert [call.stage for call in await calls(hub)] == [Stage.RINGING]
        await UnendedCalls(ledger, At(began_ns + 90 * S), lasts).look()
        (call,) = await calls(hub)
        assert (call.stage, call.cause) == (Stage.ENDED, "no_end_heard")
        queue = (await agent.get("/api/v1/hotline/queue")).json()
        assert (queue["waiting"], queue["calls"]) == (0, [])
        assert (await agent.get("/api/v1/hotline/figures")).json()["no_end_heard"] == 1
        await exchange.post(URL, json=ANSWER)
        (call,) = await calls(hub)
        assert (call.stage, call.cause, call.ended_ns) == (Stage.ANSWERED, None, None), "it was only late"
        await UnendedCalls(ledger, At(began_ns + 700 * S), lasts).look()
        assert [call.stage for call in await calls(hub)] == [Stage.ENDED]
        await exchange.post(URL, json=HANGUP)
        (call,) = await calls(hub)
        assert (call.stage, call.cause) == (Stage.ENDED, "normalClearing")
