"""X-02: the hub is killed when a command stands and nobody has been answered yet. Sent again with its key, to
the hub that was started anew, it is answered as it would have been, and nothing stands twice."""

import time
from pathlib import Path

import httpx
import pytest

from api.wire import rfc3339
from core.model.account import Role
from tests.faults.whole_hub import devices
from tests.ports import free_port
from tests.privacy.watched import Watched

HOUR_NS = 3600 * 10**9
KILL_AFTER_COMMIT = (
    "import os",
    "from core.adapters.sql_ledger.connection import Connection",
    "end, spared = Connection._end, int(os.environ['SPARED'])",
    "def killed(self, how):",
    "    end(self, how)",
    "    if how == 'COMMIT' and self._db.execute('SELECT count(*) FROM command').fetchone()[0] > spared:",
    "        os.kill(os.getpid(), 9)",
    "Connection._end = killed",
)
"""SPARED: so many commands with a key stand from earlier lives."""


def commands() -> list[tuple[str, str, dict, str]]:
    """Who, where, what, and the list in which it must stand once."""
    now_ns = time.time_ns()
    draft = {
        "kind": "planned_outage",
        "scope": {"streets": ["s-1"]},
        "starts": rfc3339(now_ns + 50 * HOUR_NS),
        "estimate": {"latest": rfc3339(now_ns + 56 * HOUR_NS)},
        "reason": {"zh": "管道改造", "en": "mains renewal"},
    }
    order = {"service": "leak", "zone": "dma-000", "text": "路面冒水"}
    report = {"symptom": "wet_ground", "street": "s-1", "text": "人行道潮湿", "order": True}
    return [
        (Role.OPERATOR, "/api/v1/work-orders", order, "/api/v1/work-orders"),
        (Role.OPERATOR, "/api/v1/notices", draft, "/api/v1/notices"),
        (Role.HOTLINE, "/api/v1/hotline/reports", report, "/api/v1/work-orders"),
    ]


async def ids(client: httpx.AsyncClient, path: str) -> set[str]:
    return {one["id"] for one in (await client.get(path)).json()["items"]}


async def test_what_was_done_and_not_answered_is_answered_after_the_restart_and_done_once(
    tmp_path: Path,
) -> None:
    port = free_port()
    hub = Watched(tmp_path, port)
    await hub.users()
    given = commands()
    async with devices(1, port):
        for n, (role, path, body, _) in enumerate(given):
            with hub.running(*KILL_AFTER_COMMIT, SPARED=str(n)) as process:
                await hub.ready()
                async with hub.as_(role) as client:
                    with pytest.raises(httpx.TransportError):
                        await client.post(path, json=body, headers={"Idempotency-Key": f"k-{n}"})
                assert process.wait(10) == -9
        with hub.running():
            await hub.ready()
            for n, (role, path, body, listed) in enumerate(given):
                key = {"Idempotency-Key": f"k-{n}"}
                async with hub.as_(role) as client:
                    before = await ids(client, listed)
                    await again(client, path, body, key)
                    assert await ids(client, listed) == before
                assert len(before) == (2 if listed == "/api/v1/work-orders" else 1)


async def again(client: httpx.AsyncClient, path: str, body: dict, key: dict[str, str]) -> None:
    answers = [await client.post(path, json=body, headers=key) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert answers[0].content == answers[1].content
    made = answers[0].json()
    listed, id = (path, made["id"]) if "id" in made else ("/api/v1/work-orders", made["work_order"])
    assert (await client.get(f"{listed}/{id}")).status_code == 200
    other = await client.post(path, json=body | {"text": "另一件事"}, headers=key)
    assert (other.status_code, other.json()["reason"]) == (422, "key_reused")
