"""X-05: a record that somebody writes past the hub is not what the audit says it became; nothing else is."""

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api.wire import rfc3339
from core.model.account import Role
from core.model.audit import TOLD_WHOLE
from tests.api.hub_at_work import Hub, hub_at_work
from tests.api.test_nfc import HOUR_NS, commands

REPORTS = "/api/v1/hotline/reports"


async def lived(hub: Hub) -> None:
    """People put down, wrote, sent, published and took back; some of it was refused."""
    now_ns = hub.deps.clock.now_ns()
    async with (
        hub.as_(Role.OPERATOR) as operator,
        hub.as_(Role.HOTLINE) as agent,
        hub.as_(Role.DISPATCHER) as desk,
        hub.as_(Role.DUTY_MANAGER) as manager,
    ):
        them = (Role.OPERATOR, Role.HOTLINE, Role.DISPATCHER, Role.DUTY_MANAGER)
        clients = dict(zip(them, (operator, agent, desk, manager), strict=True))
        for role, method, path, body in commands("管道 pipe" * 150, 1, now_ns):
            await clients[role].request(method, path, json=body)
        for n in range(3):
            report = {
                "symptom": "wet_ground",
                "account": f"A{n + 2:06d}",
                "text": "人行道潮湿",
                "order": True,
            }
            assert (await agent.post(REPORTS, json=report)).status_code == 201
        orders = (await desk.get("/api/v1/work-orders")).json()["items"]
        for order in orders:
            path = f"/api/v1/work-orders/{order['id']}"
            await desk.post(f"{path}/assign", json={"crew": "crew-1", "note": "就近"})
            await desk.put(f"{path}/notes/n-{order['id']}", json={"text": "带水泵"})
            await desk.post(f"{path}/clocks/pause", json={"reason": "await_permit", "evidence": "占道许可"})
            await desk.post(f"{path}/reject", json={"reject": "safety", "note": "x"})
        draft = {
            "kind": "planned_outage",
            "scope": {"streets": ["s-1"]},
            "starts": rfc3339(now_ns + 50 * HOUR_NS),
            "estimate": {"latest": rfc3339(now_ns + 56 * HOUR_NS)},
            "reason": {"zh": "管道改造", "en": "mains renewal"},
            "approval": "水审〔2026〕7号",
        }
        id = (await operator.post("/api/v1/notices", json=draft)).json()["id"]
        for step, said in (("approve", {}), ("publish", {}), ("withdraw", {"reason": "施工取消"})):
            assert (await manager.post(f"/api/v1/notices/{id}/{step}", json=said)).status_code == 200
        told = (await operator.post("/api/v1/dispatch-orders", json={"to": "一水厂", "text": "停泵"})).json()
        path = f"/api/v1/dispatch-orders/{told['id']}"
        assert (await desk.post(f"{path}/read-back", json={"receiver": "值班"})).status_code == 200
        assert (await operator.post(f"{path}/done", json={"result": "已停"})).status_code == 200
        lock = {"kind": "crew", "subject": "crew-2", "reason": "培训"}
        await manager.post("/api/v1/flow-locks", json=lock)
        await manager.delete("/api/v1/flow-locks/crew/crew-2")
        shifts = (await operator.get("/api/v1/shifts")).json()
        before = next(one["id"] for one in shifts["items"] if one["end"] <= shifts["at"])
        await operator.post(f"/api/v1/shifts/{before}/notes", json={"text": "钥匙在值班室"})
        sha256 = (await operator.post(f"/api/v1/shifts/{before}/hand-over")).json()["sha256"]
        await manager.post(f"/api/v1/shifts/{before}/take-over", json={"sha256": sha256})


async def test_what_people_did_through_the_hub_is_as_it_is_told(hub: Hub) -> None:
    await lived(hub)
    assert await hub.deps.ledger.verify_told() == []


async def test_every_field_that_was_edited_past_the_hub_is_named(tmp_path: Path) -> None:
    async with hub_at_work(tmp_path) as hub:
        await lived(hub)
        edited = 0
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as db:
            for kind in sorted(TOLD_WHOLE):
                for id, body in db.execute(f'SELECT id, body FROM "{kind}"').fetchall()[:2]:
                    edited += await edit_each(hub, db, kind, id, body)
        assert edited > 200, "there was something to edit"
        assert await hub.deps.ledger.verify_told() == []


async def edit_each(hub: Hub, db: sqlite3.Connection, kind: str, id: str, body: str) -> int:
    """One field after the other, all in one look; then the row is taken away and put back."""
    fields = json.loads(body)
    other = {name: not value if isinstance(value, bool | None) else [value] for name, value in fields.items()}
    db.execute(f'UPDATE "{kind}" SET body = ? WHERE id = ?', (json.dumps(other), id))
    told = await hub.deps.ledger.verify_told()
    hidden = {name for name in fields if f"{kind} {id}: {name} is not what the audit says" not in told}
    row = db.execute(f'SELECT * FROM "{kind}" WHERE id = ?', (id,)).fetchone()
    db.execute(f'DELETE FROM "{kind}" WHERE id = ?', (id,))
    assert any(one.startswith(f"{kind} {id} is not there") for one in await hub.deps.ledger.verify_told())
    db.execute(f'INSERT INTO "{kind}" VALUES ({", ".join("?" * len(row))})', row)
    db.execute(f'UPDATE "{kind}" SET body = ? WHERE id = ?', (body, id))
    assert hidden <= UNSAID_FIELDS, (kind, hidden)
    return len(fields) - len(hidden)


async def test_every_column_that_was_edited_past_the_hub_is_named(tmp_path: Path) -> None:
    """Of a row at a time all columns but its id, then the id: screens ask by them."""
    async with hub_at_work(tmp_path) as hub:
        await lived(hub)
        edited = 0
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as db:
            for kind, asked in columns(db).items():
                for row in db.execute(f'SELECT * FROM "{kind}"').fetchall()[:2]:
                    edited += await edit_columns(hub, db, kind, asked, row)
        assert edited > 40, "there was something to edit"
        assert await hub.deps.ledger.verify_told() == []


async def edit_columns(
    hub: Hub, db: sqlite3.Connection, kind: str, asked: list[str], row: tuple[object, ...]
) -> int:
    id = row[0]
    said = {f"{kind} {id}: column {name} is not what the body says" for name in asked}
    if asked:
        other = ", ".join(f'"{name}" = {OTHER}' for name in asked)
        db.execute(f'UPDATE "{kind}" SET {other} WHERE id = ?', (id,))
        assert set(await hub.deps.ledger.verify_told()) == said
        assert set(await hub.deps.ledger.verify_records()) == said
        put_back(db, kind, row)
    db.execute(f'UPDATE "{kind}" SET id = ? WHERE id = ?', ("other", id))
    assert f"{kind} other: column id is not what the body says" in await hub.deps.ledger.verify_told()
    db.execute(f'UPDATE "{kind}" SET id = ? WHERE id = ?', (id, "other"))
    return len(said)


async def test_1000_of_1000_random_tamperings_of_columns_and_fields_are_named(tmp_path: Path) -> None:
    """In each look so many rows, of each one column or one field that the audit tells."""
    rng, found = random.Random(1), 0
    async with hub_at_work(tmp_path) as hub:
        await lived(hub)
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as db:
            asked = columns(db)
            rows = {(k, row[0]): row for k in asked for row in db.execute(f'SELECT * FROM "{k}"').fetchall()}
            while found < 1_000:
                some = rng.sample(sorted(rows), min(len(rows), 25, 1_000 - found))
                named = {tampered(db, rng, kind, asked[kind], rows[kind, id]) for kind, id in some}
                assert named <= set(await hub.deps.ledger.verify_told())
                found += len(named)
                for kind, id in some:
                    put_back(db, kind, rows[kind, id])
            assert await hub.deps.ledger.verify_told() == []


def tampered(
    db: sqlite3.Connection, rng: random.Random, kind: str, asked: list[str], row: tuple[object, ...]
) -> str:
    """How it has to be named."""
    id = row[0]
    ((body,),) = db.execute(f'SELECT body FROM "{kind}" WHERE id = ?', (id,)).fetchall()
    fields = json.loads(body)
    if asked and rng.random() < 0.5:
        name = rng.choice(asked)
        db.execute(f'UPDATE "{kind}" SET "{name}" = {OTHER} WHERE id = ?', (id,))
        return f"{kind} {id}: column {name} is not what the body says"
    name = rng.choice(sorted(fields.keys() - UNSAID_FIELDS))
    fields[name] = not fields[name] if isinstance(fields[name], bool | None) else [fields[name]]
    db.execute(f'UPDATE "{kind}" SET body = ? WHERE id = ?', (json.dumps(fields), id))
    return f"{kind} {id}: {name} is not what the audit says"


OTHER = "hex(randomblob(8))"
"""What no column holds."""


def columns(db: sqlite3.Connection) -> dict[str, list[str]]:
    """As the file itself has them, of each kind: those beside id and body."""
    return {
        kind: [
            name for _, name, *_ in db.execute(f'PRAGMA table_info("{kind}")') if name not in ("id", "body")
        ]
        for kind in sorted(TOLD_WHOLE)
    }


def put_back(db: sqlite3.Connection, kind: str, row: tuple[object, ...]) -> None:
    db.execute(f'DELETE FROM "{kind}" WHERE id = ?', (row[0],))
    db.execute(f'INSERT INTO "{kind}" VALUES ({", ".join("?" * len(row))})', row)


async def test_an_order_and_a_notice_hidden_by_their_columns_alone_are_seen(tmp_path: Path) -> None:
    async with hub_at_work(tmp_path) as hub:
        await lived(hub)
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as db:
            ((order,),) = db.execute("SELECT id FROM work_order WHERE state != 'closed' LIMIT 1").fetchall()
            ((notice,),) = db.execute("SELECT id FROM notice LIMIT 1").fetchall()
            db.execute("UPDATE work_order SET state = 'closed' WHERE id = ?", (order,))
            other = "CASE state WHEN 'withdrawn' THEN 'published' ELSE 'withdrawn' END"
            db.execute(f"UPDATE notice SET state = {other} WHERE id = ?", (notice,))
        assert await hub.deps.ledger.verify_told() == [
            f"notice {notice}: column state is not what the body says",
            f"work_order {order}: column state is not what the body says",
        ]


UNSAID_FIELDS = frozenset(
    {"text", "attachments", "account", "person", "call", "address", "x", "y", "attempts", "log"}
)
"""Of reports, notes, call-backs and shifts' logs the audit tells that there is something, not what."""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "UPDATE work_order SET body = json_set(body, '$.state', 'closed') WHERE id = ?",
            ["column state is not what the body says", "state is not what the audit says"],
        ),
        (
            "UPDATE work_order SET body = json_set(body, '$.title.zh', '另一件') WHERE id = ?",
            ["title is not what the audit says"],
        ),
    ],
)
async def test_an_order_closed_by_sql_is_seen(tmp_path: Path, sql: str, said: list[str]) -> None:
    async with hub_at_work(tmp_path) as hub:
        async with hub.as_(Role.OPERATOR) as client:
            made = await client.post("/api/v1/work-orders", json={"service": "leak", "zone": "dma-01"})
        id = made.json()["id"]
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as db:
            db.execute(sql, (id,))
        assert await hub.deps.ledger.verify_audit() > 0, "the chain itself holds"
        assert await hub.deps.ledger.verify_told() == [f"work_order {id}: {one}" for one in said]
