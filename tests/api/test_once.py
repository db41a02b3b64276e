"""X-02: an Idempotency-Key through the interface: whose it is, what it covers, what is not kept."""

import asyncio
from dataclasses import replace
from pathlib import Path

from core.adapters.vault_keys import KeyRing
from core.model.account import Role, User
from core.model.command import Command
from core.model.work_order import WorkOrder
from tests.api.hub_at_work import PASSWORD, Hub

KEY = {"Idempotency-Key": "k"}
ORDER = {"service": "leak", "zone": "dma-01", "text": "路面冒水"}
ORDERS = "/api/v1/work-orders"


async def orders(hub: Hub) -> int:
    async with hub.deps.ledger.read() as tx:
        return len(await tx.find(WorkOrder))


async def test_x_02_twenty_at_once_open_one_order_and_all_hear_of_it(hub: Hub) -> None:
    async with hub.as_(Role.OPERATOR) as client:
        answers = await asyncio.gather(*(client.post(ORDERS, json=ORDER, headers=KEY) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await orders(hub) == 1


async def test_x_02_a_key_is_its_users_in_whatever_session_and_its_paths(hub: Hub) -> None:
    for _ in range(2):
        async with hub.as_(Role.OPERATOR) as client:
            assert (await client.post(ORDERS, json=ORDER, headers=KEY)).status_code == 201
    assert await orders(hub) == 1
    async with hub.as_(Role.DISPATCHER) as other:
        assert (await other.post(ORDERS, json=ORDER, headers=KEY)).status_code == 201
        assert (await other.post("/api/v1/flow-locks", json={}, headers=KEY)).json()["reason"] != "key_reused"
    assert await orders(hub) == 2


async def test_x_02_another_command_under_the_key_is_told_so_and_not_done(hub: Hub) -> None:
    async with hub.as_(Role.OPERATOR) as client:
        await client.post(ORDERS, json=ORDER, headers=KEY)
        other = await client.post(ORDERS, json=ORDER | {"text": "另一处"}, headers=KEY)
    assert (other.status_code, other.json()["reason"]) == (422, "key_reused")
    assert await orders(hub) == 1


async def test_x_02_what_was_refused_may_be_tried_again_under_its_key(hub: Hub) -> None:
    async with hub.as_(Role.OPERATOR) as client:
        wrong = await client.post(ORDERS, json=ORDER | {"zone": "nowhere"}, headers=KEY)
        assert wrong.status_code == 422
        assert (await client.post(ORDERS, json=ORDER, headers=KEY)).status_code == 201


async def test_x_02_changes_and_removals_have_their_keys_too(hub: Hub) -> None:
    lock = {"kind": "service", "subject": "leak", "reason": "停用演练"}
    async with hub.as_(Role.DUTY_MANAGER) as client:
        assert (await client.post("/api/v1/flow-locks", json=lock, headers=KEY)).status_code == 201
        path = "/api/v1/flow-locks/service/leak"
        answers = [await client.delete(path, headers=KEY) for _ in range(2)]
        assert (await client.delete(path)).status_code != answers[0].status_code
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_x_02_who_may_not_do_it_any_more_is_not_told_again_what_was_answered(hub: Hub) -> None:
    async with hub.as_(Role.HOTLINE) as client:
        card = ("/api/v1/hotline/card", {"account": "A000001"})
        assert (await client.post(card[0], json=card[1], headers=KEY)).status_code == 200
        async with hub.deps.ledger.begin() as tx:
            (user,) = (one for one in await tx.find(User) if one.role is Role.HOTLINE)
            await tx.put(replace(user, role=Role.REGULATOR))
        again = await client.post(card[0], json=card[1], headers=KEY)
        assert (again.status_code, again.json()["reason"]) == (403, "role")


async def test_x_02_no_cookie_is_kept_under_a_key(hub: Hub) -> None:
    changed = {"password": PASSWORD, "new_password": "another-password"}
    async with hub.as_(Role.OPERATOR) as client:
        assert (await client.post("/api/v1/me/password", json=changed, headers=KEY)).status_code == 204
    async with hub.deps.ledger.read() as tx:
        assert await tx.find(Command) == []


async def test_x_02_under_a_new_key_of_the_vault_it_is_still_done_once(hub: Hub, tmp_path: Path) -> None:
    async with hub.as_(Role.OPERATOR) as client:
        await client.post(ORDERS, json=ORDER, headers=KEY)
        ring = KeyRing.open(tmp_path / "keys")
        old = ring.newest.id
        ring.add()
        ring.drop(old)
        again = await client.post(ORDERS, json=ORDER, headers=KEY)
    assert (again.status_code, again.json()["reason"]) == (409, "done_before")
    assert await orders(hub) == 1
