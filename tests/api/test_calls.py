"""Who is on call, who is called, and who was told, through the interface."""

import pytest

from core.model.account import Role
from core.model.call import Call, CallState, Notification, Outcome, VerifiedWay, Why
from core.model.event import EventKind
from core.model.message import MessageKind
from response.escalation.coverage import address
from response.escalation.notebook import call_event, write
from response.escalation.spec import EscalationFile
from tests.api.hub_at_work import T0, Hub, heard, hub_at_work
from tests.response.on_duty import STANDARD

FILE = EscalationFile.model_validate(STANDARD)
INCIDENT = "INC-20261122-00001"
SECRET = "b@sms"


def call(id: str, state: CallState, began_s: int, why: Why = Why.UNACKNOWLEDGED) -> Call:
    at_ns = T0 + began_s * 10**9
    return Call(id=id, state=state, why=why, policy="standard", priority=1, lead="dma-01.low", began_ns=at_ns)


def note(of: str, outcome: Outcome, reason: str) -> Notification:
    return Notification(
        id="",
        call=of,
        key=f"{of}/1/0/0/b-sms",
        kind=MessageKind.CALL,
        outcome=outcome,
        reason=reason,
        at_ns=T0,
        lead="dma-01.low",
        position="duty-manager",
        contact="phone-b",
        way="b-sms",
        channel="sms",
        zone="dma-01",
    )


@pytest.fixture
async def calling(tmp_path):
    async with hub_at_work(tmp_path, escalation=FILE) as hub:
        async with hub.deps.ledger.begin() as tx:
            for one in (
                call("area:dma-01:standard", CallState.OVER, 5, Why.SHELVED),
                call(INCIDENT, CallState.CALLING, 0),
                call("INC-20261122-00002", CallState.ANSWERED, 9, Why.ACKNOWLEDGED),
            ):
                await tx.put(one)
                await tx.emit(call_event(one, T0))
            await write(tx, note(INCIDENT, Outcome.RETRY, "timeout"))
            await write(tx, note(INCIDENT, Outcome.DELIVERED, Why.UNACKNOWLEDGED))
            await write(tx, note("area:dma-01:standard", Outcome.SKIPPED, Why.SHELVED))
        yield hub


async def test_calls_that_are_on_come_first_then_the_latest(calling: Hub):
    async with calling.as_(Role.OPERATOR) as client:
        items = (await client.get("/api/v1/calls")).json()["items"]
        assert [(one["id"], one["state"], one["why"]) for one in items] == [
            (INCIDENT, "calling", "unacknowledged"),
            ("INC-20261122-00002", "answered", "acknowledged"),
            ("area:dma-01:standard", "over", "shelved"),
        ]
        assert items[0]["lead_name"] == {"zh": "低压", "en": "low pressure"}
        over = (await client.get("/api/v1/calls?state=over&state=answered&limit=1")).json()["items"]
        assert [one["state"] for one in over] == ["answered"] or [one["state"] for one in over] == ["over"]
        assert (await client.get("/api/v1/calls?state=asleep")).status_code == 422


async def test_the_log_says_who_was_told_what_and_why_not_and_no_address(calling: Hub):
    async with calling.as_(Role.OPERATOR) as client:
        items = (await client.get("/api/v1/notifications")).json()["items"]
        assert [(one["outcome"], one["reason"]) for one in items] == [
            ("skipped", "shelved"),
            ("delivered", "unacknowledged"),
            ("retry", "timeout"),
        ]
        assert items[1]["contact_name"]["zh"] == "值班手机b" and items[1]["position_name"]["zh"] == "值班长"
        one = (await client.get(f"/api/v1/notifications?call={INCIDENT}&limit=1")).json()
        assert [n["outcome"] for n in one["items"]] == ["delivered"]
        rest = (await client.get(f"/api/v1/notifications?call={INCIDENT}&after={one['next']}")).json()
        assert [n["outcome"] for n in rest["items"]] == ["retry"]
        whole = (await client.get("/api/v1/on-call")).text + str(items)
        assert SECRET not in whole


async def test_who_is_on_call_and_what_is_missing(calling: Hub):
    way = FILE.contacts[2].ways[0]
    now_ns = calling.deps.clock.now_ns()
    async with calling.deps.ledger.begin() as tx:
        await tx.put(VerifiedWay(id=way.id, address=address(way), at_ns=now_ns, receipt="ok"))
    async with calling.as_(Role.DUTY_MANAGER) as client:
        told = (await client.get("/api/v1/on-call")).json()
    crew = next(one for one in told["positions"] if one["id"] == "crew-1")
    assert [w["proven_until"] is not None for w in crew["on_call"][0]["ways"]] == [True, False]
    assert ("crew-1", "no_way") in {(gap["position"], gap["why"]) for gap in told["gaps"]}


async def test_without_a_file_it_says_that_nobody_is_called(hub: Hub):
    async with hub.as_(Role.OPERATOR) as client:
        assert (await client.get("/api/v1/on-call")).json() == {
            "configured": False,
            "positions": [],
            "gaps": [],
        }


@pytest.mark.parametrize(("role", "hears"), [(Role.OPERATOR, True), (Role.KIOSK, False)])
async def test_calls_are_on_the_stream_of_the_desk_and_not_of_the_wall(calling: Hub, role, hears):
    async with calling.as_(role) as client:
        messages = await heard(
            client, lambda found: len([m for m in found if m.name == "hb"]) >= 2, "?since=0"
        )
    kinds = {message.name for message in messages}
    assert ({EventKind.CALL, EventKind.NOTIFICATION} <= kinds) is hears
    assert hears or not {EventKind.CALL, EventKind.NOTIFICATION} & kinds
