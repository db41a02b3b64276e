"""Dispatch orders: issued, read back, done; by name, each once, on the shift's log, and never executed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.model.account import Role
from core.model.event import EventKind
from tests.api.hub_at_work import Hub
from tests.api.shift_at_work import HOUR, PATH, Clock, evening, log, one

ORDERS = "/api/v1/dispatch-orders"
WISH = {"to": "一水厂", "text": "2 号泵停，3 号泵启", "zone": "dma-01"}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Hub]:
    async with evening(tmp_path) as hub:
        yield hub


async def issued(client) -> str:
    made = await client.post(ORDERS, json=WISH)
    assert made.status_code == 201, made.text
    return f"{ORDERS}/{made.json()['id']}"


async def test_it_is_issued_read_back_and_done_and_says_by_whom_and_when(desk: Hub):
    async with desk.as_(Role.OPERATOR) as operator, desk.as_(Role.DUTY_MANAGER) as manager:
        path = await issued(operator)
        heard = await manager.post(f"{path}/read-back", json={"receiver": "一水厂值班"})
        ended = (await operator.post(f"{path}/done", json={"result": "出口压力 0.32 MPa"})).json()
        shown = (await manager.get(path)).json()
        listed = (await manager.get(f"{ORDERS}?state=done")).json()["items"]
        standing = (await manager.get(f"{ORDERS}?state=issued")).json()["items"]
    assert heard.json()["state"] == "read_back"
    assert shown == ended == listed[0] and standing == []
    assert (shown["to"], shown["text"], shown["zone"]) == (WISH["to"], WISH["text"], WISH["zone"])
    assert (shown["issued_by"], shown["read_back_by"], shown["ended_by"]) == (
        "operator",
        "duty_manager",
        "operator",
    )
    assert (shown["receiver"], shown["result"]) == ("一水厂值班", "出口压力 0.32 MPa")
    assert shown["issued"] <= shown["read_back"] <= shown["ended"]


async def test_what_nobody_read_back_is_not_done_and_what_is_over_stays_so(desk: Hub):
    async with desk.as_(Role.DISPATCHER) as client:
        path = await issued(client)
        early = await client.post(f"{path}/done")
        await client.post(f"{path}/read-back", json={"receiver": "值班"})
        twice = await client.post(f"{path}/read-back", json={"receiver": "他人"})
        assert (await client.get(path)).json()["receiver"] == "值班"
        gone = (await client.post(f"{path}/withdraw", json={"reason": "来水已恢复"})).json()
        after = [
            await client.post(f"{path}/{what}", json=body)
            for what, body in (("done", {}), ("withdraw", {"reason": "x"}), ("read-back", {"receiver": "x"}))
        ]
        unknown = await client.post(f"{ORDERS}/DO-19990101-00001/done")
    assert (early.status_code, early.json()["reason"]) == (409, "not_read_back")
    assert (twice.status_code, twice.json()["reason"]) == (409, "read_back")
    assert (gone["state"], gone["reason"]) == ("withdrawn", "来水已恢复")
    assert [(one.status_code, one.json()["reason"]) for one in after] == [(409, "over")] * 3
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    "body",
    [WISH | {"to": " "}, WISH | {"text": ""}, WISH | {"text": "x" * 1001}, WISH | {"zone": "nowhere"}],
)
async def test_one_that_says_nothing_to_nobody_is_refused(desk: Hub, body: dict[str, str]):
    async with desk.as_(Role.OPERATOR) as client:
        assert (await client.post(ORDERS, json=body)).status_code == 422
        assert (await client.get(ORDERS)).json()["items"] == []


async def test_sent_twice_it_is_issued_once(desk: Hub):
    async with desk.as_(Role.OPERATOR) as client:
        key = {"Idempotency-Key": "k-1"}
        first, again = [(await client.post(ORDERS, json=WISH, headers=key)).json() for _ in range(2)]
        assert first == again
        assert len((await client.get(ORDERS)).json()["items"]) == 1


async def test_each_act_is_in_the_audit_in_the_name_of_whoever_did_it(desk: Hub):
    async with desk.as_(Role.OPERATOR) as operator, desk.as_(Role.DISPATCHER) as other:
        path = await issued(operator)
        await other.post(f"{path}/read-back", json={"receiver": "值班"})
    async with desk.as_(Role.DUTY_MANAGER) as manager:
        rows = (await manager.get("/api/v1/audit?limit=10")).json()["items"]
    told = [
        (row["who"], change["kind"])
        for row in reversed(rows)
        for change in row.get("changes", [])
        if change["kind"] == "dispatch_order"
    ]
    assert told == [("operator", "dispatch_order"), ("dispatcher", "dispatch_order")]
    assert await desk.deps.ledger.verify_told() == []


async def test_nothing_but_the_record_comes_of_it(desk: Hub):
    before = await desk.deps.ledger.last_event()
    async with desk.as_(Role.OPERATOR) as client:
        path = await issued(client)
        await client.post(f"{path}/read-back", json={"receiver": "值班"})
        await client.post(f"{path}/done")
    events = await desk.deps.ledger.events(before)
    assert [(event.kind, event.data["state"]) for event in events] == [
        (EventKind.DISPATCH, state) for state in ("issued", "read_back", "done")
    ]
    assert all(set(event.data) == {"state"} for event in events), "no words of it on the stream"


async def test_it_stands_in_the_shift_s_log_until_it_is_done_and_in_the_shift_that_did_it(desk: Hub):
    async with desk.as_(Role.OPERATOR) as client:
        path = await issued(client)
        id = path.rpartition("/")[2]
        open_line = one(await log(client), id)
        await client.post(f"{path}/read-back", json={"receiver": "值班"})
        await client.post(f"{path}/done", json={"result": "已停"})
        ended = one(await log(client), id)
        clock = desk.deps.clock
        assert isinstance(clock, Clock)
        clock.later_ns += 12 * HOUR
        after = (await client.get("/api/v1/shifts/2026-11-23-day")).json()["lines"]
    assert (open_line["section"], open_line["matter"], open_line["open"]) == ("dispatch", "dispatch", True)
    assert (open_line["state"], open_line["text"], open_line["zone"]) == ("issued", WISH["text"], "dma-01")
    assert [said["what"] for said in ended["said"]] == ["issued", "read_back", "done"]
    assert not ended["open"]
    assert id not in [line["id"] for line in after]
    assert PATH.endswith("2026-11-22-day")
